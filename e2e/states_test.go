package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/verdict"
)

// state is a page as somebody can come to see it. A new page adds lines to the tables below.
type state struct {
	name string
	come func(w *walk)
}

// walk is one visitor who goes from state to state of a house.
type walk struct {
	*browser.Page
	t    *testing.T
	h    *house
	view view
	held *demotest.Hold
	made string // the address of what an earlier state made

	awaited bool // what came to this page later was waited for
}

// Goto opens a page, on which nothing is waited for yet.
func (w *walk) Goto(path string) {
	w.t.Helper()
	w.awaited = false
	w.Page.Goto(path)
}

// waits says that somebody asked this page for something that Microsoft 365 answers later. What moves when it comes is no jump: Chromium
// leaves out half a second after a click by itself.
func (w *walk) waits() { w.awaited = true }

// at is the page of an address.
func at(path string) func(*walk) { return func(w *walk) { w.Goto(path) } }

// refused is the page of an address that answers with a status of 400 or more.
func refused(path string, status int) func(*walk) {
	return func(w *walk) { w.GotoRefused(path, status) }
}

// contoso is the page of the tenant that every fixture has.
const contoso = "/tenants/6f1c0000-0000-4000-8000-000000000001"

// everyday are the states of a house in use: the demo with its sample profiles.
var everyday = []state{
	{"overview", at("/overview")}, // of a Service Administrator, with what doesn't work and what ends
	{"overview-numbers", func(w *walk) {
		w.Goto("/overview")
		w.pick("#endings details>summary").Click()
		w.ByRole("table", "What ends in the coming 13 weeks").Wait()
	}},
	{"overview-of-a-tenant", at("/overview?tenant=6f1c0000-0000-4000-8000-000000000001")},
	{"list", at("/service-accounts")},
	{"list-selected", func(w *walk) {
		w.Goto("/service-accounts")
		w.tick(1)
		w.tick(2)
		w.ByText("2 selected").Wait()
	}},
	{"list-hint", func(w *walk) {
		w.Goto("/service-accounts?q=backup")
		w.pick("#selection td>a").Focus()
	}},
	{"list-verdict", func(w *walk) {
		w.Goto("/service-accounts?status=attention")
		w.pick("#selection td>p>a").Click()
		w.ByRole("dialog", "Verdict").Wait()
	}},
	{"list-filtered", at("/service-accounts?status=attention&sort=-validated")},
	{"list-searched", at("/service-accounts?q=backup")},
	{"list-nothing-found", at("/service-accounts?q=nothing+such")},
	{"list-services", func(w *walk) {
		w.Goto("/service-accounts")
		w.pick("details.lead>summary").Click()
	}},
	{"person-menu", func(w *walk) {
		w.Goto("/service-accounts")
		w.ByRole("button", "").Having("Adele Vance").Click()
	}},
	{"delete", func(w *walk) {
		w.Goto("/service-accounts?q=backup")
		w.tick(1)
		w.tick(2)
		w.Click("Delete")
		w.ByRole("button", "Confirm").Wait()
	}},
	{"validate-confirm", func(w *walk) {
		w.Goto("/service-accounts?q=backup")
		w.Click("Validate")
		w.ByRole("button", "Confirm").Wait()
	}},
	{"run", func(w *walk) {
		w.held = w.h.Hold(w.t, demotest.Everything, demotest.SignIns)
		w.Click("Confirm")
		w.ByRole("heading", "Validation run").Wait()
		w.ByRole("progressbar", "").Wait()
		w.made = w.Path()
	}},
	{"list-while-a-run", at("/service-accounts")},
	{"run-ended", func(w *walk) {
		w.held.Release()
		w.Goto(w.made)
		w.pick("#run [role=alert], #run [role=status]").Wait()
		w.Goto(w.made) // what is looked at is the page of a run that has ended, and not how it ended
		w.pick("#run [role=alert], #run [role=status]").Wait()
	}},
	{"runs", at("/service-accounts/validations")},
	{"classic-profile", func(w *walk) {
		w.Goto("/service-accounts?q=classic")
		w.ByRole("link", "Classic – Site collections").Click()
		w.heading("Classic – Site collections")
	}},
	{"classic-profile-edit", func(w *walk) {
		w.ByRole("link", "Edit").Click()
		w.heading("Edit service account profile")
	}},
	{"classic-profile-convert", func(w *walk) {
		w.ByLabel("Our organization uses multi-factor authentication").Uncheck()
		w.Click("Save")
		w.ByRole("dialog", "Convert to a common profile?").Wait()
	}},
	{"tenant", at(contoso)},
	{"help", at("/help")},
	{"help-notes", at("/help/validation-notes")},
	{"help-browser", at("/help/works-in-browser")},
	{"help-codes", at("/help/validation-codes")},
	{"help-codes-found", at("/help/validation-codes?q=50126")},
	{"help-codes-nothing", at("/help/validation-codes?q=nothing-such")},
	{"help-permissions", at("/help/required-permissions")},
	{"help-passwords", at("/help/password-rules")},
	{"help-imports", at("/help/importing-profiles")},
	{"help-pools", at("/help/account-pools")},
	{"help-connecting", at("/help/connecting-a-tenant")},
	{"not-found", refused("/nowhere", 404)},
	{"profile-not-found", refused("/service-accounts/nobody", 404)},
}

