package people

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Directory opens the directory of a tenant. Its errors are *Unread.
type Directory interface {
	// AsApp opens it for the app itself.
	AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (Lookup, error)
	// AsAccount opens it for an account, sending the password at most once; the Lookup is nil unless the verdict is valid.
	AsAccount(ctx context.Context, a account.Account) (Lookup, verdict.Verdict)
}

// Lookup finds people and groups of a tenant. Its errors are *Unread, and ErrNone for what is not there.
type Lookup interface {
	Ends() time.Time
	// Like finds a few people and groups by a word of their name, or the beginning of their address.
	Like(ctx context.Context, text string) ([]Candidate, error)
	// Find gives one by its id.
	Find(ctx context.Context, ref Ref) (Candidate, error)
	// GroupsOf tells which of some groups a user is in, themselves or through another group.
	GroupsOf(ctx context.Context, user string, groups []string) ([]string, error)
}

// Ref names somebody of a tenant's directory.
type Ref struct {
	Kind   Kind
	Object string
}

// Candidate is somebody whom a look-up found.
type Candidate struct {
	Ref
	Name    string
	Address string // the username, or a group's address
	Mail    string // another one
	Guest   bool
	Off     bool // may not sign in at Microsoft
}

// Unread says that the directory could not be read, and whose fault that is.
type Unread struct {
	Code       string
	Whose      whose.Fault
	Cause      string // what Microsoft's code means, a sentence; empty where there is none
	Permission string // that is missing, where it is one
}

func (u *Unread) Error() string {
	return "not read: " + u.Code + " (" + string(u.Whose) + ") " + u.Permission
}

// Unwrap gives the sentence.
func (u *Unread) Unwrap() error {
	if u.Permission != "" {
		return problem.New(problem.Upstream, "Microsoft 365 does not let Purser look this up ("+u.Code+"): the permission "+u.Permission+" is missing. Grant it to the tenant's app profile with admin consent, then try again.")
	}
	said := []string{"Microsoft 365 could not be read (" + u.Code + "): " + u.Whose.Words().What + ".", "Nothing was changed."}
	if u.Cause != "" {
		said = append(said, u.Cause)
	}
	return problem.New(problem.Upstream, strings.Join(append(said, u.Whose.Words().Remedy), " "))
}

// Looked up with the app profile of the tenant, or with the account of a profile.
const ByApp = "app"

// Look says where somebody is looked up, and with what: ByApp, or the id of a profile.
type Look struct {
	Tenant tenant.ID
	With   string
}

// Way is something to look up with.
type Way struct {
	With    string
	Name    string
	App     bool
	Classic bool // it is refused
}

// Profiles are what a look-up takes of the service account profiles, which profile.Service answers.
type Profiles interface {
	List(ctx context.Context, caller access.Caller, q profile.Query) (profile.Page, profile.Counts, error)
	Known(ctx context.Context, id profile.ID) (profile.Profile, error)
	LendOf(ctx context.Context, caller access.Caller, origin audit.Origin, id profile.ID, signIn func(context.Context, account.Account) verdict.Verdict) (profile.Profile, error)
}

// Apps are what a look-up takes of the app profiles, which appprofile.Service answers.
type Apps interface {
	OfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]appprofile.Profile, error)
	Credentials(ctx context.Context, id tenant.ID) (appprofile.App, error)
}

// Tenants finds tenants, which tenant.Service answers.
type Tenants interface {
	Find(ctx context.Context, id tenant.ID) (tenant.Tenant, error)
}

// Fields of the form that adds people.
const (
	FieldTenant = "tenant"
	FieldWith   = "with"
	FieldSearch = "search"
	FieldPeople = "person"
)

const (
	// open is how long a directory stays open: long enough to type a name, and short enough that a corrected app profile is used soon.
	open = 5 * time.Minute
	// longest is how much text a name may have, in characters.
	longest = 256
)

var errClassic = problem.Field(FieldWith, "A classic MFA profile can't be used to look up Microsoft 365 users and groups: its app password opens nothing that lists them. Select an app profile or a common profile.")

// doors are the directories that are open.
type doors struct {
	mu   sync.Mutex
	open map[Look]door
}

type door struct {
	lookup Lookup
	until  time.Time
}

func (d *doors) find(l Look, now time.Time) Lookup {
	d.mu.Lock()
	defer d.mu.Unlock()
	if found := d.open[l]; found.lookup != nil && now.Before(found.until) {
		return found.lookup
	}
	return nil
}

func (d *doors) keep(l Look, lookup Lookup, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	until := now.Add(open)
	if ends := lookup.Ends().Add(-time.Minute); ends.Before(until) {
		until = ends
	}
	if d.open == nil {
		d.open = map[Look]door{}
	}
	for other, is := range d.open {
		if !now.Before(is.until) {
			delete(d.open, other)
		}
	}
	d.open[l] = door{lookup, until}
}

func (d *doors) shut(l Look) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, l)
}

