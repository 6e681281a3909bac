package microsoft_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

const (
	adminHost   = "contoso-admin.sharepoint.com"
	appPassword = "abcdabcdabcdabcd"
	soapType    = "application/soap+xml; charset=utf-8"
	ticket      = "t=marked.access.ticket&p="
)

// withAppPassword is an account of the tests with an app password.
func withAppPassword(username, password string) microsoft.Account {
	a := accountOf(username, password)
	a.AppPassword, a.AdminCenter = true, adminHost
	return a
}

// enveloped is an answer of the legacy sign-in in the shape that was seen of Microsoft.
func enveloped(header, body string) string {
	return `<?xml version="1.0" encoding="utf-8" ?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:wst="http://schemas.xmlsoap.org/ws/2005/02/trust" ` +
		`xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:psf="http://schemas.microsoft.com/Passport/SoapServices/SOAPFault">` +
		`<S:Header>` + header + `</S:Header><S:Body>` + body + `</S:Body></S:Envelope>`
}

func requestStatus(status string) string {
	return `<psf:pp><psf:serverVersion>1</psf:serverVersion><psf:reqstatus>` + status + `</psf:reqstatus><psf:serverInfo ServerTime="2026-11-23T14:02:11.0Z">` + traceID + `</psf:serverInfo></psf:pp>`
}

// faultWith is a SOAP fault with a status of the sign-in, and what the directory said inside; both may be missing.
func faultWith(status, inner string) string {
	detail := ""
	if status != "" {
		detail = `<psf:value>` + status + `</psf:value>`
	}
	if inner != "" {
		detail += `<psf:internalerror><psf:code>0x80041012</psf:code><psf:text>` + strings.ReplaceAll(inner, "&", "&amp;") + `</psf:text></psf:internalerror>`
	}
	return enveloped("", `<S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>wst:FailedAuthentication</S:Value></S:Subcode></S:Code>`+
		`<S:Reason><S:Text xml:lang="en-US">Authentication Failure</S:Text></S:Reason><S:Detail><psf:error>`+detail+`</psf:error></S:Detail></S:Fault>`)
}

func response(token string) string {
	return `<wst:RequestSecurityTokenResponse><wst:TokenType>urn:passport:compact</wst:TokenType>` + token + `</wst:RequestSecurityTokenResponse>`
}

func granted(token string) string {
	return response(`<wst:RequestedSecurityToken><wsse:BinarySecurityToken Id="Compact0">` + strings.ReplaceAll(token, "&", "&amp;") + `</wsse:BinarySecurityToken></wst:RequestedSecurityToken>`)
}

// legacyStandIn answers like Microsoft where legacy is on.
func legacyStandIn(t *testing.T) *standIn {
	t.Helper()
	s := newStandIn(t)
	s.says["/rst2.srf"] = saysAs(200, soapType, enveloped("", granted(ticket)))
	s.says["/extSTS.srf"] = s.says["/rst2.srf"]
	s.says["/_vti_bin/client.svc"] = challenges(tenantID)
	s.says["/_vti_bin/idcrl.svc/"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("SPRequestGuid", traceID)
		if r.Header.Get("Authorization") != "BPOSIDCRL "+ticket || r.Header.Get("X-IDCRL_ACCEPTED") != "t" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Add("Set-Cookie", "SPOIDCRL=marked.access.cookie; path=/; secure; HttpOnly")
	}
	s.says["/v1.0/admin/sharepoint/settings"] = says(200, `{"isLegacyAuthProtocolsEnabled":true}`)
	s.says["/v1.0/users/"] = says(200, `{"id":"99999999-0000-0000-0000-000000000001"}`)
	return s
}

