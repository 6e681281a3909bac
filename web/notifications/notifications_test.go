package notifications_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"purser.example/internal/access"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/event"
	"purser.example/internal/mail/mailtest"
)

const (
	path       = "/settings/notifications"
	rules      = path + "/rules"
	recipients = path + "/recipients"
)

// plain is a selection's text as somebody reads it.
func plain(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, h3, li, b, span, dt, dd, label").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

// open is a house with a mail server, whose webhooks may go to loopback.
func open(t *testing.T) (*demotest.House, *mailtest.Server) {
	t.Helper()
	s := mailtest.Start(t, mailtest.Options{Plain: true})
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return demotest.Open(t, "PURSER_SMTP_HOST="+host, "PURSER_SMTP_PORT="+port, "PURSER_SMTP_TLS=none", "PURSER_SMTP_FROM=purser@contoso.com", "PURSER_WEBHOOK_HOSTS=127.0.0.1"), s
}

// saved posts a form that is to be taken, and gives the address of what it made, by its name.
func saved(t *testing.T, b *demotest.Browser, address, name string, form url.Values) string {
	t.Helper()
	form.Set("name", name)
	if res := b.Post(address, form); res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", address, res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
	return linkTo(t, b, name)
}

func linkTo(t *testing.T, b *demotest.Browser, name string) string {
	t.Helper()
	link := b.Get(path).Page(t).Find("main td a").FilterFunction(func(_ int, a *goquery.Selection) bool { return a.Text() == name })
	if link.Length() != 1 {
		t.Fatalf("%d links to %q", link.Length(), name)
	}
	return link.AttrOr("href", "")
}

// R92: a recipient of mail is added, tried out with a real outcome, and told of a break by a rule; what the mail server refuses is shown,
// and is sent again when somebody says so.
func TestMailIsSetUpAndSent(t *testing.T) {
	h, server := open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	if text := plain(owner.Get(path).Page(t).Find("main")); !strings.Contains(text, "No rules yet") || strings.Contains(text, "No mail server") {
		t.Errorf("at first: %s", text)
	}
	team := saved(t, owner, recipients, "Operations", url.Values{"way": {"mail"}, "email": {"operations@contoso.com"}, "usernames": {"on"}})
	page := owner.Post(team+"/test", nil).Page(t)
	if got := plain(page.Find("#outcome [role=status]")); !strings.HasPrefix(got, "The test was taken") || len(server.Got()) != 1 {
		t.Errorf("the test: %q, %d letters", got, len(server.Got()))
	}
	server.Fail(mailtest.Faults{Recipients: map[string]int{"operations@contoso.com": 550}})
	page = owner.Post(team+"/test", nil).Page(t)
	if got := plain(page.Find("#outcome [role=alert]")); !strings.Contains(got, "The test didn't arrive.") || !strings.Contains(got, "(code 550)") || strings.Contains(page.Text(), mailtest.Saying) {
		t.Errorf("the test that fails: %q", got)
	}
	saved(t, owner, rules, "Breaks", url.Values{"on": {"on"}, "kinds": {"account-broken"}, "receivers": {team[strings.LastIndex(team, "/")+1:]}, "sending": {"once"}})
	if text := plain(owner.Get(path).Page(t).Find("#rules tbody")); !strings.Contains(text, "Breaks Account stopped working All tenants Operations At once") {
		t.Errorf("the rule: %s", text)
	}
	broken := event.Event{ID: event.IDOf(event.Broken, "1"), Kind: event.Broken, Object: event.Object{Kind: "profile", ID: "p1", Name: "Backup of SharePoint"}, Account: "svc-backup@contoso.com", Cause: "Password expired", At: h.Clock.Now()}
	if err := h.App.Events.Put(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	rows := wait(t, h, func() *goquery.Selection { return owner.Get(path).Page(t).Find("#given-up tbody tr") })
	if text := plain(rows); !strings.Contains(text, "operations@contoso.com") || !strings.Contains(text, "(code 550)") {
		t.Errorf("given up: %s", text)
	}
	server.Fail(mailtest.Faults{})
	if res := owner.Post(rows.Find("form").AttrOr("action", ""), nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	got := server.Wait(2)[1]
	if got.To[0] != "operations@contoso.com" || !strings.Contains(string(got.Raw), "svc-backup@contoso.com") {
		t.Errorf("%q: %s", got.To, got.Raw)
	}
	text := plain(wait(t, h, func() *goquery.Selection {
		return owner.Get(path).Page(t).Find("#lately tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool { return strings.Contains(plain(row), "Sent") })
	}))
	if !strings.Contains(text, "operations@contoso.com") {
		t.Errorf("sent lately: %s", text)
	}
}

// wait lets time go on until a page has what is awaited: a minute for each fifth of a second, in which Purser looks what there is to do. Time
// that went on as fast as pages come would end the session before.
func wait(t *testing.T, h *demotest.House, there func() *goquery.Selection) *goquery.Selection {
	t.Helper()
	pace := time.NewTicker(200 * time.Millisecond)
	defer pace.Stop()
	for t.Context().Err() == nil {
		if found := there(); found.Length() > 0 {
			return found
		}
		h.Clock.Advance(time.Minute)
		<-pace.C
	}
	t.Fatal("it never came")
	return nil
}

// R92, R60: a webhook's signing secret is shown once, in the answer to the form; what is sent is verified by it, and by either while it is
// renewed. Its address is never sent back.
func TestAWebhookIsSetUp(t *testing.T) {
	h, _ := open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	type call struct {
		header http.Header
		body   []byte
	}
	calls, status := make(chan call, 4), http.StatusNoContent
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls <- call{r.Header, body}
		w.WriteHeader(status)
	}))
	t.Cleanup(receiver.Close)
	address := receiver.URL + "/marked-path?sig=marked-1"
	secretOf := func(res *demotest.Response) string {
		t.Helper()
		field := res.Page(t).Find("#secret-pane input")
		secret := field.AttrOr("value", "")
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(secret, "whsec_") || res.Header.Get("Cache-Control") != "no-store" || plain(res.Page(t).Find("label[for=secret]")) != "Signing secret" {
			t.Fatalf("%d %q %s", res.StatusCode, secret, res.Header.Get("Cache-Control"))
		}
		return secret
	}
	first := secretOf(owner.Post(recipients, url.Values{"name": {"Ticket system"}, "way": {"webhook"}, "address": {address}}))
	at := linkTo(t, owner, "Ticket system")
	owner.Post(at+"/test", nil)
	verified(t, <-calls, func(c call) (http.Header, []byte) { return c.header, c.body }, first)

	dialog := owner.Get(at + "/secret").Page(t)
	version := dialog.Find("#renew-form input[name=version]").AttrOr("value", "")
	second := secretOf(owner.Post(at+"/secret", url.Values{"version": {version}}))
	owner.Post(at+"/test", nil)
	verified(t, <-calls, func(c call) (http.Header, []byte) { return c.header, c.body }, first, second)
	for _, where := range []string{path, at, at + "/secret", at + "/delete", recipients + "/new", "/activity"} {
		if text := owner.Get(where).Text(); strings.Contains(text, "marked-") || strings.Contains(text, first) || strings.Contains(text, second) {
			t.Errorf("%s shows what is secret", where)
		}
	}
	status = http.StatusInternalServerError
	page := owner.Post(at+"/test", nil).Page(t)
	<-calls
	if got := plain(page.Find("#outcome [role=alert]")); !strings.Contains(got, "answered with status 500") {
		t.Errorf("a receiver that fails: %q", got)
	}
}

// verified reports a call that not each of the secrets verifies.
func verified[T any](t *testing.T, c T, of func(T) (http.Header, []byte), secrets ...string) {
	t.Helper()
	header, body := of(c)
	for _, secret := range secrets {
		wh, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.VerifyIgnoringTimestamp(body, header); err != nil { // the house has a clock of its own
			t.Errorf("%v", err)
		}
	}
}

// R92: what is refused comes back as it was typed, with a sentence at its field; an address, which may be a secret, has to be entered again.
func TestWhatIsRefusedStays(t *testing.T) {
	h, _ := open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	for field, form := range map[string]url.Values{
		"name":     {"name": {""}, "way": {"mail"}, "email": {"operations@contoso.com"}},
		"email":    {"name": {"Operations"}, "way": {"mail"}, "email": {"operations"}},
		"address":  {"name": {"Operations"}, "way": {"webhook"}, "address": {"https://hidden.contoso.com/"}},
		"workflow": {"name": {"Operations"}, "way": {"teams"}, "workflow": {"https://hidden.contoso.com/"}},
		"role":     {"name": {"Operations"}, "way": {"role"}, "role": {""}},
	} {
		res := owner.Post(recipients, form)
		page := res.Page(t)
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#"+field+"-error").Length() != 1 || page.Find("#outcome [role=alert]").Length() != 1 {
			t.Errorf("%s: %d, %s", field, res.StatusCode, plain(page.Find("#recipient-pane")))
		}
		if page.Find("#name").AttrOr("value", "") != form.Get("name") || page.Find("#email").AttrOr("value", "") != form.Get("email") || page.Find("input[name=way][checked]").AttrOr("value", "") != form.Get("way") {
			t.Errorf("%s: what was typed is gone", field)
		}
		if strings.Contains(res.Text(), `value="https://hidden`) {
			t.Errorf("%s: the address comes back", field)
		}
	}
	form := url.Values{"name": {"Breaks"}, "kinds": {"drift", "ending"}, "sending": {"morning"}, "time": {"25:00"}, "zone": {"Europe/Nowhere"}}
	res := owner.Post(rules, form)
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#receivers-error, #time-error, #zone-error").Length() != 3 {
		t.Errorf("%d, %s", res.StatusCode, plain(page.Find("#rule-pane")))
	}
	if page.Find("#kinds input[checked]").Length() != 2 || page.Find("#zone").AttrOr("value", "") != "Europe/Nowhere" || page.Find("#time").AttrOr("value", "") != "25:00" || page.Find("#sending-morning[checked]").Length() != 1 {
		t.Error("what was chosen is gone")
	}
}

