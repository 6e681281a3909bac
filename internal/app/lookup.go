package app

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/microsoft"
	"purser.example/internal/people"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// People lets people and groups be looked up by a Microsoft client.
func People(client *microsoft.Client) people.Directory { return registry{client} }

// registry lets people be looked up with the Microsoft client without either knowing the other.
type registry struct{ client *microsoft.Client }

// AsApp implements people.Directory.
func (r registry) AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (people.Lookup, error) {
	opened, err := r.client.ReadAsApp(ctx, ref(t), appOf(app))
	if err != nil {
		return nil, notLookedUp(err, "")
	}
	return lookup{opened}, nil
}

// AsAccount implements people.Directory.
func (r registry) AsAccount(ctx context.Context, a account.Account) (people.Lookup, verdict.Verdict) {
	opened, v := r.client.ReadAsAccount(ctx, accountOf(a))
	if opened == nil {
		return nil, v
	}
	return lookup{opened}, v
}

// lookup implements people.Lookup.
type lookup struct{ directory *microsoft.Directory }

// The permissions that a look-up needs, by what it looks for.
const (
	readsUsers  = "User.Read.All"
	readsGroups = "GroupMember.Read.All"
)

// Ends implements people.Lookup.
func (l lookup) Ends() time.Time { return l.directory.Ends() }

// Like implements people.Lookup.
func (l lookup) Like(ctx context.Context, text string) ([]people.Candidate, error) {
	users, err := l.directory.PeopleLike(ctx, text)
	if err != nil {
		return nil, notLookedUp(err, readsUsers)
	}
	groups, err := l.directory.GroupsLike(ctx, text)
	if err != nil {
		return nil, notLookedUp(err, readsGroups)
	}
	var list []people.Candidate
	for _, u := range users {
		list = append(list, candidate(u))
	}
	for _, g := range groups {
		list = append(list, candidateGroup(g))
	}
	return list, nil
}

// Find implements people.Lookup.
func (l lookup) Find(ctx context.Context, ref people.Ref) (people.Candidate, error) {
	if ref.Kind == people.Group {
		g, err := l.directory.Group(ctx, ref.Object)
		return candidateGroup(g), notLookedUp(err, readsGroups)
	}
	u, err := l.directory.Person(ctx, ref.Object)
	return candidate(u), notLookedUp(err, readsUsers)
}

// GroupsOf implements people.Lookup.
func (l lookup) GroupsOf(ctx context.Context, user string, groups []string) ([]string, error) {
	in, err := l.directory.GroupsOf(ctx, user, groups)
	return in, notLookedUp(err, readsGroups)
}

func candidate(u microsoft.Person) people.Candidate {
	return people.Candidate{Ref: people.Ref{Kind: people.OnePerson, Object: u.ID}, Name: u.Name, Address: u.Username, Mail: u.Mail, Guest: u.Guest, Off: !u.Enabled}
}

func candidateGroup(g microsoft.Group) people.Candidate {
	return people.Candidate{Ref: people.Ref{Kind: people.Group, Object: g.ID}, Name: g.Name, Address: g.Mail}
}

// notLookedUp turns an error of the client into the noun's; any other comes back as it is.
func notLookedUp(err error, permission string) error {
	f, failed := microsoft.FailureOf(err)
	switch {
	case !failed:
		return err
	case f.Gone:
		return people.ErrNone
	case f.Denied:
		return &people.Unread{Code: f.Code, Whose: f.Whose, Permission: permission}
	default:
		return &people.Unread{Code: f.Code, Whose: f.Whose, Cause: f.Cause}
	}
}
