package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// ProfileList holds the list of a profile.Store to its promises. An engine with several ways to read the list opens itself so that
// each is taken, and is held to all of them.
func ProfileList(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"whatever is searched, filtered and sorted, paging there and back shows what a plain filter and sort gives (R10)", func(r *rig) {
			s := newShelf(r, 7)
			s.stock(80)
			for range 40 {
				s.change()
			}
			for range 120 {
				s.compare(s.query())
			}
		}},
		{"terms of one and two letters find what a plain look finds, in every order, page by page, whatever is edited meanwhile (X35)", shortTerms},
		{"a page begins where the last one ended, though rows were edited and deleted meanwhile (R10)", cursorOutlivesEdits},
		{"a cursor of another order, or one that somebody made up, is the beginning", foreignCursor},
	})
}

// FuzzProfileSearch looks for no end of terms: none is an error, and each finds what it is a part of, whichever way the engine
// reads (R10).
func FuzzProfileSearch(f *testing.F, ways ...Open) {
	for _, term := range append(oddTerms, shelfNames...) {
		f.Add(term)
	}
	var shelves []*shelf
	for _, open := range ways {
		s := newShelf(newRig(f, open), 19)
		s.stock(60)
		shelves = append(shelves, s)
	}
	f.Fuzz(func(t *testing.T, term string) {
		for _, s := range shelves {
			s.TB = t
			for _, sort := range []profile.Column{profile.ByName, profile.ByModified} {
				s.compare(profile.Query{Text: term, Sort: sort, Limit: 20})
			}
		}
	})
}

// shelf is a store beside a plain list of what must be in it.
type shelf struct {
	*rig
	dice *rand.Rand
	rows []profile.Profile // in the order in which they were made
	made int
}

var shelfNames = []string{
	"Backup – Europe", "BACKUP – asia", "Rückgrat Straße", "STRASSE", "İstanbul ılık", "ISTANBUL", "Αθήνα ΟΔΟΣ", "οδος", "東京の予備", "京", "🙂 smile 🙂", "100% _sure_",
	`back\slash "quoted" 'single'`, "NEAR(a b) AND OR NOT", "x", "ab", "a*b^c:d-e+f", "é e\u0301 ﬁ", "مرحبا بالعالم", "नमस्ते", "zz",
}

func newShelf(r *rig, seed uint64) *shelf {
	return &shelf{rig: r, dice: rand.New(rand.NewPCG(seed, 1))}
}

func pick[T any](s *shelf, list []T) T { return list[s.dice.IntN(len(list))] }

// draft makes a profile of a hand of names, times and statuses, so that many keys are the same.
func (s *shelf) draft() profile.Profile {
	s.made++
	at := time.Date(2026, 11, 1+s.dice.IntN(20), 9, 0, 0, 0, time.UTC)
	p := profile.Profile{
		ID: profile.ID(fmt.Sprintf("p%06d", s.made)), Kind: pick(s, profile.Kinds), Name: fmt.Sprintf("%s %d", pick(s, shelfNames), s.made), Version: 1,
		Tenant: pick(s, []tenant.ID{contoso.ID, fabrikam.ID}), Services: pick(s, [][]string{{"fly"}, {"fly", "opus"}, {"cense"}, {"enpower", "fly"}}),
		Description: pick(s, []string{"", "", "Nightly, für München", "NIGHTLY"}), Username: fmt.Sprintf("%s%d@contoso.com", pick(s, []string{"svc-", "U", "a.b_c"}), s.dice.IntN(50)), Created: account.Stamp{At: at, By: "Adele Vance"}, Modified: account.Stamp{At: at, By: "Adele Vance"},
	}
	return s.judge(p)
}

func (s *shelf) judge(p profile.Profile) profile.Profile {
	v := verdict.Verdict{Status: pick(s, []verdict.Status{verdict.Valid, verdict.Valid, verdict.WrongPassword, verdict.NotValidated, verdict.MFARequired}), Code: pick(s, []string{"AADSTS1", "AADSTS1", "HTTP 503", "QUIZ-JX", ""}), At: p.Modified.At}
	if v.Valid() && s.dice.IntN(2) == 0 {
		v.Expiry = verdict.Expiry{Kind: verdict.ExpiresOn, At: time.Date(2026, 12, 1+s.dice.IntN(60), 7, 0, 0, 0, time.UTC)}
	}
	p.Status, p.Verdict, p.Validated = v.Status, v, v.At
	return p
}

func (s *shelf) stock(n int) {
	s.Helper()
	for range n {
		s.rows = append(s.rows, s.create(s.draft()))
	}
}

