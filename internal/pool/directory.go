package pool

import (
	"context"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Directory opens the directory of a tenant. Its errors are *Unread.
type Directory interface {
	// AsApp opens it for the app itself.
	AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (Session, error)
	// AsAccount opens it for an account, sending the password at most once; the Session is nil unless the verdict is valid.
	AsAccount(ctx context.Context, a account.Account) (Session, verdict.Verdict)
}

// Session reads a tenant's groups. Its errors are *Unread, and ErrGone for a group that is not there.
type Session interface {
	Ends() time.Time
	Group(ctx context.Context, id string) (Group, error)
	// Named finds groups by their whole name or address, Like a few that have a word of the text in their name, or whose address
	// begins with it.
	Named(ctx context.Context, text string) ([]Group, error)
	Like(ctx context.Context, text string) ([]Group, error)
	// Members reads what the group itself holds, page by page as it comes; nested, what the groups within it hold as well. An error
	// of use ends it and comes back as it is.
	Members(ctx context.Context, id string, nested bool, use func([]Object) error) error
}

// Object is what a group holds. Users that can be members of a pool have no Kind.
type Object struct {
	Kind     OtherKind
	ID       string
	Name     string
	Username string
	Enabled  bool
	Unread   bool // sign-in state and licences could not be read
	Products []string
}

// Unread says that something of Microsoft 365 could not be read, and whose fault that is.
type Unread struct {
	Code       string // "HTTP 403", "TIMEOUT", "AADSTS7000215"; empty where Microsoft answered, and left out what was asked for
	Whose      whose.Fault
	Cause      string // what Microsoft's code means, a sentence; empty where there is none
	Permission string // that is missing, where it is a permission
}

func (u *Unread) Error() string {
	return strings.TrimSpace("not read: " + u.Code + " (" + string(u.Whose) + ") " + u.Permission)
}

// Unwrap gives the sentence.
func (u *Unread) Unwrap() error {
	switch {
	case u.Permission != "":
		return problem.New(problem.Upstream, "Microsoft 365 does not let Purser read this group"+u.quoted()+": the permission "+u.Permission+" is missing. Grant it to the tenant's app profile, with an administrator's consent, and try again.")
	case u.Whose == whose.App:
		return problem.New(problem.Upstream, strings.Join(append([]string{"Microsoft 365 refused the app profile of this tenant (" + u.Code + ")."}, u.rest()...), " "))
	case u.Whose == whose.Untold && strings.HasPrefix(u.Code, "AADSTS"):
		return problem.New(problem.Upstream, "Microsoft 365 refused to let Purser in, for a reason that is not in Purser's table ("+u.Code+"). Nothing was changed. Look the code up at Microsoft, compare the tenant's app profile with the app registration, and try again.")
	}
	return problem.New(problem.Upstream, strings.Join(append([]string{"Microsoft 365 could not be read (" + u.Code + "): " + u.Whose.Words().What + ".", "Nothing was changed."}, u.rest()...), " "))
}

// quoted is the code in parentheses; nothing where Microsoft gave none.
func (u *Unread) quoted() string {
	if u.Code == "" {
		return ""
	}
	return " (" + u.Code + ")"
}

// rest are the sentences on what Microsoft's code means, where it has one, and on what to do.
func (u *Unread) rest() []string {
	if u.Cause == "" {
		return []string{u.Whose.Words().Remedy}
	}
	return []string{u.Cause, u.Whose.Words().Remedy}
}
