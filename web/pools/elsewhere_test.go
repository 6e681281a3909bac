package pools_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

const renewed = "Renewed-Secret-2026!"

// account01 is the fixture's account of pool01 as a profile's form has it.
func account01(name, password string) url.Values {
	return url.Values{"name": {name}, "tenant": {contoso}, "services": {"fly"}, "username": {"pool01@contoso.com"}, "password": {password}}
}

// profileHref gives the address of a profile in the list.
func profileHref(t *testing.T, b *demotest.Browser, name string) string {
	t.Helper()
	for _, link := range b.Get("/service-accounts").Page(t).Find("#selection td>a").EachIter() {
		if link.Text() == name {
			return link.AttrOr("href", "")
		}
	}
	t.Fatalf("%s is not in the list", name)
	return ""
}

// shared is a house where one account stands in two profiles and in the pool of sites, with the password that it has.
func shared(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h, b := openPools(t)
	for _, name := range []string{"First", "Second"} {
		if res := b.Post("/service-accounts", account01(name, marked)); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", name, res.StatusCode)
		}
	}
	check := saveOK(t, b, with(poolForm(t, validated(t, b, "sites", "AOS Pool")), "password-sites-"+one, marked))
	awaitCheck(t, b, check)
	h.Sim.ResetRequests()
	return h, b
}

func awaitCheck(t *testing.T, b *demotest.Browser, check string) {
	t.Helper()
	demotest.Until(t, "the check", func() bool {
		return b.Get(check).Page(t).Find("[role=progressbar]").Length() == 0
	})
}

// change gives the account another password at Microsoft.
func change(t *testing.T, h *demotest.House) {
	t.Helper()
	if err := h.Sim.PatchUser("pool01@contoso.com", fmt.Appendf(nil, `{"password": %q}`, renewed)); err != nil {
		t.Fatal(err)
	}
}

// works validates what is stored in a profile.
func works(t *testing.T, b *demotest.Browser, name string) bool {
	t.Helper()
	href := profileHref(t, b, name)
	b.Post(href+"/validate", url.Values{})
	return strings.Contains(b.Get(href).Page(t).Find(".pane-identity .badge").First().Text(), "Valid")
}

// entries lists what the log says of new passwords, as "target: for whom".
func entries(t *testing.T, h *demotest.House) string {
	t.Helper()
	links, err := h.App.DB.Activity(t.Context(), 200)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, l := range links {
		if by := l.Details["accepted for"]; by != "" {
			list = append(list, l.Target.Name+": "+by)
		}
	}
	return strings.Join(list, "; ")
}

// One account, one password: a new one that Microsoft accepted for a profile is stored, after one sign-in, wherever else the account
// is used; each place is named in the form and each change in the log (R17, R61).
func TestANewPasswordOfAProfileGoesEverywhere(t *testing.T) {
	h, b := shared(t)
	change(t, h)
	first := profileHref(t, b, "First")
	page := b.Get(first + "/edit").Page(t)
	form := account01("First", renewed)
	form.Set("version", page.Find("#version").AttrOr("value", ""))
	for _, box := range page.Find("#elsewhere input[type=checkbox]").EachIter() {
		if _, on := box.Attr("checked"); !on {
			t.Error("a place is off")
		}
		form.Add("also", box.AttrOr("value", ""))
	}
	for _, named := range page.Find("#elsewhere input[type=hidden]").EachIter() {
		form.Add("named", named.AttrOr("value", ""))
	}
	if said := page.Find("#elsewhere").Text(); len(form["also"]) != 2 || len(form["named"]) != 2 || !strings.Contains(said, "Profile Second") || !strings.Contains(said, "Account pool Sites, Mailboxes, Groups, and Teams") {
		t.Fatalf("named: %q", said)
	}
	if res := b.Post(first, form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d\n%s", res.StatusCode, res.Text())
	}
	if n := h.Passwords(); n != 1 {
		t.Errorf("%d sign-ins, want one", n)
	}
	said := b.Get("/service-accounts").Page(t).Find("#flash").Text()
	if !strings.Contains(said, "profile Second and account pool Sites, Mailboxes, Groups, and Teams") {
		t.Errorf("said %q", said)
	}
	if got := entries(t, h); got != "Contoso: Sites, Mailboxes, Groups, and Teams: profile First; Second: profile First" && got != "Second: profile First; Contoso: Sites, Mailboxes, Groups, and Teams: profile First" {
		t.Errorf("the log says %q", got)
	}
	if !works(t, b, "Second") {
		t.Error("the second profile keeps the old password")
	}
	if details := b.Get(first).Page(t).Find(".facts").Text(); !strings.Contains(details, "Same account") || !strings.Contains(details, "Profile Second") {
		t.Error("the details do not say where else the account is used")
	}
}

