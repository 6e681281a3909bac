package appprofile

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// The fields of the form, as FieldErrors name them.
const (
	FieldName        = "name"
	FieldTenant      = "tenant"
	FieldApplication = "application_id"
	FieldCredential  = "credential"
	FieldSecret      = "client_secret"
	FieldFile        = "certificate_file"
	FieldPassword    = "certificate_password"
)

// Draft is what somebody types to make or edit an app profile.
type Draft struct {
	Name          string
	Tenant        string // a domain of the tenant, or its id; Edit leaves it alone
	ApplicationID string
	Credential    NewCredential // of an Edit: the zero NewCredential leaves the credentials as they are
}

// longestName is how many characters the name of an app profile has at most.
const longestName = 100

var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// tidy gives the draft without blanks around, and what is wrong with it.
func (d Draft) tidy() (Draft, []problem.FieldError) {
	d.Name, d.Tenant = shown.Line(d.Name), strings.ToLower(shown.Trim(d.Tenant))
	d.ApplicationID = strings.ToLower(shown.Trim(d.ApplicationID))
	var wrong []problem.FieldError
	switch {
	case shown.Bare(d.Name) == "":
		wrong = append(wrong, problem.FieldError{Field: FieldName, Message: "Enter a name."})
	case utf8.RuneCountInString(d.Name) > longestName:
		wrong = append(wrong, problem.FieldError{Field: FieldName, Message: "Enter a name of 100 characters or fewer."})
	case strings.ContainsFunc(d.Name, shown.Unprintable):
		wrong = append(wrong, problem.FieldError{Field: FieldName, Message: "Enter a name without line breaks or other characters that can't be shown."})
	}
	if !guid.MatchString(d.ApplicationID) {
		wrong = append(wrong, problem.FieldError{Field: FieldApplication, Message: "Enter the application (client) ID, such as a0000000-0000-4000-8000-000000000001. You find it on the Overview of the app registration."})
	}
	return d, wrong
}

// tenantMistake says what is wrong with what was typed for a tenant.
func tenantMistake(text string) []problem.FieldError {
	if guid.MatchString(text) || tenant.IsDomain(text) {
		return nil
	}
	return []problem.FieldError{{Field: FieldTenant, Message: "Enter a domain of the tenant, such as contoso.onmicrosoft.com, or its directory (tenant) ID."}}
}

// Create makes an app profile, and connects its tenant. It asks Microsoft 365 first: a credential that is refused keeps nothing, missing
// permissions alone are kept as such, and where Microsoft 365 does not answer nothing is kept (R71). A certificate that Purser makes has
// still to be uploaded, and of a public client nothing can be asked; both are kept as not checked.
func (s *Service) Create(ctx context.Context, caller access.Caller, origin audit.Origin, d Draft) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	d, wrong := d.tidy()
	wrong = append(wrong, tenantMistake(d.Tenant)...)
	m, mistakes := s.read(ctx, d.Credential, d.ApplicationID)
	defer m.secret.Clear()
	if err := problem.Join(append(wrong, mistakes...)...); err != nil {
		return Profile{}, err
	}
	t, err := s.discover(ctx, d.Tenant)
	if err != nil {
		return Profile{}, err
	}
	by, before := stampOf(caller, s.now()), t
	m.Added = by
	p := Profile{ID: ID(uuid.NewString()), Name: d.Name, Tenant: t.ID, ApplicationID: d.ApplicationID, Status: NotChecked, Version: 1, Created: by, Modified: by}
	if m.asks() {
		read, err := s.try(ctx, caller, origin, t, &p, &m, d.Tenant)
		if err != nil {
			return Profile{}, err
		}
		t = read
	}
	p.Credentials = []Credential{m.Credential}
	sealed, err := s.seal(t, p, m)
	if err != nil {
		return Profile{}, err
	}
	entry := audit.By(caller, origin, Created, p.target()).With("tenant", string(t.ID)).With("application", p.ApplicationID).With("credential", string(m.Kind)).With("status", string(p.Status))
	if err := s.store.Create(ctx, t, p, []Sealed{sealed}, renamed(entry, before, t)); err != nil {
		return Profile{}, told(err)
	}
	s.tenants.Forget()
	return s.Find(ctx, caller, p.ID)
}

// discover finds the tenant that somebody named. Where it is known already it stays what it is called.
func (s *Service) discover(ctx context.Context, named string) (tenant.Tenant, error) {
	found, err := s.directory.Discover(ctx, named)
	if err != nil {
		return tenant.Tenant{}, s.undiscovered(err, named)
	}
	if guid.MatchString(named) && string(found.ID) != named {
		return tenant.Tenant{}, problem.Field(FieldTenant, "Microsoft 365 responded for another tenant than the one with this ID. Nothing was sent to it.")
	}
	t, err := s.tenants.Find(ctx, found.ID)
	if problem.KindOf(err) == problem.NotFound {
		t, err = tenant.Tenant{ID: found.ID, DisplayName: named, InitialDomain: named, Cloud: found.Cloud, Connected: s.now()}, nil
	}
	if err == nil && t.Cloud != found.Cloud {
		return tenant.Tenant{}, problem.Field(FieldTenant, "Purser knows this tenant in the cloud "+t.Cloud.Title()+", and Microsoft 365 now says "+found.Cloud.Title()+". Nothing was sent to it.")
	}
	return t, err
}