func challenges(tenant string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+tenant+`",client_id="00000003-0000-0ff1-ce00-000000000000",trusted_issuers="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// alsoChallenges is a challenge in a second header, behind one of another kind.
func alsoChallenges(tenant string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Www-Authenticate", `IDCRL Type="BPOSIDCRL"`)
		w.Header().Add("Www-Authenticate", `Bearer realm="`+tenant+`",client_id="00000003-0000-0ff1-ce00-000000000000"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func svcByApp() microsoft.Account {
	a := svc()
	a.AppPassword, a.AdminCenter, a.Password = true, adminHost, secret.FromString("Marked<&>\"'"+appPassword)
	return a
}

// attempts counts how often the app password arrived at the sign-in.
func legacyAttempts(s *standIn) int {
	n := 0
	for _, r := range s.seen() {
		if r.method == http.MethodPost && (r.path == "/rst2.srf" || r.path == "/extSTS.srf") {
			n++
		}
	}
	return n
}

// R34: an app password goes over the legacy protocol alone, step by step: the domain, whose admin center it is, the token, the cookie. What
// the tenant's own setting says is told.
func TestAnAppPasswordGoesTheLegacyWayR34(t *testing.T) {
	s := legacyStandIn(t)
	v := s.client().Validate(t.Context(), svcByApp())
	if !v.Valid() || !v.AppPassword || !v.Attempted || v.Legacy != verdict.Proved || v.Proof.Password != verdict.Proved || v.UserID == "" || v.RolesRead || len(v.Warnings) > 0 {
		t.Errorf("%+v", v)
	}
	var asked []string
	for _, r := range s.seen() {
		if !r.asApp() {
			asked = append(asked, r.method+" "+r.host+strings.SplitN(r.path, "?", 2)[0])
		}
	}
	want := []string{
		"GET login.microsoftonline.com/common/UserRealm/svc@contoso.com", "GET " + adminHost + "/_vti_bin/client.svc", "POST login.microsoftonline.com/rst2.srf",
		"GET " + adminHost + "/_vti_bin/idcrl.svc/", "GET graph.microsoft.com/v1.0/admin/sharepoint/settings", "GET graph.microsoft.com/v1.0/users/svc@contoso.com",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
	for _, r := range s.seen() {
		if got := r.header.Get("Authorization"); r.path == "/_vti_bin/client.svc" && got != "Bearer" {
			t.Errorf("the question whose it is carries %q", got)
		}
		if id := r.header.Get("Client-Request-Id"); r.path == "/rst2.srf" && (id == "" || id != v.CorrelationID && v.CorrelationID == "") {
			t.Errorf("no correlation id: %q, %q", id, v.CorrelationID)
		}
	}
	s.keepsSecrets(t, v)
	e := v.Explain(verdict.Context{})
	if !slices.Contains(e.Findings, verdict.Finding{Result: verdict.Proved, Text: "Password accepted"}) || !slices.Contains(e.Findings, verdict.Finding{Result: verdict.Proved, Text: "Tenant allows legacy sign-in"}) {
		t.Errorf("%+v", e.Findings)
	}
}

// R34: where the account has no MFA its own password passes as well. What a passed test says is true of both, and says so where the password
// does not look like an app password; of the password itself it says nothing.
func TestAPassedTestIsTrueOfEitherPasswordR34(t *testing.T) {
	const looks = "App passwords have 16 lowercase letters, and this password doesn't look like one."
	for password, unlike := range map[string]bool{
		appPassword: false, "Contoso-Own-2026!": true, appPassword[1:]: true, appPassword + "a": true, "Abcdabcdabcdabcd": true, "abcdabcdabcdabc1": true,
	} {
		s := legacyStandIn(t)
		a := svcByApp()
		a.Password = secret.FromString(password)
		v := s.client().Validate(t.Context(), a)
		e := v.Explain(verdict.Context{})
		told := e.Title + e.Cause + e.Note + fmt.Sprint(e.Findings) + e.Copy()
		if !v.Valid() || v.Unlike != unlike || strings.Contains(e.Note, looks) != unlike || (v.Expiry.Kind == verdict.ExpiresNever) == unlike || v.Expiry.Reason == "" {
			t.Errorf("unlike %v: %+v %q", unlike, v, e.Note)
		}
		if !slices.Contains(e.Findings, verdict.Finding{Result: verdict.Proved, Text: "Password accepted"}) || strings.Contains(strings.ToLower(told), "app password right") || strings.Contains(told, password) {
			t.Errorf("told: %s", told)
		}
		s.says["/rst2.srf"] = saysAs(200, soapType, faultWith("0x80048821", "AADSTS50126: Error validating credentials."))
		if v := s.client().Validate(t.Context(), a); v.Status != verdict.WrongPassword || (v.Explain(verdict.Context{}).Note == looks) != unlike {
			t.Errorf("refused: %+v", v.Explain(verdict.Context{}))
		}
	}
}

// R34: Microsoft checks app passwords itself, of federated domains too.
func TestAnAppPasswordOfAFederatedDomainR34(t *testing.T) {
	s := legacyStandIn(t)
	s.says["/common/"] = says(200, `{"account_type":"Federated","federation_active_auth_url":"https://sts.contoso.com/","cloud_instance_name":"microsoftonline.com"}`)
	s.says["/rst2.srf"] = http.NotFound
	if v := s.client().Validate(t.Context(), svcByApp()); !v.Valid() || legacyAttempts(s) != 1 {
		t.Errorf("%+v", v)
	}
}

// R34: a table of every status of the legacy sign-in and every form of a refusal, each ends at its class.
func TestEveryRefusalOfTheLegacySignInR34(t *testing.T) {
	classes := map[string]verdict.Class{
		"0x80048800": "unknown", "0x80048801": "unknown", "0x80048810": "wrong_credentials", "0x80048820": "service_fault", "0x80048821": "wrong_credentials",
		"0x80048823": "account_state", "0x80048824": "account_state", "0x80048826": "account_state", "0x80048827": "account_state", "0x8004882A": "app_config",
		"0x8004882C": "conditional_access", "0x8004882D": "wrong_credentials", "0x8004882E": "wrong_credentials", "0x80048831": "account_state", "0x80048869": "service_fault",
	}
	for _, rule := range verdict.Rules() {
		if _, named := classes[rule.Key]; strings.HasPrefix(rule.Key, "0x") && !named {
			t.Errorf("nobody says the class of %s", rule.Key)
		}
	}
	type refusal struct {
		status int
		kind   string
		body   string
		code   string
		class  verdict.Class
	}
	cases := map[string]refusal{
		"the directory's number comes first":        {400, soapType, faultWith("0x80048823", "AADSTS53003: Access has been blocked."), "AADSTS53003", "conditional_access"},
		"a number with another meaning":             {200, soapType, faultWith("0x80048821", "AADSTS50076: Due to a configuration change"), "AADSTS50076", "mfa_required"},
		"a number without a row of its own for it":  {200, soapType, faultWith("0x80048821", "AADSTS50057: The user account is disabled."), "AADSTS50057", "account_state"},
		"a number of a family":                      {400, soapType, faultWith("0x80048823", "AADSTS530077: x"), "AADSTS530077", "conditional_access"},
		"a number that nobody knows":                {200, soapType, faultWith("0x80048821", "AADSTS999999: x"), "AADSTS999999", ""},
		"a number in the reason alone":              {200, soapType, enveloped("", `<S:Fault><S:Reason><S:Text>AADSTS50034: To sign in</S:Text></S:Reason></S:Fault>`), "AADSTS50034", "wrong_credentials"},
		"a fault of SOAP 1.1":                       {500, "text/xml", enveloped("", `<S:Fault><faultcode>wst:FailedAuthentication</faultcode><faultstring>AADSTS90033: A transient error</faultstring></S:Fault>`), "AADSTS90033", "service_fault"},
		"a fault with a status in the header alone": {200, soapType, enveloped(requestStatus("0x80048821"), `<S:Fault><S:Code><S:Value>S:Sender</S:Value></S:Code></S:Fault>`), "0x80048821", "wrong_credentials"},
		"a response without a token":                {200, soapType, enveloped(requestStatus("0x8004882c"), response("")), "0x8004882C", "conditional_access"},
		"a status that nobody knows":                {200, soapType, faultWith("0x80048899", ""), "0x80048899", "unknown"},
		"a fault that says nothing":                 {400, soapType, faultWith("", ""), "LEGACY-FAULT", "unknown"},
		"a status that is none":                     {400, soapType, faultWith("0x1 or 1=1", ""), "LEGACY-FAULT", "unknown"},
		"a refusal while the service fails":         {500, soapType, faultWith("0x80048821", ""), "HTTP 500", "service_fault"},
	}
	for status, class := range classes {
		cases["the status "+status+" in a fault"] = refusal{200, soapType, faultWith(strings.ToLower(status), ""), status, class}
		cases["the status "+status+" with 400"] = refusal{400, soapType, faultWith(status, "no number in here"), status, class}
		cases["the status "+status+" without a token"] = refusal{200, soapType, enveloped(requestStatus(status), response("")), status, class}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := legacyStandIn(t)
			s.says["/rst2.srf"] = saysAs(c.status, c.kind, c.body)
			v := s.client().Validate(t.Context(), svcByApp())
			if class := verdict.Builtin().Class(v); v.Code != c.code || class != c.class || !v.AppPassword || !v.Attempted || legacyAttempts(s) != 1 || v.Valid() {
				t.Errorf("%s: class %q, %+v", v.Status, class, v)
			}
			if strings.Contains(strings.Join(pathsOf(s), " "), "idcrl.svc") {
				t.Error("the admin center was asked for a cookie without a token")
			}
			s.keepsSecrets(t, v)
		})
	}
}