// workshop are the states of a house in which things are made, among them those that its simulator refuses.
var workshop = []state{
	{"list-empty", at("/service-accounts")},
	{"runs-empty", at("/service-accounts/validations")},
	{"create", func(w *walk) {
		w.Goto("/service-accounts")
		w.Click("Create")
		w.heading("Create service account profile")
	}},
	{"create-mistakes", func(w *walk) {
		w.Click("Save")
		w.ByRole("alert", "").Wait()
	}},
	{"create-requirements", func(w *walk) {
		fill(w.Page, "Backup", "pool01@contoso.com", "Wrong-"+password)
		w.ByText("Business Intelligence Center").Wait()
	}},
	{"create-refused", func(w *walk) {
		w.Click("Save")
		w.ByRole("alert", "").Having("AADSTS50126").Wait()
	}},
	{"unsaved", func(w *walk) {
		w.ByRole("link", "Cancel").Click()
		w.ByRole("dialog", "Leave without saving?").Wait()
	}},
	{"saved", func(w *walk) {
		w.Click("Stay here")
		w.Fill("Password", password)
		w.Click("Save")
		w.WaitPath("/service-accounts")
		w.ByRole("status", "").Having("Backup saved").Wait()
	}},
	{"details", func(w *walk) {
		w.Goto("/service-accounts")
		w.Click("Backup")
		w.heading("Backup")
		w.made = w.Path()
	}},
	{"details-validated", func(w *walk) {
		w.ByRole("dialog", "").ByRole("button", "Validate").Click()
		w.ByRole("status", "").Wait()
	}},
	{"details-failed", func(w *walk) {
		id := w.h.plant(w.t, "Blocked", "pool05@contoso.com", verdict.PolicyBlocked, "AADSTS53003", false)
		w.Goto("/service-accounts/" + string(id))
	}},
	{"edit", func(w *walk) { w.Goto(w.made + "/edit") }},
	{"edit-conflict", func(w *walk) {
		w.saveElsewhere("profile", "description", "Theirs")
		w.ExpectRefusal("409 POST")
		w.ExpectConsole("409")
		w.Fill("Description", "Mine")
		w.Click("Save")
		w.ByRole("alert", "").Having("Theirs").Wait()
	}},
	{"signed-out", func(w *walk) {
		w.Goto("/service-accounts")
		w.ByRole("button", "").Having("Adele Vance").Click()
		w.ByRole("button", "Sign out").Click()
		w.WaitPath("/auth/signed-out")
	}},
	{"bad-callback", refused("/auth/callback?state=forged&code=x", 400)},
	{"no-role", func(w *walk) {
		w.ExpectRefusal("403 GET")
		w.Goto("/service-accounts")
		signIn(w.Page, "user@purser.test")
		w.ByRole("button", "Sign out").Wait()
	}},
}

// headings fails where a heading that can be read skips a level (WCAG 1.3.1).
func (w *walk) headings(s state) {
	w.t.Helper()
	gap, err := w.Page.Page.Evaluate(`() => {
		let level = 0;
		for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
			if (!heading.checkVisibility({ visibilityProperty: true }) || heading.closest('[inert]')) continue;
			const now = Number(heading.tagName[1]);
			if (level && now > level + 1) return heading.outerHTML;
			level = now;
		}
		return '';
	}`)
	if err != nil || gap != "" {
		w.t.Errorf("%s: a heading skips a level: %v %v", s.name, gap, err)
	}
}

