package m365sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// loggedSignIn is a sign-in as a client of Graph reads it.
type loggedSignIn struct {
	ID, CorrelationID, UserID, UserPrincipalName, CreatedDateTime, AppID, ConditionalAccessStatus string
	Status                                                                                        struct {
		ErrorCode     int
		FailureReason string
	}
	AppliedConditionalAccessPolicies []appliedPolicy
}

// signIns asks for the log with a query.
func (w *world) signIns(token string, query ...string) []loggedSignIn {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	r := w.get(token, "/v1.0/auditLogs/signIns?"+values.Encode())
	var body struct{ Value []loggedSignIn }
	if r.decode(w.t, &body); r.status != http.StatusOK {
		w.t.Fatalf("%v: %d %s", query, r.status, r.body)
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
	w := newWorld(t, contoso)
	app := w.asApp(appID, "good-secret")
	blocked := w.token("username", "ca@contoso.com").refusal(t)
	w.clock.advance(time.Minute)
	w.token("password", "Wrong-1234")
	w.clock.advance(time.Minute)
	w.token()
	w.token("username", "nobody@contoso.com")
	w.token("client_id", "a0000000-0000-4000-8000-00000000000f")
	w.token("grant_type", "refresh_token", "refresh_token", "1.x")

	list := w.signIns(app)
	if !slices.Equal(codesOf(list), []int{50034, 0, 50126, 53003}) {
		t.Fatalf("not the sign-ins, newest first: %v", codesOf(list))
	}
	if list[0].UserID != noSuchUser || list[0].UserPrincipalName != "nobody@contoso.com" || list[1].AppID != appID || list[1].ConditionalAccessStatus != "notApplied" {
		t.Errorf("%+v", list[:2])
	}
	found := w.signIns(app, "$filter", "correlationId eq '"+blocked.CorrelationID+"'")
	if len(found) != 1 || found[0].Status.ErrorCode != 53003 || found[0].ConditionalAccessStatus != "failure" || found[0].CreatedDateTime != "2026-11-23T14:02:11Z" || strings.Contains(found[0].Status.FailureReason, "Trace ID") {
		t.Fatalf("%+v", found)
	}
	policies := found[0].AppliedConditionalAccessPolicies
	if len(policies) != 2 || policies[0].Result != "reportOnlyNotApplied" || policies[1].ID != policyID || policies[1].Result != "failure" || !slices.Equal(policies[1].GrantControls, []string{"Block"}) {
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
		if got := codesOf(w.signIns(app, query[0], query[1])); !slices.Equal(got, want) {
			t.Errorf("%v: %v", query, got)
		}
	}
	if one := w.get(app, "/v1.0/auditLogs/signIns/"+found[0].ID).object(t); one["correlationId"] != blocked.CorrelationID {
		t.Errorf("%v", one)
	}
}

// TestSignInLogRefusals is what the log does not answer.
func TestSignInLogRefusals(t *testing.T) {
	w := newWorld(t, contoso)
	app, user := w.asApp(appID, "good-secret"), w.accessToken()
	for query, want := range map[string]int{
		"$count=true": 400, `$search="displayName:x"`: 400, "$top=1001": 400, "$filter=nonsense eq 1": 400,
		"$filter=createdDateTime ge yesterday": 400, "$filter=createdDateTime ge": 400,
	} {
		if r := w.get(app, "/v1.0/auditLogs/signIns?"+strings.ReplaceAll(query, " ", "%20")); r.status != want {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	for _, query := range []string{"$top=1000", "$filter=displayName%20eq%205", "$filter=displayName%20ge%202026-11-23T14:03:11Z"} {
		if r := w.get(app, "/v1.0/users?"+query); r.status != 400 {
			t.Errorf("of the directory %s: %d", query, r.status)
		}
	}
	if r := w.get(app, "/v1.0/auditLogs/signIns/x"); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	if r := w.get(user, "/v1.0/auditLogs/signIns"); r.status != 403 || r.graphCode(t) != "Authentication_RequestFromUnsupportedUserRole" {
		t.Errorf("somebody without a role for it: %d %s", r.status, r.body)
	}
	w.control("PATCH", "/_sim/users/svc@contoso.com", `{"roles": ["Reports Reader"]}`, 204)
	if r := w.get(w.accessToken(), "/v1.0/auditLogs/signIns"); r.status != 200 {
		t.Errorf("a Reports Reader: %d %s", r.status, r.body)
	}
	for permissions, want := range map[string]string{`["Directory.Read.All", "Policy.Read.All"]`: "Authentication_MSGraphPermissionMissing", `["AuditLog.Read.All"]`: ""} {
		w.control("PATCH", "/_sim/tenants/"+tenantID, `{"apps": [{"appId": "`+appID+`", "clientSecret": "good-secret", "permissions": `+permissions+`}]}`, 204)
		token := w.asApp(appID, "good-secret")
		r := w.get(token, "/v1.0/auditLogs/signIns")
		if want != "" && (r.status != 403 || r.graphCode(t) != want) || want == "" && (r.status != 200 || !strings.Contains(r.body, `"appliedConditionalAccessPolicies":null`)) {
			t.Errorf("with %s: %d %s", permissions, r.status, r.body)
		}
	}
}

// TestSignInLogKeepsNoPassword looks for each password that came in everything the log gives out.
func TestSignInLogKeepsNoPassword(t *testing.T) {
	w := newWorld(t, contoso)
	w.token()
	w.token("password", "Wrong-1234")
	body := w.get(w.asApp(appID, "good-secret"), "/v1.0/auditLogs/signIns").body
	if strings.Contains(body, "Right-1234") || strings.Contains(body, "Wrong-1234") || !strings.Contains(body, "50126") {
		t.Error(body)
	}
}

func TestSignInLogForgets(t *testing.T) {
	var log signInLog
	for i := range maxSignIns + 5 {
		log.add("t", &signIn{code: i})
	}
	list := log.newestFirst("t")
	if len(list) != maxSignIns || list[0].(*signIn).code != maxSignIns+4 || list[maxSignIns-1].(*signIn).code != 5 {
		t.Errorf("%d entries", len(list))
	}
}
