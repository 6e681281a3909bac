package appprofile

import (
	"context"
	"errors"
	"slices"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/whose"
)

// try asks Microsoft 365 about a new credential, and notes in the profile and in the credential what it said. It gives the tenant as it
// was read. A refusal, no answer, and a tenant that is another one than was named are errors, with which nothing is to be kept.
func (s *Service) try(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant, p *Profile, m *material, named string) (tenant.Tenant, error) {
	entry := audit.By(caller, origin, CheckBegun, p.target()).With("tenant", string(t.ID)).With("application", p.ApplicationID).With("credential", string(m.Kind))
	if err := s.store.Note(ctx, entry); err != nil {
		return tenant.Tenant{}, err
	}
	app := App{Profile: p.ID, ApplicationID: p.ApplicationID, Credential: m.ID, Kind: m.Kind, Secret: m.secret, Public: m.Public}
	seen, err := s.directory.Inspect(ctx, t, app)
	if err != nil {
		return tenant.Tenant{}, s.refusal(err, t, *p, *m)
	}
	if err := fits(t, seen, named); err != nil {
		return tenant.Tenant{}, err
	}
	m.Standing, m.Code = Accepted, ""
	if m.Kind == Secret {
		m.Expires = seen.SecretEnds
	}
	p.take(seen)
	p.Checked = p.Modified.At
	return s.asRead(t, seen), nil
}

// fits reports whether what an app read is of the tenant that was meant.
func fits(t tenant.Tenant, seen Inspection, named string) error {
	for _, id := range []tenant.ID{seen.Tenant, seen.Organization.ID} {
		if id != "" && id != t.ID {
			return problem.Field(FieldTenant, "Microsoft 365 signed the app in to another tenant ("+string(id)+") than the one with this domain or ID. Nothing was saved.")
		}
	}
	if named == "" || guid.MatchString(named) || !seen.Facts.DomainsRead() {
		return nil
	}
	for _, d := range seen.Facts.Domains {
		if strings.EqualFold(d.Name, named) {
			return nil
		}
	}
	return problem.Field(FieldTenant, "The tenant that Microsoft 365 found for this domain does not list the domain as its own. Nothing was saved. Enter another domain of the tenant, or its ID.")
}

// take notes what was seen.
func (p *Profile) take(seen Inspection) {
	p.Granted, p.Finding, p.Status = seen.Granted, Finding{}, Active
	if len(p.Lacks()) > 0 {
		p.Status = PermissionsMissing
	}
}

// asRead is the tenant with what was seen of it. Where nobody says which domain is the initial one, the tenant stays known by the domain
// that it was named by, or by its default domain in place of an id (X50).
func (s *Service) asRead(t tenant.Tenant, seen Inspection) tenant.Tenant {
	t = t.Named(seen.Organization.DisplayName, s.now().UTC())
	if seen.Organization.InitialDomain != "" {
		t.InitialDomain = strings.ToLower(seen.Organization.InitialDomain)
	} else if i := slices.IndexFunc(seen.Facts.Domains, func(d tenant.Domain) bool { return d.Default }); i >= 0 && guid.MatchString(t.InitialDomain) {
		t.InitialDomain = strings.ToLower(seen.Facts.Domains[i].Name)
	}
	t.Facts, t.Read, t.Gone = t.Facts.Renewed(seen.Facts), s.now().UTC(), longAgo
	return t
}

// renamed adds to the entry of what was read that the tenant was called something else before.
func renamed(e audit.Entry, before, now tenant.Tenant) audit.Entry {
	if now.Facts.Renaming.Equal(before.Facts.Renaming) {
		return e
	}
	return e.With("tenant name", now.DisplayName).With("former tenant name", now.Facts.Former)
}

// Check asks Microsoft 365 about an app profile: whether each of its credentials is accepted, which permissions it has, and what the
// tenant is. What stood before stays where Microsoft 365 does not answer (R62); the error says so.
func (s *Service) Check(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) (Profile, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Profile{}, err
	}
	t, err := s.tenants.Find(ctx, p.Tenant)
	if err != nil {
		return Profile{}, err
	}
	kept, err := s.kept(ctx, p)
	if err != nil {
		return Profile{}, err
	}
	if len(p.Credentials) == 0 {
		return Profile{}, ErrAltered
	}
	if p.Kind() == Public {
		return s.checkPublic(ctx, caller, origin, t, kept)
	}
	if err := s.store.Note(ctx, audit.By(caller, origin, CheckBegun, p.target()).With("tenant", string(t.ID)).With("application", p.ApplicationID)); err != nil {
		return Profile{}, err
	}
	s.directory.Forget(id) // what is to be found out is whether Microsoft 365 accepts them now
	found, read, err := s.examine(ctx, t, kept)
	if err != nil {
		return Profile{}, err
	}
	return s.checked(ctx, caller, origin, found, t, read)
}

// kept is the profile with its sealed credentials.
func (s *Service) kept(ctx context.Context, p Profile) (Kept, error) {
	all, err := s.store.Of(ctx, p.Tenant)
	if err != nil {
		return Kept{}, err
	}
	i := slices.IndexFunc(all, func(k Kept) bool { return k.ID == p.ID })
	if i < 0 {
		return Kept{}, told(ErrGone)
	}
	return all[i], nil
}