// saveElsewhere saves a form of this page with another value of a field, as somebody does meanwhile in another tab of this browser.
func (w *walk) saveElsewhere(form, field, value string) {
	w.t.Helper()
	if _, err := w.Page.Page.Evaluate(`async ([form, field, value]) => {
		const data = new URLSearchParams(new FormData(document.getElementById(form)));
		data.set(field, value);
		await fetch(document.getElementById(form).getAttribute('action'), { method: 'POST', body: data });
	}`, []string{form, field, value}); err != nil {
		w.t.Fatal(err)
	}
}

// tick ticks the box of a row.
func (w *walk) tick(row int) {
	w.t.Helper()
	if err := w.Page.Page.Locator("#selection [type=checkbox]").Nth(row).Check(); err != nil {
		w.t.Fatal(err)
	}
}

// pick is the first that a selector finds.
func (w *walk) pick(selector string) *browser.Element {
	found := w.ByText("")
	found.Locator = w.Page.Page.Locator(selector).First()
	return found
}

func (w *walk) heading(name string) {
	w.t.Helper()
	w.ByRole("heading", name).Wait()
}

// WCAG 2.2 AA as far as axe-core knows it, and nothing that jumps while a page loads, in every state: on a desk in the light and on a
// telephone in the dark, so that each scheme and each shape of a page is seen.
func TestEveryStateIsFine(t *testing.T) {
	t.Parallel()
	houses := []struct {
		name, fixture, who string
		states             []state
	}{
		{"everyday", "", "admin", slices.Concat(everyday, ahead)},
		{"workshop", poolFixture, "admin", workshop},
		{"pools", poolFixture, "admin", pooled},
		{"beginning", apps, "owner", begun},
		{"discovery", scanned, "admin", discovered},
		{"people", colleagues, "owner", peopled},
		{"log", "", "owner", logged},
	}
	for _, v := range []view{views[0], {"telephone, dark", false, true, 390}} {
		for _, house := range houses {
			t.Run(v.name+", "+house.name, func(t *testing.T) {
				t.Parallel()
				h := openDemo(t, fixed(t, house.fixture))
				w := &walk{Page: browser.New(t, v.options(h)), t: t, h: h, view: v}
				w.Goto("/service-accounts")
				signIn(w.Page, house.who+"@purser.test")
				w.WaitPath("/service-accounts")
				for _, s := range house.states {
					w.look(s)
				}
			})
		}
	}
}

// fixed are the options of a demo with these tenants, or with the sample where there are none.
func fixed(t *testing.T, fixture string) demo.Options {
	t.Helper()
	if fixture == "" {
		return demo.Options{}
	}
	file := filepath.Join(t.TempDir(), "fixture.json")
	if err := os.WriteFile(file, []byte(fixture), 0o600); err != nil {
		t.Fatal(err)
	}
	return demo.Options{Fixture: file}
}

// jumps is how much may jump while a page loads, as Chromium scores it.
const jumps = 0.02

func (w *walk) look(s state) {
	w.t.Helper()
	s.come(w)
	if score, jumped := w.LayoutShift(); score > jumps && !w.awaited {
		w.t.Errorf("%s: %.3f jumps, because of\n%s", s.name, score, strings.Join(jumped, "\n"))
	}
	w.headings(s)
	w.Axe()
	w.NoSidewaysScroll()
	w.Evidence(s.name)
}

// The main pages stand still while they load in a window of any size: the states above have seen 1280 and 390 pixels. Those of pools and
// of App management are measured with their own journeys.
func TestNothingJumpsOnAWideOrANarrowDesk(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	p := browser.New(t, browser.Options{BaseURL: h.URL()})
	p.Goto("/service-accounts?status=attention")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	p.Click("Azure backup")
	p.ByRole("heading", "Azure backup").Wait()
	details := p.Path()
	pages := []string{
		"/service-accounts", "/service-accounts?status=attention", "/service-accounts/new", details, details + "/edit",
		"/service-accounts/validations", contoso, "/help", "/help/validation-codes", "/help/required-permissions",
	}
	for _, width := range []int{1440, 768} {
		p := browser.New(t, browser.Options{BaseURL: h.URL(), Width: width, Height: 900, Cookies: p.Cookies()})
		for _, path := range pages {
			p.Goto(path)
			if score, jumped := p.LayoutShift(); score > jumps {
				t.Errorf("%s at %d pixels: %.3f, because of\n%s", path, width, score, strings.Join(jumped, "\n"))
			}
		}
	}
}
