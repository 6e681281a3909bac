package pools_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite/sqlitetest"
)

// both is the page's form with a group validated for two pools.
func both(t *testing.T, b *demotest.Browser) url.Values {
	t.Helper()
	form := with(poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")), "group-project", "Night", "do", "validate:project")
	form = with(poolForm(t, b.Post(poolPath+"/group", form).Page(t)), "objects-sites", "70", "objects-project", "80")
	if form.Get("reading-sites") == "" || form.Get("reading-project") == "" {
		t.Fatal("the form lacks a group")
	}
	return form
}

// said is what the alert of a Save says.
func said(page *goquery.Document) string {
	return strings.Join(strings.Fields(page.Find("#outcome[role=alert]").Text()), " ")
}

// breaks makes the second of two Saves fail.
var breaks = map[string]struct {
	how    func(*testing.T, *demotest.House) (mend func())
	status int
	why    string
}{
	"the disk is full": {
		func(t *testing.T, h *demotest.House) func() {
			return sqlitetest.FillDiskFor(t, h.App.DB, "pools", "NEW.class = 'project'")
		}, http.StatusServiceUnavailable, "Not saved: Project Sites. Purser can't use its database right now",
	},
	"something unforeseen": {
		func(t *testing.T, h *demotest.House) func() { return refusing(t, h) }, http.StatusInternalServerError, "Not saved: Project Sites. Something went wrong on our side",
	},
}

// refusing makes the database refuse the pool of project sites, for no reason that Purser knows.
func refusing(t *testing.T, h *demotest.House) (mend func()) {
	t.Helper()
	if err := h.App.DB.Pragma(t.Context(), "CREATE TRIGGER refusing BEFORE INSERT ON pools WHEN NEW.class = 'project' BEGIN SELECT RAISE(ABORT, 'a fault of the test'); END"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := h.App.DB.Pragma(t.Context(), "DROP TRIGGER refusing"); err != nil {
			t.Error(err)
		}
	}
}

// R43: a Save that stored one pool and failed at the next says so, keeps what was typed, and can be sent again without meeting its own
// change.
func TestASaveThatStoppedHalfWay(t *testing.T) {
	for name, tc := range breaks {
		t.Run(name, func(t *testing.T) {
			h, b := openPools(t)
			form := both(t, b)
			mend := tc.how(t, h)
			res := b.Post(poolPath, form)
			page := res.Page(t)
			alert := said(page)
			if res.StatusCode != tc.status || !strings.Contains(alert, tc.why) || !strings.Contains(alert, "Saved: Sites, Mailboxes, Groups, and Teams.") || strings.Contains(alert, "Nothing was") {
				t.Errorf("status %d: %s", res.StatusCode, alert)
			}
			if reference := page.Find("#outcome .fault-reference .mono").Text(); reference == "" || !strings.Contains(h.Log.String(), reference) || !strings.Contains(h.Log.String(), "account pool not saved") {
				t.Errorf("the reference %q leads nowhere in the log", reference)
			}
			again := poolForm(t, page)
			for field, want := range map[string]string{"seen-sites": "1", "seen-project": "0", "objects-sites": "70", "objects-project": "80", "group-project": "Night", "reading-project": form.Get("reading-project")} {
				if got := again.Get(field); got != want {
					t.Errorf("%s comes back as %q, want %q", field, got, want)
				}
			}
			mend()
			if to := saveOK(t, b, with(again, "objects-sites", "90")); strings.Contains(to, "checks") {
				t.Errorf("saving again leads to %s", to)
			}
			saved := poolForm(t, b.Get(poolPath).Page(t))
			for field, want := range map[string]string{"seen-sites": "2", "objects-sites": "90", "seen-project": "1", "group-project": "Night"} {
				if got := saved.Get(field); got != want {
					t.Errorf("%s is saved as %q, want %q", field, got, want)
				}
			}
		})
	}
}

// With htmx the pool that was saved comes afresh with its new version, and the one that was not keeps its fields, the passwords too.
func TestASaveByScriptThatStoppedHalfWay(t *testing.T) {
	h, b := openPools(t)
	form := both(t, b)
	breaks["the disk is full"].how(t, h)
	res := b.ByScript(http.MethodPost, poolPath, form)
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said(page), "Partly saved") || strings.Contains(res.Text(), "Nothing was") {
		t.Errorf("status %d: %s", res.StatusCode, said(page))
	}
	if got := page.Find("#pool-sites input[name=seen-sites]").AttrOr("value", ""); got != "1" || page.Find("#pool-project").Length() != 0 {
		t.Errorf("the saved pool comes with version %q, or the other one comes too", got)
	}
}

// Where nothing was stored the answer is that of a fault, and where the page cannot be shown any more a page of its own says what was
// saved.
func TestASaveWhosePageCannotBeShown(t *testing.T) {
	h, b := openPools(t)
	form := both(t, b)
	mend := breaks["the disk is full"].how(t, h)
	only := with(both(t, b), "objects-sites", "", "reading-sites", "", "group-sites", "", "named-sites", "")
	if res := b.Post(poolPath, only); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(res.Page(t).Find(".fault-text").Text(), "Nothing was changed") {
		t.Errorf("nothing stored: status %d\n%s", res.StatusCode, res.Page(t).Find("main").Text())
	}
	if err := h.App.DB.Pragma(t.Context(), "DROP INDEX pool_members_by_name"); err != nil { // members are listed by it alone
		t.Fatal(err)
	}
	res := b.Post(poolPath, form)
	if text := res.Page(t).Find(".fault-text").Text(); res.StatusCode != http.StatusInternalServerError || !strings.Contains(text, "Saved: Sites, Mailboxes, Groups, and Teams.") || strings.Contains(res.Text(), "Nothing was") {
		t.Errorf("the page cannot be shown: status %d\n%s", res.StatusCode, text)
	}
	mend()
}
