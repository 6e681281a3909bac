package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

// R1, R4: in, to the page first asked for, and out again.
func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		p.Goto("/service-accounts?q=backup")
		fine(p, "sign-in")
		p.Fill("Email", "admin@purser.test")
		p.Fill("Password", "wrong")
		p.Click("Sign in")
		p.ByRole("alert", "").Wait()
		if got := p.ByLabel("Email").Value(); got != "admin@purser.test" {
			t.Errorf("the e-mail typed is lost: %q", got)
		}
		signIn(p, "admin@purser.test")
		p.WaitPath("/service-accounts")
		if !strings.HasSuffix(p.Path(), "?q=backup") {
			t.Errorf("arrived at %s", p.Path())
		}
		if got := p.ByRole("heading", "Service account").Count(); got != 1 {
			t.Errorf("%d headings", got)
		}
		fine(p, "service-account-empty")

		p.ByRole("button", "").Having("Adele Vance").Click()
		fine(p, "person-menu")
		p.ByRole("button", "Sign out").Click()
		p.WaitPath("/auth/signed-out")
		fine(p, "signed-out")
		p.Goto("/service-accounts")
		if p.ByLabel("Password").Count() != 1 {
			t.Error("after sign-out the page opens without signing in")
		}
	})
}

// R2: somebody without a role is turned away kindly.
func TestWithoutARole(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		p.Goto("/service-accounts")
		signIn(p, "user@purser.test")
		p.WaitPath("/")
		for _, words := range []string{"Tenant Owner", "Service Administrator", "user@purser.test"} {
			if !strings.Contains(p.Text(), words) {
				t.Errorf("the page lacks %q", words)
			}
		}
		fine(p, "no-role")
		p.GotoRefused("/service-accounts", 403)
		p.ByRole("button", "Sign out").Click()
		p.WaitPath("/auth/signed-out")
	})
}

// R4: a session ends without activity; the next request leads to sign-in and back.
func TestTheSessionEnds(t *testing.T) {
	t.Parallel()
	h := open(t, "PURSER_SESSION_IDLE=90s")
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		p.Goto("/service-accounts")
		signIn(p, "owner@purser.test")
		p.WaitPath("/service-accounts")
		h.pass(90 * time.Second)
		p.Goto("/service-accounts?status=valid")
		signIn(p, "owner@purser.test")
		p.WaitPath("/service-accounts")
		if !strings.HasSuffix(p.Path(), "?status=valid") {
			t.Errorf("back at %s", p.Path())
		}
	})
}

// R4: before the session ends the page warns, and it can be extended.
func TestTheWarningBeforeTheEnd(t *testing.T) {
	t.Parallel()
	h := open(t, "PURSER_SESSION_IDLE=4m")
	p := browser.New(t, browser.Options{BaseURL: h.URL(), OwnClock: true})
	pass := func(d time.Duration) {
		h.pass(d)
		p.Pass(d)
	}
	p.ExpectRefusal("401 GET .*/auth/session")
	p.ExpectConsole("401")
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")

	dialog := p.ByRole("dialog", "Your session is about to end")
	pass(2*time.Minute + time.Second)
	dialog.Wait()
	fine(p, "session-warning")
	p.Click("Stay signed in")
	dialog.WaitGone()
	pass(2*time.Minute + time.Second) // nothing done for a while again
	dialog.Wait()
	pass(2 * time.Minute)
	ended := p.ByRole("dialog", "Your session has ended").Wait()
	fine(p, "session-ended")
	tab := p.NewTab(ended.ByRole("link", "Sign in").Click)
	signIn(tab, "admin@purser.test")
	tab.WaitPath("/service-accounts")
	ended.WaitGone()
}

// X14: a form that was half typed when the session ended can be sent after signing in again in a new tab.
func TestWhatWasTypedOutlastsTheSession(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fixture.json")
	if err := os.WriteFile(file, []byte(accounts), 0o600); err != nil {
		t.Fatal(err)
	}
	h := openDemo(t, demo.Options{Fixture: file}, "PURSER_SESSION_IDLE=4m")
	p := browser.New(t, browser.Options{BaseURL: h.URL(), OwnClock: true})
	p.ExpectRefusal("401 GET .*/auth/session")
	p.ExpectConsole("401")
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	p.Click("Create")
	p.ByRole("heading", "Create service account profile").Wait()
	fill(p, "Backup", "svc-backup@contoso.com", password)
	h.pass(4*time.Minute + time.Second)
	p.Pass(4*time.Minute + time.Second)
	ended := p.ByRole("dialog", "Your session has ended").Wait()
	tab := p.NewTab(ended.ByRole("link", "Sign in").Click)
	signIn(tab, "admin@purser.test")
	tab.WaitPath("/service-accounts/new")
	ended.WaitGone()
	p.Click("Save")
	p.WaitPath("/service-accounts")
	p.ByRole("status", "").Having("Backup saved").Wait()
}

