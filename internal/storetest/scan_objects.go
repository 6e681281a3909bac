package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
)

// scanning is a scan of the types whose first section is being read.
func (r *rig) scanning(id scan.ID, types ...scan.Type) scan.Profile {
	r.Helper()
	p := r.createScanProfile(scan.ProfileID(id), contoso.ID, types...)
	r.beginScan(id, p)
	r.must(r.Scans.BeginSection(ctx, id, types[0], r.now()))
	return p
}

// counted4 is what a section says of its objects: found, new, gone, failed.
func counted4(s scan.Section) [4]int { return [4]int{s.Found, s.New, s.Gone, s.Failed} }

func pagesCount(r *rig) {
	p := r.scanning("c1", scan.Sites, scan.Users)
	r.advance(time.Minute)
	r.must(r.Scans.BeginSection(ctx, "c1", scan.Sites, r.now())) // once more, as after a restart
	s := r.addPage("c1", scan.Sites, "page 2", foundOnes("a", 1, 120)...)
	r.same("the section", s, scan.Section{Type: scan.Sites, State: scan.SectionReading, Found: 120, New: 120, Begun: monday, From: "page 2"})
	s = r.addPage("c1", scan.Sites, "page 3", append(foundOnes("a", 119, 125), foundOnes("a", 121, 126)...)...)
	r.same("with doubles", []any{counted4(s), s.From, r.section("c1", scan.Sites)}, []any{[4]int{126, 126, 0, 0}, scan.Cursor("page 3"), s})
	r.same("the objects", len(r.objects(scan.ObjectQuery{})), 126)
	r.must(r.Scans.EndSection(ctx, "c1", scan.Section{Type: scan.Sites, State: scan.SectionRead, Ended: r.now()}))
	s.State, s.Ended = scan.SectionRead, r.now()
	r.same("at its end", r.section("c1", scan.Sites), s)
	r.same("the other one", r.section("c1", scan.Users), scan.Section{Type: scan.Users, State: scan.SectionWaiting})
	r.endScan("c1")

	r.beginScan("c2", p)
	r.must(r.Scans.BeginSection(ctx, "c2", scan.Sites, r.now()))
	s = r.addPage("c2", scan.Sites, "", foundOnes("a", 121, 130)...)
	r.same("the next scan", counted4(s), [4]int{10, 4, 0, 0})
	s = r.addPage("c2", scan.Sites, "")
	r.same("an empty page", counted4(s), [4]int{10, 4, 0, 0})
	r.tallied()
}

func readAgain(r *rig) {
	p := r.scanning("c1", scan.Sites)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 5)...)
	r.endScan("c1")
	r.beginScan("c2", p)
	r.must(r.Scans.BeginSection(ctx, "c2", scan.Sites, r.now()))
	_, err := r.Scans.AddPage(ctx, "c2", scan.Sites, scan.Page{Objects: foundOnes("a", 4, 8), Next: "2", Warnings: []scan.Warning{{Type: scan.Sites, Key: "a-0004", Code: "w"}}}, r.now())
	r.must(err)
	r.same("a page that is whole", r.section("c2", scan.Sites).Code, scan.Code(""))
	_, err = r.Scans.AddPage(ctx, "c2", scan.Sites, scan.Page{Next: "3", Warnings: []scan.Warning{{Type: scan.Sites, Code: scan.NoID}}}, r.now())
	r.must(err)
	r.addPage("c2", scan.Sites, "4", foundOnes("a", 4, 4)...)
	r.same("a page that was not", r.section("c2", scan.Sites).Code, scan.NoID)
	r.must(r.Scans.Restart(ctx, "c2", scan.Sites))
	r.same("forgotten", []any{counted4(r.section("c2", scan.Sites)), r.section("c2", scan.Sites).From, r.section("c2", scan.Sites).State, r.section("c2", scan.Sites).Code},
		[]any{[4]int{}, scan.Cursor(""), scan.SectionReading, scan.Code("")})
	warnings, err := r.Scans.Warnings(ctx, "c2", 0, 10)
	r.must(err)
	r.same("warnings", len(warnings), 0)
	s := r.addPage("c2", scan.Sites, "", append(foundOnes("a", 2, 2), foundOnes("a", 5, 9)...)...)
	r.same("anew", counted4(s), [4]int{6, 4, 0, 0})
	s = r.addPage("c2", scan.Sites, "", foundOnes("a", 8, 9)...)
	r.same("each once", counted4(s), [4]int{6, 4, 0, 0})
	r.must(r.Scans.EndSection(ctx, "c2", scan.Section{Type: scan.Sites, State: scan.SectionRead, Ended: r.now()}))
	r.same("gone", keysOf(r.objects(scan.ObjectQuery{State: scan.Away})), []string{"a-0001", "a-0003"})
	r.tallied()
}