// Edit changes an app profile of the version that somebody looked at. Another application, or another credential in place of those that
// are there, is tried at Microsoft 365 first, as Create does.
func (s *Service) Edit(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, version int64, d Draft) (Profile, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Profile{}, err
	}
	d, wrong := d.tidy()
	var m material
	replaces := d.Credential.Choice != ""
	if replaces {
		var mistakes []problem.FieldError
		m, mistakes = s.read(ctx, d.Credential, d.ApplicationID)
		wrong = append(wrong, mistakes...)
		defer m.secret.Clear()
	} else if d.ApplicationID != p.ApplicationID {
		wrong = append(wrong, problem.FieldError{Field: FieldCredential, Message: "You changed the application ID, so enter a credential of that application."})
	}
	if err := problem.Join(wrong...); err != nil {
		return Profile{}, err
	}
	if p.Version != version {
		return Profile{}, told(ErrChanged)
	}
	old := p
	p.Name, p.ApplicationID, p.Modified = d.Name, d.ApplicationID, stampOf(caller, s.now())
	entry := audit.By(caller, origin, Edited, p.target()).With("tenant", string(p.Tenant)).With("application", p.ApplicationID).
		Changed("application", old.ApplicationID, p.ApplicationID).Changed("name", old.Name, p.Name)
	if !replaces {
		return s.update(ctx, caller, p, keep(p.Credentials), nil, entry)
	}
	m.Added = p.Modified
	return s.replace(ctx, caller, origin, p, m, nil, entry.With("credential", string(m.Kind)))
}

// replace keeps a credential beside others, after Microsoft 365 was asked about it.
func (s *Service) replace(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile, m material, beside []Credential, e audit.Entry) (Profile, error) {
	t, err := s.tenants.Find(ctx, p.Tenant)
	if err != nil {
		return Profile{}, err
	}
	var read *tenant.Tenant
	if m.asks() {
		told, err := s.try(ctx, caller, origin, t, &p, &m, "")
		if err != nil {
			return Profile{}, err
		}
		read, e = &told, renamed(e, t, told)
	} else if len(beside) == 0 {
		p.Status, p.Checked, p.Finding, p.Granted = NotChecked, longAgo, Finding{}, Grants{}
	}
	sealed, err := s.seal(t, p, m)
	if err != nil {
		return Profile{}, err
	}
	return s.update(ctx, caller, p, append(keep(beside), sealed), read, e.With("status", string(p.Status)))
}

// update writes the profile, and forgets what is kept in memory of it.
func (s *Service) update(ctx context.Context, caller access.Caller, p Profile, sealed []Sealed, read *tenant.Tenant, e audit.Entry) (Profile, error) {
	p.Credentials = nil
	for _, c := range sealed {
		p.Credentials = append(p.Credentials, c.Credential)
	}
	if err := s.store.Update(ctx, p, sealed, read, e); err != nil {
		return Profile{}, told(err)
	}
	s.tenants.Forget()
	s.directory.Forget(p.ID)
	return s.Find(ctx, caller, p.ID)
}

// keep are credentials that keep their secrets.
func keep(list []Credential) []Sealed {
	var kept []Sealed
	for _, c := range list {
		kept = append(kept, Sealed{Credential: c})
	}
	return kept
}

// AddCredential adds a second credential beside the first, so that a change costs no outage (R74). It is tried first.
func (s *Service) AddCredential(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, version int64, n NewCredential) (Profile, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Profile{}, err
	}
	switch {
	case n.Choice == None:
		return Profile{}, problem.Field(FieldCredential, "Choose a client secret or a certificate.")
	case len(p.Credentials) == 1 && p.Credentials[0].Kind == Public:
		return Profile{}, problem.Field(FieldCredential, "This app profile is a public client. Edit it to give it a credential.")
	case len(p.Credentials) > 1:
		return Profile{}, problem.New(problem.Conflict, "This app profile already has two credentials. Remove one of them first.")
	}
	m, wrong := s.read(ctx, n, p.ApplicationID)
	defer m.secret.Clear()
	if err := problem.Join(wrong...); err != nil {
		return Profile{}, err
	}
	if p.Version != version {
		return Profile{}, told(ErrChanged)
	}
	p.Modified = stampOf(caller, s.now())
	m.Added = p.Modified
	entry := audit.By(caller, origin, CredentialAdded, p.target()).With("credential", string(m.Kind))
	return s.replace(ctx, caller, origin, p, m, p.Credentials, entry)
}

// RemoveCredential removes one of two credentials.
func (s *Service) RemoveCredential(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, version int64, credential CredentialID) (Profile, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Profile{}, err
	}
	c, there := p.credential(credential)
	switch {
	case !there:
		return Profile{}, problem.New(problem.NotFound, "This credential no longer exists.")
	case len(p.Credentials) == 1:
		return Profile{}, problem.New(problem.Conflict, "This is the only credential of the app profile. Add another first.")
	case p.Version != version:
		return Profile{}, told(ErrChanged)
	}
	var rest []Credential
	for _, other := range p.Credentials {
		if other.ID != credential {
			rest = append(rest, other)
		}
	}
	p.Modified = stampOf(caller, s.now())
	p = p.standing(rest)
	entry := audit.By(caller, origin, CredentialRemoved, p.target()).With("credential", string(c.Kind))
	return s.update(ctx, caller, p, keep(rest), nil, entry)
}

// standing is the profile with those credentials alone: without one that Microsoft accepted, what was found of it does not hold any more.
func (p Profile) standing(rest []Credential) Profile {
	for _, c := range rest {
		if c.Standing == Accepted {
			return p
		}
	}
	p.Status, p.Checked, p.Granted, p.Finding = NotChecked, longAgo, Grants{}, Finding{}
	return p
}