// What somebody turned off stays as it was, and whoever edits the other profile meanwhile meets a newer version (R19).
func TestAPlaceThatIsTurnedOffKeepsItsPassword(t *testing.T) {
	h, b := shared(t)
	second := profileHref(t, b, "Second")
	stale := b.Get(second+"/edit").Page(t).Find("#version").AttrOr("value", "")
	change(t, h)
	first := profileHref(t, b, "First")
	page := b.Get(first + "/edit").Page(t)
	form := account01("First", renewed)
	form.Set("version", page.Find("#version").AttrOr("value", ""))
	for _, named := range page.Find("#elsewhere input[type=hidden]").EachIter() {
		place := named.AttrOr("value", "")
		form.Add("named", place)
		if strings.HasPrefix(place, "profile:") {
			form.Add("also", place)
		}
	}
	if res := b.Post(first, form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if got := entries(t, h); got != "Second: profile First" {
		t.Errorf("the log says %q", got)
	}
	late := account01("Second", "")
	late.Set("version", stale)
	if res := b.Post(second, late); res.StatusCode != http.StatusConflict {
		t.Errorf("an edit of the version before: %d", res.StatusCode)
	}
}

// A script asks for the places of the account that is typed, before a profile is made; a Save that was shown none stores the password
// where another is kept, and says so.
func TestTheFormOfANewProfileNamesThePlaces(t *testing.T) {
	h, b := shared(t)
	ask := "/service-accounts/elsewhere?" + url.Values{"tenant": {contoso}, "username": {"POOL01@contoso.com"}}.Encode()
	if said := b.ByScript(http.MethodGet, ask, nil).Page(t).Text(); !strings.Contains(said, "Profile First") || !strings.Contains(said, "Profile Second") {
		t.Errorf("named: %q", said)
	}
	change(t, h)
	if res := b.Post("/service-accounts", account01("Third", renewed)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if said := b.Get("/service-accounts").Page(t).Find("#flash").Text(); !strings.Contains(said, "profile First, profile Second and account pool") {
		t.Errorf("said %q", said)
	}
	h.Sim.ResetRequests()
	if res := b.Post("/service-accounts", account01("Fourth", renewed)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if said := b.Get("/service-accounts").Page(t).Find("#flash").Text(); strings.Contains(said, "elsewhere") {
		t.Errorf("places with this very password were written again: %q", said)
	}
}

// From the page of pools: a password that a check accepted goes to the profiles with the account, but for those that were turned off.
func TestANewPasswordOfAMemberGoesEverywhere(t *testing.T) {
	h, b := shared(t)
	change(t, h)
	form := poolForm(t, b.Get(poolPath).Page(t))
	places := form["also-sites-"+one]
	if len(places) != 2 || len(form["shown-sites-"+one]) != 2 {
		t.Fatalf("named: %v", places)
	}
	form["also-sites-"+one] = places[:1]
	awaitCheck(t, b, saveOK(t, b, with(form, "password-sites-"+one, renewed)))
	if n := h.Passwords(); n != 1 {
		t.Errorf("%d sign-ins, want one", n)
	}
	if got := entries(t, h); got != "First: account pool Contoso: Sites, Mailboxes, Groups, and Teams" {
		t.Errorf("the log says %q", got)
	}
	if !works(t, b, "First") {
		t.Error("the first profile keeps the old password")
	}
	if works(t, b, "Second") {
		t.Error("the second profile was turned off and has the new password")
	}
	if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
		t.Errorf("the log: %v", err)
	}
}
