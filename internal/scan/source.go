package scan

import (
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Directory opens a tenant to be scanned. Its errors are *Unread.
type Directory interface {
	// AsApp opens it for the app itself.
	AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (Source, error)
	// AsAccount opens it for an account, sending the password at most once, however many hosts are asked afterwards; the Source is nil
	// unless the verdict is valid. admin is the address of the tenant's SharePoint admin center where it has a custom one; else empty.
	AsAccount(ctx context.Context, a account.Account, admin string) (Source, verdict.Verdict)
}

// Source is a tenant as one account or app may see it. It is safe for use by many goroutines, keeps to Microsoft's limits by itself (R55),
// and waits where it is throttled, for as long as ctx lets it. Its errors are *Unread, and the ones below.
type Source interface {
	// Read reads the objects of a type, page by page from where a former reading was left. An error of use ends it and comes back as it
	// is. It returns ErrStale where Microsoft does not know the cursor any more: the type is read from its beginning then. It
	// returns ErrNowhere too.
	Read(ctx context.Context, t Type, from Cursor, use func(Page) error) error
	// Administrators gives the login names of a site's administrators, the owner's not among them. It returns ErrNoSite for a site that
	// is not there any more, and *Closed for one that is locked or archived.
	Administrators(ctx context.Context, s Site, address string) ([]string, error)
	// AddAdministrator makes one more an administrator of the site, and takes the right from nobody. Errors as above.
	AddAdministrator(ctx context.Context, s Site, address, login string) error
	// AddTermStoreAdministrator adds an account. It returns ErrUnsupported where the tenant's protocol does not allow it.
	AddTermStoreAdministrator(ctx context.Context, username string) error
	// OwnerAndMember gives the keys of the groups that an account both owns and is a member of itself: what it belongs to through another
	// group does not count. It returns ErrNoUser for an account that is not there any more.
	OwnerAndMember(ctx context.Context, user pool.UserID) ([]string, error)
	// Resting is until when Microsoft asked to be left in peace by this account or app; zero: it did not.
	Resting() time.Time
	Close()
}

// Page is a part of what a tenant has of a type.
type Page struct {
	Objects  []Found
	Warnings []Warning // of objects of the page that could not be read whole
	Next     Cursor    // where what follows begins; empty for the last page
}

// Lacking is the code by which a page says that an object of it stayed unknown, so that what its reading has not seen may be there all the
// same; empty where none did.
func (p Page) Lacking() Code {
	if slices.ContainsFunc(p.Warnings, func(w Warning) bool { return w.Code == NoID }) {
		return NoID
	}
	return ""
}

// What a Source returns beside *Unread.
var (
	ErrStale       = errors.New("scan: the cursor is no longer known")
	ErrNowhere     = errors.New("scan: the list leads nowhere, or has no end")
	ErrNoSite      = errors.New("scan: the site is no longer there")
	ErrNoUser      = errors.New("scan: the account is no longer there")
	ErrUnsupported = errors.New("scan: the tenant does not allow it")
)

// Closed says that a site's administrators cannot be changed, and with which code (SiteLocked, SiteReadOnly, SiteArchived).
type Closed struct{ Why Code }

func (c *Closed) Error() string { return "scan: the site is closed: " + string(c.Why) }

// Unread says that something of Microsoft 365 could not be read or written, and whose fault that is.
type Unread struct {
	Code       string // "HTTP 403", "TIMEOUT", "AADSTS50126"
	Whose      whose.Fault
	Cause      string // what Microsoft's code means, a sentence; empty where there is none
	Denied     bool   // a right is missing: a permission of the app, or a role of the account
	Permission string // that is missing, where its name is known
	Throttled  bool   // Microsoft asked to be left in peace for longer than ctx lasted
}

func (u *Unread) Error() string { return "scan: not read: " + u.Code + " (" + string(u.Whose) + ")" }
