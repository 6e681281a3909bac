package profile

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Converted is the action of a conversion in the activity log.
const Converted audit.Action = "profile converted"

// ErrUnconfirmed says that a Save would convert the profile and that nobody has confirmed it yet. Nothing was sent or stored.
var ErrUnconfirmed = problem.New(problem.Invalid, "Saving converts this profile to a common profile, and there is no way back. Confirm it first.")

// errNoCenter says why an app password cannot be tried.
var errNoCenter = problem.New(problem.Invalid, "This classic MFA profile has no valid SharePoint Online admin center URL. Select Edit and enter it, then validate again.")

// ClassicDraft is a classic MFA profile as somebody typed it (R31, R32). Its tenant and services stay: the classic form has no fields for
// them.
type ClassicDraft struct {
	Name        string
	Description string
	MFA         bool // Enable MFA; cleared, a Save converts the profile (R33)
	Username    string
	Password    secret.Value // with MFA an app password, of which none keeps the stored one; without, the account's own
	Custom      bool         // the admin center is not the tenant's default one; with MFA that is not asked

	AdminCenterURL string
	Elsewhere      account.Choice // which other places of the account get the password of a conversion
	Confirmed      bool           // whoever clears MFA has read what a conversion changes
}

// Adopt stores a classic MFA profile as the classic UI had it, with its app password, which nobody has tried yet (R30). It returns
// problem.Invalid with the fields that are wrong.
func (s *Service) Adopt(ctx context.Context, caller access.Caller, origin audit.Origin, d Draft) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	d = d.tidy(s.Offered())
	if message := account.CheckAppPassword(d.Password); message != "" || d.Password.Empty() {
		return Profile{}, problem.Field(FieldPassword, cmp.Or(message, "Enter the app password of the account."))
	}
	if err := s.check(ctx, &d, nil, false); err != nil {
		return Profile{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Profile{}, err
	}
	p := s.stamped(Profile{ID: ID(id.String()), Kind: ClassicMFA, Version: 1, Status: verdict.NotValidated, Verdict: verdict.Verdict{Status: verdict.NotValidated}}, d, caller)
	p.Created = p.Modified
	sealed, err := s.ring.Seal(d.Password, PasswordRecord(p))
	if err != nil {
		return Profile{}, err
	}
	w := deed{caller, origin, p}
	created := w.entry(Created).With("services", joined(p.Services)).With("username", p.Username).With("type", string(p.Kind))
	return p, forPeople(s.store.Create(ctx, p, sealed, Validation{}, nil, created))
}

// classicEdit is what somebody does with a classic MFA profile and its form.
type classicEdit struct {
	caller  access.Caller
	origin  audit.Origin
	draft   ClassicDraft
	tenant  tenant.Tenant
	old     Profile
	edited  Profile // as the draft has it
	renamed bool    // the username is another account's
}

// deed is the edit as the activity log will have it.
func (e classicEdit) deed() deed { return deed{e.caller, e.origin, e.edited} }

// Tested is the outcome of a Validation Test.
type Tested struct {
	Verdict    verdict.Verdict
	Unrecorded error // why the attempt's end is not in the activity log; nil where it is
}

