package appprofile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
)

// configured is a fault that lets a sign-in host answer about a name with a configuration of somebody's.
func configured(name, issuerHost, id, tokenHost, region string) string {
	body := `{\"issuer\":\"https://` + issuerHost + `/` + id + `/v2.0\",\"token_endpoint\":\"https://` + tokenHost + `/` + id + `/oauth2/v2.0/token\",\"tenant_region_scope\":\"` + region + `\",\"cloud_instance_name\":\"microsoftonline.com\"}`
	return `[{"pathPrefix": "/` + name + `/v2.0", "status": 200, "contentType": "application/json", "body": "` + body + `"}]`
}

// R71: what answers for another tenant, or from another place, gets nothing.
func TestAnAnswerThatDoesNotFitGetsNothing(t *testing.T) {
	const public = "login.microsoftonline.com"
	for name, tc := range map[string]struct{ named, fault, says string }{
		"an id that answers with another":            {string(contoso), configured(string(contoso), public, string(fabrikam), public, "EU"), "contradictory answers"},
		"an issuer on a host that is nobody's":       {"contoso.com", configured("contoso.com", "login.evil.example", string(contoso), "login.evil.example", "EU"), "contradictory answers"},
		"tokens from elsewhere":                      {"contoso.com", configured("contoso.com", public, string(contoso), "login.evil.example", "EU"), "contradictory answers"},
		"an issuer without an id":                    {"contoso.com", configured("contoso.com", public, "{tenantid}", public, "EU"), "contradictory answers"},
		"another cloud, which knows no such":         {"contoso.com", configured("contoso.com", "login.microsoftonline.us", string(contoso), "login.microsoftonline.us", "USGov"), "contradictory answers"},
		"a domain that answers with somebody else's": {"contoso.com", configured("contoso.com", public, string(fabrikam), public, "NA"), "does not list the domain"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.steer(t, "POST", "/_sim/faults", tc.fault)
			_, err := r.Create(ctx, adele, here, draft("A", tc.named, otherApp, "Fabrikam-Secret~1"))
			fields := problem.Fields(err)
			if len(fields) != 1 || fields[0].Field != appprofile.FieldTenant || !strings.Contains(fields[0].Message, tc.says) {
				t.Errorf("err = %v", err)
			}
			if tc.says != "does not list the domain" && r.asked("/oauth2/") != 0 {
				t.Error("a credential was sent")
			}
			if n, m := r.kept(t); n != 0 || m != 0 {
				t.Errorf("%d app profiles, %d tenants", n, m)
			}
		})
	}
}

// R62: a failure is remembered for some seconds, and what Microsoft asked for stands even where somebody begins anew; a token that is not
// accepted any more is asked for anew.
func TestTheKeeperOfTokens(t *testing.T) {
	r := newRig(t)
	_, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	a, err := r.Credentials(ctx, contoso)
	must(t, err)
	found, err := r.tenants.Find(ctx, contoso)
	must(t, err)
	directory := app.Apps(r.client)
	requests := func(do func() error) (int, error) {
		before := r.asked("/oauth2/")
		err := do()
		return r.asked("/oauth2/") - before, err
	}
	enter := func() error { return directory.Enter(ctx, found, a) }
	code := func(err error) string {
		u, _ := errors.AsType[*appprofile.Unread](err)
		if u == nil {
			return ""
		}
		return u.Code
	}
	if n, err := requests(enter); n != 0 || err != nil {
		t.Errorf("the token of Create: %d requests, %v", n, err)
	}
	r.advance(3 * time.Hour)
	r.steer(t, "POST", "/_sim/faults", `[{"pathPrefix": "/`+string(contoso)+`/oauth2", "status": 500}]`)
	for i, want := range []int{1, 0} {
		if n, err := requests(enter); n != want || code(err) == "" {
			t.Errorf("failure %d: %d requests, %v", i, n, err)
		}
	}
	r.advance(4 * time.Second)
	r.steer(t, "POST", "/_sim/faults", `[{"pathPrefix": "/`+string(contoso)+`/oauth2", "status": 429, "retryAfter": "40"}]`)
	if n, err := requests(enter); n != 1 || code(err) == "" {
		t.Errorf("held back: %d requests, %v", n, err)
	}
	r.steer(t, "DELETE", "/_sim/faults", "")
	directory.Forget(a.Profile)
	r.advance(30 * time.Second)
	if n, err := requests(enter); n != 0 || err == nil {
		t.Errorf("while Microsoft asked to be left alone: %d requests, %v", n, err)
	}
	r.advance(11 * time.Second)
	if n, err := requests(enter); n != 1 || err != nil {
		t.Errorf("afterwards: %d requests, %v", n, err)
	}
	r.steer(t, "POST", "/_sim/rotate-keys", "")
	r.steer(t, "POST", "/_sim/rotate-keys", "")
	inspect := func() error { _, err := directory.Inspect(ctx, found, a); return err }
	if n, err := requests(inspect); n != 0 || code(err) != "HTTP 401" {
		t.Errorf("a token that is not accepted: %d requests, %v", n, err)
	}
	if n, err := requests(inspect); n != 1 || err != nil {
		t.Errorf("the next one: %d requests, %v", n, err)
	}
}
