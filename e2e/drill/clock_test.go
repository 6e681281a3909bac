package drill

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
)

const (
	clocked = 8 // profiles that are validated while the clock jumps
	unhasty = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "latencyMs": 150,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"generate": {"users": 8, "upn": "u%05d@contoso.com", "password": "Gen-%05d!"}}]}`
	day, year = 24 * time.Hour, 365 * 24 * time.Hour
)

var negative = regexp.MustCompile(`-\d+ (second|minute|hour|day|month|year)`)

// F9 of the fault plan: while the clock of the machine jumps, by a day or a year, ahead or back, a run goes on and tries nobody twice; sessions end
// that are older than they may be, or of a time to come; signing in is refused with a page, and works again when the clock is right. A few
// seconds do nothing. Scans, health checks and backups have their own tests (F9, R90).
func TestAClockThatJumpsF9(t *testing.T) {
	for name, c := range map[string]struct {
		jump time.Duration
		kept bool // the session goes on
	}{
		"a day ahead": {day, false}, "a day back": {-day, false}, "a year ahead": {year, false}, "a year back": {-year, false},
		"five seconds ahead": {5 * time.Second, true}, "five seconds back": {-5 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := openJump(t)
			made := j.post("/service-accounts/validate", url.Values{"all": {"yes"}})
			j.house.Clock.Advance(c.jump)
			j.session(c.kept)
			j.signIn(c.kept)
			demotest.Until(t, "each account tried once more", func() bool { return j.house.Passwords() >= 2*clocked })
			j.house.Clock.Advance(-c.jump)
			j.again(made)
		})
	}
}

// jump is a Purser whose clock is moved, and somebody who was signed in before.
type jump struct {
	t     *testing.T
	house *demotest.House
	owner *demotest.Browser
}

func openJump(t *testing.T) *jump {
	t.Helper()
	j := &jump{t: t, house: demotest.OpenFixture(t, unhasty)}
	j.owner = j.house.SignedIn(t, "owner@purser.test")
	for n := 1; n <= clocked; n++ {
		j.post("/service-accounts", url.Values{
			"name": {fmt.Sprint("Jump ", n)}, "tenant": {tenantID}, "services": {"fly"}, "username": {fmt.Sprintf("u%05d@contoso.com", n)}, "password": {fmt.Sprintf("Gen-%05d!", n)},
		})
	}
	return j
}

// post sends a form, and gives where the answer leads.
func (j *jump) post(path string, form url.Values) string {
	j.t.Helper()
	res := j.owner.Post(path, form)
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || strings.HasPrefix(to, "/auth") {
		j.t.Fatalf("%s: status %d, on to %q\n%s", path, res.StatusCode, to, res.Text())
	}
	return to
}

// session holds the session of before to what it has to be.
func (j *jump) session(kept bool) {
	j.t.Helper()
	res := j.owner.Get("/service-accounts")
	if kept && res.StatusCode != http.StatusOK || !kept && (res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in")) {
		j.t.Errorf("the session of before: status %d, on to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res := j.owner.Get("/readyz"); res.StatusCode != http.StatusOK {
		j.t.Errorf("/readyz: %d", res.StatusCode)
	}
}

// signIn signs in at the provider, whose clock is right.
func (j *jump) signIn(works bool) {
	j.t.Helper()
	b := j.house.Browser(j.t)
	callback, err := idptest.SignIn(j.t.Context(), b.Client, j.house.URL()+"/auth/sign-in", "owner@purser.test", demo.Password)
	if err != nil {
		j.t.Fatal(err)
	}
	res := b.Get(callback)
	if works && res.StatusCode != http.StatusSeeOther || !works && (res.StatusCode != http.StatusBadRequest || !strings.Contains(res.Text(), "Sign in")) {
		j.t.Errorf("sign-in meanwhile: status %d\n%s", res.StatusCode, res.Text())
	}
}

// again works when the clock is right again: everything is as if it had always been.
func (j *jump) again(made string) {
	j.t.Helper()
	j.owner = j.house.SignedIn(j.t, "owner@purser.test")
	demotest.Until(j.t, "the end of the run", func() bool {
		res := j.owner.Get(made)
		return res.StatusCode == http.StatusOK && !strings.Contains(res.Text(), `role="progressbar"`)
	})
	if sent := j.house.Passwords(); sent != 2*clocked {
		j.t.Errorf("%d sign-ins for %d profiles that were saved and validated", sent, clocked)
	}
	rows := j.owner.Get("/service-accounts").Page(j.t).Find("#selection tbody tr")
	if rows.Length() != clocked {
		j.t.Fatalf("%d rows", rows.Length())
	}
	id := rows.First().Find("input").AttrOr("value", "")
	j.post("/service-accounts/"+id+"/validate", url.Values{})
	for _, path := range []string{"/service-accounts", "/service-accounts/" + id, made, "/activity", "/settings/sessions"} {
		if res := j.owner.Get(path); res.StatusCode != http.StatusOK || negative.MatchString(res.Text()) {
			j.t.Errorf("%s: status %d, %q", path, res.StatusCode, negative.FindString(res.Text()))
		}
	}
	if err := j.house.App.DB.VerifyActivity(j.t.Context()); err != nil {
		j.t.Error(err)
	}
	if log := j.house.Log.String(); strings.Contains(log, "level=ERROR") {
		j.t.Errorf("logged:\n%s", log)
	}
}
