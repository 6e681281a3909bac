package profile

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Settings are the operator's choices.
type Settings struct {
	ServiceProvider  bool     // R13
	AdminCenterHosts []string // further SharePoint admin center hosts, lower case (R44)
}

// Service keeps the rules of profiles.
type Service struct {
	store    Store
	tenants  *tenant.Service
	accounts *account.Service
	ring     *secret.Keyring
	settings Settings
	now      func() time.Time
	users    []User // what may use a profile
}

// NewService joins the parts.
func NewService(store Store, tenants *tenant.Service, accounts *account.Service, ring *secret.Keyring, settings Settings, now func() time.Time) *Service {
	return &Service{store: store, tenants: tenants, accounts: accounts, ring: ring, settings: settings, now: now}
}

// Offered lists the services that a profile can be made for.
func (s *Service) Offered() []catalogue.Service {
	return catalogue.Services(s.settings.ServiceProvider)
}

// Create validates the draft with Microsoft 365 and stores it only when the verdict is valid (R17). It returns *Refused
// with any other verdict, and problem.Invalid with the fields that are wrong.
func (s *Service) Create(ctx context.Context, caller access.Caller, origin audit.Origin, d Draft) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	d = d.tidy(s.Offered())
	if err := s.check(ctx, &d, nil, true); err != nil {
		return Profile{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Profile{}, err
	}
	p := s.stamped(Profile{ID: ID(id.String()), Kind: Common, Version: 1}, d, caller)
	p.Created = p.Modified
	release, err := s.turn(p, caller)
	if err != nil {
		return Profile{}, err
	}
	defer release()
	w := deed{caller, origin, p}
	v, err := s.validate(ctx, w, d.Password)
	if err != nil {
		return Profile{}, err
	}
	p = decided(p, v)
	sealed, err := s.ring.Seal(d.Password, PasswordRecord(p))
	if err != nil {
		return Profile{}, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	renewals, err := s.renewals(after, w, v, d)
	if err == nil {
		err = s.store.Create(after, p, sealed, w.validation(v), renewals, w.ended(v), w.entry(Created).With("services", joined(p.Services)).With("username", p.Username))
	}
	p.Renewed = account.StoredAt(renewals)
	return p, forPeople(s.witnessed(after, w, v, err))
}

// witnessed writes down an attempt that was made for a change which then failed: the sign-in happened all the same (R61).
// Where it was the disk that failed, the person is told that the account itself is in order.
func (s *Service) witnessed(ctx context.Context, w deed, v verdict.Verdict, err error) error {
	if err == nil {
		return nil
	}
	err = errors.Join(err, s.store.Note(ctx, w.ended(v)))
	if problem.KindOf(err) == problem.Unavailable {
		return problem.Wrap(err, problem.Unavailable, confirmedNotStored)
	}
	return err
}

// Update stores an edit of the version that the editor saw. It signs in only where tenant, username or password changed, so
// that a new description never costs an attempt (R19). An empty password keeps the stored one. It returns *Conflict where
// somebody else was faster, *Refused and problem.Invalid as Create does.
func (s *Service) Update(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, seen int64, d Draft) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	old, err := s.store.Profile(ctx, id)
	if errors.Is(err, ErrGone) {
		return Profile{}, &Conflict{Gone: true}
	}
	if err != nil {
		return Profile{}, err
	}
	if old.Kind != Common {
		return Profile{}, errClassic
	}
	d = d.tidy(s.offeredTo(old))
	account := d.Tenant != old.Tenant || !account.SameUsername(d.Username, old.Username)
	if err := s.check(ctx, &d, &old, account || !d.Password.Empty()); err != nil {
		return Profile{}, retype(err, account, d.Password)
	}
	if old.Version != seen {
		return Profile{}, &Conflict{Current: old}
	}
	p := s.stamped(old, d, caller)
	p.Version++
	w := deed{caller, origin, p}
	changed := p.changedFrom(old, !d.Password.Empty(), w.entry(Changed))
	if d.Password.Empty() {
		return p, s.raced(ctx, id, s.store.Update(ctx, p, seen, nil, nil, nil, changed))
	}
	return s.updateAccount(ctx, w, seen, d, changed)
}

