package auth_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

const glassPath = "/auth/break-glass"

func withCode(code string) url.Values { return url.Values{"code": {code}} }

// notes are the files of links that nobody has taken up yet.
func notes(t *testing.T, data string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "*break-glass*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// R83: whoever has a link is a Tenant Owner while the provider is down or set up wrongly: once, loudly, and out again without it.
func TestALinkSignsInWithoutTheProviderR83(t *testing.T) {
	wrong := idptest.NewStub(t)
	for name, issuer := range map[string]string{"down": "http://127.0.0.1:1", "set up wrongly": wrong.URL + "/"} {
		t.Run(name, func(t *testing.T) {
			h := demotest.OpenApart(t, issuer)
			b := h.Browser()
			if res := b.Get("/auth/sign-in"); res.StatusCode != http.StatusBadGateway {
				t.Fatalf("control: signing in answers %d", res.StatusCode)
			}
			code := h.GlassLink()
			for range 3 { // whoever looks at links before people do uses nothing up
				res := b.Get(glassPath)
				page := res.Page(t)
				if res.StatusCode != http.StatusOK || page.Find(`form[method=post][action="`+glassPath+`"] input[name=code]`).Length() != 1 || page.Find(`script[src$="/js/glass.js"]`).Length() != 1 || len(res.Cookies()) > 0 {
					t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
				}
			}
			res := b.Post(glassPath, withCode(code))
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/" {
				t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
			}
			if page := b.Get("/service-accounts"); page.StatusCode != http.StatusOK || !strings.Contains(page.Text(), "Break-glass") || !strings.Contains(page.Text(), "Tenant Owner") {
				t.Errorf("status %d\n%s", page.StatusCode, page.Text())
			}
			if res := h.Browser().Post(glassPath, withCode(code)); res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Text(), "not valid") {
				t.Errorf("a second time: %d\n%s", res.StatusCode, res.Text())
			}

			entries, err := h.App.DB.Activity(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			byAction := map[audit.Action]audit.Link{}
			for _, e := range entries {
				byAction[e.Action] = e
			}
			made, used, in := byAction[breakglass.Made], byAction[breakglass.Used], byAction[audit.SignIn]
			if made.Details["by"] != demotest.Operator || made.Actor != audit.Itself || made.Target.ID == "" || used.Target != made.Target || used.Actor.Name != "Break-glass" ||
				used.Origin.Address != "127.0.0.1" || in.Actor != used.Actor || in.Details["role"] != "Tenant Owner" || byAction[breakglass.Refused].Origin.Address != "127.0.0.1" {
				t.Errorf("the activity log has %+v", entries)
			}
			log := h.Log.String()
			for _, want := range []string{`level=WARN msg="A BREAK-GLASS LINK WAS MADE`, `level=WARN msg="A BREAK-GLASS LINK WAS USED`, `level=WARN msg="a break-glass link was refused"`, "address=127.0.0.1"} {
				if strings.Count(log, want) < 1 {
					t.Errorf("the log lacks %s:\n%s", want, log)
				}
			}
			if strings.Contains(log, code) {
				t.Error("the log holds the code")
			}

			begun := time.Now()
			res = b.Post("/auth/sign-out", url.Values{})
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/auth/signed-out" || time.Since(begun) > time.Second {
				t.Errorf("sign-out: %d to %q after %v", res.StatusCode, res.Header.Get("Location"), time.Since(begun))
			}
			if res := b.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
				t.Errorf("still signed in: %d", res.StatusCode)
			}
		})
	}
}

// R83: Purser takes a link up by itself, says so before anybody uses it, and keeps no more of it than a hash.
func TestALinkIsToldOfBeforeItIsUsedR83(t *testing.T) {
	h := demotest.Open(t)
	code := h.GlassLink(t)
	for _, note := range notes(t, h.Data) {
		if text, err := os.ReadFile(note); err == nil && bytes.Contains(text, []byte(code)) {
			t.Error("the note holds the code")
		}
	}
	demotest.Until(t, "the link in the log", func() bool { return strings.Contains(h.Log.String(), "A BREAK-GLASS LINK WAS MADE") })
	demotest.Until(t, "the note gone", func() bool { return len(notes(t, h.Data)) == 0 })
	for _, name := range []string{"purser.db", "purser.db-wal"} {
		if text, err := os.ReadFile(filepath.Join(h.Data, name)); err != nil || bytes.Contains(text, []byte(code)) {
			t.Errorf("%s holds the code (%v)", name, err)
		}
	}
	if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
		t.Error(err)
	}
}

