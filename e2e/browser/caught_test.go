package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

// A harness that cannot fail proves nothing: every kind of bad page has to be caught, and said in words that help.
func TestBadPagesAreCaught(t *testing.T) {
	base := site(t)
	for _, c := range []struct {
		name     string
		noScript bool
		journey  func(*Page)
		want     []string
	}{
		{
			"a field without a name", false, func(p *Page) { p.Goto("/nameless"); p.Axe() },
			[]string{"critical", "(label)", "\n  input\n", `<input class="nameless">`, "/nameless"},
		},
		{
			"a field without a name on a page without script", true, func(p *Page) { p.Goto("/nameless"); p.Axe() },
			[]string{"critical", "(label)", `<input class="nameless">`},
		},
		{
			"links too small to hit", false, func(p *Page) { p.Goto("/small"); p.Axe() },
			[]string{"serious", "(target-size)", `<a href="/good">`, "/small"},
		},
		{
			"a page wider than the window", false, func(p *Page) { p.Goto("/wide"); p.NoSidewaysScroll() },
			[]string{"/wide is 1736 pixels wider", `<div class="wide">`},
		},
		{
			"words without room", false, func(p *Page) { p.Goto("/narrow"); p.NoSidewaysScroll() },
			[]string{"/narrow breaks words", "second in <p>"},
		},
		{"an error on the console", false, func(p *Page) { p.Goto("/noisy") }, []string{"console error: the pool is empty"}},
		{"an uncaught script error", false, func(p *Page) { p.Goto("/throwing") }, []string{"script error:", "nobody catches me"}},
		{"an inline style", false, func(p *Page) { p.Goto("/inline") }, []string{"content security policy:", "style"}},
		{"an inline style on a page without script", true, func(p *Page) { p.Goto("/inline") }, []string{"content security policy:"}},
		{
			"a script that calls outside", false, func(p *Page) { p.Goto("/outside") },
			[]string{"content security policy:", "contoso.example", "connect-src"},
		},
		{
			"a page elsewhere", false, func(p *Page) { p.Goto("http://contoso.example/") },
			[]string{"open http://contoso.example/", "net::ERR_NAME_NOT_RESOLVED"},
		},
		{"a part that is missing", false, func(p *Page) { p.Goto("/incomplete") }, []string{"404 GET " + base + "/gone.js"}},
		{"a part that nobody answers", false, func(p *Page) { p.Goto("/dropped") }, []string{"net::ERR_EMPTY_RESPONSE " + base + "/drop"}},
		{"a page that is refused", false, func(p *Page) { p.Goto("/denied") }, []string{"/denied answered 403 Forbidden."}},
		{"a page that is not refused", false, func(p *Page) { p.GotoRefused("/good", 403) }, []string{"/good answered 200 OK, want 403."}},
		{
			"a button that is not there", false, func(p *Page) { p.Goto("/good"); p.hurry(); p.Click("Delete") },
			[]string{`click the button or link "Delete" on /good`, "Timeout"},
		},
		{
			"two fields with one label", false, func(p *Page) { p.Goto("/twins"); p.Fill("Username", "x") },
			[]string{`fill the field "Username" on /twins`, "strict mode"},
		},
		{
			"a page that never comes", false, func(p *Page) { p.Goto("/good"); p.hurry(); p.WaitPath("/classic") },
			[]string{"wait for /classic, but the page is /good"},
		},
		{
			"a tab that does not open", false, func(p *Page) { p.Goto("/good"); p.hurry(); p.NewTab(func() {}) },
			[]string{"no new tab opened from /good"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := record(t, func(tb testing.TB) { c.journey(New(tb, Options{BaseURL: base, NoScript: c.noScript})) })
			for _, words := range c.want {
				if !strings.Contains(r.text(), words) {
					t.Errorf("the report lacks %q:\n%s", words, r.text())
				}
			}
			wantEvidence(t, r)
		})
	}
}

// hurry makes the page give up soon, where giving up is what the test waits for.
func (p *Page) hurry() { p.visit.patience(time.Second, time.Second) }

// wantEvidence checks that the failed test left a trace and a picture, says so, and removes them: this failure was meant.
func wantEvidence(t *testing.T, r *recorder) {
	t.Helper()
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	logs := strings.Join(r.logs, "\n")
	_, after, _ := strings.Cut(logs, "a picture and a trace are ")
	picture, _, found := strings.Cut(after, " and .zip")
	if !found {
		t.Fatalf("the log does not say where the evidence is: %s", logs)
	}
	for _, file := range []string{picture, strings.TrimSuffix(picture, ".png") + ".zip"} {
		file = filepath.Join(root, filepath.FromSlash(file))
		if info, err := os.Stat(file); err != nil || info.Size() == 0 || time.Since(info.ModTime()) > time.Minute {
			t.Errorf("no fresh evidence in %s: %v\n%s", filepath.Base(file), err, logs)
		}
		_ = os.Remove(file)
	}
}