// X13: sign-out reaches a provider whose address for it has another origin, from a page that is older than a restart too.
func TestSignOutAtAnotherOrigin(t *testing.T) {
	t.Parallel()
	provider := idptest.NewStub(t)
	provider.Document("end_session_endpoint", strings.Replace(provider.URL, "127.0.0.1", "localhost", 1)+"/end")
	provider.Claim("roles", "TenantOwner")
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script %v", script), func(t *testing.T) {
			h := demotest.OpenApart(t, provider.URL)
			p := browser.New(t, browser.Options{BaseURL: h.URL(), NoScript: !script})
			p.Goto("/service-accounts")
			p.WaitPath("/service-accounts")
			h.Restart()
			p.ByRole("button", "").Having("Adele Vance").Click()
			p.ByRole("button", "Sign out").Click()
			p.ByRole("heading", "Signed out at the provider").Wait()
		})
	}
}

// X16: what was typed is not lost to a refresh or to Back without a question, after a refused Save too.
func TestTypedTextIsNotLostWithoutAQuestion(t *testing.T) {
	t.Parallel()
	_, p := withAccounts(t, views[0])
	asked := make(chan string, 10)
	p.Page.OnDialog(func(d playwright.Dialog) {
		_ = d.Dismiss()
		asked <- d.Type()
	})
	expect := func(kind string) {
		t.Helper()
		select {
		case got := <-asked:
			if got != kind {
				t.Fatalf("asked by %s, want %s", got, kind)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("nobody was asked by %s", kind)
		}
	}
	do := func(script string) {
		t.Helper()
		if _, err := p.Page.Evaluate(script); err != nil {
			t.Fatal(err)
		}
	}
	p.Click("Create")
	p.ByRole("heading", "Create service account profile").Wait()
	fill(p, "Backup", "svc-backup@contoso.com", "Wrong-"+password)
	p.Click("Save")
	p.ByRole("alert", "").Wait()
	do("setTimeout(() => location.reload())")
	expect("beforeunload")
	question := p.ByRole("dialog", "Leave without saving?")
	do("setTimeout(() => history.back())")
	question.Wait()
	fine(p, "unsaved")
	p.Click("Stay here")
	question.WaitGone()
	p.WaitPath("/service-accounts/new")
	if got := p.ByLabel("Profile name").Value(); got != "Backup" {
		t.Errorf("the name typed is lost: %q", got)
	}
	p.Fill("Password", password)
	p.Click("Save") // which is no loss, and nobody is asked
	p.WaitPath("/service-accounts")
	p.ByRole("status", "").Having("Backup saved").Wait()

	p.Click("Create")
	p.ByRole("heading", "Create service account profile").Wait()
	p.Fill("Profile name", "Other")
	for name, close := range map[string]func(){ // each asks alike, and staying keeps what was typed
		"Cancel": func() { p.ByRole("link", "Cancel").Click() },
		"Close":  func() { p.ByRole("link", "Close").Click() },
		"Escape": func() { p.ByLabel("Profile name").Press("Escape") },
		"a press beside the pane": func() {
			if err := p.Page.Mouse().Click(20, 400); err != nil {
				t.Fatal(err)
			}
		},
	} {
		close()
		question.Wait()
		p.Press("Escape")
		question.WaitGone()
		if got := p.ByLabel("Profile name").Value(); got != "Other" {
			t.Fatalf("%s lost what was typed: %q", name, got)
		}
	}
	p.ByRole("link", "Cancel").Click()
	p.Click("Leave without saving")
	p.WaitPath("/service-accounts")
	p.ByRole("heading", "Create service account profile").WaitGone()
	p.Click("Create")
	p.ByRole("heading", "Create service account profile").Wait()
	p.Fill("Profile name", "Other")
	do("setTimeout(() => history.back())")
	question.Wait()
	p.Click("Leave without saving")
	p.WaitPath("/service-accounts")
	p.ByRole("heading", "Create service account profile").WaitGone()
	if len(asked) > 0 {
		t.Errorf("asked once more, by %s", <-asked)
	}
}

// Pages for what is not there keep their manners.
func TestErrorPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyView(t, func(t *testing.T, v view) {
		p := browser.New(t, v.options(h))
		p.GotoRefused("/auth/callback?state=forged&code=x", 400)
		fine(p, "bad-callback")
		p.ByRole("link", "Sign in").Click()
		signIn(p, "admin@purser.test")
		p.WaitPath("/overview")
		p.GotoRefused("/nowhere", 404)
		fine(p, "not-found")
	})
}

// The page can be walked with the keyboard alone, the skip link first.
func TestTheKeyboardWalksTheShell(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := browser.New(t, browser.Options{BaseURL: h.URL()})
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	order := strings.Join(p.TabOrder(8), " | ")
	for _, name := range []string{"Skip to content", "Purser", "Adele Vance", "Service account"} {
		at := strings.Index(order, name)
		if at < 0 {
			t.Fatalf("%q is not reached: %s", name, order)
		}
		order = order[at:]
	}
}

// The README shows the page as it is.
func TestPictureForTheReadme(t *testing.T) {
	t.Parallel()
	h := openDemo(t, demo.Options{})
	p := browser.New(t, browser.Options{BaseURL: h.URL(), Width: 1280, Height: 800})
	p.Goto("/service-accounts")
	signIn(p, "admin@purser.test")
	p.WaitPath("/service-accounts")
	picture(p, "service-account")
}
