package app

import (
	"context"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/microsoft"
	"purser.example/internal/pool"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Microsoft gives what the nouns need of Microsoft 365, by one client. Tests join the nouns by it as Open does.
func Microsoft(client *microsoft.Client) (account.Validator, pool.Directory) {
	return validator{client}, directory{client}
}

// directory lets pools read groups with the Microsoft client without either knowing the other.
type directory struct{ client *microsoft.Client }

// AsApp implements pool.Directory.
func (d directory) AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (pool.Session, error) {
	opened, err := d.client.ReadAsApp(ctx, ref(t), appOf(app))
	if err != nil {
		return nil, unread(err)
	}
	return groups{opened}, nil
}

// AsAccount implements pool.Directory.
func (d directory) AsAccount(ctx context.Context, a account.Account) (pool.Session, verdict.Verdict) {
	opened, v := d.client.ReadAsAccount(ctx, accountOf(a))
	if opened == nil {
		return nil, v
	}
	return groups{opened}, v
}

// groups implements pool.Session.
type groups struct{ *microsoft.Directory }

// Group implements pool.Session.
func (g groups) Group(ctx context.Context, id string) (pool.Group, error) {
	found, err := g.Directory.Group(ctx, id)
	return groupOf(found), unread(err)
}

// Named implements pool.Session.
func (g groups) Named(ctx context.Context, text string) ([]pool.Group, error) {
	found, err := g.GroupsNamed(ctx, text)
	return groupsOf(found), unread(err)
}

// Like implements pool.Session.
func (g groups) Like(ctx context.Context, text string) ([]pool.Group, error) {
	found, err := g.GroupsLike(ctx, text)
	return groupsOf(found), unread(err)
}

// Members implements pool.Session.
func (g groups) Members(ctx context.Context, id string, nested bool, use func([]pool.Object) error) error {
	return unread(g.Directory.Members(ctx, id, nested, func(page []microsoft.Object) error {
		list := make([]pool.Object, len(page))
		for i, o := range page {
			list[i] = pool.Object{Kind: kindOf(o), ID: o.ID, Name: o.Name, Username: o.Username, Enabled: o.Enabled, Unread: !o.Read, Products: o.Products}
		}
		return use(list)
	}))
}

func groupsOf(found []microsoft.Group) []pool.Group {
	var list []pool.Group
	for _, g := range found {
		list = append(list, groupOf(g))
	}
	return list
}

func groupOf(g microsoft.Group) pool.Group {
	kind := pool.Distribution
	switch {
	case g.Unified:
		kind = pool.Microsoft365
	case g.Secures && g.Mails:
		kind = pool.MailEnabledSecurity
	case g.Secures:
		kind = pool.Security
	}
	return pool.Group{ID: g.ID, Name: g.Name, Mail: g.Mail, Kind: kind, Dynamic: g.Dynamic, Rule: g.Rule, Team: g.Team, Hidden: g.Hidden}
}

func kindOf(o microsoft.Object) pool.OtherKind {
	switch {
	case o.Type == "user" && o.Guest:
		return pool.Guest
	case o.Type == "user" && o.Odd:
		return pool.OddUsername
	case o.Type == "user":
		return ""
	case o.Type == "group" && o.Hidden:
		return pool.HiddenGroup
	case o.Type == "group":
		return pool.NestedGroup
	case o.Type == "device":
		return pool.Device
	case o.Type == "servicePrincipal":
		return pool.ServicePrincipal
	case o.Type == "orgContact":
		return pool.Contact
	}
	return pool.Unknown
}

// unread turns an error of the client into the noun's; any other comes back as it is.
func unread(err error) error {
	f, failed := microsoft.FailureOf(err)
	switch {
	case !failed:
		return err
	case f.Gone:
		return pool.ErrGone
	case f.Denied:
		return &pool.Unread{Code: f.Code, Whose: f.Whose, Permission: "GroupMember.Read.All"}
	default:
		return &pool.Unread{Code: f.Code, Whose: f.Whose, Cause: f.Cause}
	}
}