// examine tries the credentials of a profile, the one in use first. What the first that is accepted may read counts.
func (s *Service) examine(ctx context.Context, t tenant.Tenant, k Kept) (Profile, *tenant.Tenant, error) {
	p := k.Profile
	var read *tenant.Tenant
	var first *Unread
	order := p.byUse(s.now())
	for _, i := range order {
		seen, err := s.inspect(ctx, t, k, p.Credentials[i], read == nil)
		unread, refused := errors.AsType[*Unread](err)
		switch {
		case err == nil && read == nil:
			if err := fits(t, seen, ""); err != nil {
				return Profile{}, nil, err
			}
			p.take(seen)
			now := s.asRead(t, seen)
			if p.former() {
				now.InitialDomain = t.InitialDomain // its seal has it
			}
			read = &now
			p.Credentials[i] = p.Credentials[i].accepted(seen)
		case err == nil:
			p.Credentials[i] = p.Credentials[i].accepted(seen)
		case !refused:
			return Profile{}, nil, err
		case !unread.blames():
			return Profile{}, nil, s.refusal(err, t, p, material{Credential: p.Credentials[i]})
		default:
			p.Credentials[i] = p.Credentials[i].refused(unread.Code)
			if first == nil {
				first = unread
			}
		}
	}
	if read == nil {
		p.Granted, p.Status, p.Finding = Grants{}, Invalid, s.finding(first, p.Credentials[order[0]])
		if len(p.Credentials) == 1 && p.Credentials[0].Standing == Waiting {
			p.Status = NotChecked
		}
		if first.Code == tenantGone {
			gone := t
			gone.Gone = s.now().UTC()
			read = &gone
		}
	}
	p.Checked = stampOf(access.Caller{}, s.now()).At
	return p, read, nil
}

// tenantGone is what Microsoft says of a tenant that does not exist, or not any more.
const tenantGone = "AADSTS90002"

// inspect opens one credential and asks with it.
func (s *Service) inspect(ctx context.Context, t tenant.Tenant, k Kept, c Credential, whole bool) (Inspection, error) {
	app, err := s.open(t, k, c)
	if err != nil {
		return Inspection{}, err
	}
	defer app.Clear()
	if !whole {
		return Inspection{}, s.directory.Enter(ctx, t, app)
	}
	return s.directory.Inspect(ctx, t, app)
}

func (c Credential) accepted(seen Inspection) Credential {
	c.Standing, c.Code = Accepted, ""
	if c.Kind == Secret && !seen.SecretEnds.IsZero() {
		c.Expires = seen.SecretEnds
	}
	return c
}

// refused leaves one that Purser made and nobody has uploaded yet waiting: Microsoft does not know it, which is no news.
func (c Credential) refused(code string) Credential {
	c.Code = code
	if c.Standing != Waiting {
		c.Standing = Refused
	}
	return c
}

// Look asks Microsoft 365 about an app profile as Check does, and gives what that would write. It writes nothing, neither of the profile nor
// in the activity log: it is for who examines an installation beside the Purser that works in it (R81).
func (s *Service) Look(ctx context.Context, p Profile) (Profile, error) {
	t, err := s.tenants.Find(ctx, p.Tenant)
	if err != nil {
		return Profile{}, err
	}
	k, err := s.kept(ctx, p)
	if err != nil {
		return Profile{}, err
	}
	if len(k.Credentials) == 0 {
		return Profile{}, ErrAltered
	}
	if p.Kind() == Public {
		found, _, err := s.examinePublic(ctx, t, k)
		return found, err
	}
	found, _, err := s.examine(ctx, t, k)
	return found, err
}

// checkPublic checks a public client.
func (s *Service) checkPublic(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant, k Kept) (Profile, error) {
	p, read, err := s.examinePublic(ctx, t, k)
	if err != nil {
		return Profile{}, err
	}
	p.Checked = stampOf(caller, s.now()).At
	return s.checked(ctx, caller, origin, p, t, &read)
}

// examinePublic asks what can be asked of a public client: whether its tenant is still there.
func (s *Service) examinePublic(ctx context.Context, t tenant.Tenant, k Kept) (Profile, tenant.Tenant, error) {
	p, read := k.Profile, t
	_, err := s.directory.Discover(ctx, string(t.ID))
	switch {
	case errors.Is(err, ErrUnknownTenant):
		read.Gone = s.now().UTC()
		p.Status, p.Finding = Invalid, s.finding(&Unread{Code: tenantGone, Whose: whose.Tenant, Cause: "The tenant does not exist in this cloud."}, Credential{})
	case err != nil:
		return Profile{}, tenant.Tenant{}, s.undiscovered(err, string(t.ID))
	default:
		read.Gone = longAgo
		p.Status, p.Finding = NotChecked, Finding{}
	}
	return p, read, nil
}

// checked writes what a check came to, of a tenant as it was known before.
func (s *Service) checked(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile, before tenant.Tenant, read *tenant.Tenant) (Profile, error) {
	entry := audit.By(caller, origin, CheckEnded, p.target()).With("status", string(p.Status))
	if p.Finding.Code != "" {
		entry = entry.With("code", p.Finding.Code)
	}
	if p.Finding.CorrelationID != "" {
		entry = entry.With("correlation", p.Finding.CorrelationID)
	}
	if read != nil {
		entry = renamed(entry, before, *read)
	}
	if err := s.store.Checked(ctx, p, read, entry); err != nil {
		return Profile{}, told(err)
	}
	s.tenants.Forget()
	return s.Find(ctx, caller, p.ID)
}