// change does one thing that people do.
func (s *shelf) change() {
	s.Helper()
	if len(s.rows) == 0 || s.dice.IntN(3) > 0 {
		s.stock(1)
		return
	}
	at := s.dice.IntN(len(s.rows))
	old := s.rows[at]
	switch s.dice.IntN(4) {
	case 0:
		s.must(s.Profiles.Delete(ctx, []profile.Profile{old}, s.entry(done)))
		s.rows = slices.Delete(s.rows, at, at+1)
		return
	case 1:
		p := s.judge(old)
		s.must(s.Profiles.Validated(ctx, old, profile.Validation{At: p.Validated, Verdict: p.Verdict}, s.entry(done)))
		s.rows[at] = p
		return
	}
	p := old
	edited := s.draft()
	p.Version, p.Modified, p.Description = old.Version+1, edited.Modified, pick(s, []string{"edited", "edited", "", "Jazz für Zoë", "Weiß, groß", "İĞNE x"})
	if s.dice.IntN(2) == 0 {
		p.Name, p.Tenant, p.Username, p.Services = edited.Name, edited.Tenant, edited.Username, edited.Services
	}
	if s.dice.IntN(4) == 0 {
		p.Kind = profile.Common // what has it already keeps it: there is no way back (R33)
	}
	s.must(s.Profiles.Update(ctx, p, old.Version, nil, nil, nil, s.entry(done)))
	s.rows[at] = p
}

// naive is the list of a query as anybody would write it.
func (s *shelf) naive(q profile.Query) []profile.ID {
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(p profile.Profile) bool { return !passes(q, p) })
	slices.SortStableFunc(rows, func(a, b profile.Profile) int {
		return cmp.Or(valuedFirst(q.Sort, a, b), byKey(q.Sort, a, b))
	})
	if q.Down {
		slices.SortStableFunc(rows, func(a, b profile.Profile) int {
			return cmp.Or(valuedFirst(q.Sort, a, b), byKey(q.Sort, b, a), strings.Compare(string(b.ID), string(a.ID)))
		})
	}
	ids := []profile.ID{}
	for _, p := range rows {
		ids = append(ids, p.ID)
	}
	return ids
}

// counts are those above the list, counted plainly: what its search and filters let through, whatever its status (X34).
func (s *shelf) counts(q profile.Query) (c profile.Counts) {
	within := q.Window
	q.Status = ""
	for _, p := range s.rows {
		if !passes(q, p) {
			continue
		}
		c.All++
		if at := expiresAt(p); at >= within.From && at < within.To {
			c.Expiring++
		}
		switch p.Status {
		case verdict.Valid:
			c.Valid++
		case verdict.NotValidated:
			c.NotValidated++
		default:
			c.Attention++
		}
	}
	return c
}

// agree reports whether counts say what is so: the numbers, or no more than those where they say that they were not counted on.
func agree(got, want profile.Counts) bool {
	fits := func(got, want int, atLeast bool) bool { return got == want || atLeast && got < want }
	return fits(got.All, want.All, got.AllAtLeast) && fits(got.Valid, want.Valid, got.AtLeast) && fits(got.Attention, want.Attention, got.AtLeast) &&
		fits(got.Expiring, want.Expiring, got.AtLeast) && fits(got.NotValidated, want.NotValidated, got.AtLeast)
}

// found reports whether a term is in anything that a row tells (X35).
func found(term string, p profile.Profile) bool {
	texts := []string{p.Name, p.Username, p.Description, p.Verdict.Code}
	for s := range catalogue.Named(p.Services) {
		texts = append(texts, s.Name)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(searchable(text), term) })
}

// searchable remembers what folding for the search gave.
func searchable(text string) string {
	if key, known := searchableTexts[text]; known {
		return key
	}
	searchableTexts[text] = account.SearchKey(text)
	return searchableTexts[text]
}

var searchableTexts = map[string]string{}

// folded remembers what folding gave: the naive way asks often.
func folded(text string) string {
	if key, known := foldedTexts[text]; known {
		return key
	}
	foldedTexts[text] = account.Fold(text)
	return foldedTexts[text]
}

var foldedTexts = map[string]string{}

func passes(q profile.Query, p profile.Profile) bool {
	term := searchable(q.Text)
	at := expiresAt(p)
	switch {
	case term != "" && !found(term, p), q.Kind != "" && p.Kind != q.Kind, q.Tenant != "" && p.Tenant != q.Tenant, q.Service != "" && !slices.Contains(p.Services, q.Service):
		return false
	case q.Status == profile.Attention:
		return p.Status != verdict.Valid && p.Status != verdict.NotValidated
	case q.Status == profile.Expiring:
		return at >= q.Window.From && at < q.Window.To
	}
	return q.Status == "" || string(p.Status) == q.Status
}

