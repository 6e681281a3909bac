package webhook_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/webhook"
)

// R92: a workflow gets an adaptive card, and nothing that looks like a webhook's signature.
func TestAWorkflowGetsACard(t *testing.T) {
	r := answering(t, webhook.Hosts{"elsewhere.contoso.com"}, 0, status(http.StatusAccepted))
	if err := (webhook.Teams{Caller: r.Caller}).Send(t.Context(), receiver(flow), message(), "msg-1"); err != nil {
		t.Fatal(err)
	}
	asked := r.asked[0]
	if asked.URL.RequestURI() != "/workflows/1?sig=hush-2" || asked.Header.Get("X-Ms-Client-Tracking-Id") != "msg-1" || asked.Header.Get("Webhook-Signature") != "" {
		t.Errorf("%s %v", asked.URL, asked.Header)
	}
	want := `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4",` +
		`"fallbackText":"400 accounts of Contoso stopped working","body":[{"type":"TextBlock","text":"400 accounts of Contoso stopped working","wrap":true,"style":"heading","size":"Large","weight":"Bolder"},` +
		`{"type":"TextBlock","text":"400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003).","wrap":true},` +
		`{"type":"TextBlock","text":"Backup of SharePoint (svc\\_backup@contoso.com)","wrap":true,"weight":"Bolder","separator":true},{"type":"FactSet","facts":[{"title":"Since","value":"23 November 2026"}]},` +
		`{"type":"TextBlock","text":"Reports","wrap":true,"weight":"Bolder","separator":true},{"type":"TextBlock","text":"and 398 more","wrap":true}],` +
		`"actions":[{"type":"Action.OpenUrl","title":"Show the accounts","url":"https://purser.contoso.com/service-accounts?status=invalid"}],"msteams":{"width":"Full"}}}]}`
	if diff := cmp.Diff(want, string(r.bodies[0])); diff != "" {
		t.Error(diff)
	}
	f := failure(t, webhook.Teams{Caller: r.Caller}.Send(t.Context(), receiver("https://10.0.0.1/hush"), message(), "msg-2"))
	if len(r.dialed) != 1 || f.Final || !strings.Contains(f.Reason, "workflow in Microsoft Teams") {
		t.Errorf("%q: %+v", r.dialed, f)
	}
}

// texts are all texts of a card that Markdown is read in, in their order, and how many things it shows.
func texts(t *testing.T, body []byte) (all []string, shown int) {
	t.Helper()
	var card struct {
		Attachments []struct {
			Content struct {
				Body []struct {
					Text      string
					Separator bool
					Facts     []struct{ Title, Value string }
				}
			}
		}
	}
	if err := json.Unmarshal(body, &card); err != nil {
		t.Fatal(err)
	}
	for _, b := range card.Attachments[0].Content.Body {
		if b.Text != "" {
			all = append(all, b.Text)
		}
		if b.Separator {
			shown++
		}
		for _, f := range b.Facts {
			all = append(all, f.Title, f.Value)
		}
	}
	return all, shown
}

// R92: a name is neither a link, nor a heading, nor a list, nor a date in a card.
func TestMarkdownIsEscaped(t *testing.T) {
	for name, want := range map[string]string{
		"[Sign in](https://evil.example)": `\[Sign in\](https://evil.example)`,
		"# Heading":                       `\# Heading`,
		"- item":                          `\- item`,
		"12. item":                        `12\. item`,
		"*a* _b_ `c` ~~d~~ <b> |e|":       "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~ \\<b\\> \\|e\\|",
		`a\*b`:                            `a\\\*b`,
		"{{DATE(2026-11-23T09:00:00Z)}}":  "{\u200b{DATE(2026-11-23T09:00:00Z)}}",
		"one\n# two\u202e":                `one \# two `,
		"svc-backup@contoso.com":          "svc-backup@contoso.com",
	} {
		body, err := webhook.Card(notify.Message{Subject: name, Lines: []string{name}, Things: []notify.Thing{{Name: name, Facts: []event.Fact{{Name: name, Value: name}}}}})
		if err != nil {
			t.Fatal(err)
		}
		all, _ := texts(t, body)
		for _, got := range all {
			if got != want {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		}
		if len(all) != 5 {
			t.Errorf("%q", all)
		}
	}
}

// R92: a card is never larger than a workflow takes; it says how many things it leaves out, and never drops what it says first.
func TestACardThatIsTooLarge(t *testing.T) {
	m := message()
	m.Things, m.More = nil, 7
	for i := range 500 {
		m.Things = append(m.Things, notify.Thing{Name: fmt.Sprintf("Account %d \"<_ü%s", i, strings.Repeat("&", 50)), Facts: []event.Fact{{Name: "Since", Value: "yesterday"}}})
	}
	body, err := webhook.Card(m)
	if err != nil {
		t.Fatal(err)
	}
	all, shown := texts(t, body)
	if last := all[len(all)-1]; len(body) > 28<<10 || shown < 20 || last != fmt.Sprintf("and %d more", 507-shown) || all[1] != "400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003)." {
		t.Errorf("%d bytes, %d things, %q", len(body), shown, last)
	}
	m.Things, m.More = nil, 0
	m.Lines = []string{"first", strings.Repeat("x", 40<<10)}
	body, err = webhook.Card(m)
	if all, _ := texts(t, body); err != nil || len(body) > 28<<10 || len(all) != 2 || all[1] != "first" {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
