package web_test

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/demo/demotest"
	"purser.example/static"
)

const (
	rightsContoso  = "6f1c0000-0000-4000-8000-000000000001"
	rightsFabrikam = "6f1c0000-0000-4000-8000-000000000002"
	unconnected    = "6f1c0000-0000-4000-8000-000000000003" // a tenant at Microsoft 365 that nobody connected
	absent         = "0193a1c2-7d40-7000-8000-00000000dead"

	rightsFixture = `{"tenants": [{"id": "` + rightsContoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.onmicrosoft.com", "password": "Marked-Secret-2026!"}]},
 {"id": "` + rightsFabrikam + `", "displayName": "Fabrikam", "initialDomain": "fabrikam.onmicrosoft.com", "connected": true,
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000002", "clientSecret": "Marked-Client-Secret"}]},
 {"id": "` + unconnected + `", "displayName": "Unconnected", "initialDomain": "unconnected.onmicrosoft.com", "connected": false,
  "users": [{"userPrincipalName": "svc@unconnected.onmicrosoft.com", "password": "Marked-Secret-2026!"}]}]}`
)

// R1, R2, R3: every route of Purser, asked by each kind of person, with the ids of records that are there, that are not, and of those of
// another tenant. Who gets in stands in the table; a route without a row fails.
func TestEveryRouteKnowsWhoMayUseIt(t *testing.T) {
	h := demotest.OpenFixture(t, rightsFixture)
	t.Run("the table is the router's", func(t *testing.T) { compareRights(t, h) })
	people := []*demotest.Browser{h.Browser(t), h.SignedIn(t, "user@purser.test"), h.SignedIn(t, "admin@purser.test"), h.SignedIn(t, "owner@purser.test")}
	for _, b := range people {
		b.Timeout = 2 * time.Minute // a certificate is made meanwhile, which is work for a machine that has other tests to run
	}
	ids := furnishRights(t, people[3])
	asked := 0
	for _, r := range rights {
		for _, address := range addresses(r, ids) {
			for who, b := range people {
				if who < 2 && !address.there {
					continue // they are turned away before anything is looked for
				}
				if r.path == "/auth/sign-out" && who > 0 {
					b = h.SignedIn(t, []string{"", "user@purser.test", "admin@purser.test", "owner@purser.test"}[who])
				}
				asked++
				want, got := r.expected(who, address.there), outcomeOf(t, b, r, address)
				if got != want {
					t.Errorf("%s %s, %s (%s): %s instead of %s", r.method, r.path, persons[who], address.of, got, want)
				}
			}
		}
	}
	t.Logf("%d routes, %d requests", len(rights), asked)
}

// sent are the fields of every post: enough that none is refused for want of one before it is known whether its record is there.
var sent = url.Values{
	"name": {"Backup"}, "tenant": {rightsContoso}, "services": {"fly"}, "username": {"svc-backup@contoso.onmicrosoft.com"}, "version": {"1"}, "through": {"0"}, "domain": {"contoso.com"},
	"application_id": {"a0000000-0000-4000-8000-000000000001"}, "credential": {"made"}, "types": {"users"}, "method": {"app"}, "schedule": {"hand"},
}

var persons = []string{"somebody outside", "a person without a role", "a Service Administrator", "a Tenant Owner"}

// compareRights finds the routes without a row, and the rows without a route.
func compareRights(t *testing.T, h *demotest.House) {
	t.Helper()
	var mounted, rows []string
	for _, r := range h.App.Handler.(interface{ Routes() []*echo.Route }).Routes() {
		mounted = append(mounted, r.Method+" "+r.Path)
	}
	for _, r := range rights {
		rows = append(rows, r.method+" "+r.path)
		if n := strings.Count(r.path, ":") + strings.Count(r.path, "*"); n != len(r.names) {
			t.Errorf("%s %s has %d ids, and its row names %d", r.method, r.path, n, len(r.names))
		}
	}
	for _, route := range mounted {
		if n := count(rows, route); n != 1 {
			t.Errorf("%s has %d rows in rights (web/rights_table_test.go), want 1: say who may use it", route, n)
		}
	}
	for _, row := range rows {
		if !slices.Contains(mounted, row) {
			t.Errorf("%s has a row in rights, and is no route", row)
		}
	}
}

func count(list []string, of string) (n int) {
	for _, s := range list {
		if s == of {
			n++
		}
	}
	return n
}

// expected is the outcome of a row for a person, with records that are there or not.
func (r row) expected(who int, there bool) string {
	read := r.method == http.MethodGet || r.method == http.MethodHead
	switch {
	case r.who == ownVoice:
		return http.StatusText(r.answers[who])
	case r.who == everybody:
	case who == 0 && read:
		return "sent to sign in"
	case who == 0:
		return http.StatusText(http.StatusUnauthorized)
	case who == 1 || who == 2 && r.who == owners:
		return http.StatusText(http.StatusForbidden)
	}
	if !there || r.spared {
		return http.StatusText(cmp.Or(r.gone, http.StatusNotFound))
	}
	return "in"
}

// outcomeOf asks, and says how the answer reads: "in" is whatever a route says to those it lets in. A stream is left at its head.
func outcomeOf(t *testing.T, b *demotest.Browser, r row, to address) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, b.Base+to.path, strings.NewReader(sent.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"application/x-www-form-urlencoded"}}
	res, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	refused := slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed}, res.StatusCode)
	switch {
	case strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in") && r.who != ownVoice:
		return "sent to sign in"
	case r.who == ownVoice || refused || res.StatusCode >= http.StatusInternalServerError || res.StatusCode == r.gone && (r.spared || !to.there):
		return http.StatusText(res.StatusCode)
	case !to.there:
		return "in, with " + res.Status
	default:
		return "in"
	}
}

// address is a route with ids in it.
type address struct {
	path, of string
	there    bool
}

// addresses fills a route's ids: with those of records that belong together, and then one after the other with an id of nothing, of a
// record of another kind, and of the same kind in another tenant.
func addresses(r row, ids map[string][]string) (list []address) {
	path, names := r.path, r.names
	switch {
	case r.ofTenant:
		pool := path + "?tab=sites&tenant="
		return []address{{pool + rightsContoso, "of a tenant", true}, {pool + unconnected, "of a tenant that is not connected", false}}
	case len(names) == 0:
		return []address{{path, "as it is", true}}
	}
	whole := make([]string, len(names))
	for i, name := range names {
		whole[i] = absent
		if own := ids[name]; len(own) > 0 {
			whole[i] = own[0]
		}
	}
	if !slices.Contains(whole, absent) {
		list = append(list, address{filled(path, whole), "its own records", true})
	}
	for i, name := range names {
		others := map[string]string{"no such " + name: absent, "a " + name + " by the id of a tenant": unconnected}
		if name == "app" || name == "tenant" {
			others["a "+name+" by the id of a profile"] = ids["profile"][0]
		}
		if own := ids[name]; i > 0 && len(own) > 1 {
			others["a "+name+" of another tenant"] = own[1]
		}
		if name == "check" || name == "registration" {
			others["a "+name+" by the id of a validation run"] = ids["validation"][0]
		}
		for of, id := range others {
			list = append(list, address{filled(path, slices.Replace(slices.Clone(whole), i, i+1, id)), of, false})
		}
	}
	return list
}

func filled(path string, ids []string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") || part == "*" {
			parts[i], ids = ids[0], ids[1:]
		}
	}
	return strings.Join(parts, "/")
}

// furnishRights makes records of two tenants, and gives their ids by kind, those of Contoso first.
func furnishRights(t *testing.T, owner *demotest.Browser) map[string][]string {
	t.Helper()
	ids := map[string][]string{
		"tenant": {rightsContoso, rightsFabrikam}, "asset": {strings.TrimPrefix(static.Path("icons/favicon.svg"), "/static/")}, "entry": {"1"},
	}
	post := func(address string, form url.Values) string {
		t.Helper()
		res := owner.Post(address, form)
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", address, res.StatusCode, res.Page(t).Find("#outcome").Text())
		}
		return res.Header.Get("Location")
	}
	last := func(address string) string {
		address, _, _ = strings.Cut(address, "?")
		return address[strings.LastIndex(address, "/")+1:]
	}
	post("/service-accounts", url.Values{"name": {"Backup"}, "tenant": {rightsContoso}, "services": {"fly"}, "username": {"svc-backup@contoso.onmicrosoft.com"}, "password": {"Marked-Secret-2026!"}})
	ids["profile"] = linked(t, owner.Get("/service-accounts"), "/service-accounts/")
	ids["validation"] = []string{last(post("/service-accounts/validate", url.Values{"all": {"yes"}}))}
	post("/scan-profiles", url.Values{"name": {"Nightly"}, "tenant": {rightsContoso}, "types": {"users"}, "method": {"app"}, "schedule": {"hand"}})
	ids["scan profile"] = linked(t, owner.Get("/scan-profiles"), "/scan-profiles/")
	ids["log verification"] = []string{last(post("/activity/verify", url.Values{}))}
	ids["scan"] = []string{last(post("/scan-profiles/"+ids["scan profile"][0]+"/run", url.Values{}))}
	post("/settings/notifications/recipients", url.Values{"name": {"Operations"}, "way": {"mail"}, "email": {"operations@contoso.com"}})
	ids["recipient"] = []string{last(owner.Get("/settings/notifications").Page(t).Find("#recipients td a").AttrOr("href", ""))}
	post("/settings/notifications/rules", url.Values{"name": {"Breaks"}, "kinds": {"account-broken"}, "receivers": ids["recipient"], "sending": {"once"}})
	ids["notification rule"] = []string{last(owner.Get("/settings/notifications").Page(t).Find("#rules td a").AttrOr("href", ""))}
	for n, tenant := range []string{rightsContoso, rightsFabrikam} {
		made := last(post("/app-profiles", url.Values{
			"name": {"Made " + tenant}, "tenant": {tenant}, "application_id": {"a0000000-0000-4000-8000-00000000000" + string(rune('1'+n))}, "credential": {"made"},
		}))
		details := owner.Get("/app-profiles/" + made)
		ids["app"] = append(ids["app"], made)
		file := linked(t, details, "/app-profiles/"+made+"/certificates/")[0]
		ids["certificate"], ids["credential"] = append(ids["certificate"], file), append(ids["credential"], strings.TrimSuffix(file, ".cer"))
	}
	return ids
}

// linked gives what follows a prefix in the links of a page.
func linked(t *testing.T, page *demotest.Response, prefix string) (ids []string) {
	t.Helper()
	for _, link := range page.Page(t).Find("a[href^='" + prefix + "']").EachIter() {
		id, _, _ := strings.Cut(strings.TrimPrefix(link.AttrOr("href", ""), prefix), "/")
		if id, _, _ = strings.Cut(id, "?"); len(id) >= len(absent) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		t.Fatalf("no link begins with %s", prefix)
	}
	return ids
}