func objectsGone(r *rig) {
	p := r.scanning("c1", scan.Sites, scan.Users)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 9)...)
	r.readType("c1", scan.Users, foundOnes("u", 1, 2)...)
	r.endScan("c1")
	next := func(id scan.ID, objects ...scan.Found) [4]int {
		r.Helper()
		r.advance(time.Hour)
		r.beginScan(id, p)
		r.readType(id, scan.Sites, objects...)
		counts := counted4(r.section(id, scan.Sites))
		r.endScan(id)
		r.tallied()
		return counts
	}
	r.same("without some", next("c2", foundOnes("a", 3, 7)...), [4]int{5, 0, 4, 0})
	away := r.objects(scan.ObjectQuery{State: scan.Away})
	r.same("gone", keysOf(away), []string{"a-0001", "a-0002", "a-0008", "a-0009"})
	r.same("when", []time.Time{away[0].First, away[0].Last, away[0].Gone}, []time.Time{monday, monday, monday.Add(time.Hour)})
	r.same("with two of them", next("c3", foundOnes("a", 2, 8)...), [4]int{7, 0, 0, 0})
	back := r.objects(scan.ObjectQuery{})
	r.same("there", keysOf(back)[:7], []string{"a-0002", "a-0003", "a-0004", "a-0005", "a-0006", "a-0007", "a-0008"})
	r.same("one that came back", []time.Time{back[0].First, back[0].Last, back[0].Gone}, []time.Time{monday, monday.Add(2 * time.Hour), {}})
	renamed := foundOnes("a", 9, 9)
	renamed[0].Name = "Renamed"
	r.same("one that came back under another name", next("c4", renamed...), [4]int{1, 0, 7, 0})
	r.same("all of them", len(r.objects(scan.ObjectQuery{State: scan.Any})), 11)
}

func goneInSteps(r *rig) {
	const many = 6000
	p := r.scanning("c1", scan.Sites)
	for from := 1; from <= many; from += 500 {
		r.addPage("c1", scan.Sites, "more", foundOnes("a", from, from+499)...)
	}
	r.must(r.Scans.EndSection(ctx, "c1", scan.Section{Type: scan.Sites, State: scan.SectionRead, Ended: r.now()}))
	r.endScan("c1")
	r.advance(time.Hour)
	r.beginScan("c2", p)
	r.must(r.Scans.BeginSection(ctx, "c2", scan.Sites, r.now()))
	r.addPage("c2", scan.Sites, "", foundOnes("a", 1, 500)...)
	total := func() int {
		page, err := r.Scans.Objects(ctx, scan.ObjectQuery{State: scan.Away, Limit: 1})
		r.must(err)
		return page.Total
	}
	ends := scan.Section{Type: scan.Sites, State: scan.SectionRead, Ended: r.now()}
	allow := r.RefuseGone("a-5000") // as a process ends between two steps
	if err := r.Scans.EndSection(ctx, "c2", ends); err == nil {
		r.Error("the section ended though an object could not be marked")
	}
	allow()
	n := total()
	if n == 0 || n == many-500 {
		r.Fatalf("it was not cut off in the middle: %d", n)
	}
	s := r.section("c2", scan.Sites)
	r.same("the section", []any{s.State, s.Gone}, []any{scan.SectionReading, n})
	r.must(r.Scans.EndSection(ctx, "c2", ends))
	s = r.section("c2", scan.Sites)
	r.same("afterwards", []any{s.State, s.Gone, s.Found, total()}, []any{scan.SectionRead, many - 500, 500, many - 500})
	r.must(r.Scans.EndSection(ctx, "c2", ends))
	r.same("once more", r.section("c2", scan.Sites), s)
}

