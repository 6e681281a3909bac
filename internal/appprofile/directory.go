package appprofile

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/tenant"
	"purser.example/internal/whose"
)

// Directory asks Microsoft 365 about tenants and app registrations. Its errors are *Unread, and those that it names.
type Directory interface {
	// Discover finds the tenant of a domain or id at the sign-in hosts of all clouds, without telling them anything else. It returns
	// ErrUnknownTenant where none of them knows it, and ErrAmbiguous where what they say does not fit together.
	Discover(ctx context.Context, domainOrID string) (Found, error)
	// Inspect gets a token for the app itself, sent to the tenant's own cloud, and reads with it what the app may read. The error is an
	// *Unread where there was no token, or where Microsoft 365 was down in the middle.
	Inspect(ctx context.Context, t tenant.Tenant, app App) (Inspection, error)
	// Enter gets a token alone. The error is as Inspect's.
	Enter(ctx context.Context, t tenant.Tenant, app App) error
	// Forget makes whatever is kept in memory of the profile's tokens be asked for anew.
	Forget(id ID)
}

// What a Directory finds of a name that is not one tenant's.
var (
	ErrUnknownTenant = errors.New("appprofile: no such tenant in any cloud")
	ErrAmbiguous     = errors.New("appprofile: the answers do not fit together")
)

// Found is a tenant as everybody may find it.
type Found struct {
	ID    tenant.ID
	Cloud tenant.Cloud
}

// Inspection is what an app could read.
type Inspection struct {
	Tenant       tenant.ID // as the token says; empty where it could not be read
	Granted      Grants
	Organization Organization
	Facts        tenant.Facts
	SecretEnds   time.Time // when the client secret ends, where the app may read its own registration; zero: not known
	// Unread are the permissions for want of which something was not read.
	Unread []string
}

// Organization is the tenant by its own account. The zero Organization was not read.
type Organization struct {
	ID            tenant.ID
	DisplayName   string
	InitialDomain string
}

// Unread says that Microsoft 365 gave no answer that is of use, and whose fault that is.
type Unread struct {
	Code          string // "AADSTS7000215", "TIMEOUT"
	Whose         whose.Fault
	Cause         string // what Microsoft's code means, a sentence; empty where there is none
	CorrelationID string
	TraceID       string
}

func (u *Unread) Error() string { return "not read: " + u.Code + " (" + string(u.Whose) + ")" }

// nobody is the Directory of those who work on a database and have nobody to ask.
type nobody struct{}

var errNobody = &Unread{Code: "NO-CONNECTION", Whose: whose.Network}

func (nobody) Discover(context.Context, string) (Found, error) { return Found{}, errNobody }

func (nobody) Inspect(context.Context, tenant.Tenant, App) (Inspection, error) {
	return Inspection{}, errNobody
}

func (nobody) Enter(context.Context, tenant.Tenant, App) error { return errNobody }

func (nobody) Forget(ID) {}
