package profiles_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// shelf is a database beside a plain list of what must be in it.
type shelf struct {
	t     testing.TB
	db    *sqlite.DB
	store *profiles.Store
	dice  *rand.Rand
	rows  []profile.Profile // in the order in which they were made
	made  int
}

var shelfNames = []string{
	"Backup – Europe", "BACKUP – asia", "Rückgrat Straße", "STRASSE", "İstanbul ılık", "ISTANBUL", "Αθήνα ΟΔΟΣ", "οδος", "東京の予備", "京", "🙂 smile 🙂", "100% _sure_",
	`back\slash "quoted" 'single'`, "NEAR(a b) AND OR NOT", "x", "ab", "a*b^c:d-e+f", "é e\u0301 ﬁ", "مرحبا بالعالم", "नमस्ते", "zz",
}

func newShelf(t testing.TB, seed uint64) *shelf {
	t.Helper()
	clock := sqlitetest.NewClock()
	db, ring := sqlitetest.Open(t, clock.Now)
	connect(t, db, ring, contoso, fabrikam)
	return &shelf{t: t, db: db, store: profiles.New(db), dice: rand.New(rand.NewPCG(seed, 1))}
}

func pick[T any](s *shelf, list []T) T { return list[s.dice.IntN(len(list))] }

// draft makes a profile of a hand of names, times and statuses, so that many keys are the same.
func (s *shelf) draft() profile.Profile {
	s.made++
	at := time.Date(2026, 11, 1+s.dice.IntN(20), 9, 0, 0, 0, time.UTC)
	p := profile.Profile{
		ID: profile.ID(fmt.Sprintf("p%06d", s.made)), Kind: profile.Common, Name: fmt.Sprintf("%s %d", pick(s, shelfNames), s.made), Version: 1,
		Tenant: pick(s, []tenant.ID{contoso.ID, fabrikam.ID}), Services: pick(s, [][]string{{"fly"}, {"fly", "opus"}, {"cense"}, {"enpower", "fly"}}),
		Username: fmt.Sprintf("%s%d@contoso.com", pick(s, []string{"svc-", "U", "a.b_c"}), s.dice.IntN(50)), Created: account.Stamp{At: at, By: "Adele Vance"}, Modified: account.Stamp{At: at, By: "Adele Vance"},
	}
	return s.judge(p)
}

func (s *shelf) judge(p profile.Profile) profile.Profile {
	v := verdict.Verdict{Status: pick(s, []verdict.Status{verdict.Valid, verdict.Valid, verdict.WrongPassword, verdict.NotValidated, verdict.MFARequired}), Code: "AADSTS1", At: p.Modified.At}
	if v.Valid() && s.dice.IntN(2) == 0 {
		v.Expiry = verdict.Expiry{Kind: verdict.ExpiresOn, At: time.Date(2026, 12, 1+s.dice.IntN(60), 7, 0, 0, 0, time.UTC)}
	}
	p.Status, p.Verdict, p.Validated = v.Status, v, v.At
	return p
}

func (s *shelf) entry() audit.Entry {
	return audit.By(adele, audit.Origin{}, profile.Changed, audit.Target{Kind: "profile", ID: "p"})
}

func (s *shelf) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// stock makes many at once, without the flush of each.
func (s *shelf) stock(n int) {
	s.t.Helper()
	s.check(s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for range n {
			p := s.draft()
			if err := profiles.Insert(tx, p, []byte("sealed")); err != nil {
				return err
			}
			s.rows = append(s.rows, p)
		}
		return nil
	}))
}

// change does one thing that people do.
func (s *shelf) change() {
	s.t.Helper()
	if len(s.rows) == 0 || s.dice.IntN(3) > 0 {
		p := s.draft()
		s.check(s.store.Create(ctx, p, []byte("sealed"), profile.Validation{At: p.Validated, Verdict: p.Verdict}, s.entry()))
		s.rows = append(s.rows, p)
		return
	}
	at := s.dice.IntN(len(s.rows))
	old := s.rows[at]
	switch s.dice.IntN(4) {
	case 0:
		s.check(s.store.Delete(ctx, []profile.Profile{old}, s.entry()))
		s.rows = slices.Delete(s.rows, at, at+1)
		return
	case 1:
		p := s.judge(old)
		s.check(s.store.Validated(ctx, old, profile.Validation{At: p.Validated, Verdict: p.Verdict}, s.entry()))
		s.rows[at] = p
		return
	}
	p := old
	edited := s.draft()
	p.Version, p.Modified, p.Description = old.Version+1, edited.Modified, "edited"
	if s.dice.IntN(2) == 0 {
		p.Name, p.Tenant, p.Username, p.Services = edited.Name, edited.Tenant, edited.Username, edited.Services
	}
	s.check(s.store.Update(ctx, p, old.Version, nil, nil, s.entry()))
	s.rows[at] = p
}