func nothingGone(r *rig) {
	p := r.scanning("c1", scan.Sites)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 9)...)
	r.endScan("c1")
	for i, state := range []scan.SectionState{scan.SectionFailed, scan.SectionUnreadable, scan.SectionStopped} {
		id := scan.ID(named("d", i))
		r.beginScan(id, p)
		if state != scan.SectionUnreadable {
			r.must(r.Scans.BeginSection(ctx, id, scan.Sites, r.now()))
			r.addPage(id, scan.Sites, "more", foundOnes("a", 1, 2)...)
		}
		r.must(r.Scans.EndSection(ctx, id, scan.Section{Type: scan.Sites, State: state, Code: "cs0003", Detail: "HTTP 403", Ended: r.now()}))
		s := r.section(id, scan.Sites)
		r.same("the section", []any{s.State, s.Code, s.Detail, s.Ended, s.Gone}, []any{state, scan.Code("cs0003"), "HTTP 403", r.now(), 0})
		r.endScan(id)
	}
	r.same("there", len(r.objects(scan.ObjectQuery{})), 9)
	counts, err := r.Scans.Counts(ctx, contoso.ID)
	r.must(err)
	r.same("read when", counts, []scan.Count{{Type: scan.Sites, N: 9, At: monday}})
}

func warningsKept(r *rig) {
	r.scanning("c1", scan.Sites)
	want := make([]scan.Warning, 0, scan.KeptWarnings)
	for n := 0; n < scan.KeptWarnings+200; n += 300 {
		var list []scan.Warning
		for i := range 300 {
			key := named("a", n+i)
			list = append(list, scan.Warning{Type: scan.Sites, Key: key, Name: "The " + key, Address: "https://" + key, Code: "cs0004", Detail: "HTTP 403"})
		}
		_, err := r.Scans.AddPage(ctx, "c1", scan.Sites, scan.Page{Warnings: list, Next: "more"}, r.now())
		r.must(err)
		want = append(want, list...)
	}
	r.same("counted", r.section("c1", scan.Sites).Failed, len(want))
	all, err := r.Scans.Warnings(ctx, "c1", 0, 10_000)
	r.must(err)
	r.same("kept", all, want[:scan.KeptWarnings])
	some, err := r.Scans.Warnings(ctx, "c1", 10, 2)
	r.must(err)
	r.same("after ten", some, want[10:12])
}

func sectionsOver(r *rig) {
	r.scanning("c1", scan.Sites, scan.Users)
	page := func(id scan.ID, t scan.Type) error {
		_, err := r.Scans.AddPage(ctx, id, t, scan.Page{Objects: foundOnes("a", 1, 1)}, r.now())
		return err
	}
	if err := page("c1", scan.Users); !errors.Is(err, scan.ErrChanged) {
		r.Errorf("one that has not begun: %v", err)
	}
	r.must(r.Scans.EndSection(ctx, "c1", scan.Section{Type: scan.Sites, State: scan.SectionRead, Ended: r.now()}))
	r.endScan("c1")
	before := r.scan("c1")
	for _, t := range []scan.Type{scan.Sites, scan.Users} {
		if err := page("c1", t); !errors.Is(err, scan.ErrChanged) {
			r.Errorf("a page: %v", err)
		}
		if err := r.Scans.BeginSection(ctx, "c1", t, r.now()); !errors.Is(err, scan.ErrChanged) {
			r.Errorf("begun: %v", err)
		}
		if err := r.Scans.Restart(ctx, "c1", t); !errors.Is(err, scan.ErrChanged) {
			r.Errorf("read anew: %v", err)
		}
		r.must(r.Scans.EndSection(ctx, "c1", scan.Section{Type: t, State: scan.SectionFailed, Ended: r.now()}))
	}
	r.same("the scan", r.scan("c1"), before)
	for _, err := range []error{
		page("nobody's", scan.Sites), page("c1", scan.Teams), r.Scans.BeginSection(ctx, "c1", scan.Teams, r.now()), r.Scans.Restart(ctx, "nobody's", scan.Sites),
		r.Scans.EndSection(ctx, "c1", scan.Section{Type: scan.Teams, State: scan.SectionRead, Ended: r.now()}),
	} {
		if !errors.Is(err, scan.ErrGone) {
			r.Errorf("what is not there: %v", err)
		}
	}
}