// Test signs in as the form says, with the stored app password where none is typed (R34). Nothing is stored but the attempt: the profile
// keeps its status. It returns problem.Invalid with the fields that a sign-in needs and that are wrong, and *Conflict where the profile is
// gone, or a common one by now.
func (s *Service) Test(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, d ClassicDraft) (Tested, error) {
	e, err := s.classicEdit(ctx, caller, origin, id, d)
	if err != nil {
		return Tested{}, err
	}
	if err := problem.Join(s.checkSignIn(&e)...); err != nil {
		return Tested{}, err
	}
	e.edited.Name = e.old.Name // which a test doesn't change
	release, err := s.turn(e.edited, caller)
	if err != nil {
		return Tested{}, err
	}
	defer release()
	password := e.draft.Password
	if password.Empty() {
		if password, err = s.stored(ctx, e.old); err != nil {
			return Tested{}, err
		}
		defer password.Clear()
	}
	v, err := s.attempt(ctx, e.deed(), password)
	if err != nil {
		return Tested{}, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	return Tested{Verdict: v, Unrecorded: s.store.Note(after, e.deed().ended(v))}, nil
}

// UpdateClassic stores an edit of the version that the editor saw. With MFA on, it signs in only where the username or the app password is
// another one (R19), and stores that where Microsoft confirmed it, or refused nothing but the protocol that app passwords belong to: then
// the verdict says so. With MFA cleared it converts the profile to a common one, once Microsoft has confirmed the account with its own
// password (R33): kind, password, status, verdict and entries in one transaction. What uses the profile goes on doing so. It returns
// ErrUnconfirmed before a conversion that nobody confirmed, *Conflict also for a profile that somebody converted meanwhile, because there
// is no way back, and otherwise what Update returns.
func (s *Service) UpdateClassic(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, seen int64, d ClassicDraft) (Profile, error) {
	e, err := s.classicEdit(ctx, caller, origin, id, d)
	if err != nil {
		return Profile{}, err
	}
	if err := s.checkClassic(ctx, &e); err != nil {
		return Profile{}, err
	}
	if e.old.Version != seen {
		return Profile{}, &Conflict{Current: e.old}
	}
	if !e.draft.MFA && !e.draft.Confirmed {
		return Profile{}, ErrUnconfirmed
	}
	e.edited.Version++
	e.edited.Modified = account.StampOf(caller, s.now())
	changed := e.entry()
	if e.draft.Password.Empty() {
		return e.edited, s.raced(ctx, id, s.store.Update(ctx, e.edited, seen, nil, nil, nil, changed))
	}
	return s.updateAccount(ctx, e.deed(), seen, Draft{Password: e.draft.Password, Elsewhere: e.draft.Elsewhere}, changed)
}

// entry is what the edit will have been.
func (e classicEdit) entry() audit.Entry {
	action := Changed
	if e.edited.Kind == Common {
		action = Converted
	}
	return e.edited.changedFrom(e.old, !e.draft.Password.Empty(), e.deed().entry(action).With("username", e.edited.Username))
}

// classicEdit looks at the profile that somebody edits, and at what they typed.
func (s *Service) classicEdit(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, d ClassicDraft) (classicEdit, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return classicEdit{}, err
	}
	old, err := s.store.Profile(ctx, id)
	switch {
	case errors.Is(err, ErrGone):
		return classicEdit{}, &Conflict{Gone: true}
	case err != nil:
		return classicEdit{}, err
	case old.Kind != ClassicMFA:
		return classicEdit{}, &Conflict{Current: old}
	}
	t, err := s.tenants.Find(ctx, old.Tenant)
	if err != nil {
		return classicEdit{}, err
	}
	e := classicEdit{caller: caller, origin: origin, draft: d.tidy(), tenant: t, old: old, edited: old}
	e.edited.Name, e.edited.Description, e.edited.Username = e.draft.Name, e.draft.Description, e.draft.Username
	if !d.MFA {
		e.edited.Kind = Common
	}
	e.renamed = !account.SameUsername(e.edited.Username, old.Username)
	return e, nil
}

// readyToSignIn says what a profile lacks before its password can be tried at all: an app password goes to an admin center, whose address
// may be missing from an import, or be of a host that the operator no longer allows.
func (s *Service) readyToSignIn(ctx context.Context, p Profile) error {
	if p.Kind != ClassicMFA {
		return nil
	}
	t, err := s.tenants.Find(ctx, p.Tenant)
	if err != nil {
		return err
	}
	if _, wrong := tenant.CheckAdminURL(p.AdminCenterURL, t.Cloud, s.settings.AdminCenterHosts); wrong != "" {
		return errNoCenter
	}
	return nil
}

// Doubt says what is doubtful about the address of an admin center for a tenant; empty for nothing.
func (s *Service) Doubt(t tenant.Tenant, address string) string {
	if address == "" {
		return ""
	}
	return tenant.DoubtAdminURL(address, t, s.settings.AdminCenterHosts)
}
