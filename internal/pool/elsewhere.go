package pool

import (
	"context"
	"encoding/json"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// PlaceKind is what a member of a pool is among the places where passwords are kept. Package profile says why all of an account's
// get a new one.
const PlaceKind = "pool member"

// Elsewhere tells, by member, where else than in this pool the passwords of its members are kept.
func (s *Service) Elsewhere(ctx context.Context, caller access.Caller, key Key, members []Member) (map[UserID][]account.Where, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	usernames := make([]string, len(members))
	for i, m := range members {
		usernames[i] = account.Fold(m.Username)
	}
	of, err := s.accounts.Elsewhere(ctx, key.Tenant, usernames, func(p account.Place) bool {
		own, _ := MemberAt(p)
		return p.Kind == PlaceKind && own == key
	})
	found := map[UserID][]account.Where{}
	for i, m := range members {
		if list := of[usernames[i]]; len(list) > 0 {
			found[m.User] = list
		}
	}
	return found, err
}

// Kept implements account.Keeper. Members that sign in with an app password, and classes that need none, take no part.
func (s *Service) Kept(ctx context.Context, t tenant.ID, usernames []string) ([]account.Kept, error) {
	sharers, err := s.store.Sharing(ctx, t, usernames)
	if err != nil || len(sharers) == 0 {
		return nil, err
	}
	of, err := s.tenants.Find(ctx, t)
	if err != nil {
		return nil, err
	}
	var list []account.Kept
	for _, m := range sharers {
		if m.MFA || !m.Class.NeedsPasswords() {
			continue
		}
		list = append(list, account.Kept{
			Where:    account.Where{Place: place(m.Key, m.User), Name: "account pool " + m.Class.Title(), Keeps: m.Password != nil || m.Pending != NoPending},
			Username: account.Fold(m.Username), UserID: string(m.User), Sealed: m.Password, Works: m.Standing(m.Class) == Ready,
			Record:  PasswordRecord(m.Key, m.User, m.Username, FieldPassword),
			Changed: audit.Entry{Action: MemberChanged, Target: target(of, m.Class)}.With("username", m.Username).With("password", "stored"),
		})
	}
	return list, nil
}

// place names a member's place by its pool and its id.
func place(key Key, user UserID) account.Place {
	return account.Place{Kind: PlaceKind, ID: key.Scope() + "/" + string(user)}
}

// MemberAt tells of which pool and whose a place is that place made.
func MemberAt(p account.Place) (Key, UserID) {
	scope := strings.LastIndex(p.ID, "/")
	if scope < 0 {
		return Key{}, ""
	}
	return KeyOf(p.ID[:scope]), UserID(p.ID[scope+1:])
}

// renewals makes what a check stores at the account's other places when it stores a good password.
func (k check) renewals(ctx context.Context, r run.Run, i run.Held, v verdict.Verdict, password secret.Value, by account.Stamp, e audit.Entry) ([]account.Renewal, error) {
	return k.accounts.Renewals(ctx, k.ring, account.Accepted{
		Key: account.KeyOf(i.Tenant, i.Username), At: place(KeyOf(r.Scope), UserID(i.Subject)), Called: e.Target.Kind + " " + e.Target.Name,
		Password: password, Verdict: v, By: by, Actor: e.Actor, Origin: e.Origin,
	}, noteOf(i.Note).Choice)
}

// itemNote is what an item of a check keeps beside its password.
type itemNote struct {
	account.Choice      // of the other places that get the password
	App            bool `json:",omitempty"` // it is an app password, which is for this pool alone
}

// text is the note as a row has it; empty where there is nothing to note.
func (n itemNote) text() string {
	if len(n.On)+len(n.Off) == 0 && !n.App {
		return ""
	}
	text, _ := json.Marshal(n) // lists of texts, and a truth value
	return string(text)
}

// noteOf reads a note. One that cannot be read says nothing.
func noteOf(text string) itemNote {
	var n itemNote
	if json.Unmarshal([]byte(text), &n) != nil {
		return itemNote{}
	}
	return n
}