// R92: a rule and a recipient are changed and deleted after they were named; a recipient that a rule names stays, and somebody else's change
// is not overwritten.
func TestRulesAndRecipientsAreChangedAndDeleted(t *testing.T) {
	h, _ := open(t)
	owner, admin := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test")
	team := saved(t, owner, recipients, "Owners", url.Values{"way": {"role"}, "role": {string(access.TenantOwner)}})
	id := team[strings.LastIndex(team, "/")+1:]
	chosen := url.Values{"kinds": {"ending"}, "receivers": {id}, "sending": {"morning"}, "time": {"07:30"}, "zone": {"Europe/Berlin"}}
	rule := saved(t, owner, rules, "Daily", chosen)
	if text := plain(owner.Get(path).Page(t).Find("#rules tbody")); !strings.Contains(text, "Off") {
		t.Errorf("a rule that is not turned on: %s", text)
	}
	chosen.Set("on", "on")
	chosen.Set("version", owner.Get(rule).Page(t).Find("#rule input[name=version]").AttrOr("value", ""))
	saved(t, owner, rule, "Every morning", chosen)
	if text := plain(owner.Get(path).Page(t).Find("#rules tbody")); !strings.Contains(text, "Every morning") || !strings.Contains(text, "Daily at 07:30 Europe/Berlin") {
		t.Errorf("%s", text)
	}
	if res := owner.Post(rule, chosen); res.StatusCode != http.StatusConflict {
		t.Errorf("over somebody else's change: %d", res.StatusCode)
	}
	remove := func(at string) string {
		t.Helper()
		form := owner.Get(at + "/delete").Page(t).Find("#delete-form")
		owner.Post(form.AttrOr("action", ""), url.Values{"version": {form.Find("input").AttrOr("value", "")}})
		return plain(owner.Get(path).Page(t).Find("#flash"))
	}
	if said := remove(team); !strings.Contains(said, "names this") {
		t.Errorf("a recipient that a rule names: %q", said)
	}
	if said := remove(rule); said != "Rule deleted." {
		t.Errorf("%q", said)
	}
	if said := remove(team); said != "Recipient deleted." {
		t.Errorf("%q", said)
	}
	for _, at := range []string{rule, team, rules + "/none", recipients + "/none"} {
		if res := owner.Get(at); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", at, res.StatusCode)
		}
	}
	if res := admin.Get(path); res.StatusCode != http.StatusForbidden {
		t.Errorf("an administrator: %d", res.StatusCode)
	}
}