// naive is the list of a query as anybody would write it.
func (s *shelf) naive(q profile.Query) []profile.ID {
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(p profile.Profile) bool { return !passes(q, p) })
	slices.SortStableFunc(rows, func(a, b profile.Profile) int { return byKey(q.Sort, a, b) })
	if q.Down {
		slices.SortStableFunc(rows, func(a, b profile.Profile) int {
			return cmp.Or(byKey(q.Sort, b, a), strings.Compare(string(b.ID), string(a.ID)))
		})
	}
	ids := []profile.ID{}
	for _, p := range rows {
		ids = append(ids, p.ID)
	}
	return ids
}

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
	term := folded(q.Text)
	at := expiresAt(p)
	switch {
	case !strings.Contains(folded(p.Name), term) && !strings.Contains(folded(p.Username), term),
		q.Tenant != "" && p.Tenant != q.Tenant, q.Service != "" && !slices.Contains(p.Services, q.Service):
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
		return strings.Compare(folded(a.Name), folded(b.Name))
	}
}

var oddTerms = []string{"%", "_", `\`, `"`, `""`, "'", "*", "NEAR(", "a OR b", "^", "-", ":", "\x00", "a\x00b", "\x01", "x\x01", "\xff", "a b", "ß", "SS", "i", "I", "İ", "ı", "Σ", "ς", "🙂", "e\u0301", "ﬁ", "fi", "no such thing", "tosomcno"}

// term is a piece of what is there, in any case, or something odd.
func (s *shelf) term() string {
	if s.dice.IntN(4) == 0 {
		return pick(s, oddTerms)
	}
	p := pick(s, s.rows)
	runes := []rune(pick(s, []string{p.Name, p.Username, strings.ToUpper(p.Name), strings.ToLower(p.Name)}))
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
	if s.dice.IntN(2) == 0 {
		q.Status = pick(s, []string{"valid", "wrong-password", "not-validated", "account-locked", profile.Attention, profile.Expiring})
	}
	return q
}

// R10: whatever is searched, filtered and sorted, paging to the end and back shows what a plain filter and sort gives, each
// row once, whichever way the store takes.
func TestTheListIsWhatAPlainSortGives(t *testing.T) {
	s := newShelf(t, 7)
	s.stock(180)
	for range 60 {
		s.change()
	}
	for name, store := range map[string]*profiles.Store{"usual": s.store, "everything is broad": s.store.Closer(0, 0), "closer": s.store.Closer(20, 50)} {
		for range 100 {
			q := s.query()
			s.compare(name, store, q)
		}
	}
}

func (s *shelf) compare(name string, store *profiles.Store, q profile.Query) {
	s.t.Helper()
	want := s.naive(q)
	var seen []profile.ID
	var last profile.Page
	for page, next := 0, ""; page == 0 || next != ""; page++ {
		q.After = next
		var err error
		if last, err = store.List(ctx, q); err != nil {
			s.t.Fatalf("%s, %+v: %v", name, q, err)
		}
		if exact := last.Total == len(want) && !last.AtLeast; !exact && (!last.AtLeast || last.Total >= len(want)) {
			s.t.Fatalf("%s, %+v: %d in all, more: %v, want %d", name, q, last.Total, last.AtLeast, len(want))
		}
		seen, next = append(seen, idsOf(last)...), last.Next
	}
	if !slices.Equal(seen, want) {
		s.t.Fatalf("%s, %+v:\n got %v\nwant %v", name, q, seen, want)
	}
	seen = idsOf(last)
	for q.After = ""; last.Previous != ""; {
		q.Before = last.Previous
		var err error
		if last, err = store.List(ctx, q); err != nil {
			s.t.Fatal(err)
		}
		seen = append(idsOf(last), seen...)
	}
	if !slices.Equal(seen, want) {
		s.t.Fatalf("%s, backwards, %+v:\n got %v\nwant %v", name, q, seen, want)
	}
}

func idsOf(page profile.Page) []profile.ID {
	ids := []profile.ID{}
	for _, row := range page.Rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// The kept counters say what counting would, after everything that people do.
func TestCountersSayWhatCountingWould(t *testing.T) {
	s := newShelf(t, 11)
	s.stock(50)
	for i := range 120 {
		s.change()
		if i%20 > 0 && i < 115 {
			continue
		}
		for kind, query := range map[string]string{
			"status": `SELECT status, count(*) FROM profiles GROUP BY status`, "tenant": `SELECT tenant_id, count(*) FROM profiles GROUP BY tenant_id`,
			"expires": `SELECT printf('%06d', expires_at / 86400000), count(*) FROM profiles WHERE expires_at < 9223372036854775807 GROUP BY 1`,
			"service": `SELECT service, count(*) FROM profile_services GROUP BY service`,
		} {
			kept, err := s.store.Counter(ctx, kind)
			s.check(err)
			counted, err := s.store.Counted(ctx, query)
			s.check(err)
			if !maps.Equal(kept, counted) || len(counted) == 0 && len(s.rows) > 20 {
				t.Fatalf("after %d changes, by %s: kept %v, counted %v", i+1, kind, kept, counted)
			}
		}
	}
}

// R10: a page begins where the last one ended, though rows were edited and deleted meanwhile; those whose place stayed are
// shown once.
func TestACursorOutlivesEdits(t *testing.T) {
	s := newShelf(t, 13)
	s.stock(150)
	for _, sort := range []profile.Column{profile.ByName, profile.ByTenant, profile.ByUsername, profile.ByModified} {
		q := profile.Query{Sort: sort, Limit: 10}
		want := s.naive(q)
		seen := map[profile.ID]int{}
		gone := map[profile.ID]bool{}
		for next, more := "", true; more; more = next != "" {
			q.After = next
			page, err := s.store.List(ctx, q)
			s.check(err)
			for _, row := range page.Rows {
				seen[row.ID]++
			}
			next = page.Next
			if len(page.Rows) < 10 {
				break
			}
			// The very row that the cursor names goes, and another is validated.
			last := page.Rows[9].Profile
			s.check(s.store.Delete(ctx, []profile.Profile{last}, s.entry()))
			gone[last.ID] = true
			s.check(s.store.Validated(ctx, page.Rows[0].Profile, profile.Validation{At: time.Now(), Verdict: verdict.Verdict{Status: verdict.AccountLocked}}, s.entry()))
		}
		for _, id := range want {
			if seen[id] != 1 {
				t.Errorf("by %s: %s was shown %d times", sort, id, seen[id])
			}
		}
		s.rows = slices.DeleteFunc(s.rows, func(p profile.Profile) bool { return gone[p.ID] })
	}
}

// A cursor of another order, or one that somebody made up, is the beginning.
func TestAForeignCursorIsTheBeginning(t *testing.T) {
	s := newShelf(t, 17)
	s.stock(60)
	first, err := s.store.List(ctx, profile.Query{Sort: profile.ByName, Limit: 5})
	s.check(err)
	for _, sort := range profile.Columns {
		q := profile.Query{Sort: sort, Limit: 5}
		want, err := s.store.List(ctx, q)
		s.check(err)
		foreign := []string{"garbage", "%%%", "e30", "eyJzIjoiZXhwaXJlcyIsImsiOiJ4IiwiciI6MX0", "eyJzIjoibmFtZSIsImsiOjEsInIiOjF9", "eyJzIjoibmFtZSIsImsiOnt9LCJyIjoxfQ"}
		if sort != profile.ByName {
			foreign = append(foreign, first.Next)
		}
		for _, cursor := range foreign {
			q.After = cursor
			got, err := s.store.List(ctx, q)
			if err != nil || !slices.Equal(idsOf(got), idsOf(want)) {
				t.Errorf("by %s after %q: %v, %v", sort, cursor, idsOf(got), err)
			}
		}
	}
}

// R10: no term is an error, and each finds what it is a part of.
func FuzzSearch(f *testing.F) {
	for _, term := range append(oddTerms, shelfNames...) {
		f.Add(term)
	}
	s := newShelf(f, 19)
	s.stock(150)
	f.Fuzz(func(t *testing.T, term string) {
		s.t = t
		for _, sort := range []profile.Column{profile.ByName, profile.ByModified} {
			s.compare("usual", s.store, profile.Query{Text: term, Sort: sort, Limit: 50})
			s.compare("broad", s.store.Closer(0, 0), profile.Query{Text: term, Sort: sort, Limit: 50})
		}
	})
}