// Ways lists what people of a tenant can be looked up with: its app profile, and its profiles by name. Classic ones are listed, so that
// whoever looks for one is told why not.
func (s *Service) Ways(ctx context.Context, caller access.Caller, t tenant.ID) ([]Way, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return nil, err
	}
	apps, err := s.Apps.OfTenant(ctx, caller, t)
	if err != nil {
		return nil, err
	}
	var list []Way
	for _, p := range apps {
		if p.Preferred {
			list = append(list, Way{With: ByApp, Name: p.Name, App: true})
		}
	}
	q := profile.Query{Tenant: t, Sort: profile.ByName}
	for {
		page, _, err := s.Profiles.List(ctx, caller, q)
		for _, row := range page.Rows {
			list = append(list, Way{With: string(row.ID), Name: row.Name, Classic: row.Kind != profile.Common})
		}
		if q.After = page.Next; err != nil || q.After == "" {
			return list, err
		}
	}
}

// Home is the tenant whose people are recognized by what Microsoft Entra ID calls them; empty where they come by another provider.
func (s *Service) Home() tenant.ID { return s.home() }

// Suggest lists a few people and groups while somebody types. It never signs in with an account: without an open directory there are none
// (X39).
func (s *Service) Suggest(ctx context.Context, caller access.Caller, origin audit.Origin, l Look, text string) ([]Candidate, error) {
	if l.With != ByApp && s.doors.find(l, s.Now()) == nil {
		return nil, access.Require(caller, access.ManagePeople)
	}
	return s.Search(ctx, caller, origin, l, text)
}

// Search lists a few people and groups. With a profile, it signs in with its account unless that was done a short while ago.
func (s *Service) Search(ctx context.Context, caller access.Caller, origin audit.Origin, l Look, text string) ([]Candidate, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return nil, err
	}
	text = shown.Trim(text)
	if text == "" || utf8.RuneCountInString(text) > longest {
		return nil, nil
	}
	return asked(ctx, s, caller, origin, l, func(lookup Lookup) ([]Candidate, error) { return lookup.Like(ctx, text) })
}

// asked puts a question to a directory. One that is open, and whose token Microsoft does not take any more, is opened anew once.
func asked[T any](ctx context.Context, s *Service, caller access.Caller, origin audit.Origin, l Look, question func(Lookup) (T, error)) (answer T, err error) {
	for try := 1; ; try++ {
		lookup, err := s.enter(ctx, caller, origin, l)
		if err != nil {
			return answer, err
		}
		answer, err = question(lookup)
		u, unread := errors.AsType[*Unread](err)
		if !unread || u.Code != "HTTP 401" || try > 1 {
			return answer, err
		}
		s.doors.shut(l)
	}
}

// enter gives the directory, open already or opened now.
func (s *Service) enter(ctx context.Context, caller access.Caller, origin audit.Origin, l Look) (Lookup, error) {
	if lookup := s.doors.find(l, s.Now()); lookup != nil {
		return lookup, nil
	}
	t, err := s.Tenants.Find(ctx, l.Tenant)
	if err != nil {
		return nil, problem.Field(FieldTenant, "Select a tenant.")
	}
	lookup, err := s.unlock(ctx, caller, origin, t, l.With)
	if err == nil {
		s.doors.keep(l, lookup, s.Now())
	}
	return lookup, err
}

func (s *Service) unlock(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant, with string) (Lookup, error) {
	switch with {
	case "":
		return nil, problem.Field(FieldWith, "Select what to look up with.")
	case ByApp:
		return s.asApp(ctx, caller, origin, t)
	}
	return s.asAccount(ctx, caller, origin, t, profile.ID(with))
}

func (s *Service) asApp(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant) (Lookup, error) {
	app, err := s.Apps.Credentials(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	defer app.Clear()
	if app.Kind == appprofile.Public {
		return nil, problem.Field(FieldWith, "This app profile has no credential, so it can't look people up. Select a service account profile.")
	}
	e := audit.By(caller, origin, SecretUsed, audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}).With("application", app.ApplicationID).With("for", "looking up people and groups")
	if err := s.Store.Note(ctx, e); err != nil {
		return nil, err
	}
	return s.Directory.AsApp(ctx, t, app)
}

func (s *Service) asAccount(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.Tenant, id profile.ID) (Lookup, error) {
	p, err := s.Profiles.Known(ctx, id)
	switch {
	case errors.Is(err, profile.ErrGone) || err == nil && p.Tenant != t.ID:
		return nil, problem.Field(FieldWith, "This profile no longer exists. Select another one.")
	case err != nil:
		return nil, err
	case p.Kind != profile.Common:
		return nil, errClassic
	}
	var lookup Lookup
	_, err = s.Profiles.LendOf(ctx, caller, origin, id, func(ctx context.Context, a account.Account) (v verdict.Verdict) {
		if a.Tenant.ID != t.ID {
			return verdict.Verdict{Status: verdict.TenantNotFound} // the profile was given another tenant; nothing is sent
		}
		lookup, v = s.Directory.AsAccount(ctx, a)
		return v
	})
	if refused, ok := errors.AsType[*profile.Refused](err); ok {
		return nil, problem.Field(FieldWith, "Purser couldn't sign in with this profile ("+shown.Trim(refused.Verdict.Status.Title()+" "+refused.Verdict.Code)+"). Validate it, or select another one.")
	}
	return lookup, err
}
