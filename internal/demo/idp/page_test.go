package idp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/oauth2"

	"purser.example/internal/demo/idp"
)

func read(t *testing.T, res answer) *goquery.Document {
	t.Helper()
	return must(goquery.NewDocumentFromReader(strings.NewReader(res.body)))
}

func TestTheSignInPageHasTwoFieldsAndOneButton(t *testing.T) {
	p := newParty(t, nil)
	page := read(t, p.get(t, p.client, p.signInPage(t, p.client)))

	labels := page.Find("label").Map(func(_ int, s *goquery.Selection) string {
		field := page.Find("input#" + s.AttrOr("for", "none"))
		return s.Text() + " " + field.AttrOr("type", "") + " " + field.AttrOr("autocomplete", "") + " " + field.AttrOr("value", "")
	})
	if got := strings.Join(labels, "|"); got != "Email text username |Password password current-password " {
		t.Errorf("fields %q", got)
	}
	if n := page.Find("input, textarea, select, [aria-label]").Length(); n != 2 {
		t.Errorf("%d fields", n)
	}
	if got := page.Find("button").Text(); got != "Sign in" {
		t.Errorf("buttons %q", got)
	}
	for selector, want := range map[string]int{"html[lang=en]": 1, "title": 1, "main": 1, "h1": 1, "[role=alert]": 0, "script, style, [style]": 0} {
		if got := page.Find(selector).Length(); got != want {
			t.Errorf("%s: %d", selector, got)
		}
	}
	for _, text := range []string{"adele@contoso.com Adele <Vance>", "megan@fabrikam.com", "Ask <Adele> for a password."} {
		if !strings.Contains(page.Find("main").Text(), text) {
			t.Errorf("%q is missing", text)
		}
	}
	if strings.Contains(must(page.Html()), password) {
		t.Error("the page holds a password")
	}
}

func TestTheSignInPageTakesTheAddressThatTheClientExpects(t *testing.T) {
	p := newParty(t, nil)
	res := p.get(t, p.client, p.authorizeURL(oauth2.GenerateVerifier(), param("login_hint", "alex@contoso.com")))
	page := read(t, p.get(t, p.client, res.Header.Get("Location")))
	if got := page.Find("#email").AttrOr("value", ""); got != "alex@contoso.com" {
		t.Errorf("email %q", got)
	}
}

func TestAWrongPasswordKeepsTheEmailAndNothingElse(t *testing.T) {
	p := newParty(t, nil)
	address := p.signInPage(t, p.client)
	for name, form := range map[string]url.Values{
		"wrong password":   {"email": {"adele@contoso.com"}, "password": {"guessed-it"}},
		"another's":        {"email": {"adele@contoso.com"}, "password": {password + "2"}},
		"no password":      {"email": {"adele@contoso.com"}},
		"unknown person":   {"email": {`"><b>@contoso.com`}, "password": {"guessed-it"}},
		"nothing":          {},
		"in the address":   {"email": {"adele@contoso.com"}, "password": {""}},
		"no person's name": {"email": {""}, "password": {""}},
	} {
		t.Run(name, func(t *testing.T) {
			res := p.post(t, p.client, address+"&password="+password, form)
			if res.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("got %s", res.Status)
			}
			page := read(t, res)
			if got := page.Find("[role=alert]").Text(); got != "Email or password is wrong." {
				t.Errorf("alert %q", got)
			}
			if got := page.Find("#email").AttrOr("value", ""); got != form.Get("email") {
				t.Errorf("email %q", got)
			}
			if _, has := page.Find("#password").Attr("value"); has || strings.Contains(res.body, "guessed-it") || strings.Contains(res.body, password) {
				t.Error("the password came back")
			}
		})
	}
	res := p.post(t, p.client, address, url.Values{"email": {"adele@contoso.com"}, "password": {password}})
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("the right password afterwards: %s", res.Status)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	p := newParty(t, nil)
	page := p.signInPage(t, p.client)
	want := "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:"
	for _, path := range []string{
		"/.well-known/openid-configuration", "/keys", "/authorize", "/userinfo", "/end_session", "/style.css", "/signed-out",
		strings.TrimPrefix(page, p.cfg.Issuer), "/nothing",
	} {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, p.cfg.Issuer+path, nil))
		req.Header.Set("Origin", "https://fabrikam.com")
		res := send(t, p.client, req)
		if got := res.Header.Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: policy %q", path, got)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") == "" {
			t.Errorf("%s: headers %v", path, res.Header)
		}
		for name := range res.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: %s", path, name)
			}
		}
	}
}

func TestThePolicyNamesAClientThatLivesElsewhere(t *testing.T) {
	p := newParty(t, func(c *idp.Config) { c.RedirectURI = "https://purser.contoso.com/auth/callback" })
	got := p.get(t, p.client, p.signInPage(t, p.client)).Header.Get("Content-Security-Policy")
	if !strings.Contains(got, "form-action 'self' https://purser.contoso.com;") {
		t.Errorf("policy %q", got)
	}
}

func TestTheCookieIsOnlyTheProviders(t *testing.T) {
	p := newParty(t, nil)
	res := p.get(t, p.client, p.authorizeURL(oauth2.GenerateVerifier()))
	if len(res.Cookies()) != 1 {
		t.Fatalf("cookies %v", res.Cookies())
	}
	c := res.Cookies()[0]
	if c.Name != "purser_idp_browser" || c.Path != "/idp/" || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.Domain != "" {
		t.Errorf("cookie %+v", c)
	}
	if again := p.get(t, p.client, p.authorizeURL(oauth2.GenerateVerifier())); len(again.Cookies()) != 0 {
		t.Error("a known browser got another name")
	}
}

func TestTheStylesheetIsServedAndKept(t *testing.T) {
	p := newParty(t, nil)
	res := p.get(t, p.client, p.cfg.Issuer+"/style.css")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/css") || !strings.Contains(res.body, "prefers-color-scheme: dark") {
		t.Errorf("got %s %s", res.Status, res.Header.Get("Content-Type"))
	}
	req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, p.cfg.Issuer+"/style.css", nil))
	req.Header.Set("If-None-Match", res.Header.Get("ETag"))
	if again := send(t, p.client, req); again.StatusCode != http.StatusNotModified {
		t.Errorf("the second time: %s", again.Status)
	}
}
