package account

import (
	"context"
	"slices"
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Place is where the password of an account is kept: a profile, say, or a pool. Its kind is the noun's.
type Place struct{ Kind, ID string }

// String is the place as a form carries it.
func (p Place) String() string { return p.Kind + ":" + p.ID }

// ParsePlace reads what String wrote. Whatever else somebody sends is a place that nobody has.
func ParsePlace(text string) Place {
	kind, id, _ := strings.Cut(text, ":")
	return Place{kind, id}
}

// Where is a place as people are told of it.
type Where struct {
	Place
	Name  string // as people call it: "profile Backup", "account pool Project Sites"
	Keeps bool   // a password is kept there, and not only asked for
}

// Kept is what a place keeps of an account.
type Kept struct {
	Where
	Username string        // folded, as in a Key
	UserID   string        // the account's object id; empty where the place knows none
	Sealed   []byte        // the password; nil: none
	Works    bool          // as far as is known
	Record   secret.Record // what the password is bound to
	Changed  audit.Entry   // what is written down of a new one, without who and why
}

// Keeper is a noun whose things keep passwords of accounts.
type Keeper interface {
	// Kept lists what its places keep of these accounts of a tenant, as far as they take a password that the account itself signs in
	// with. Usernames are folded.
	Kept(ctx context.Context, t tenant.ID, usernames []string) ([]Kept, error)
}

// KeptBy makes the service look for passwords with these, too. Nouns that know this one come after it, so that they are told here,
// before anybody asks.
func (s *Service) KeptBy(keepers ...Keeper) { s.keepers = append(s.keepers, keepers...) }

// Elsewhere tells, by folded username, where passwords of these accounts are kept besides one place of each, in the order of the
// keepers.
func (s *Service) Elsewhere(ctx context.Context, t tenant.ID, usernames []string, besides func(Place) bool) (map[string][]Where, error) {
	kept, err := s.kept(ctx, t, usernames)
	if err != nil {
		return nil, err
	}
	of := map[string][]Where{}
	for _, k := range kept {
		if !besides(k.Place) {
			of[k.Username] = append(of[k.Username], k.Where)
		}
	}
	return of, nil
}

func (s *Service) kept(ctx context.Context, t tenant.ID, usernames []string) ([]Kept, error) {
	var all []Kept
	for _, keeper := range s.keepers {
		kept, err := keeper.Kept(ctx, t, usernames)
		if err != nil {
			return nil, err
		}
		all = append(all, kept...)
	}
	return all, nil
}

// Choice is what somebody decided about the other places of an account when they entered a new password: those that were named to
// them and left on, and those that they turned off.
type Choice struct{ On, Off []Place }

// Chosen is the choice of somebody to whom some places were named, as String writes them, and who left some of them on.
func Chosen(named, on []string) Choice {
	var c Choice
	for _, text := range named {
		if place := ParsePlace(text); slices.Contains(on, text) {
			c.On = append(c.On, place)
		} else {
			c.Off = append(c.Off, place)
		}
	}
	return c
}

// takes reports whether a place gets the new password. One that nobody was shown gets it where it keeps another: an account has one
// password, so what Microsoft did not accept just now is old, and would cost attempts.
func (c Choice) takes(w Where) bool {
	return slices.Contains(c.On, w.Place) || w.Keeps && !slices.Contains(c.Off, w.Place)
}

// Accepted is a new password that Microsoft accepted for an account at one of its places.
type Accepted struct {
	Key      Key
	At       Place
	Called   string // the place, for the log: "profile Backup"
	Password secret.Value
	Verdict  verdict.Verdict
	By       Stamp
	Actor    audit.Actor
	Origin   audit.Origin
}

// Renewal is the new password of an account for one more place. A store writes it in the transaction of the place that it was
// accepted at, where the place still has the account, and sets Stored.
type Renewal struct {
	Where
	Key     Key
	Sealed  []byte
	Verdict verdict.Verdict
	By      Stamp
	Entry   audit.Entry
	Stored  bool
}

// Renewals makes what is to be stored at the account's other places, as the choice says. It is asked under the account's turn, after
// Microsoft has answered: nobody else changes what they keep. A place that works with this very password is left alone, so that
// whoever edits it meets no change for nothing.
func (s *Service) Renewals(ctx context.Context, ring *secret.Keyring, a Accepted, c Choice) ([]Renewal, error) {
	kept, err := s.kept(ctx, a.Key.Tenant, []string{a.Key.Username})
	if err != nil {
		return nil, err
	}
	var list []Renewal
	for _, k := range kept {
		another := k.UserID != "" && a.Verdict.UserID != "" && !strings.EqualFold(k.UserID, a.Verdict.UserID)
		if k.Place == a.At || another || !c.takes(k.Where) || k.Works && k.holds(ring, a.Password) {
			continue
		}
		sealed, err := ring.Seal(a.Password, k.Record)
		if err != nil {
			return nil, err
		}
		e := k.Changed.With("accepted for", a.Called)
		e.Actor, e.Origin = a.Actor, a.Origin
		list = append(list, Renewal{Where: k.Where, Key: a.Key, Sealed: sealed, Verdict: a.Verdict, By: a.By, Entry: e})
	}
	return list, nil
}

// holds reports whether the place keeps this password. One that cannot be opened is another.
func (k Kept) holds(ring *secret.Keyring, password secret.Value) bool {
	if k.Sealed == nil {
		return false
	}
	have, err := ring.Open(k.Sealed, k.Record)
	defer have.Clear()
	return err == nil && have.Equal(password)
}

// StoredAt lists the places where a renewal was stored.
func StoredAt(list []Renewal) []Where {
	var stored []Where
	for _, r := range list {
		if r.Stored {
			stored = append(stored, r.Where)
		}
	}
	return stored
}
