package drift

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"purser.example/internal/verdict"
)

// Topic is what something is read about.
type Topic string

// The topics. What is read about each is a set of items, and each of them may come or go.
const (
	Identity Topic = "account"  // the object id of whoever has the username; empty: nobody
	SignIn   Topic = "sign-in"  // Blocked, or nothing
	Roles    Topic = "roles"    // by template id
	Licenses Topic = "licenses" // by product
	MFA      Topic = "mfa"      // Registered, or nothing
	Groups   Topic = "groups"   // those of account pools, by object id
	Policies Topic = "policies" // conditional access policies in force that cover the account, by id
	Password Topic = "password" // when it was last changed; its change is no drift
)

// Topics lists them in the order of pages.
var Topics = []Topic{Identity, SignIn, Roles, Licenses, MFA, Groups, Policies, Password}

// The keys of items that stand alone.
const (
	Blocked    = "blocked"
	Registered = "registered"
)

// Item is one thing that is so.
type Item struct {
	Key  string `json:"key"`
	Name string `json:"name,omitempty"`
}

// Set is what was read about a topic.
type Set struct {
	Items []Item `json:"items,omitempty"`
	// Unsure are the keys of which nobody could tell whether they belong to it: they are neither there nor missing.
	Unsure []string `json:"unsure,omitempty"`
}

// Facts are what was read, by topic. A topic that is not among them was not read.
type Facts map[Topic]Set

// SetOf makes a set: in one order, each key once.
func SetOf(items ...Item) Set {
	list := slices.Clone(items)
	for i := range list {
		list[i].Key = strings.ToLower(list[i].Key)
	}
	slices.SortStableFunc(list, func(a, b Item) int { return cmp.Compare(a.Key, b.Key) })
	return Set{Items: slices.CompactFunc(list, func(a, b Item) bool { return a.Key == b.Key })}
}

// Flag is the set of one item that is there or not.
func Flag(key string, there bool) Set {
	if there {
		return SetOf(Item{Key: key})
	}
	return Set{}
}

// Among is the set of those items that are among all that is there.
func Among(items []Item, all []string) Set {
	var found []Item
	for _, i := range items {
		if slices.ContainsFunc(all, func(key string) bool { return strings.EqualFold(key, i.Key) }) {
			found = append(found, i)
		}
	}
	return SetOf(found...)
}

// Has reports whether an item is there.
func (s Set) Has(key string) bool {
	return slices.ContainsFunc(s.Items, func(i Item) bool { return i.Key == key })
}

func (s Set) unsure(key string) bool { return slices.Contains(s.Unsure, key) }

// FactsOf is what a verdict tells of its account. What it does not tell was not read: of an account that was refused, that is nearly all.
func FactsOf(v verdict.Verdict) Facts {
	f := Facts{}
	if v.UserID != "" {
		f[Identity] = SetOf(Item{Key: v.UserID})
	}
	switch {
	case v.Valid() && !v.AppPassword:
		f[SignIn] = Flag(Blocked, false)
	case v.Code == signInBlocked:
		f[SignIn] = Flag(Blocked, true)
	}
	if v.RolesRead {
		f[Roles] = rolesOf(v.Roles)
	}
	if v.Proof.Licence != verdict.NotRead {
		f[Licenses] = productsOf(v.Products)
	}
	if !v.PasswordSet.IsZero() {
		f[Password] = passwordOf(v.PasswordSet)
	}
	return f
}

// signInBlocked is Microsoft's code for an account whose sign-in an administrator blocked.
const signInBlocked = "AADSTS50057"

func rolesOf(roles []verdict.Role) Set {
	var items []Item
	for _, r := range roles {
		items = append(items, Item{r.TemplateID, r.Name})
	}
	return SetOf(items...)
}

func productsOf(products []string) Set {
	var items []Item
	for _, p := range products {
		items = append(items, Item{p, p})
	}
	return SetOf(items...)
}

func passwordOf(at time.Time) Set {
	return SetOf(Item{Key: at.UTC().Format(time.RFC3339)})
}

// PasswordAt is when the password was last changed; zero: not read.
func (f Facts) PasswordAt() time.Time {
	set := f[Password]
	if len(set.Items) != 1 {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(set.Items[0].Key))
	if err != nil {
		return time.Time{}
	}
	return at
}