func objectsComeBack(r *rig) {
	r.scanning("c1", scan.Sites, scan.Users)
	site := scan.Found{Key: "k1", Name: "Größe", Address: "https://contoso.sharepoint.com/sites/Größe", Site: scan.Site{ID: "k1", Locked: "ReadOnly", Archived: true}}
	r.addPage("c1", scan.Sites, "", site)
	r.must(r.Scans.BeginSection(ctx, "c1", scan.Users, r.now()))
	r.addPage("c1", scan.Users, "", scan.Found{Key: "k1", Name: "Adele Vance"})
	list := r.objects(scan.ObjectQuery{})
	want := []scan.Object{
		{ID: list[0].ID, Tenant: contoso.ID, Type: scan.Users, Key: "k1", Name: "Adele Vance", First: monday, Last: monday},
		{ID: list[1].ID, Tenant: contoso.ID, Type: scan.Sites, Key: "k1", Name: "Größe", Address: site.Address, Site: site.Site, First: monday, Last: monday},
	}
	r.same("the objects", list, want)
	r.same("in the order in which they were seen", want[1].ID < want[0].ID, true)
	one, err := r.Scans.Object(ctx, want[1].ID)
	r.must(err)
	r.same("one of them", one, want[1])
	if _, err := r.Scans.Object(ctx, 1_000_000); !errors.Is(err, scan.ErrGone) {
		r.Errorf("one that was never found: %v", err)
	}
	r.advance(time.Hour)
	site.Name, site.Address, site.Site = "Aaa", "https://contoso.sharepoint.com/sites/Aaa", scan.Site{ID: "k1"}
	r.addPage("c1", scan.Sites, "", site)
	want[1].Name, want[1].Address, want[1].Site, want[1].Last = site.Name, site.Address, site.Site, r.now()
	r.same("called otherwise", r.objects(scan.ObjectQuery{}), []scan.Object{want[1], want[0]})
	r.advance(time.Hour)
	site.Site.Locked = "NoAccess"
	r.addPage("c1", scan.Sites, "", site)
	want[1].Site, want[1].Last = site.Site, r.now()
	r.same("locked", r.objects(scan.ObjectQuery{Type: scan.Sites}), []scan.Object{want[1]})
}

// stocked fills two tenants with objects of several types, some of them gone and some with grants, seen at different times.
func (r *rig) stocked() (all []scan.Object) {
	r.Helper()
	for _, t := range []tenant.ID{contoso.ID, fabrikam.ID} {
		p := r.createScanProfile(scan.ProfileID("of "+t), t, scan.Sites, scan.OneDrive, scan.Users)
		for pass := range 3 {
			id := scan.ID(named(string(t), pass))
			r.beginScan(id, p)
			for i, kind := range p.Types {
				var list []scan.Found
				for n := range 15 {
					if pass == 2 && n%4 == i || pass == 0 && n%2 == 0 {
						continue
					}
					key := fmt.Sprintf("%s-%02d", kind, (n*7)%15)
					list = append(list, scan.Found{Key: key, Name: []string{"Élan", "alpha", "Bravo"}[n%3] + fmt.Sprint(n%5), Address: "https://contoso.com/" + key})
				}
				r.advance(time.Second)
				r.readType(id, kind, list...)
			}
			r.endScan(id)
		}
	}
	all = r.objects(scan.ObjectQuery{State: scan.Any})
	of := r.registering("r-stocked", "nobody's", all...)
	for i, o := range all {
		if state := []scan.GrantState{scan.NotGranted, scan.Granted, scan.Refused, scan.Left}[i%4]; o.Type.Registered() && state != scan.NotGranted {
			r.must(r.conclude(of, i+1, scan.Grant{State: state, Group: "g1", Reason: "cs0005", At: monday}))
		}
	}
	return r.objects(scan.ObjectQuery{State: scan.Any})
}

func (r *rig) conclude(of run.Run, no int, g scan.Grant) error {
	i := r.items(of.ID)[no-1]
	i.Outcome, i.At = run.Confirmed, r.now()
	return r.Scans.Concluded(ctx, of, i, g, nil)
}

// belongs reports whether an object belongs to a view.
func belongs(o scan.Object, q scan.ObjectQuery) bool {
	switch {
	case q.Tenant != "" && o.Tenant != q.Tenant, q.Type != "" && o.Type != q.Type:
		return false
	case q.State == scan.Away && o.Gone.IsZero(), (q.State == "" || q.State == scan.Present) && !o.Gone.IsZero():
		return false
	}
	return q.Grant == nil || o.Type.Registered() && slices.Contains(q.Grant, o.Grant.State)
}