func (s *Service) updateAccount(ctx context.Context, w deed, seen int64, d Draft, changed audit.Entry) (Profile, error) {
	release, err := s.turn(w.profile, w.caller)
	if err != nil {
		return Profile{}, err
	}
	defer release()
	v, err := s.validate(ctx, w, d.Password)
	if err != nil {
		return Profile{}, err
	}
	p := decided(w.profile, v)
	sealed, err := s.ring.Seal(d.Password, PasswordRecord(p))
	if err != nil {
		return Profile{}, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	made := w.validation(v)
	renewals, err := s.renewals(after, w, v, d)
	if err == nil {
		err = s.store.Update(after, p, seen, sealed, &made, renewals, w.ended(v), changed)
	}
	p.Renewed = account.StoredAt(renewals)
	return p, s.raced(after, p.ID, s.witnessed(after, w, v, err))
}

// raced turns a lost race into a Conflict with what is stored now.
func (s *Service) raced(ctx context.Context, id ID, err error) error {
	if errors.Is(err, ErrGone) {
		return &Conflict{Gone: true}
	}
	if !errors.Is(err, ErrChanged) {
		return forPeople(err)
	}
	current, err := s.store.Profile(ctx, id)
	if errors.Is(err, ErrGone) {
		return &Conflict{Gone: true}
	}
	if err != nil {
		return err
	}
	return &Conflict{Current: current}
}

// Validate signs in with the stored password and stores the verdict. Where it says nothing about the account the former
// status stands, with the failed attempt noted beside it (R62). What Microsoft answered is given back with *Unstored where it
// could not be stored, and with *Conflict where the profile was deleted or given another account meanwhile.
func (s *Service) Validate(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) (verdict.Verdict, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return verdict.Verdict{}, err
	}
	p, err := s.store.Profile(ctx, id)
	if err != nil {
		return verdict.Verdict{}, forPeople(err)
	}
	if err := s.readyToSignIn(ctx, p); err != nil {
		return verdict.Verdict{}, err
	}
	release, err := s.turn(p, caller)
	if err != nil {
		return verdict.Verdict{}, err
	}
	defer release()
	password, err := s.stored(ctx, p)
	if err != nil {
		return verdict.Verdict{}, err
	}
	defer password.Clear()
	w := deed{caller, origin, p}
	v, err := s.attempt(ctx, w, password)
	if err != nil {
		return verdict.Verdict{}, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	err = s.store.Validated(after, p, w.validation(remembering(p.Verdict, v)), w.ended(v))
	if problem.KindOf(err) == problem.Unavailable {
		return v, &Unstored{Verdict: v, Cause: err}
	}
	return v, s.raced(after, id, err)
}

// stored opens the profile's password, now that it is its turn. It reads the password before it looks whose it is: an edit
// that comes between the two may have made it another account's, or of another kind, and is then seen.
func (s *Service) stored(ctx context.Context, p Profile) (secret.Value, error) {
	sealed, err := s.store.Password(ctx, p.ID)
	if err != nil {
		return secret.Value{}, forPeople(err)
	}
	now, err := s.store.Profile(ctx, p.ID)
	if err != nil {
		return secret.Value{}, forPeople(err)
	}
	if keyOf(now) != keyOf(p) || now.Kind != p.Kind {
		return secret.Value{}, &Conflict{Current: now}
	}
	password, err := s.ring.Open(sealed, PasswordRecord(now))
	if err != nil {
		return secret.Value{}, problem.Wrap(err, problem.Altered, altered)
	}
	return password, nil
}

// altered says why a password is not sent for an account that Purser did not write as it is.
const altered = "This profile was changed outside of Purser, so its password was not sent to Microsoft. Edit the profile and enter the password again, and tell your server administrator."

// remembering keeps what an earlier validation of the same account had read where this one was confirmed but could not read
// it: a hiccup of Microsoft's directory must not take a known expiry out of sight (R62). The warning says that it is old. A
// refused password stays refused until a validation comes past the check of the password.
func remembering(old, v verdict.Verdict) verdict.Verdict {
	if !v.Valid() {
		v.StillRefused = account.Refused(old) && v.Status != verdict.WrongPassword && v.Proof.Password != verdict.Proved
		return v
	}
	if !v.RolesRead && old.RolesRead {
		v.Roles, v.RolesRead = old.Roles, true
	}
	if !v.Expiry.Known() && old.Expiry.Known() && !v.Unlike { // that one cannot end was said of an app password
		v.Expiry = old.Expiry
	}
	return v
}

// Seen is a profile in the version that somebody has seen.
type Seen struct {
	ID      ID
	Version int64
}

// Delete removes the profiles, each in the version that was seen, or none of them. It tells how many were still there.
func (s *Service) Delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []Seen) (int, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return 0, err
	}
	for try := 1; ; try++ {
		n, err := s.delete(ctx, caller, origin, seen)
		// Somebody came between looking and deleting: looking again tells who, and to which of them.
		if raced := errors.Is(err, ErrChanged) || errors.Is(err, ErrGone); !raced || try == maxLooks {
			return n, forPeople(err)
		}
	}
}

