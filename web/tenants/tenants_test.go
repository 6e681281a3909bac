package tenants_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
)

const (
	contoso   = "6f1c0000-0000-4000-8000-000000000001"
	marked    = "Marked-Secret-2026!"
	page      = "/tenants/" + contoso
	federated = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "domains": [{"id": "contoso.com"}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "svc@fed.contoso.com", "displayName": "Backup", "password": "` + marked + `"}]}]}`
)

// X25: an owner says of a federated domain that the cloud checks its passwords, an administrator cannot; from then on the password is
// sent, the verdict names why, and taking it back ends it.
func TestAnOwnerSaysThatTheCloudChecksAFederatedDomain(t *testing.T) {
	h := demotest.OpenFixture(t, federated)
	owner, administrator := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test")
	save := func() string {
		t.Helper()
		return administrator.Post("/service-accounts", url.Values{
			"name": {"Backup"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc@fed.contoso.com"}, "password": {marked},
		}).Text()
	}
	if text := save(); !strings.Contains(text, `href="`+page+`"`) || h.Passwords() != 0 {
		t.Fatalf("before: %d passwords\n%s", h.Passwords(), text)
	}
	if res := administrator.Get(page); res.StatusCode != http.StatusOK || strings.Contains(res.Text(), "Add domain") {
		t.Errorf("an administrator's page: %d\n%s", res.StatusCode, res.Text())
	}
	if res := administrator.Post(page+"/cloud-domains", url.Values{"domain": {"fed.contoso.com"}}); res.StatusCode != http.StatusForbidden {
		t.Errorf("an administrator may say so: %d", res.StatusCode)
	}
	if res := owner.Post(page+"/cloud-domains", url.Values{"domain": {"not a domain"}}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Text(), `value="not a domain"`) {
		t.Errorf("no domain: %d\n%s", res.StatusCode, res.Text())
	}
	if res := owner.Post("/tenants/nobody/cloud-domains", url.Values{"domain": {"fed.contoso.com"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("no tenant: %d", res.StatusCode)
	}
	if res := owner.Post(page+"/cloud-domains", url.Values{"domain": {"Fed.contoso.com"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("said: %d\n%s", res.StatusCode, res.Text())
	}
	if text := administrator.Get(page).Text(); !strings.Contains(text, "fed.<wbr>contoso.com") || strings.Contains(text, "Remove fed.contoso.com") {
		t.Errorf("an administrator's page afterwards:\n%s", text)
	}
	save()
	if h.Passwords() != 1 {
		t.Errorf("afterwards: %d passwords", h.Passwords())
	}
	if res := owner.Post(page+"/cloud-domains/withdraw", url.Values{"domain": {"fed.contoso.com"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("withdrawn: %d\n%s", res.StatusCode, res.Text())
	}
	if text := owner.Get(page).Text(); !strings.Contains(text, "No domains have been added.") {
		t.Errorf("after taking it back:\n%s", text)
	}
}

// R73: a tenant that was renamed at Microsoft says after a check what it was called.
func TestARenamedTenantSaysItsFormerName(t *testing.T) {
	h := demotest.OpenFixture(t, federated)
	b := h.SignedIn(t, "admin@purser.test")
	facts := func() map[string]string {
		said := map[string]string{}
		b.Get(page).Page(t).Find(".tenant-facts > dt").Each(func(_ int, fact *goquery.Selection) {
			said[fact.Text()] = strings.Join(strings.Fields(fact.Next().Text()), " ")
		})
		return said
	}
	if said, there := facts()["Former name"]; there {
		t.Errorf("before it was renamed: %q", said)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, h.SimulatorURL()+"/_sim"+page, strings.NewReader(`{"displayName": "Contoso Ltd"}`))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := http.DefaultClient.Do(req); err != nil || res.Body.Close() != nil || res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("renaming: %v, %v", res, err)
	}
	if res := b.Post("/app-profiles/"+contoso+"/check", nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("check: %d", res.StatusCode)
	}
	if said := facts(); said["Former name"] != "Contoso New name read just now" || b.Get(page).Page(t).Find("h1").Text() != "Contoso Ltd" {
		t.Errorf("the page says %q", said)
	}
}