// sorted compares objects as a view has them: the names of stocked sort without accents.
func sorted(q scan.ObjectQuery) func(a, b scan.Object) int {
	name := func(o scan.Object) string { return strings.ToLower(strings.ReplaceAll(o.Name, "É", "e")) }
	return func(a, b scan.Object) (n int) {
		switch q.Sort {
		case scan.ByType:
			n = slices.Index(scan.Types, a.Type) - slices.Index(scan.Types, b.Type)
		case scan.ByLast:
			n = a.Last.Compare(b.Last)
		case scan.ByFirst:
			n = int(a.ID - b.ID)
		}
		if n == 0 && (q.Sort == scan.ByName || q.Sort == scan.ByType) {
			n = strings.Compare(name(a), name(b))
		}
		if n == 0 {
			n = int(a.ID - b.ID)
		}
		if q.Down {
			return -n
		}
		return n
	}
}

func objectsInOrder(r *rig) {
	all := r.stocked()
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if (a.ID < b.ID) && a.First.After(b.First) {
			r.Errorf("the numbers are not in the order in which the objects were seen")
		}
	}
	r.tallied()
	r.reindex()
	for _, q := range []scan.ObjectQuery{
		{},
		{State: scan.Any},
		{State: scan.Away},
		{Tenant: contoso.ID},
		{Type: scan.Sites},
		{Tenant: fabrikam.ID, Type: scan.Users, State: scan.Any},
		{Grant: []scan.GrantState{scan.Refused, scan.Left}},
		{Grant: []scan.GrantState{scan.NotGranted}, State: scan.Any},
		{Type: scan.Users, Grant: []scan.GrantState{scan.NotGranted}},
		{Text: "elan", State: scan.Any},
		{Text: "sites-1", Tenant: contoso.ID},
		{Text: "contoso.com"},
	} {
		for _, q.Sort = range []scan.Column{scan.ByName, scan.ByType, scan.ByFirst, scan.ByLast} {
			for _, q.Down = range []bool{false, true} {
				r.thereAndBack(all, q)
			}
		}
	}
}