func pathsOf(s *standIn) (paths []string) {
	for _, r := range s.seen() {
		paths = append(paths, r.path)
	}
	return paths
}

// R34, R62: a wrong app password is sent exactly once.
func TestAWrongAppPasswordIsSentOnceR34(t *testing.T) {
	s := legacyStandIn(t)
	s.says["/rst2.srf"] = saysAs(200, soapType, faultWith("0x80048821", "AADSTS50126: Error validating credentials."))
	v := s.client().Validate(t.Context(), svcByApp())
	if v.Status != verdict.WrongPassword || v.Rule != "app 50126" || v.Proof.Password != verdict.Refuted || v.MayRepeat() || legacyAttempts(s) != 1 {
		t.Errorf("%+v after %d attempts", v, legacyAttempts(s))
	}
	if e := v.Explain(verdict.Context{Username: "svc@contoso.com"}); strings.Contains(fmt.Sprint(e.Steps), "the account's own password: app passwords do not work here") || e.Links[0].Href != "/help/app-passwords" {
		t.Errorf("%+v", e)
	}
}

// R34: SharePoint refuses the token: retired, and the verdict says whether the tenant still allows it, what to do, and where conversion leads.
func TestRetiredIsToldApartR34(t *testing.T) {
	for name, c := range map[string]struct {
		says     http.HandlerFunc
		settings string
		note     string
		legacy   verdict.Proven
	}{
		"with SharePoint's word":      {withHeader(401, "X-MSDAVEXT_Error", "917656; Access+denied."), `{"isLegacyAuthProtocolsEnabled":false}`, "The tenant's own setting blocks it too", verdict.Refuted},
		"with an id of SharePoint's":  {withHeader(403, "SPRequestGuid", traceID), `{"isLegacyAuthProtocolsEnabled":true}`, "still allows it, so Microsoft itself has turned it off", verdict.Proved},
		"with SharePoint's challenge": {withHeader(401, "WWW-Authenticate", `IDCRL Type="BPOSIDCRL"`), `{}`, "", verdict.NotRead},
	} {
		t.Run(name, func(t *testing.T) {
			s := legacyStandIn(t)
			s.says["/_vti_bin/idcrl.svc/"] = c.says
			s.says["/v1.0/admin/sharepoint/settings"] = says(200, c.settings)
			v := s.client().Validate(t.Context(), svcByApp())
			e := v.Explain(verdict.Context{})
			if v.Status != verdict.LegacyRetired || v.Code != verdict.Retired || v.Legacy != c.legacy || v.Proof.Password != verdict.Proved || v.Fault != whose.Microsoft || legacyAttempts(s) != 1 {
				t.Errorf("%+v", v)
			}
			if !strings.Contains(e.Note, c.note) || !strings.Contains(e.Note, "Microsoft accepted the password.") || !strings.Contains(e.Steps[0].Text, "common profile") || e.Cause == "" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func withHeader(status int, name, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()[name] = []string{value}
		w.WriteHeader(status)
	}
}

// R34, R62: what others fail at, at each step, is never the account's fault nor taken for a refusal.
func TestTheLegacyWayFailsApartR34(t *testing.T) {
	for name, c := range map[string]struct {
		says http.HandlerFunc
		code string
	}{
		"throttled":                                 {saysAs(429, "text/html", "busy"), "HTTP 429"},
		"unavailable":                               {saysAs(503, "text/html", "busy"), "HTTP 503"},
		"a page in HTML with 500":                   {saysAs(500, "text/html", "<h1>"+password+"</h1>"), "HTTP 500"},
		"a gateway that waited too long":            {saysAs(504, "text/html", ""), "HTTP 504"},
		"a time-out":                                {stalls, verdict.Timeout},
		"a time-out in the middle of the answer":    {stallsHalfway, verdict.Timeout},
		"a reset":                                   {resets, verdict.Reset},
		"an end in the middle of the answer":        {truncates, verdict.Reset},
		"a redirect":                                {redirects("https://elsewhere.example/"), "HTTP 302"},
		"a proxy that wants a sign-in":              {saysAs(407, "text/html", "<h1>Sign in</h1>"), "HTTP 407"},
		"two megabytes without a length":            {endless, verdict.BadAnswer},
		"a welcome in HTML":                         {saysAs(200, "text/html", "<h1>Welcome</h1>"), verdict.BadAnswer},
		"a success in JSON":                         {says(200, `{"token_type":"Bearer","access_token":"x"}`), verdict.BadAnswer},
		"a firewall's page":                         {saysAs403("<h1>No</h1>"), "HTTP 403"},
		"a gateway's own fault with 403":            {gatewayFault(403), "HTTP 403"},
		"a gateway's own fault with 500":            {gatewayFault(500), "HTTP 500"},
		"SOAP of a gateway with 200":                {gatewayFault(200), verdict.BadAnswer},
		"SOAP that is broken":                       {saysAs(200, soapType, enveloped("", granted(ticket))[:300]), verdict.BadAnswer},
		"SOAP with a document type":                 {saysAs(200, soapType, `<!DOCTYPE x [<!ENTITY a "b">]>`+enveloped("", granted(ticket))), verdict.BadAnswer},
		"SOAP with an entity":                       {saysAs(200, soapType, enveloped("", granted("t=&a;"))[:0]+strings.Replace(enveloped("", granted(ticket)), "t=marked", "t=&a;", 1)), verdict.BadAnswer},
		"SOAP that is deep":                         {saysAs(200, soapType, enveloped("", strings.Repeat("<a>", 40)+strings.Repeat("</a>", 40))), verdict.BadAnswer},
		"SOAP of many elements":                     {saysAs(200, soapType, enveloped("", strings.Repeat("<a/>", 2000))), verdict.BadAnswer},
		"SOAP with a text without end":              {saysAs(200, soapType, enveloped("", granted("t="+strings.Repeat("a", 100_000)))), verdict.BadAnswer},
		"two documents":                             {saysAs(200, soapType, enveloped("", granted(ticket))+enveloped("", granted(ticket))[39:]), verdict.BadAnswer},
		"another encoding":                          {saysAs(200, soapType, strings.Replace(enveloped("", granted(ticket)), "utf-8", "iso-8859-1", 1)), verdict.BadAnswer},
		"a response with neither token nor status":  {saysAs(200, soapType, enveloped("", response(""))), verdict.BadAnswer},
		"a token that would break the header":       {saysAs(200, soapType, enveloped("", granted("t=a\r\nHost: b"))), verdict.BadAnswer},
		"a token of another kind":                   {saysAs(200, soapType, enveloped("", granted("assertion"))), verdict.BadAnswer},
		"a token elsewhere than in a response":      {saysAs(200, soapType, enveloped(granted(ticket), "")), verdict.BadAnswer},
		"a cookie in place of SOAP":                 {withHeader(200, "Set-Cookie", "other=1"), verdict.BadAnswer},
		"an empty cookie of the legacy sign-in":     {withHeader(200, "Set-Cookie", "SPOIDCRL=; path=/"), verdict.BadAnswer},
		"nothing at all":                            {saysAs(204, "", ""), "HTTP 204"},
		"a service that says so in SOAP with 503":   {saysAs(503, soapType, faultWith("0x80048869", "")), "HTTP 503"},
		"a redirect with the answer of a success":   {saysAs(302, soapType, enveloped("", granted(ticket))), "HTTP 302"},
		"an answer that no one expects, and marked": {saysAs(418, "text/html", "x"), "HTTP 418"},
	} {
		for _, step := range []string{"/rst2.srf", "/_vti_bin/idcrl.svc/"} {
			if step != "/rst2.srf" && strings.HasPrefix(name, "SOAP") {
				continue // a cookie comes without
			}
			t.Run(name+" at "+step, func(t *testing.T) {
				s := legacyStandIn(t)
				s.says[step] = c.says
				v := s.client(impatient(c.code == verdict.Timeout), func(cfg *microsoft.Config) { cfg.Patience = time.Millisecond }).Validate(t.Context(), svcByApp())
				if v.Status != verdict.Unreachable || v.Code != c.code || !v.Attempted || v.Detail == "" || v.Proof != (verdict.Proof{}) {
					t.Errorf("%+v", v)
				}
				if busy := c.code == "HTTP 429" || c.code == "HTTP 503"; legacyAttempts(s) != 1 || v.Busy != busy {
					t.Errorf("%d attempts, busy %v", legacyAttempts(s), v.Busy)
				}
				s.keepsSecrets(t, v)
			})
		}
	}
}

// gatewayFault is a refusal in SOAP by something in between, without a word or a mark of Microsoft's (X2).
func gatewayFault(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(enveloped("", `<S:Fault><faultcode>S:Client</faultcode><faultstring>Rejected by policy</faultstring></S:Fault>`)))
	}
}

func saysAs403(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, body, http.StatusForbidden) }
}

