package signin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// loggedSignIn is a sign-in as a client of Graph reads it.
type loggedSignIn struct {
	ID, CorrelationID, UserID, UserPrincipalName, CreatedDateTime, AppID, ConditionalAccessStatus string
	Status                                                                                        struct {
		ErrorCode     int
		FailureReason string
	}
	AppliedConditionalAccessPolicies []struct {
		ID, Result    string
		GrantControls []string `json:"enforcedGrantControls"`
	}
}

// signIns asks for the log with a query.
func signIns(t *testing.T, w *simtest.World, token string, query ...string) []loggedSignIn {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	r := w.Get(token, "/v1.0/auditLogs/signIns?"+values.Encode())
	var body struct{ Value []loggedSignIn }
	if r.Decode(t, &body); r.Status != http.StatusOK {
		t.Fatalf("%v: %d %s", query, r.Status, r.Body)
	}
	return body.Value
}

func codesOf(list []loggedSignIn) []int {
	codes := make([]int, 0, len(list))
	for _, e := range list {
		codes = append(codes, e.Status.ErrorCode)
	}
	return codes
}

// TestSignInLog finds a refused sign-in by the correlation id that the refusal gave, with the policy that stood in the way.
func TestSignInLog(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	app := w.AsApp(simtest.AppID, "good-secret")
	blocked := w.Token("username", "ca@contoso.com").Refusal(t)
	w.Clock.Advance(time.Minute)
	w.Token("password", "Wrong-1234")
	w.Clock.Advance(time.Minute)
	w.Token()
	w.Token("username", "nobody@contoso.com")
	w.Token("client_id", "a0000000-0000-4000-8000-00000000000f")
	w.Token("grant_type", "refresh_token", "refresh_token", "1.x")

	list := signIns(t, w, app)
	if !slices.Equal(codesOf(list), []int{50034, 0, 50126, 53003}) {
		t.Fatalf("not the sign-ins, newest first: %v", codesOf(list))
	}
	if list[0].UserID != "00000000-0000-0000-0000-000000000000" || list[0].UserPrincipalName != "nobody@contoso.com" || list[1].AppID != simtest.AppID || list[1].ConditionalAccessStatus != "notApplied" {
		t.Errorf("%+v", list[:2])
	}
	found := signIns(t, w, app, "$filter", "correlationId eq '"+blocked.CorrelationID+"'")
	if len(found) != 1 || found[0].Status.ErrorCode != 53003 || found[0].ConditionalAccessStatus != "failure" || found[0].CreatedDateTime != "2026-11-23T14:02:11Z" || strings.Contains(found[0].Status.FailureReason, "Trace ID") {
		t.Fatalf("%+v", found)
	}
	policies := found[0].AppliedConditionalAccessPolicies
	if len(policies) != 2 || policies[0].Result != "reportOnlyNotApplied" || policies[1].ID != simtest.PolicyID || policies[1].Result != "failure" || !slices.Equal(policies[1].GrantControls, []string{"Block"}) {
		t.Errorf("%+v", policies)
	}
	for query, want := range map[[2]string][]int{
		{"$filter", "userPrincipalName eq 'svc@contoso.com'"}:                                              {0, 50126},
		{"$filter", "userId eq '99999999-0000-4000-8000-000000000001' and status/errorCode eq 50126"}:      {50126},
		{"$filter", "createdDateTime ge 2026-11-23T14:03:11Z and createdDateTime le 2026-11-23T15:03:11Z"}: {50034, 0, 50126},
		{"$filter", "createdDateTime le 2026-11-23T15:02:11+01:00"}:                                        {53003},
		{"$filter", "status/errorCode ne 0 and createdDateTime eq 2026-11-23T14:03:11Z"}:                   {50126},
		{"$orderby", "createdDateTime asc"}:                                                                {53003, 50126, 50034, 0},
		{"$top", "1"}:                                                                                      {50034},
		{"$top", "1000"}:                                                                                   {50034, 0, 50126, 53003},
		{"$select", "status,correlationId"}:                                                                {50034, 0, 50126, 53003},
	} {
		if got := codesOf(signIns(t, w, app, query[0], query[1])); !slices.Equal(got, want) {
			t.Errorf("%v: %v", query, got)
		}
	}
	if one := w.Get(app, "/v1.0/auditLogs/signIns/"+found[0].ID).Object(t); one["correlationId"] != blocked.CorrelationID {
		t.Errorf("%v", one)
	}
}

// TestSignInLogRefusals is what the log does not answer.
func TestSignInLogRefusals(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	app, user := w.AsApp(simtest.AppID, "good-secret"), w.AccessToken()
	for query, want := range map[string]int{
		"$count=true": 400, `$search="displayName:x"`: 400, "$top=1001": 400, "$filter=nonsense eq 1": 400,
		"$filter=createdDateTime ge yesterday": 400, "$filter=createdDateTime ge": 400,
	} {
		if r := w.Get(app, "/v1.0/auditLogs/signIns?"+strings.ReplaceAll(query, " ", "%20")); r.Status != want {
			t.Errorf("%s: %d %s", query, r.Status, r.Body)
		}
	}
	for _, query := range []string{"$top=1000", "$filter=displayName%20eq%205", "$filter=displayName%20ge%202026-11-23T14:03:11Z"} {
		if r := w.Get(app, "/v1.0/users?"+query); r.Status != 400 {
			t.Errorf("of the directory %s: %d", query, r.Status)
		}
	}
	if r := w.Get(app, "/v1.0/auditLogs/signIns/x"); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	if r := w.Get(user, "/v1.0/auditLogs/signIns"); r.Status != 403 || r.GraphCode(t) != "Authentication_RequestFromUnsupportedUserRole" {
		t.Errorf("somebody without a role for it: %d %s", r.Status, r.Body)
	}
	w.Control("PATCH", "/_sim/users/svc@contoso.com", `{"roles": ["Reports Reader"]}`, 204)
	if r := w.Get(w.AccessToken(), "/v1.0/auditLogs/signIns"); r.Status != 200 {
		t.Errorf("a Reports Reader: %d %s", r.Status, r.Body)
	}
	for permissions, want := range map[string]string{`["Directory.Read.All", "Policy.Read.All"]`: "Authentication_MSGraphPermissionMissing", `["AuditLog.Read.All"]`: ""} {
		w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"apps": [{"appId": "`+simtest.AppID+`", "clientSecret": "good-secret", "permissions": `+permissions+`}]}`, 204)
		token := w.AsApp(simtest.AppID, "good-secret")
		r := w.Get(token, "/v1.0/auditLogs/signIns")
		if want != "" && (r.Status != 403 || r.GraphCode(t) != want) || want == "" && (r.Status != 200 || !strings.Contains(r.Body, `"appliedConditionalAccessPolicies":null`)) {
			t.Errorf("with %s: %d %s", permissions, r.Status, r.Body)
		}
	}
}

// TestSignInLogKeepsNoPassword looks for each password that came in everything the log gives out.
func TestSignInLogKeepsNoPassword(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	w.Token()
	w.Token("password", "Wrong-1234")
	body := w.Get(w.AsApp(simtest.AppID, "good-secret"), "/v1.0/auditLogs/signIns").Body
	if strings.Contains(body, "Right-1234") || strings.Contains(body, "Wrong-1234") || !strings.Contains(body, "50126") {
		t.Error(body)
	}
}