// maxLooks is how often a deletion looks at what it deletes.
const maxLooks = 5

func (s *Service) delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []Seen) (int, error) {
	var profiles []Profile
	var entries []audit.Entry
	for _, each := range seen {
		p, err := s.store.Profile(ctx, each.ID)
		if errors.Is(err, ErrGone) {
			continue // somebody else did it already
		}
		if err != nil {
			return 0, err
		}
		if p.Version != each.Version {
			return 0, &Conflict{Current: p}
		}
		profiles = append(profiles, p)
		entries = append(entries, deed{caller, origin, p}.entry(Deleted).With("username", p.Username))
	}
	if len(profiles) == 0 {
		return 0, nil
	}
	if err := s.store.Delete(ctx, profiles, entries...); err != nil {
		return 0, err
	}
	return len(profiles), nil
}

// check lists everything that is wrong with a tidied draft, and gives the address of its admin center its one form.
func (s *Service) check(ctx context.Context, d *Draft, old *Profile, password bool) error {
	offered, id := s.Offered(), ID("")
	if old != nil {
		offered, id = s.offeredTo(*old), old.ID
	}
	wrong := d.check(offered)
	if password {
		if message := s.accounts.CheckPassword(d.Password); message != "" {
			wrong = append(wrong, problem.FieldError{Field: FieldPassword, Message: message})
		}
	}
	if d.Tenant != "" {
		switch t, err := s.tenants.Find(ctx, d.Tenant); {
		case problem.KindOf(err) == problem.NotFound:
			wrong = append(wrong, problem.FieldError{Field: FieldTenant, Message: "This tenant is not connected. Select one from the list."})
		case err != nil:
			return err
		case d.AdminCenterURL != "":
			normal, message := tenant.CheckAdminURL(d.AdminCenterURL, t.Cloud, s.settings.AdminCenterHosts)
			if d.AdminCenterURL = normal; message != "" {
				wrong = append(wrong, problem.FieldError{Field: FieldAdminCenterURL, Message: message})
			}
		}
	}
	if err := problem.Join(wrong...); err != nil {
		return err
	}
	if old != nil && account.Fold(d.Name) == account.Fold(old.Name) {
		return nil // its own
	}
	taken, err := s.store.NameTaken(ctx, account.Fold(d.Name), id)
	if err == nil && taken {
		return nameTaken()
	}
	return err
}

// offeredTo is what a profile may have: what is offered, and what it has from before the settings changed (R13).
func (s *Service) offeredTo(p Profile) []catalogue.Service {
	offered := s.Offered()
	for had := range catalogue.Named(p.Services) {
		if !slices.ContainsFunc(offered, func(o catalogue.Service) bool { return o.ID == had.ID }) {
			offered = append(offered, had)
		}
	}
	return offered
}

// anotherAccount says that a stored password is of the former account only.
const anotherAccount = "You changed the tenant or username. Enter the password of that account."

// retype says why an empty password is not enough when the account is another one.
func retype(err error, account bool, password secret.Value) error {
	if !account || !password.Empty() {
		return err
	}
	fields := problem.Fields(err)
	for i, f := range fields {
		if f.Field == FieldPassword {
			fields[i].Message = anotherAccount
		}
	}
	return err
}

// stamped gives p what the draft says, as of now.
func (s *Service) stamped(p Profile, d Draft, caller access.Caller) Profile {
	p.Name, p.Description, p.Tenant, p.Services, p.Username, p.AdminCenterURL = d.Name, d.Description, d.Tenant, d.Services, d.Username, d.AdminCenterURL
	p.Modified = account.StampOf(caller, s.now())
	return p
}

// decided gives p the outcome of a validation that is about the account.
func decided(p Profile, v verdict.Verdict) Profile {
	p.Status, p.Verdict, p.Validated, p.Failed = v.Status, v, v.At, nil
	return p
}
