package appprofile_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/tenant"
)

// nine makes nine app profiles of three tenants that differ in everything that the list sorts by, some with the same.
func nine(t *testing.T, r *rig) {
	t.Helper()
	store, by := appprofiles.New(r.db), appprofile.Stamp{At: r.now(), By: "Adele Vance"}
	for i := range 9 {
		of := tenant.Tenant{ID: tenant.ID(fmt.Sprintf("6f1c0000-0000-4000-8000-00000000010%d", i%3)), DisplayName: []string{"contoso", "Adatum", "Fabrikam"}[i%3], Connected: r.now(), Cloud: []tenant.Cloud{tenant.Worldwide, tenant.China, tenant.GCC}[i%3]}
		of.InitialDomain = of.DisplayName + ".example"
		c := appprofile.Credential{ID: appprofile.CredentialID(fmt.Sprint("c", i)), Kind: appprofile.Secret, Standing: appprofile.Accepted, Added: by}
		if i%4 > 0 {
			c.Expires = r.now().Add(time.Duration(i%4) * 24 * time.Hour)
		}
		p := appprofile.Profile{
			ID: appprofile.ID(fmt.Sprint("p", (i*5)%9)), Name: fmt.Sprint([]string{"a", "B", "é"}[i%3], (i*7)%9), Tenant: of.ID, ApplicationID: fmt.Sprintf("a0000000-0000-4000-8000-00000000000%d", (i*2)%9),
			Status: appprofile.Statuses()[i%4], Version: 1, Created: by, Modified: by,
		}
		if i%2 > 0 {
			p.Checked = r.now().Add(-time.Duration(i) * time.Hour)
		}
		must(t, store.Create(ctx, of, p, []appprofile.Sealed{{Credential: c, Secret: []byte("sealed")}}, audit.By(adele, here, appprofile.Created, audit.Target{Kind: "app profile", ID: string(p.ID)})))
	}
	r.tenants.Forget()
}

// R70: the list goes by any of its heads, up and down, and page by page in both directions, with no row twice and none left out.
func TestTheListGoesByEachOfItsHeads(t *testing.T) {
	r := newRig(t)
	nine(t, r)
	ids := func(rows []appprofile.Profile) (list []appprofile.ID) {
		for _, p := range rows {
			list = append(list, p.ID)
		}
		return list
	}
	for _, column := range appprofile.Columns {
		for _, down := range []bool{false, true} {
			list := func(q appprofile.Query) appprofile.Page {
				t.Helper()
				q.Sort, q.Down = column, down
				page, err := r.List(ctx, adele, q)
				if err != nil || page.Total != 9 {
					t.Fatalf("%d of all, %v", page.Total, err)
				}
				return page
			}
			all := list(appprofile.Query{})
			if len(all.Rows) != 9 || all.Next != "" || all.Previous != "" || !slices.IsSortedFunc(all.Rows, inOrder(r, column, down)) {
				t.Errorf("%s, down %t: %v", column, down, ids(all.Rows))
			}
			var pages [][]appprofile.ID
			page := list(appprofile.Query{Limit: 4})
			for pages = append(pages, ids(page.Rows)); page.Next != ""; pages = append(pages, ids(page.Rows)) {
				page = list(appprofile.Query{Limit: 4, After: page.Next})
			}
			if len(pages) != 3 || !slices.Equal(slices.Concat(pages...), ids(all.Rows)) {
				t.Errorf("%s, down %t: page by page %v, at once %v", column, down, pages, ids(all.Rows))
			}
			for i := len(pages) - 2; i >= 0; i-- {
				if page = list(appprofile.Query{Limit: 4, Before: page.Previous}); !slices.Equal(ids(page.Rows), pages[i]) {
					t.Errorf("%s, down %t: back to %v, was %v", column, down, ids(page.Rows), pages[i])
				}
			}
			if page.Previous != "" {
				t.Errorf("%s, down %t: something stands before the first page", column, down)
			}
		}
	}
}

// told is a time, or nothing.
func told(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// inOrder compares two profiles by what the column shows of them. Whatever shows nothing is the last, up and down.
func inOrder(r *rig, column appprofile.Column, down bool) func(a, b appprofile.Profile) int {
	shows := func(p appprofile.Profile) string {
		t, _ := r.tenants.Find(ctx, p.Tenant)
		switch column {
		case appprofile.ByTenant:
			return map[string]string{"Adatum": "1", "contoso": "2", "Fabrikam": "3"}[t.DisplayName]
		case appprofile.ByCloud:
			return t.Cloud.Title()
		case appprofile.ByApplication:
			return p.ApplicationID
		case appprofile.ByExpires:
			return told(p.Ending(r.now()).At)
		case appprofile.ByStatus:
			return fmt.Sprint(slices.Index(appprofile.Statuses(), p.Status))
		case appprofile.ByChecked:
			return told(p.Checked)
		}
		return map[byte]string{'a': "1", 'B': "2"}[p.Name[0]] + p.Name
	}
	return func(a, b appprofile.Profile) int {
		if down && shows(a) != "" && shows(b) != "" {
			a, b = b, a
		}
		if (shows(a) == "") != (shows(b) == "") {
			return cmp.Compare(shows(b), shows(a))
		}
		return cmp.Compare(shows(a), shows(b))
	}
}

// A page goes on behind a row that is gone by now, and one that begins behind the last row is the last one. A cursor of another order, or
// none at all, is the beginning.
func TestAPageHoldsWhateverComesAndGoes(t *testing.T) {
	r := newRig(t)
	nine(t, r)
	first, err := r.List(ctx, adele, appprofile.Query{Limit: 4})
	must(t, err)
	second, err := r.List(ctx, adele, appprofile.Query{Limit: 4, After: first.Next})
	must(t, err)
	must(t, r.Delete(ctx, adele, here, first.Rows[3].ID, ""))
	again, err := r.List(ctx, adele, appprofile.Query{Limit: 4, After: first.Next})
	if err != nil || again.Rows[0].ID != second.Rows[0].ID {
		t.Errorf("behind a row that is gone: %s, was %s, %v", again.Rows[0].ID, second.Rows[0].ID, err)
	}
	back, err := r.List(ctx, adele, appprofile.Query{Limit: 4, Before: again.Previous})
	if err != nil || len(back.Rows) != 4 || back.Previous != "" {
		t.Errorf("back where one is missing: %d rows, %v", len(back.Rows), err)
	}
	for _, q := range []appprofile.Query{{Sort: appprofile.ByStatus, After: first.Next}, {After: "x"}, {Before: "x"}, {Sort: "nothing"}} {
		q.Limit = 4
		if page, err := r.List(ctx, adele, q); err != nil || page.Previous != "" || len(page.Rows) != 4 {
			t.Errorf("%+v: %d rows, %v", q, len(page.Rows), err)
		}
	}
	all, err := r.List(ctx, adele, appprofile.Query{Limit: 7})
	must(t, err)
	last, err := r.List(ctx, adele, appprofile.Query{Limit: 7, After: all.Next})
	must(t, err)
	must(t, r.Delete(ctx, adele, here, last.Rows[0].ID, ""))
	if page, err := r.List(ctx, adele, appprofile.Query{Limit: 7, After: all.Next}); err != nil || len(page.Rows) != 7 || page.Previous != "" {
		t.Errorf("behind the last row: %d rows, %v", len(page.Rows), err)
	}
}
