package verdicts_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
)

// tenants counts how often the app of a tenant is looked up; only contoso's is there. Nothing else is asked of it.
type tenants struct {
	tenant.Store
	asked int
}

const contoso tenant.ID = "6f1c0000-0000-4000-8000-000000000001"

func (s *tenants) Tenants(context.Context) ([]tenant.Tenant, error) {
	return []tenant.Tenant{{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com"}}, nil
}

// apps gives the app profile of a tenant, for whoever asks the tenants.
type apps struct {
	appprofile.Store
	*tenants
}

func (s apps) Of(context.Context, tenant.ID) ([]appprofile.Kept, error) {
	s.asked++
	return []appprofile.Kept{{Profile: appprofile.Profile{ApplicationID: "a0000000-0000-4000-8000-000000000001"}}}, nil
}

func words(store *tenants) *verdicts.Words {
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	known := tenant.NewService(store, nil, now)
	return &verdicts.Words{Tenants: known, Apps: appprofile.NewService(appprofile.Parts{Store: apps{tenants: store}, Tenants: known, Now: now}), Now: now}
}

var wrongPassword = verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126", Rule: "50126", CorrelationID: "5a0c7a6e", At: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}

func shown(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := component.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// A page of fifty members tells fifty verdicts of one tenant, and asks for the tenant once.
func TestATenantIsLookedUpOnceARequest(t *testing.T) {
	store := &tenants{}
	of := words(store)
	for range 2 {
		tell := of.Begin()
		for range 50 {
			tell.Tell(t.Context(), verdict.Verdict{Status: verdict.AppSetup, Code: "AADSTS65001", Rule: "65001"}, verdicts.Account{Username: "svc-backup@contoso.com", Tenant: contoso})
		}
	}
	if store.asked != 2 {
		t.Errorf("asked %d times for two requests", store.asked)
	}
}

// R17, R18: the verdict in full is an alert that says what to do and what to quote; in a row it is neither an alert nor says again
// what stands in the row.
func TestAVerdictInFullAndInARow(t *testing.T) {
	view := words(&tenants{}).Begin().Tell(t.Context(), wrongPassword, verdicts.Account{Username: "svc-backup@contoso.com", Tenant: contoso})
	full := shown(t, verdicts.Verdict(view))
	copied := full.Find("[data-copy]").Last().AttrOr("data-copy", "")
	if full.Find("[role=alert]").Length() != 1 || full.Find("a[href='/help/works-in-browser']").Length() != 1 || full.Find("ol.steps li").Length() == 0 {
		t.Errorf("in full: %s", full.Text())
	}
	for _, quoted := range []string{"AADSTS50126", "5a0c7a6e", "Account: svc-backup@contoso.com\nTenant: Contoso\n"} {
		if !strings.Contains(copied, quoted) {
			t.Errorf("what is copied lacks %q: %q", quoted, copied)
		}
	}
	row := shown(t, verdicts.Verdict(view.Row()))
	if copied := row.Find("[data-copy]").Last().AttrOr("data-copy", ""); row.Find("[role]").Length() != 0 || row.Find("p.links").Length() != 0 || strings.Contains(copied, "Account:") || !strings.Contains(copied, "5a0c7a6e") {
		t.Errorf("in a row: %s, copied %q", row.Text(), copied)
	}
	if row.Find(".message-title").Text() != full.Find(".message-title").Text() || row.Find("ol.steps").Text() != full.Find("ol.steps").Text() {
		t.Error("a row tells the verdict in other words")
	}
}

// Of a tenant that is gone the verdict still tells what Microsoft said.
func TestAVerdictOfATenantThatIsGone(t *testing.T) {
	view := words(&tenants{}).Begin().Tell(t.Context(), wrongPassword, verdicts.Account{Username: "svc-backup@contoso.com", Tenant: "gone"})
	if page := shown(t, verdicts.Verdict(view)); !strings.Contains(page.Text(), "AADSTS50126") {
		t.Errorf("it says %s", page.Text())
	}
}

// A code leads to its own place in the help, where it has one.
func TestACodeLeadsToItsPlace(t *testing.T) {
	places := map[string]bool{}
	for _, rule := range verdict.Rules() {
		places[rule.Anchor()] = true
	}
	for _, code := range []string{"AADSTS50126", "HTTP 503"} {
		link := shown(t, verdicts.Code(verdicts.Quotable(code))).Find("a")
		if _, place, _ := strings.Cut(link.AttrOr("href", ""), "/help/validation-codes#"); link.Text() != code || !places[place] {
			t.Errorf("%s leads to %q", code, link.AttrOr("href", ""))
		}
	}
	if shown(t, verdicts.Code(verdicts.Quotable("TIMEOUT"))).Find("a").Length() != 0 {
		t.Error("a word of ours is a link")
	}
}

// A row of a list and the verdict beside it have one tone, whatever the status; what failed is an alert all the same.
func TestRowAndVerdictAgreeInTone(t *testing.T) {
	if retired, none := verdicts.Tone(verdict.LegacyRetired), verdicts.Tone(verdict.NotValidated); retired != ui.Warn || none != ui.Mute {
		t.Errorf("legacy retired is %s, not validated %s: nobody could tell them apart", retired, none)
	}
	tell := words(&tenants{}).Begin()
	for _, status := range verdict.Statuses() {
		view := tell.Tell(t.Context(), verdict.Verdict{Status: status}, verdicts.Account{Tenant: contoso})
		if view.Tone != verdicts.ToneOf(status, len(view.Warnings) > 0) {
			t.Errorf("%s: %s in full, %s in a row", status, view.Tone, verdicts.ToneOf(status, false))
		}
		failed := status != verdict.Valid && status != verdict.NotValidated
		if alerts := shown(t, verdicts.Verdict(view)).Find("[role=alert]").Length(); (alerts == 1) != failed {
			t.Errorf("%s: %d alerts", status, alerts)
		}
	}
}

// "Valid" is said once: by the page where it says the status, or by the words of the validation that was just made.
func TestAGoodVerdictIsSaidOnce(t *testing.T) {
	good := words(&tenants{}).Begin().Tell(t.Context(), verdict.Verdict{Status: verdict.Valid, RolesRead: true, CorrelationID: "5a0c7a6e"}, verdicts.Account{Tenant: contoso})
	standing, outcome := shown(t, verdicts.Verdict(good.Standing())), shown(t, verdicts.Verdict(good.Outcome("Confirmed just now.")))
	if standing.Find(".message-title, [role]").Length() != 0 || !strings.Contains(standing.Text(), "accepted the username") {
		t.Errorf("beside the status it says %q", standing.Text())
	}
	if title := outcome.Find("[role=status] .message-title").Text(); title != "Confirmed just now." {
		t.Errorf("as an outcome it says %q", title)
	}
	bad := words(&tenants{}).Begin().Tell(t.Context(), wrongPassword, verdicts.Account{Tenant: contoso})
	if bad.Standing().Title != bad.Title || bad.Outcome("Validation result: Wrong password.").Title != bad.Title {
		t.Error("a refusal lost its headline")
	}
}

// One link to one place of help; the code leads to its own from among the details.
func TestAVerdictLeadsToOnePlace(t *testing.T) {
	tell := words(&tenants{}).Begin()
	for _, rule := range verdict.Rules() {
		page := shown(t, verdicts.Verdict(tell.Tell(t.Context(), verdict.Fail(rule.Key), verdicts.Account{Tenant: contoso})))
		if links := page.Find("p.links a, ol.steps a[href^='/help/']"); links.Length() != 1 {
			t.Errorf("%s: %d links: %s", rule.Key, links.Length(), links.Text())
		}
	}
}

// R70: what stands in the way of an app profile is an alert with cause, remedy, code and correlation id, and its code has a place.
func TestAnAppIsToldAsAVerdictIs(t *testing.T) {
	page := shown(t, verdicts.Verdict(words(&tenants{}).App("Refused", appprofile.Finding{Code: "AADSTS7000215", CorrelationID: "5a0c7a6e", Cause: "The secret is wrong.", Remedy: "Enter another one."})))
	if alert := page.Find("[role=alert]"); !strings.Contains(alert.Text(), "The secret is wrong.") || strings.TrimSpace(alert.Find("ol.steps li").Text()) != "Enter another one." || strings.Join(strings.Fields(alert.Find("dd").Text()), "") != "AADSTS70002155a0c7a6e" {
		t.Errorf("it says %s", alert.Text())
	}
	if page.Find("a[href='/help/validation-codes#AADSTS7000215']").Length() != 1 || page.Find("[data-copy]").AttrOr("data-copy", "") != "Code: AADSTS7000215\nCorrelation id: 5a0c7a6e\n" {
		t.Errorf("to quote: %s", page.Find("dl").Text())
	}
	if strange := shown(t, verdicts.Verdict(words(&tenants{}).App("Refused", appprofile.Finding{Code: "ODD"}))); strange.Find("a").Length() != 0 {
		t.Error("a code without a place leads somewhere")
	}
}