func expiresAt(p profile.Profile) int64 {
	if p.Verdict.Expiry.Kind != verdict.ExpiresOn {
		return 1<<63 - 1
	}
	return p.Verdict.Expiry.At.UnixMilli()
}

// valuedFirst puts profiles last that have no value in the column, whether it goes up or down: what has no date comes after the dates.
func valuedFirst(sort profile.Column, a, b profile.Profile) int {
	none := func(p profile.Profile) int {
		if sort == profile.ByExpires && p.Verdict.Expiry.Kind != verdict.ExpiresOn || sort == profile.ByValidated && p.Validated.IsZero() {
			return 1
		}
		return 0
	}
	return none(a) - none(b)
}

func byKey(sort profile.Column, a, b profile.Profile) int {
	switch sort {
	case profile.ByTenant:
		return strings.Compare(string(a.Tenant), string(b.Tenant)) // Contoso, Fabrikam: their ids sort alike
	case profile.ByUsername:
		return strings.Compare(folded(a.Username), folded(b.Username))
	case profile.ByStatus:
		return strings.Compare(string(a.Status), string(b.Status))
	case profile.ByExpires:
		return cmp.Compare(expiresAt(a), expiresAt(b))
	case profile.ByValidated:
		return a.Validated.Compare(b.Validated)
	case profile.ByModified:
		return a.Modified.At.Compare(b.Modified.At)
	default:
		return strings.Compare(searchable(a.Name), searchable(b.Name))
	}
}

var oddTerms = []string{"%", "_", `\`, `"`, `""`, "'", "*", "NEAR(", "a OR b", "^", "-", ":", "\x00", "a\x00b", "\x01", "x\x01", "\xff", "a b", "ß", "SS", "i", "I", "İ", "ı", "Σ", "ς", "🙂", "e\u0301", "ﬁ", "fi", "no such thing", "tosomcno", "ruckgrat", "strasse", "αθηνα", "nightly", "edited", "AADSTS1", "enpower", "opus", "EnPower fly"}

// term is a piece of what is there, in any case, or something odd.
func (s *shelf) term() string {
	if s.dice.IntN(4) == 0 {
		return pick(s, oddTerms)
	}
	p := pick(s, s.rows)
	runes := []rune(pick(s, []string{p.Name, p.Username, "Nightly, für München", "Cloud Fly", strings.ToUpper(p.Name), strings.ToLower(p.Name)}))
	begin := s.dice.IntN(len(runes))
	if s.dice.IntN(3) == 0 {
		begin = 0
	}
	return string(runes[begin:min(len(runes), begin+1+s.dice.IntN(8))])
}

func (s *shelf) query() profile.Query {
	q := profile.Query{Sort: pick(s, profile.Columns), Down: s.dice.IntN(2) == 0, Limit: 3 + s.dice.IntN(30), Window: profile.Window{To: time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC).UnixMilli()}}
	if s.dice.IntN(2) == 0 {
		q.Text = s.term()
	}
	if s.dice.IntN(3) == 0 {
		q.Tenant = pick(s, []tenant.ID{contoso.ID, fabrikam.ID, "nobody"})
	}
	if s.dice.IntN(3) == 0 {
		q.Service = pick(s, []string{"fly", "opus", "cense", "common"})
	}
	if s.dice.IntN(3) == 0 {
		q.Kind = pick(s, profile.Kinds)
	}
	if s.dice.IntN(2) == 0 {
		q.Status = pick(s, []string{"valid", "wrong-password", "not-validated", "account-locked", profile.Attention, profile.Expiring})
	}
	return q
}

// shortTerms edits, renews what is looked up now and then where the engine does so beside its work, and looks for short pieces of what is,
// was or could be there.
func shortTerms(r *rig) {
	s := newShelf(r, 23)
	s.stock(60)
	for n := range 60 {
		for range 4 {
			s.change()
		}
		if n%4 == 3 {
			s.renew()
		}
		for range 4 {
			q := s.query()
			q.Text = pick(s, []string{"z", "Z", "q", "j", "x", "ß", "ss", "İ", "i", "é", "É", "ä", "ö", "京", "ü", "9", "03", "@", "-", " ", "zo", "ÄZ", "zz", "iz", "ğn", "\u0301"})
			if s.dice.IntN(2) == 0 {
				runes := []rune(s.term())
				q.Text = string(runes[:min(2, len(runes))])
			}
			if s.dice.IntN(2) == 0 {
				q.Service, q.Status = "", ""
			}
			s.compare(q)
		}
	}
}

