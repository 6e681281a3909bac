package mail_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"purser.example/internal/event"
	"purser.example/internal/mail"
	"purser.example/internal/mail/mailtest"
	"purser.example/internal/notify"
)

func message() notify.Message {
	return notify.Message{
		Subject: "400 accounts of Contoso stopped working", Kind: event.Broken, Count: 400, At: now, More: 1398,
		Lines: []string{"400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003).", "Look at the policy first."},
		Things: []notify.Thing{
			{Name: "Backup <b>of</b> SharePoint", Account: "svc-backup@contoso.com", Facts: []event.Fact{{Name: "Since", Value: "23 November 2026"}, {Name: "Used by", Value: "A & B"}}},
			{Name: "Reports"},
		},
		Links: []notify.Link{{Text: "Show the accounts", Href: "https://purser.contoso.com/service-accounts?status=invalid&tenant=x"}},
	}
}

const wantText = `400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003).

Look at the policy first.

- Backup <b>of</b> SharePoint (svc-backup@contoso.com)
  Since: 23 November 2026
  Used by: A & B
- Reports
- and 1,398 more

Show the accounts:
https://purser.contoso.com/service-accounts?status=invalid&tenant=x

-- 
Purser sent this message because a notification rule says so. Tenant Owners change the rules in Settings > Notifications.
`

// R92: the plain text of a message says all of it, and its HTML says the same, loads nothing and shows names as they are.
func TestAMessageAsALetter(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	m := mailer(s, mail.Server{Security: mail.StartTLS}, 0)
	if err := m.Send(t.Context(), notify.Receiver{Mail: "joerg@fabrikam.com"}, message(), "0198"); err != nil {
		t.Fatal(err)
	}
	again := message()
	again.Repeated = true
	if err := m.Send(t.Context(), notify.Receiver{Mail: "joerg@fabrikam.com"}, again, "0198"); err != nil {
		t.Fatal(err)
	}
	got := s.Got()
	first, second := parts(t, got[0].Letter), parts(t, got[1].Letter)
	if diff := cmp.Diff(wantText, first["text/plain"]); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(second["text/plain"], "You may have received this message before: ") || got[0].Letter.Header.Get("Message-Id") != got[1].Letter.Header.Get("Message-Id") {
		t.Errorf("%q", second["text/plain"])
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(first["text/html"]))
	if err != nil {
		t.Fatal(err)
	}
	if page.Find("img, link, script, iframe, [src], [background]").Length() > 0 || page.Find("b").Length() > 0 {
		t.Errorf("%s", first["text/html"])
	}
	link, _ := page.Find("a").Attr("href")
	text := strings.Join(strings.Fields(page.Find("body").Text()), " ")
	want := strings.NewReplacer("\n", " ", "- ", "").Replace("400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003).\nLook at the policy first.\nBackup <b>of</b> SharePoint (svc-backup@contoso.com)Since: 23 November 2026Used by: A & B\nReports\nand 1,398 more\nShow the accounts")
	if link != message().Links[0].Href || !strings.HasPrefix(text, want) {
		t.Errorf("%s: %s", link, text)
	}
}
