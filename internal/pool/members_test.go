package pool_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/profiles"
)

// R42, R47: pages forth and back, filters and searches give what a plain look at all members gives, in the same order.
func TestPagesOfMembers(t *testing.T) {
	r := newRig(t, bigGroup(230, 90, 0))
	dice := rand.New(rand.NewPCG(1, 2))
	reading := r.validated(t, sites, "Big pool")
	change := pool.Change{Key: sites, Reading: reading.ID, AdminURL: poolURL}
	for _, m := range r.rows(t, pool.Query{Reading: reading.ID}) {
		switch dice.IntN(3) {
		case 0:
			change.Members = append(change.Members, pool.MemberChange{User: m.User, MFA: true, Password: secret.FromString(appWord)})
		case 1:
			change.Members = append(change.Members, pool.MemberChange{User: m.User, MFA: true})
		}
	}
	r.save(t, change)
	for _, n := range []int{3, 77, 200} {
		r.plant(t, fmt.Sprint("Profile ", n), fmt.Sprintf("U%05d@contoso.com", n))
	}
	var all []pool.Member
	for _, m := range r.rows(t, pool.Query{Reading: reading.ID}) {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b pool.Member) int { return strings.Compare(a.Name, b.Name) })
	if len(all) != 230 {
		t.Fatalf("%d members", len(all))
	}
	for name, c := range map[string]struct {
		query pool.Query
		keep  func(pool.Member) bool
	}{
		"all":         {pool.Query{}, func(pool.Member) bool { return true }},
		"attention":   {pool.Query{Filter: pool.NeedsAttention}, func(m pool.Member) bool { return !m.Standing.InOrder() && m.Standing != pool.Checking }},
		"no password": {pool.Query{Filter: pool.WithoutPassword}, func(m pool.Member) bool { return m.Standing == pool.NoPassword }},
		"mfa":         {pool.Query{Filter: pool.WithMFA}, func(m pool.Member) bool { return m.MFA }},
		"service":     {pool.Query{Filter: pool.ServiceAccounts}, func(m pool.Member) bool { return m.Profile != "" }},
		"text":        {pool.Query{Text: " U0001"}, func(m pool.Member) bool { return strings.Contains(m.Name, "u0001") }},
		"both":        {pool.Query{Text: "9@CONTOSO", Filter: pool.WithMFA}, func(m pool.Member) bool { return m.MFA && strings.Contains(m.Username, "9@") }},
		"none":        {pool.Query{Text: "%"}, func(pool.Member) bool { return false }},
	} {
		want := names(all, c.keep)
		c.query.Reading, c.query.Limit = reading.ID, 7
		forth, last := walk(t, r, c.query)
		if !slices.Equal(forth, want) {
			t.Errorf("%s: forth %d, want %d", name, len(forth), len(want))
		}
		if back := walkBack(t, r, c.query, last); len(want) > 0 && !slices.Equal(back, want) {
			t.Errorf("%s: back %d, want %d", name, len(back), len(want))
		}
	}
	if got := len(names(all, func(m pool.Member) bool { return m.Profile != "" })); got != 3 {
		t.Errorf("R42: %d service accounts, want 3, found in any case of their letters", got)
	}
	counts := mustReading(t, r, reading.ID).Counts
	for _, standing := range pool.Standings {
		if n := len(names(all, func(m pool.Member) bool { return m.Standing == standing })); n != counts.Standings[standing] {
			t.Errorf("%s: kept %d, counted %d", standing, counts.Standings[standing], n)
		}
	}
	if n := len(names(all, func(m pool.Member) bool { return m.MFA })); n != counts.MFA {
		t.Errorf("MFA: kept %d, counted %d", counts.MFA, n)
	}
	for _, cursor := range []string{"x", "e30", "bnVsbA", "eyJuIjoxfQ"} {
		if page, err := r.Members(ctx, adele, pool.Query{Reading: reading.ID, After: cursor}); err != nil || len(page.Rows) != pool.PageSize {
			t.Errorf("a cursor that nobody gave: %v", err)
		}
	}
}

func names(all []pool.Member, keep func(pool.Member) bool) []string {
	var list []string
	for _, m := range all {
		if keep(m) {
			list = append(list, m.Name)
		}
	}
	return list
}

func walk(t *testing.T, r *rig, q pool.Query) (list []string, last pool.Page) {
	t.Helper()
	for {
		page, err := r.Members(ctx, adele, q)
		must(t, err)
		if (page.Previous != "") != (q.After != "") {
			t.Errorf("previous %q behind %q", page.Previous, q.After)
		}
		for _, m := range page.Rows {
			list = append(list, m.Name)
		}
		if last = page; page.Next == "" {
			return list, last
		}
		q.After = page.Next
	}
}

func walkBack(t *testing.T, r *rig, q pool.Query, last pool.Page) []string {
	t.Helper()
	var list []string
	for _, m := range last.Rows {
		list = append(list, m.Name)
	}
	for q.Before = last.Previous; q.Before != ""; {
		page, err := r.Members(ctx, adele, q)
		must(t, err)
		if page.Next == "" {
			t.Error("no way forth")
		}
		var part []string
		for _, m := range page.Rows {
			part = append(part, m.Name)
		}
		list, q.Before = append(part, list...), page.Previous
	}
	return list
}

// plant stores a profile without asking anybody.
func (r *rig) plant(t testing.TB, name, user string) {
	t.Helper()
	p := profile.Profile{ID: profile.ID(name), Kind: profile.Common, Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Version: 1}
	must(t, profiles.New(r.db).Create(ctx, p, []byte{1}, profile.Validation{At: r.clock.Now()}, nil))
}