// R83: a link serves for fifteen minutes, and its session ends as others do.
func TestALinkServesForFifteenMinutesR83(t *testing.T) {
	for name, tc := range map[string]struct {
		late time.Duration
		want int
	}{
		"in time":               {14 * time.Minute, http.StatusSeeOther},
		"late":                  {15*time.Minute + time.Second, http.StatusBadRequest},
		"by a clock put back":   {-16 * time.Minute, http.StatusBadRequest},
		"by a clock a bit back": {-time.Minute, http.StatusSeeOther},
	} {
		t.Run(name, func(t *testing.T) {
			h := demotest.Open(t)
			b := h.Browser(t)
			code := h.GlassLink(t)
			h.Clock.Advance(tc.late)
			if res := b.Post(glassPath, withCode(code)); res.StatusCode != tc.want {
				t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
			}
			h.Clock.Advance(15 * time.Minute)
			if res := b.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
				t.Errorf("after a quarter of an hour without activity: %d", res.StatusCode)
			}
		})
	}
}

// R83: of many who come with one link at once, one is let in.
func TestOfManyWithOneLinkOneIsLetInR83(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_PROXIES=127.0.0.0/8")
	code := h.GlassLink(t)
	var all sync.WaitGroup
	answers := make(chan int, 16)
	for i := range cap(answers) {
		b := h.Browser(t)
		all.Go(func() {
			answers <- b.Send(http.MethodPost, glassPath, withCode(code), http.Header{"Sec-Fetch-Site": {"same-origin"}, "X-Forwarded-For": {"192.0.2." + string(rune('1'+i%9))}}).StatusCode
		})
	}
	all.Wait()
	close(answers)
	in := 0
	for status := range answers {
		if status == http.StatusSeeOther {
			in++
		} else if status != http.StatusBadRequest {
			t.Errorf("status %d", status)
		}
	}
	if in != 1 {
		t.Errorf("%d were let in", in)
	}
}

// R83: who sends wrong codes is not looked at for a minute, others are, and the log does not grow by each of them.
func TestWrongCodesAreBoundedR83(t *testing.T) {
	h := demotest.Open(t, "PURSER_TRUSTED_PROXIES=127.0.0.0/8")
	code := h.GlassLink(t)
	from := func(address, code string) *demotest.Response {
		return h.Browser(t).Send(http.MethodPost, glassPath, withCode(code), http.Header{"Sec-Fetch-Site": {"same-origin"}, "X-Forwarded-For": {address}})
	}
	for _, wrong := range []string{"", "x", code[1:], code + "x", strings.ToUpper(code)} {
		if res := from("2001:db8::1", wrong); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %d", wrong, res.StatusCode)
		}
	}
	for range 20 {
		res := from("2001:db8::2", code) // of the same network
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || !strings.Contains(res.Text(), "Wait a minute") {
			t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
		}
	}
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, e := range entries {
		if e.Action == breakglass.Refused {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d refusals are in the activity log", refused)
	}
	if res := from("198.51.100.1", code); res.StatusCode != http.StatusSeeOther {
		t.Errorf("from elsewhere: %d", res.StatusCode)
	}
	h.Clock.Advance(time.Minute)
	if res := from("2001:db8::1", "x"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a minute later: %d", res.StatusCode)
	}
}

