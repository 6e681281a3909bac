package pools_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Issue 13: the page of pools says of a tenant whose last app profile was deleted that its groups can't be read, and leads to a new one;
// Validate says the same and keeps what was typed.
func TestAPoolOfATenantWithoutAnAppProfile(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	if res := h.SignedIn(t, "owner@purser.test").Post("/app-profiles/delete", url.Values{"id": {contoso}, "named": {"Contoso"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not deleted: %d", res.StatusCode)
	}
	h.Clock.Advance(10 * time.Minute)
	const link = `a[href="/app-profiles/new?for=` + contoso + `"]`
	page := b.Get(poolPath).Page(t)
	if page.Find("#pool-sites "+link).Length() != 1 || !strings.Contains(page.Find("#pool-sites").Text(), "no app profile") || !strings.HasSuffix(page.Find("#select-tenant option[selected]").Text(), "no app profile") {
		t.Errorf("the page says %q", page.Find("#pool-sites .pool-settings").Text())
	}
	form := with(poolForm(t, page), "group-sites", "Night", "do", "validate:sites")
	for name, res := range map[string]interface{ Text() string }{"without script": b.Post(poolPath+"/group", form), "with script": b.ByScript(http.MethodPost, poolPath+"/group", form)} {
		if text := res.Text(); !strings.Contains(text, "This tenant has no app profile, so nothing was sent to Microsoft.") || !strings.Contains(text, "/app-profiles/new?for="+contoso) || !strings.Contains(text, `value="Night"`) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
