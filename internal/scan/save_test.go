package scan_test

import (
	"errors"
	"strings"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
)

type tenantID = tenant.ID

// fields gives the fields that an error names.
func fields(err error) string {
	var names []string
	for _, f := range problem.Fields(err) {
		names = append(names, f.Field)
	}
	return strings.Join(names, " ")
}

// R50, R52: what is wrong with a scan profile stands beside the fields.
func TestScanProfilesAreCheckedR50(t *testing.T) {
	r := newRig(t)
	account := r.account("Scanner", "scanner@contoso.com")
	good := scan.Profile{Name: "Good", Tenant: contoso, Types: []scan.Type{scan.Sites}, Method: scan.ByAccount, Account: account.ID}
	for _, c := range []struct {
		name   string
		change func(*scan.Profile)
		want   string
	}{
		{"nothing at all", func(p *scan.Profile) { *p = scan.Profile{} }, "name types tenant method"},
		{"a name that is too long", func(p *scan.Profile) { p.Name = strings.Repeat("ä", 201) }, "name"},
		{"a name that nobody can read", func(p *scan.Profile) { p.Name = "a\x00b" }, "name"},
		{"a long description", func(p *scan.Profile) { p.Description = strings.Repeat("x", 1001) }, "description"},
		{"an unknown tenant", func(p *scan.Profile) { p.Tenant = "elsewhere"; p.Method = scan.ByApp }, "tenant"},
		{"an unknown type", func(p *scan.Profile) { p.Types = []scan.Type{"plans"} }, "types"},
		{"an unknown method", func(p *scan.Profile) { p.Method = "luck" }, "method"},
		{"no account", func(p *scan.Profile) { p.Account = "" }, "account"},
		{"an account that is gone", func(p *scan.Profile) { p.Account = "gone" }, "account"},
		{"an impossible time", func(p *scan.Profile) { p.Schedule = scan.Schedule{Daily: true, Minute: 1440, Zone: "UTC"} }, "time"},
		{"no zone", func(p *scan.Profile) { p.Schedule = scan.Schedule{Daily: true} }, "zone"},
		{"a zone that nobody knows", func(p *scan.Profile) { p.Schedule = daily("Europe/Atlantis", 1, 0) }, "zone"},
	} {
		p := good
		c.change(&p)
		if _, err := r.Create(ctx, adele, here, p); fields(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := r.Create(ctx, nobody, here, good); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("%v", err)
	}
	p, err := r.Create(ctx, adele, here, good)
	must(t, err)
	_, err = r.Create(ctx, adele, here, scan.Profile{Name: " GOOD ", Tenant: contoso, Types: []scan.Type{scan.Groups}, Method: scan.ByApp})
	if fields(err) != "name" {
		t.Errorf("%v", err)
	}
	_, err = r.Create(ctx, adele, here, scan.Profile{Name: "Other", Tenant: contoso, Types: []scan.Type{scan.Groups, scan.Sites}, Method: scan.ByApp})
	if fields(err) != "types" || !strings.Contains(problem.Message(err), "Good") {
		t.Errorf("R52: %v", err)
	}
	uses, err := r.profiles.Uses(ctx, adele, account)
	must(t, err)
	if len(uses) != 1 || uses[0] != (profile.Use{Kind: scan.UseKind, ID: string(p.ID), Name: "Good"}) {
		t.Errorf("R20: %v", uses)
	}
}

// R52: an edit keeps the tenant, and tells of what somebody else did meanwhile.
func TestScanProfilesAreEditedR52(t *testing.T) {
	r := newRig(t)
	p := r.byAccount(scan.Sites)
	edit := p
	edit.Tenant, edit.Types, edit.Name = "elsewhere", []scan.Type{scan.Groups, scan.Sites, scan.Groups}, "Renamed"
	edited, err := r.Edit(ctx, adele, here, edit)
	must(t, err)
	if edited.Tenant != contoso || edited.Version != 2 || len(edited.Types) != 2 || edited.Types[0] != scan.Sites {
		t.Errorf("%+v", edited)
	}
	_, err = r.Edit(ctx, adele, here, p)
	if late, ok := errors.AsType[*scan.Conflict](err); !ok || late.Now.Name != "Renamed" || problem.KindOf(err) != problem.Conflict {
		t.Errorf("%v", err)
	}
	if err := r.Delete(ctx, adele, here, []scan.Seen{{ID: p.ID, Version: 1}}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("%v", err)
	}
	s := r.begin(edited)
	if err := r.Delete(ctx, adele, here, []scan.Seen{{ID: p.ID, Version: 2}}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("while it is being scanned: %v", err)
	}
	must(t, r.work())
	doomed, err := r.BeforeDelete(ctx, adele, []scan.ProfileID{p.ID, "gone"})
	must(t, err)
	if len(doomed) != 1 || doomed[0].Scans != 1 {
		t.Errorf("%+v", doomed)
	}
	must(t, r.Delete(ctx, adele, here, []scan.Seen{{ID: p.ID, Version: 2}, {ID: "gone", Version: 1}}))
	if _, err := r.Scan(ctx, adele, s.ID); problem.KindOf(err) != problem.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := r.Edit(ctx, adele, here, edited); problem.KindOf(err) != problem.NotFound {
		t.Errorf("%v", err)
	}
}

// R50: the list is sorted and paged by rows, there and back.
func TestTheListIsPagedR50(t *testing.T) {
	r := newRig(t)
	for i, of := range scan.Types {
		p := scan.Profile{Name: string(rune('A'+i)) + " profile", Tenant: contoso, Types: []scan.Type{of}, Method: scan.ByApp}
		if i%2 == 0 {
			p.Schedule = daily("UTC", i, 0)
		}
		_, err := r.Create(ctx, adele, here, p)
		must(t, err)
	}
	for _, by := range scan.ListColumns {
		for _, down := range []bool{false, true} {
			q := scan.ListQuery{Sort: by, Down: down, Limit: 3}
			seen := ""
			for {
				page, err := r.List(ctx, adele, q)
				must(t, err)
				for _, row := range page.Rows {
					seen += row.Name[:1]
				}
				if page.Total != 8 || page.Next == "" {
					break
				}
				q.After = page.Next
				back, err := r.List(ctx, adele, scan.ListQuery{Sort: by, Down: down, Limit: 3, After: page.Next})
				must(t, err)
				before, err := r.List(ctx, adele, scan.ListQuery{Sort: by, Down: down, Limit: 3, Before: back.Previous})
				must(t, err)
				if before.Rows[0].ID != page.Rows[0].ID {
					t.Errorf("by %s: back is another page", by)
				}
			}
			if len(seen) != 8 || strings.ContainsFunc("ABCDEFGH", func(c rune) bool { return !strings.ContainsRune(seen, c) }) {
				t.Errorf("by %s: %s", by, seen)
			}
		}
	}
	page, err := r.List(ctx, adele, scan.ListQuery{Text: " c PROF "})
	must(t, err)
	if len(page.Rows) != 1 || page.Rows[0].Name != "C profile" {
		t.Errorf("%+v", page.Rows)
	}
}

// R45: what scans count sizes the pool, unless somebody typed a number after.
func TestScansCountForPoolsR45(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(5)
	p := r.byAccount(scan.Sites)
	saved := r.pool(pool.Sites, group, pool.Security)
	saved.Objects, saved.Number = 7000, 2
	must(t, r.kept.Save(ctx, saved, 1, nil, nil, nil))
	known := func() (int, bool) {
		t.Helper()
		of, err := r.pools.Pool(ctx, adele, sites)
		must(t, err)
		n, at := of.Known()
		return n, !at.IsZero()
	}
	if n, counted := known(); n != 7000 || counted {
		t.Errorf("before a scan: %d, %v", n, counted)
	}
	r.clock.Advance(1e9)
	r.scanned(p)
	if n, counted := known(); n != 5 || !counted {
		t.Errorf("after a scan: %d, %v", n, counted)
	}
	r.clock.Advance(1e9)
	saved.Objects, saved.Number, saved.By.At = 9000, 3, r.clock.Now()
	must(t, r.kept.Save(ctx, saved, 2, nil, nil, nil))
	if n, counted := known(); n != 9000 || counted {
		t.Errorf("after somebody typed another: %d, %v", n, counted)
	}
}

// R53: an export gives all objects of a view, after the log has named it.
func TestExportR53(t *testing.T) {
	r := newRig(t)
	r.microsoft.fill(9)
	r.scanned(r.byAccount(scan.Sites))
	n := 0
	err := r.Export(ctx, adele, here, scan.ObjectQuery{Tenant: contoso, Type: scan.Sites}, func(list []scan.Object) error {
		if r.logged(scan.Exported) != 1 {
			t.Error("the log was not told before")
		}
		n += len(list)
		return nil
	})
	if err != nil || n != 9 {
		t.Errorf("%d, %v", n, err)
	}
}