// renew brings up to date what an engine looks up, where it does that beside its work.
func (s *shelf) renew() {
	s.Helper()
	beside, does := s.Profiles.(interface {
		Index(context.Context) (more bool, err error)
	})
	for more := does; more; {
		var err error
		more, err = beside.Index(ctx)
		s.must(err)
	}
}

// compare pages through a query to its end and back.
func (s *shelf) compare(q profile.Query) {
	s.Helper()
	want := s.naive(q)
	var seen []profile.ID
	var last profile.Page
	for page, next := 0, ""; page == 0 || next != ""; page++ {
		q.After = next
		last = s.page(q)
		if exact := last.Total == len(want) && !last.AtLeast; !exact && (!last.AtLeast || last.Total >= len(want)) {
			s.Fatalf("%+v: %d in all, more: %v, want %d", q, last.Total, last.AtLeast, len(want))
		}
		if (last.Previous == "") != (page == 0) {
			s.Fatalf("%+v: page %d has a cursor %q to what is before it", q, page, last.Previous)
		}
		if counts := s.counts(q); !agree(last.Counts, counts) {
			s.Fatalf("%+v: counted %+v, want %+v", q, last.Counts, counts)
		}
		seen, next = append(seen, idsOf(last)...), last.Next
	}
	if !slices.Equal(seen, want) {
		s.Fatalf("%+v:\n got %v\nwant %v", q, seen, want)
	}
	seen = idsOf(last)
	for q.After = ""; last.Previous != ""; {
		q.Before = last.Previous
		last = s.page(q)
		seen = append(idsOf(last), seen...)
	}
	if !slices.Equal(seen, want) {
		s.Fatalf("backwards, %+v:\n got %v\nwant %v", q, seen, want)
	}
}

func (s *shelf) page(q profile.Query) profile.Page {
	s.Helper()
	page, err := s.Profiles.List(ctx, q)
	if err != nil {
		s.Fatalf("%+v: %v", q, err)
	}
	return page
}

func idsOf(page profile.Page) []profile.ID {
	ids := []profile.ID{}
	for _, row := range page.Rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// cursorOutlivesEdits deletes the very row that a cursor names, and validates another; those whose place stayed are shown once.
func cursorOutlivesEdits(r *rig) {
	s := newShelf(r, 13)
	s.stock(90)
	for _, sort := range []profile.Column{profile.ByName, profile.ByTenant, profile.ByUsername, profile.ByModified} {
		q := profile.Query{Sort: sort, Limit: 10}
		want := s.naive(q)
		seen := map[profile.ID]int{}
		for {
			page := s.page(q)
			for _, row := range page.Rows {
				seen[row.ID]++
			}
			if q.After = page.Next; q.After == "" {
				break
			}
			last := page.Rows[len(page.Rows)-1].Profile
			s.must(s.Profiles.Delete(ctx, []profile.Profile{last}, s.entry(done)))
			v := profile.Validation{At: monday, Verdict: verdict.Verdict{Status: verdict.AccountLocked}}
			s.must(s.Profiles.Validated(ctx, page.Rows[0].Profile, v, s.entry(done)))
		}
		for _, id := range want {
			if seen[id] != 1 {
				s.Errorf("by %s: %s was shown %d times", sort, id, seen[id])
			}
		}
		s.rows = slices.DeleteFunc(s.rows, func(p profile.Profile) bool {
			_, err := s.Profiles.Profile(ctx, p.ID)
			return errors.Is(err, profile.ErrGone)
		})
	}
}

func foreignCursor(r *rig) {
	s := newShelf(r, 17)
	s.stock(30)
	first := s.page(profile.Query{Sort: profile.ByName, Limit: 5})
	for _, sort := range profile.Columns {
		q := profile.Query{Sort: sort, Limit: 5}
		want := idsOf(s.page(q))
		foreign := []string{"garbage", "%%%", "e30", "eyJzIjoiZXhwaXJlcyIsImsiOiJ4IiwiciI6MX0", "eyJzIjoibmFtZSIsImsiOjEsInIiOjF9", "eyJzIjoibmFtZSIsImsiOnt9LCJyIjoxfQ"}
		if sort != profile.ByName {
			foreign = append(foreign, first.Next)
		}
		for _, cursor := range foreign {
			q.After = cursor
			if got := idsOf(s.page(q)); !slices.Equal(got, want) {
				s.Errorf("by %s after %q: %v", sort, cursor, got)
			}
		}
	}
}
