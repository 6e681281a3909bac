package browser

import (
	"bytes"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A good page passes every check, with script and without, light and dark, wide and narrow, under a strict policy.
func TestAGoodPagePasses(t *testing.T) {
	base := site(t)
	for _, c := range []struct {
		name    string
		options Options
		script  string
	}{
		{"on a desk", Options{}, "Script is on."},
		{"on a telephone in the dark", Options{Dark: true, Width: 360, Height: 800}, "Script is on."},
		{"without script", Options{NoScript: true}, "Script is off."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.options.BaseURL = base
			r := record(t, func(tb testing.TB) {
				p := New(tb, c.options)
				p.Goto("/good")
				p.Axe()
				p.NoSidewaysScroll()
				if !strings.Contains(p.Text(), c.script) {
					tb.Errorf("the page does not say %q: %s", c.script, p.Text())
				}
				wantPicture(tb, p, c.options)
			})
			if r.Failed() {
				t.Errorf("a good page was refused:\n%s", r.text())
			}
		})
	}
}

// wantPicture checks that the picture is as wide as the window and dark where it was asked for.
func wantPicture(tb testing.TB, p *Page, options Options) {
	file := p.Screenshot("good")
	defer func() { _ = os.Remove(file) }()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatalf("read the picture: %v", err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		tb.Fatalf("decode the picture: %v", err)
	}
	if want := max(options.Width, 360); picture.Bounds().Dx() < want {
		tb.Errorf("the picture is %d pixels wide, want %d", picture.Bounds().Dx(), want)
	}
	if red, _, _, _ := picture.At(1, 1).RGBA(); (red < 0x8000) != options.Dark {
		tb.Errorf("the page's edge has red %x, but dark is %v", red, options.Dark)
	}
}

// A person's actions reach the page, and what the page shows is read back.
func TestActionsReachThePage(t *testing.T) {
	p := New(t, Options{BaseURL: site(t)})
	p.Goto("/good?view=all")
	p.Fill("Profile name", "Backup")
	p.ByLabel("Select tenant").Choose("Fabrikam")
	p.ByLabel("Fly").Check()
	p.ByLabel("File").Upload("profiles.csv", "text/csv", []byte("name\n"))
	form := p.ByRole("main", "")
	got := []any{
		p.Path(), p.Title(), form.ByLabel("Profile name").Value(), form.ByLabel("Select tenant").Value(), p.ByLabel("Fly").Checked(),
		p.ByLabel("File").Attribute("type"), p.ByRole("button", "Save").Count(), p.ByText("Script is on.").Visible(),
		p.ByRole("option", "").Texts(), p.ByRole("heading", "Service account").Text(),
	}
	want := []any{
		"/good?view=all", "Test", "Backup", "Fabrikam", true,
		"file", 1, true,
		[]string{"Contoso", "Fabrikam"},
		"Service account",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	p.ByLabel("Fly").Uncheck()
	p.ByLabel("Profile name").Press("Enter")
	p.WaitPath("/save")
	if got := p.ByRole("alert", "").Wait().Text(); got != "Enter another name." {
		t.Errorf("the alert says %q", got)
	}
}

// The keyboard walks a page in its order, by the names that a screen reader says, with script and without.
func TestTheKeyboardWalksThePage(t *testing.T) {
	base := site(t)
	want := []string{
		`textbox "Profile name"`, `combobox "Select tenant"`, `checkbox "Fly"`, `button "File"`, `button "Save"`, `link "classic UI"`,
	}
	for name, noScript := range map[string]bool{"with script": false, "without script": true} {
		t.Run(name, func(t *testing.T) {
			p := New(t, Options{BaseURL: base, NoScript: noScript})
			p.Goto("/good")
			if got := p.Focused(); got != "" {
				t.Errorf("a fresh page has the focus on %s", got)
			}
			if diff := cmp.Diff(want, p.TabOrder(20)); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			p.ByLabel("Fly").Press("Space")
			if got := p.Focused(); got != `checkbox "Fly"` || !p.ByLabel("Fly").Checked() {
				t.Errorf("the space bar did not tick Fly; the focus is on %s", got)
			}
			if diff := cmp.Diff(want[3:5], p.TabOrder(2)); diff != "" {
				t.Errorf("order from the checkbox (-want +got):\n%s", diff)
			}
		})
	}
}

// Cookies of one page open the next one, also those that need a trustworthy connection.
func TestCookiesAreBroughtAlong(t *testing.T) {
	base := site(t)
	session := &http.Cookie{Name: "__Host-session", Value: "opaque", HttpOnly: true}
	first := New(t, Options{BaseURL: base, Cookies: []*http.Cookie{session}})
	second := New(t, Options{BaseURL: base, Cookies: first.Cookies()})
	stranger := New(t, Options{BaseURL: base})
	for page, want := range map[*Page]string{first: "Cookie __Host-session=opaque", second: "Cookie __Host-session=opaque", stranger: "Cookie"} {
		page.Goto("/cookie")
		if got := page.Text(); got != want {
			t.Errorf("the server saw %q, want %q", got, want)
		}
	}
}

// A new tab is watched like the first one.
func TestANewTabBelongsToTheVisit(t *testing.T) {
	base := site(t)
	r := record(t, func(tb testing.TB) {
		p := New(tb, Options{BaseURL: base})
		p.Goto("/good")
		tab := p.NewTab(func() { p.Click("classic UI") })
		if got := tab.Path() + " " + tab.ByRole("heading", "").Text(); got != "/classic Manage Account Pool" {
			tb.Errorf("the new tab is %s", got)
		}
		tab.Goto("/noisy")
	})
	if got := r.text(); got != "unexpected console error: the pool is empty" {
		t.Errorf("reported: %s", got)
	}
	wantEvidence(t, r)
}

// What a test expects does not fail it, and nothing else passes in its shadow.
func TestExpectedComplaintsPass(t *testing.T) {
	p := New(t, Options{BaseURL: site(t)})
	p.ExpectConsole("pool is empty")
	p.ExpectConsole("^content security policy: .*style")
	p.ExpectRefusal(`^404 GET .*/gone\.js$`)
	p.ExpectConsole(`/gone\.js.* MIME type`)
	p.ExpectRefusal("^net::ERR_EMPTY_RESPONSE .*/drop$")
	for _, path := range []string{"/noisy", "/inline", "/incomplete", "/dropped"} {
		p.Goto(path)
	}
	p.GotoRefused("/denied", 403)
	p.visit.watch.add(refusal, "404 GET /other.js")
	want := []string{"404 GET /other.js"}
	if diff := cmp.Diff(want, p.visit.watch.unexpected()); diff != "" {
		t.Errorf("unexpected (-want +got):\n%s", diff)
	}
	p.ExpectRefusal("other")
}

// A picture for the documentation goes where it was asked to go.
func TestAPictureGoesToItsPath(t *testing.T) {
	p := New(t, Options{BaseURL: site(t)})
	p.Goto("/good")
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(root, "e2e", "artifacts", "pictures", "good.png")
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(want)) })
	if got := p.Screenshot("e2e/artifacts/pictures/good.png"); got != want {
		t.Errorf("stored in %s", got)
	}
	if _, err := os.Stat(want); err != nil {
		t.Error(err)
	}
}