// R34, R44: nothing is sent to a host that is not the tenant's own admin center, and one that cannot be reached costs no attempt.
func TestTheAppPasswordGoesToTheTenantsOwnHostR34(t *testing.T) {
	for name, c := range map[string]struct {
		host   string
		says   http.HandlerFunc
		status verdict.Status
		code   string
	}{
		"none":                                 {"", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"somebody's":                           {"evil.example", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"one that begins like it":              {"contoso-admin.sharepoint.com.evil.example", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"one of another cloud":                 {"contoso-admin.sharepoint.us", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"a site":                               {"contoso.sharepoint.com", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"an address in its place":              {"contoso-admin.sharepoint.com/x?", challenges(tenantID), verdict.AppSetup, verdict.NoAdminCenter},
		"another tenant's":                     {adminHost, challenges("11111111-2222-3333-4444-666666666666"), verdict.AppSetup, verdict.OtherAdminCenter},
		"another tenant's, behind another":     {adminHost, alsoChallenges("11111111-2222-3333-4444-666666666666"), verdict.AppSetup, verdict.OtherAdminCenter},
		"one that cannot be reached":           {adminHost, resets, verdict.Unreachable, verdict.Reset},
		"one that is throttled":                {adminHost, saysAs(429, "text/html", ""), verdict.Unreachable, "HTTP 429"},
		"one that the operator allows":         {"admin.contoso.com", challenges(tenantID), verdict.Valid, ""},
		"one that does not say whose it is":    {adminHost, http.NotFound, verdict.Valid, ""},
		"one that says it in another spelling": {adminHost, challenges(strings.ToUpper(tenantID)), verdict.Valid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := legacyStandIn(t)
			s.says["/_vti_bin/client.svc"] = c.says
			of := svcByApp()
			of.AdminCenter = c.host
			v := s.client(func(cfg *microsoft.Config) {
				cfg.AdminCenters, cfg.Patience = []string{"admin.contoso.com"}, time.Millisecond
			}).Validate(t.Context(), of)
			attempts := 0
			if c.status == verdict.Valid {
				attempts = 1
			}
			if v.Status != c.status || v.Code != c.code || v.Attempted != (attempts == 1) || legacyAttempts(s) != attempts {
				t.Errorf("%+v", v)
			}
		})
	}
}

// R34, R62: only what was throttled before it counted is repeated, in the time that a person waits.
func TestAThrottledAppPasswordIsRepeatedR34(t *testing.T) {
	s := legacyStandIn(t)
	first, then := true, s.says["/rst2.srf"]
	s.says["/rst2.srf"] = func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		then(w, r)
	}
	if v := s.client().Validate(t.Context(), svcByApp()); !v.Valid() || legacyAttempts(s) != 2 {
		t.Errorf("%+v", v)
	}
}

// R34: the envelope holds what somebody typed as it is, whatever it means in XML, and Microsoft's own time.
func TestTheEnvelopeHoldsWhatWasTypedR34(t *testing.T) {
	var sent string
	s := legacyStandIn(t)
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/rst2.srf") {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			r.Body = io.NopCloser(strings.NewReader(sent))
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	realm := s.says["/common/"]
	s.says["/common/"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Mon, 23 Nov 2026 14:02:11 GMT")
		realm(w, r)
	}
	if v := s.client(func(cfg *microsoft.Config) { cfg.Transport = transport }).Validate(t.Context(), svcByApp()); !v.Valid() {
		t.Fatalf("%+v", v)
	}
	for _, want := range []string{
		"<wsse:Password>Marked&lt;&amp;&gt;&quot;'" + appPassword + "</wsse:Password>", "<wsse:Username>svc@contoso.com</wsse:Username>", "<wsu:Created>2026-11-23T14:02:11Z</wsu:Created>",
		"<wsu:Expires>2026-11-23T14:07:11Z</wsu:Expires>", "<wsa:Address>sharepoint.com</wsa:Address>", "https://login.microsoftonline.com/rst2.srf</wsa:To>",
	} {
		if !strings.Contains(sent, want) {
			t.Errorf("%q is not in %s", want, strings.ReplaceAll(sent, appPassword, "…"))
		}
	}
	of := svcByApp()
	of.Password = secret.FromString("a\x00b")
	if v := s.client().Validate(t.Context(), of); v.Valid() || v.Attempted || legacyAttempts(s) != 1 {
		t.Errorf("what XML cannot hold was sent: %+v", v)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// R34: client and simulator, written apart, agree on what an app password opens, and on each way in which it does not.
func TestTheSimulatorsAppPasswordsR34(t *testing.T) {
	fixture, err := m365sim.Read(strings.NewReader(`{"tenants":[{"id":"` + tenantID + `","displayName":"Contoso","initialDomain":"contoso.onmicrosoft.com",
		"domains":[{"id":"contoso.com"},{"id":"fed.contoso.com","authenticationType":"Federated"}],
		"apps":[{"appId":"a0000000-0000-4000-8000-000000000001","displayName":"Purser","clientSecret":"` + clientSecret + `"}],
		"policies":[{"id":"7f6f0d1c-0000-4000-8000-000000000001","displayName":"Block all","state":"enabled"}],
		"sharePoint":{"legacyAuthEnabled":true,"legacyRetired":false},
		"users":[
		{"userPrincipalName":"mfa@contoso.com","displayName":"M","password":"Right-1!","mfa":"perUser","appPassword":"` + appPassword + `"},
		{"userPrincipalName":"mfa@fed.contoso.com","displayName":"F","password":"Right-1!","mfa":"perUser","appPassword":"` + appPassword + `"},
		{"userPrincipalName":"plain@contoso.com","displayName":"P","password":"Right-1!"},
		{"userPrincipalName":"ca@contoso.com","displayName":"C","password":"Right-1!","mfa":"conditionalAccess","appPassword":"` + appPassword + `"},
		{"userPrincipalName":"blocked@contoso.com","displayName":"B","password":"Right-1!","mfa":"perUser","appPassword":"` + appPassword + `","signInError":{"code":53003,"policy":"Block all"}},
		{"userPrincipalName":"defaults@contoso.com","displayName":"D","password":"Right-1!","mfa":"securityDefaults"},
		{"userPrincipalName":"off@contoso.com","displayName":"O","password":"Right-1!","mfa":"perUser","appPassword":"` + appPassword + `","accountEnabled":false},
		{"userPrincipalName":"down@contoso.com","displayName":"E","password":"Right-1!","mfa":"perUser","appPassword":"` + appPassword + `","signInError":{"code":90033,"status":503}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := m365sim.New(fixture, m365sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := microsoft.New(microsoft.Config{Simulator: serve(t, sim), Patience: time.Millisecond})
	for _, c := range []struct {
		username, password string
		status             verdict.Status
		code               string
	}{
		{"mfa@contoso.com", appPassword, verdict.Valid, ""},
		{"MFA@contoso.com", appPassword, verdict.Valid, ""},
		{"mfa@fed.contoso.com", appPassword, verdict.Valid, ""},
		{"mfa@contoso.com", "wrongwrongwrongw", verdict.WrongPassword, "AADSTS50126"},
		{"mfa@contoso.com", "Right-1!", verdict.MFARequired, "AADSTS50076"},
		{"plain@contoso.com", appPassword, verdict.WrongPassword, "AADSTS50126"},
		{"ca@contoso.com", appPassword, verdict.WrongPassword, "AADSTS50126"},
		{"ca@contoso.com", "Right-1!", verdict.PolicyBlocked, "AADSTS53003"},
		{"blocked@contoso.com", appPassword, verdict.PolicyBlocked, "AADSTS53003"},
		{"defaults@contoso.com", "Right-1!", verdict.PolicyBlocked, "AADSTS530035"},
		{"off@contoso.com", appPassword, verdict.AccountBlocked, "AADSTS50057"},
		{"down@contoso.com", appPassword, verdict.Unreachable, "AADSTS90033"},
		{"nobody@contoso.com", appPassword, verdict.AccountNotFound, "AADSTS50034"},
		{"nobody@nowhere.example", appPassword, verdict.AccountNotFound, verdict.RealmUnknown},
	} {
		v := client.Validate(t.Context(), withAppPassword(c.username, c.password))
		if v.Status != c.status || v.Code != c.code || !v.AppPassword {
			t.Errorf("%s with %s: %+v", c.username, c.password, v)
		}
	}
	if err := sim.PatchTenant(tenantID, []byte(`{"sharePoint":{"legacyAuthEnabled":false}}`)); err != nil {
		t.Fatal(err)
	}
	if v := client.Validate(t.Context(), withAppPassword("mfa@contoso.com", appPassword)); v.Status != verdict.LegacyRetired || v.Legacy != verdict.Refuted || v.Proof.Password != verdict.Proved {
		t.Errorf("turned off by the tenant: %+v", v)
	}
	if err := sim.PatchTenant(tenantID, []byte(`{"sharePoint":{"legacyAuthEnabled":true,"legacyRetired":true}}`)); err != nil {
		t.Fatal(err)
	}
	if v := client.Validate(t.Context(), withAppPassword("mfa@contoso.com", appPassword)); v.Status != verdict.LegacyRetired || v.Legacy != verdict.Proved {
		t.Errorf("retired by Microsoft: %+v", v)
	}
}

// R34: the whole way has one deadline.
func TestTheLegacyWayHasOneDeadlineR34(t *testing.T) {
	s := legacyStandIn(t)
	s.says["/_vti_bin/idcrl.svc/"] = stalls
	started := time.Now()
	v := s.client(func(cfg *microsoft.Config) { cfg.TotalTimeout = 300 * time.Millisecond }).Validate(t.Context(), svcByApp())
	if v.Code != verdict.Timeout || time.Since(started) > 5*time.Second {
		t.Errorf("%+v after %v", v, time.Since(started))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v := s.client().Validate(ctx, svcByApp()); v.Code != verdict.Cancelled || v.Attempted {
		t.Errorf("%+v", v)
	}
}

// R34, R60: whatever comes back for an app password, nobody is valid without a token, and nothing that was marked is kept.
func FuzzLegacyAnswer(f *testing.F) {
	for _, body := range []string{
		enveloped("", granted(ticket)), enveloped(requestStatus("0x8004882c"), response("")), faultWith("0x80048821", "AADSTS50126: x"), faultWith("", ""),
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, strings.Repeat("<a>", 50), "", "<", `<?xml version="1.0" encoding="utf-16"?><a/>`,
		"<Envelope><Body><Fault><Detail><error><value>0x80048823</value></error></Detail></Fault></Body></Envelope>",
	} {
		f.Add(body, 200)
		f.Add(body, 400)
	}
	f.Fuzz(func(t *testing.T, body string, status int) {
		if status < 200 || status > 599 {
			return
		}
		var asked int
		client := microsoft.New(microsoft.Config{Patience: time.Nanosecond, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, ContentLength: -1}
			text := `{"account_type":"Managed"}`
			switch {
			case strings.HasSuffix(r.URL.Path, "/rst2.srf"):
				asked++
				resp.StatusCode, text = status, body
				resp.Header.Set("Content-Type", soapType)
			case strings.HasSuffix(r.URL.Path, "/idcrl.svc/"):
				if got := r.Header.Get("Authorization"); !strings.HasPrefix(got, "BPOSIDCRL t=") || strings.ContainsAny(got[len("BPOSIDCRL "):], " \r\n\t") {
					t.Errorf("the token %q", got)
				}
				resp.Header.Set("Set-Cookie", "SPOIDCRL=x")
			case strings.HasSuffix(r.URL.Path, "/client.svc"):
				resp.StatusCode = http.StatusNotFound
			}
			resp.Body = io.NopCloser(strings.NewReader(text))
			return resp, nil
		})})
		of := svcByApp()
		of.App = microsoft.App{ID: of.App.ID}
		v := client.Validate(t.Context(), of)
		if v.Valid() && !strings.Contains(body, "BinarySecurityToken") && !strings.Contains(strings.ToLower(body), "binarysecuritytoken") {
			t.Errorf("valid by %q", body)
		}
		if asked == 0 || asked > 3 || v.Code == "" && !v.Valid() {
			t.Errorf("%d attempts: %+v", asked, v)
		}
		stored, err := json.Marshal(v)
		if err != nil || strings.Contains(string(stored), appPassword) {
			t.Errorf("%v: %s", err, stored)
		}
	})
}