// thereAndBack reads a view page by page, to its end and back.
func (r *rig) thereAndBack(all []scan.Object, q scan.ObjectQuery) {
	r.Helper()
	var want []scan.Object
	for _, o := range all {
		text := strings.ToLower(strings.ReplaceAll(o.Name, "É", "e") + "\n" + o.Address)
		if belongs(o, q) && strings.Contains(text, q.Text) {
			want = append(want, o)
		}
	}
	slices.SortFunc(want, sorted(q))
	q.Limit = 7
	var got []scan.Object
	var pages []scan.ObjectPage
	for {
		page, err := r.Scans.Objects(ctx, q)
		r.must(err)
		got, pages = append(got, page.Rows...), append(pages, page)
		if !page.AtLeast && page.Total != len(want) {
			r.Errorf("%+v: the total is %d of %d", q, page.Total, len(want))
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if r.same("there", got, want); r.Failed() {
		r.Fatalf("of %+v", q)
	}
	for i := len(pages) - 1; i > 0; i-- {
		q.Before = pages[i].Previous
		page, err := r.Scans.Objects(ctx, q)
		r.must(err)
		r.same("back", page.Rows, pages[i-1].Rows)
		r.same("and whether anything is before that", page.Previous != "", i > 1)
	}
	r.same("before the first", pages[0].Previous, "")
}

// reindex renews what the search looks up, to its end.
func (r *rig) reindex() {
	r.Helper()
	for more, err := true, error(nil); more; {
		if more, err = r.Scans.Index(ctx); err != nil {
			r.Fatal(err)
		}
	}
}

func objectsSearched(r *rig) {
	r.scanning("c1", scan.Sites, scan.Users)
	var list []scan.Found
	for i := range 1500 {
		key := named("k", i)
		list = append(list, scan.Found{Key: key, Name: "Größe " + key, Address: "https://CONTOSO.sharepoint.com/sites/" + key})
	}
	list = append(list, scan.Found{Key: "one", Name: "Łódź", Address: "Ärger@contoso.com"}, scan.Found{Key: "two", Name: "xq"}, scan.Found{Key: "three", Name: `a "quoted" one`})
	r.addPage("c1", scan.Sites, "more", list...)
	r.reindex()
	total := func(text string) any {
		r.Helper()
		page, err := r.Scans.Objects(ctx, scan.ObjectQuery{Text: text, Limit: 50})
		r.must(err)
		return []any{len(page.Rows), page.Total, page.AtLeast}
	}
	for text, want := range map[string]any{
		"lodz": []any{1, 1, false}, "ÄRGER": []any{1, 1, false}, "arger@": []any{1, 1, false}, "xq": []any{1, 1, false}, "q": []any{2, 2, false}, `"QUOTED"`: []any{1, 1, false},
		"k-0042": []any{1, 1, false}, "k-01": []any{50, 100, false}, "42": []any{len(r.containing(list, "42")), len(r.containing(list, "42")), false},
		"grosse": []any{50, 1000, true}, "contoso": []any{50, 1000, true}, "o": []any{50, 1000, true}, "sites/k-0": []any{50, 1000, false},
		"nobody": []any{0, 0, false}, "zz": []any{0, 0, false}, "\x01\x01": []any{0, 0, false}, "\xff": []any{0, 0, false}, "k-0042 https": []any{0, 0, false},
	} {
		r.same(fmt.Sprintf("%q", text), total(text), want)
	}
	renamed := list[42]
	renamed.Name = "Called otherwise"
	r.addPage("c1", scan.Sites, "more", renamed)
	r.addPage("c1", scan.Sites, "more", scan.Found{Key: "late", Name: "Latecomer"})
	r.reindex()
	for text, want := range map[string]any{"called other": []any{1, 1, false}, "größe k-0042": []any{0, 0, false}, "k-0042": []any{1, 1, false}, "latecomer": []any{1, 1, false}} {
		r.same(fmt.Sprintf("afterwards %q", text), total(text), want)
	}
	more, err := r.Scans.Index(ctx)
	r.must(err)
	r.same("nothing more to do", more, false)
}

// containing are those with a text in their name or address.
func (r *rig) containing(list []scan.Found, text string) (found []scan.Found) {
	for _, f := range list {
		if strings.Contains(f.Name+"\n"+f.Address, text) {
			found = append(found, f)
		}
	}
	return found[:min(50, len(found))]
}

func sitesToGrant(r *rig) {
	p := r.scanning("c1", scan.Sites, scan.OneDrive, scan.Users)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 6)...)
	r.readType("c1", scan.OneDrive, foundOnes("o", 1, 2)...)
	r.readType("c1", scan.Users, foundOnes("u", 1, 2)...)
	of := r.registering("r1", "c1", r.objects(scan.ObjectQuery{})...)
	grant := func(key string, g scan.Grant) {
		r.Helper()
		no := slices.IndexFunc(r.items("r1"), func(i run.Item) bool { return i.Name == "The "+key })
		r.must(r.conclude(of, no+1, g))
	}
	grant("a-0002", scan.Grant{State: scan.Granted, Group: "g1", At: monday.Add(time.Hour)})
	grant("a-0003", scan.Grant{State: scan.Granted, Group: "g1", At: monday})
	grant("a-0004", scan.Grant{State: scan.Granted, Group: "g2", At: monday.Add(time.Hour)})
	grant("a-0005", scan.Grant{State: scan.Refused, Group: "g1", At: monday.Add(time.Hour)})
	grant("o-0001", scan.Grant{State: scan.Left, Group: "g1", At: monday.Add(time.Hour)})
	r.endScan("c1")
	r.beginScan("c2", p)
	r.readType("c2", scan.Sites, foundOnes("a", 1, 5)...)
	list := func(types []scan.Type, since time.Duration, limit int) (keys []string) {
		for after := scan.ObjectID(0); ; {
			some, err := r.Scans.ToGrant(ctx, contoso.ID, types, "g1", monday.Add(since), after, limit)
			r.must(err)
			if len(some) == 0 {
				return keys
			}
			keys, after = append(keys, keysOf(some)...), some[len(some)-1].ID
		}
	}
	both := []scan.Type{scan.Sites, scan.OneDrive}
	r.same("of both types", list(both, time.Minute, 2), []string{"a-0001", "a-0003", "a-0004", "a-0005", "o-0001", "o-0002"})
	r.same("since before", list(both, 0, 100), []string{"a-0001", "a-0004", "a-0005", "o-0001", "o-0002"})
	r.same("of one type", list(both[1:], 0, 100), []string{"o-0001", "o-0002"})
	r.same("of none", list(nil, 0, 100), []string(nil))
	r.same("of another tenant", len(must2(r.Scans.ToGrant(ctx, fabrikam.ID, both, "g1", monday, 0, 10))), 0)
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func concludedGrant(r *rig) {
	r.scanning("c1", scan.Sites)
	r.readType("c1", scan.Sites, foundOnes("a", 1, 3)...)
	objects := r.objects(scan.ObjectQuery{})
	of := r.registering("r1", "c1", objects...)
	i := r.items("r1")[0]
	i.Outcome, i.Reason, i.Code, i.At, i.Tries = run.Rejected, "refused", "HTTP 403", monday.Add(time.Hour), 1
	g := scan.Grant{State: scan.Refused, Group: "g1", Reason: "cs0005", At: monday.Add(time.Hour)}
	state := func() any { return []any{r.items("r1"), r.objects(scan.ObjectQuery{})} }
	e := r.entry("refused")
	r.allOrNothing("refused", state, func() error { return r.Scans.Concluded(ctx, of, i, g, &e) })
	now, err := r.Scans.Object(ctx, objects[0].ID)
	r.must(err)
	objects[0].Grant = g
	r.same("the item and its object", []any{r.items("r1")[0], now}, []any{i, objects[0]})
	r.tallied()
	i.Outcome, i.Reason, i.Code = run.Confirmed, "", ""
	g = scan.Grant{State: scan.Granted, Group: "g1", At: monday.Add(2 * time.Hour)}
	r.must(r.Scans.Concluded(ctx, of, i, g, nil))
	r.same("by grant", keysOf(r.objects(scan.ObjectQuery{Grant: []scan.GrantState{scan.Granted}})), []string{"a-0001"})
	g.Group, g.At = "g2", monday.Add(3*time.Hour)
	r.must(r.Scans.Concluded(ctx, of, i, g, nil))
	i.Outcome = run.NotReached
	r.must(r.Scans.Concluded(ctx, of, i, scan.Grant{}, nil))
	now, err = r.Scans.Object(ctx, objects[0].ID)
	r.must(err)
	r.same("what is known of it still", []any{now.Grant, r.items("r1")[0].Outcome}, []any{g, run.NotReached})
	r.counted("r1")
	r.tallied()
	i.Subject, i.No = "1000000", 2
	before := state()
	if err := r.Scans.Concluded(ctx, of, i, g, nil); !errors.Is(err, scan.ErrGone) {
		r.Errorf("of an object that is not there: %v", err)
	}
	r.same("what is stored", state(), before)
}

func countsOfObjects(r *rig) {
	p := r.scanning("c1", scan.Sites, scan.Users, scan.Teams, scan.Groups)
	r.readType("c1", scan.Users, foundOnes("u", 1, 3)...)
	r.readType("c1", scan.Teams)
	r.addPage("c1", scan.Sites, "more", foundOnes("a", 1, 4)...)
	counts := func() []scan.Count { return must2(r.Scans.Counts(ctx, contoso.ID)) }
	r.same("counts", counts(), []scan.Count{{Type: scan.Sites, N: 4}, {Type: scan.Teams, At: monday}, {Type: scan.Users, N: 3, At: monday}})
	r.endScan("c1")
	r.advance(time.Hour)
	r.beginScan("c2", p)
	r.readType("c2", scan.Users, foundOnes("u", 2, 2)...)
	r.same("afterwards", counts(), []scan.Count{{Type: scan.Sites, N: 4}, {Type: scan.Teams, At: monday}, {Type: scan.Users, N: 1, At: monday.Add(time.Hour)}})
	r.same("of another tenant", len(must2(r.Scans.Counts(ctx, fabrikam.ID))), 0)
	r.tallied()
}

func termStore(r *rig) {
	of := func(username string) scan.TermStoreEntry { return must2(r.Scans.TermStore(ctx, contoso.ID, username)) }
	r.same("nobody", of("svc@contoso.com"), scan.TermStoreEntry{})
	entry := scan.TermStoreEntry{Username: "Svc@contoso.com", State: "open", Code: "cs0006", By: stamp(0)}
	r.allOrNothing("added", func() any { return of("svc@contoso.com") }, func() error { return r.Scans.SetTermStore(ctx, contoso.ID, entry, r.entry("added")) })
	r.same("without regard to case", of("svc@CONTOSO.com"), entry)
	entry.State, entry.Code, entry.By = "by-hand", "", stamp(time.Hour)
	r.must(r.Scans.SetTermStore(ctx, contoso.ID, entry, r.entry(done)))
	r.same("by hand", of("svc@contoso.com"), entry)
	r.same("of another tenant", must2(r.Scans.TermStore(ctx, fabrikam.ID, "svc@contoso.com")), scan.TermStoreEntry{})
}

func plannerKept(r *rig) {
	p := r.scanning("c1", scan.Groups, scan.Teams)
	r.readType("c1", scan.Groups, foundOnes("g", 1, 4)...)
	r.readType("c1", scan.Teams, foundOnes("g", 1, 9)...)
	there := func(t tenant.ID, of scan.Type, keys ...string) int { return must2(r.Scans.There(ctx, t, of, keys)) }
	r.same("there", []int{
		there(contoso.ID, scan.Groups, "g-0001", "g-0004", "g-0004", "g-0005", "elsewhere"), there(contoso.ID, scan.Groups), there(fabrikam.ID, scan.Groups, "g-0001"),
	}, []int{2, 0, 0})
	names := []string{"One@contoso.com", "two@contoso.com", "nobody@contoso.com"}
	of := func() map[string]scan.Planner { return must2(r.Scans.Planner(ctx, contoso.ID, names)) }
	check := func(id scan.ID) scan.PlannerCheck { return must2(r.Scans.PlannerOf(ctx, id)) }
	r.same("before", []any{of(), check("c1"), check("none")}, []any{map[string]scan.Planner{}, scan.PlannerCheck{}, scan.PlannerCheck{}})
	first := scan.PlannerCheck{Groups: 4, Members: 2, Known: 1, Complete: 1}
	one, two := scan.Planner{Username: "one@contoso.com", Both: 4, Groups: 4, At: monday}, scan.Planner{Username: "two@contoso.com", Code: scan.NoMember, Detail: "HTTP 404"}
	typed := one
	typed.Username = "ONE@contoso.com"
	warning := scan.Warning{Type: scan.Groups, Key: "u2", Name: "two@contoso.com", Code: scan.NoMember}
	for range 2 {
		r.must(r.Scans.SetPlanner(ctx, "c1", first, []scan.Planner{typed, two}, []scan.Warning{warning}))
	}
	r.same("stored", []any{of(), check("c1"), must2(r.Scans.Warnings(ctx, "c1", 0, 10))}, []any{map[string]scan.Planner{one.Username: one, two.Username: two}, first, []scan.Warning{warning}})
	r.same("the section", counted4(r.section("c1", scan.Groups)), [4]int{4, 4, 0, 0})
	r.must(r.Scans.SetPlanner(ctx, "c1", scan.PlannerCheck{Groups: 1, Members: 1}, nil, nil))
	r.same("the first stands", []any{len(of()), check("c1")}, []any{2, first})
	r.endScan("c1")

	r.advance(time.Hour)
	r.beginScan("c2", p)
	r.readType("c2", scan.Groups, foundOnes("g", 1, 3)...)
	r.same("there, one is gone", there(contoso.ID, scan.Groups, "g-0001", "g-0004"), 1)
	failed := scan.PlannerCheck{Groups: 3, Members: 1}
	r.must(r.Scans.SetPlanner(ctx, "c2", failed, []scan.Planner{{Username: "one@contoso.com", Code: scan.Throttled}}, nil))
	one.Code = scan.Throttled
	r.same("what was known, without who is no member", []any{of(), check("c2"), check("c1")}, []any{map[string]scan.Planner{one.Username: one}, failed, first})
	r.same("of another tenant", len(must2(r.Scans.Planner(ctx, fabrikam.ID, names))), 0)
	if err := r.Scans.SetPlanner(ctx, "none", failed, nil, nil); !errors.Is(err, scan.ErrGone) {
		r.Errorf("of a scan that is not there: %v", err)
	}
	r.endScan("c2")
	r.must(r.Scans.Delete(ctx, []scan.Profile{p}, r.entry(done)))
	r.same("without its scans", []any{of(), check("c2")}, []any{map[string]scan.Planner{one.Username: one}, scan.PlannerCheck{}})
}

func pagesAtOnce(r *rig) {
	types := []scan.Type{scan.Sites, scan.OneDrive, scan.Groups, scan.Teams, scan.Mailboxes, scan.Users}
	r.scanning("c1", types...)
	for _, t := range types {
		r.must(r.Scans.BeginSection(ctx, "c1", t, r.now()))
	}
	won, lost := atOnce(24, func(i int) error {
		_, err := r.Scans.AddPage(ctx, "c1", types[i%6], scan.Page{Objects: foundOnes("a", i/6*80+1, i/6*80+100)}, r.now())
		return err
	})
	r.same("pages", []any{won, lost}, []any{24, []error(nil)})
	for _, t := range types {
		r.same(string(t), counted4(r.section("c1", t)), [4]int{340, 340, 0, 0})
	}
	r.tallied()
}