// R83: a note counts only where it was made with the key of the installation, and once.
func TestANoteOfAStrangerIsNoLinkR83(t *testing.T) {
	h := demotest.Open(t)
	kept := t.TempDir()
	keyText, err := os.ReadFile(h.Data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(string(keyText))
	if err != nil {
		t.Fatal(err)
	}
	ring, err := sqlite.KeyringOf(t.Context(), h.Data, key)
	if err != nil {
		t.Fatal(err)
	}
	token, err := breakglass.Make(kept, ring, time.Now(), demotest.Operator)
	if err != nil {
		t.Fatal(err)
	}
	made := notes(t, kept)
	if len(made) != 1 {
		t.Fatalf("there are %q", made)
	}
	text, err := os.ReadFile(made[0])
	if err != nil {
		t.Fatal(err)
	}
	code := string(token.Reveal())
	put := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(kept, "note"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(kept, "note"), filepath.Join(h.Data, name)); err != nil {
			t.Fatal(err)
		}
		demotest.Until(t, "the note gone", func() bool { return len(notes(t, h.Data)) == 0 })
	}
	put(filepath.Base(made[0]), text)
	if res := h.Browser(t).Post(glassPath, withCode(code)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("control: %d", res.StatusCode)
	}
	t.Run("put back", func(t *testing.T) {
		put(filepath.Base(made[0]), text)
		if res := h.Browser(t).Post(glassPath, withCode(code)); res.StatusCode != http.StatusBadRequest {
			t.Errorf("status %d", res.StatusCode)
		}
		if n := strings.Count(h.Log.String(), "A BREAK-GLASS LINK WAS MADE"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
	t.Run("under another name", func(t *testing.T) {
		put("break-glass-aaaaaaaaaaaaaaaa.note", text)
		if !strings.Contains(h.Log.String(), `level=ERROR msg="a note of a break-glass link could not be taken up"`) {
			t.Errorf("log:\n%s", h.Log)
		}
	})
	t.Run("of nobody", func(t *testing.T) { put("break-glass-bbbbbbbbbbbbbbbb.note", []byte("none")) })
	t.Run("the rows are proved", func(t *testing.T) {
		code := h.GlassLink(t)
		demotest.Until(t, "the note gone", func() bool { return len(notes(t, h.Data)) == 0 })
		if err := h.App.DB.Pragma(t.Context(), `UPDATE break_glass SET made_at = made_at + 1 WHERE used_at = 0`); err != nil {
			t.Fatal(err)
		}
		if res := h.Browser(t).Post(glassPath, withCode(code)); res.StatusCode != http.StatusBadRequest || !strings.Contains(h.Log.String(), "someone may have changed the database") {
			t.Errorf("status %d", res.StatusCode)
		}
	})
}

// R83: every Tenant Owner reads of a use on every page until they put it away, nobody else does, and the next use is told anew.
func TestTenantOwnersReadOfItR83(t *testing.T) {
	h := demotest.Open(t)
	use := func() *demotest.Browser {
		b := h.Browser(t)
		if res := b.Post(glassPath, withCode(h.GlassLink(t))); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d\n%s", res.StatusCode, res.Text())
		}
		return b
	}
	owner, admin := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test")
	reads := func(b *demotest.Browser, path string) bool {
		return b.Get(path).Page(t).Find(`form.notice:contains("without the identity provider")`).Length() == 1
	}
	if reads(owner, "/service-accounts") {
		t.Fatal("control: a notice without a use")
	}
	glass := use()
	for _, path := range []string{"/service-accounts", "/help", "/service-accounts/new", "/classic/account-pool"} {
		if !reads(owner, path) || reads(admin, path) || reads(glass, path) {
			t.Errorf("%s: the owner reads of it: %v, the administrator: %v, who used it: %v", path, reads(owner, path), reads(admin, path), reads(glass, path))
		}
	}
	page := owner.Get("/service-accounts?q=backup").Page(t)
	text := page.Find("form.notice").Text()
	if !strings.Contains(text, "127.0.0.1") || !strings.Contains(text, demotest.Operator) {
		t.Errorf("it says %q", text)
	}
	form := url.Values{}
	for _, name := range []string{"through", "return"} {
		form.Set(name, page.Find(`form.notice input[name=`+name+`]`).AttrOr("value", ""))
	}
	action := page.Find("form.notice").AttrOr("action", "")
	if res := admin.Post(action, form); res.StatusCode != http.StatusForbidden {
		t.Errorf("an administrator puts it away: %d", res.StatusCode)
	}
	if res := owner.Send(http.MethodPost, action, form, http.Header{"Sec-Fetch-Site": {"cross-site"}}); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site puts it away: %d", res.StatusCode)
	}
	if res := owner.Post(action, url.Values{"through": {"soon"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a damaged form: %d", res.StatusCode)
	}
	h.Clock.Advance(time.Second)
	use() // one that the owner has not read of
	if res := owner.Post(action, form); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/service-accounts?q=backup" {
		t.Errorf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if !reads(owner, "/service-accounts") {
		t.Error("a use that came meanwhile was put away unread")
	}
	form.Set("through", owner.Get("/service-accounts").Page(t).Find(`form.notice input[name=through]`).AttrOr("value", ""))
	owner.Post(action, form)
	if again := h.SignedIn(t, "owner@purser.test"); reads(owner, "/service-accounts") || reads(again, "/service-accounts") {
		t.Error("it is still there")
	}
	entries, err := h.App.DB.Activity(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	dismissed := 0
	for _, e := range entries {
		if e.Action == breakglass.Dismissed && e.Actor.SignIn == "owner@purser.test" {
			dismissed++
		}
	}
	if dismissed != 2 {
		t.Errorf("the activity log has it %d times", dismissed)
	}
}
