package microsoft_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

const (
	password     = "Marked-Passw0rd&=+% ü"
	clientSecret = "Marked~Secret"
	accessToken  = "marked.access.token"
	refreshToken = "marked.refresh.token"
	tenantID     = "11111111-2222-3333-4444-555555555555"
	traceID      = "0e1fae0c-9d6a-4a52-b6a3-6f1b0a9d1200"
)

// seen is one request that arrived, with what a test may look at.
type seen struct {
	method, host, path string
	header             http.Header
	form               url.Values
}

// standIn answers like Microsoft in the shapes of its documentation, until a test gives it something else to say.
type standIn struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seen
	says     map[string]http.HandlerFunc // by the beginning of the path
	log      bytes.Buffer
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	s := &standIn{says: map[string]http.HandlerFunc{
		"/common/":     says(200, `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.com","cloud_instance_name":"microsoftonline.com"}`),
		"/" + tenantID: says(200, `{"token_type":"Bearer","scope":"https://graph.microsoft.com/.default","expires_in":4312,"ext_expires_in":4312,"access_token":"`+accessToken+`"}`),
		"/v1.0/me?": says(200, `{"id":"99999999-0000-0000-0000-000000000001","userPrincipalName":"svc@contoso.com",
			"lastPasswordChangeDateTime":"2026-08-30T09:14:22Z","passwordPolicies":null,"onPremisesSyncEnabled":null,
			"assignedPlans":[{"capabilityStatus":"Deleted","service":"SharePoint"},{"capabilityStatus":"Enabled","service":"exchange"}]}`),
		"/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole": says(200, `{"value":[
			{"id":"5d1f","displayName":"Company Administrator","roleTemplateId":"62e90394-69f5-4237-9190-012177145e10"},
			{"id":"5d20","displayName":"SharePoint-Administrator","roleTemplateId":"f28a1f50-f6e7-4571-818b-6a12f2af6b6c"}]}`),
		"/v1.0/domains": says(200, `{"value":[{"id":"contoso.com","authenticationType":"Managed","isRoot":true,"passwordValidityPeriodInDays":90,"passwordNotificationWindowInDays":14}]}`),
	}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// scans lets the stand-in answer an account that scans, too.
func (s *standIn) scans() {
	s.says["/"+tenantID] = says(200, `{"token_type":"Bearer","expires_in":4312,"access_token":"`+accessToken+`","refresh_token":"`+refreshToken+`"}`)
	s.says["/v1.0/sites/root"] = says(200, `{"webUrl":"https://contoso.sharepoint.com"}`)
	s.says["/_api/contextinfo"] = says(200, `{"FormDigestValue":"0x1,now","FormDigestTimeoutSeconds":1800}`)
	s.says["/_vti_bin/"] = says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":null},5,{"_Child_Items_":[],"NextStartIndexFromSharePoint":null}]`)
	s.says["/_api/SPO.Tenant/sites("] = says(200, `{"OwnerLoginName":"i:0#.f|membership|owner@contoso.com","LockState":"Unlock","ArchiveStatus":"NotArchived"}`)
	s.says["/_api/SPO.Tenant/GetSiteAdministrators"] = says(200, `{"value":[]}`)
}

// says answers with a status and a JSON body.
func says(status int, body string) http.HandlerFunc {
	return saysAs(status, "application/json; charset=utf-8", body)
}

func saysAs(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Ms-Request-Id", traceID)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// refuses answers like the token endpoint; the text for people holds the password, as an echo of a careless server would.
func refuses(status int, word, suberror string, codes ...int) http.HandlerFunc {
	body, err := json.Marshal(map[string]any{
		"error": word, "error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: …", codes, password), "error_codes": codes,
		"timestamp": "2026-11-23 14:02:11Z", "trace_id": traceID, "correlation_id": "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11",
		"suberror": suberror,
	})
	if err != nil {
		panic(err)
	}
	return says(status, string(body))
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that a client has left
	s.mu.Lock()
	s.requests = append(s.requests, seen{r.Method, r.Host, r.URL.RequestURI(), r.Header, r.PostForm})
	var answer http.HandlerFunc
	longest := ""
	for path, says := range s.says {
		if strings.HasPrefix(r.URL.RequestURI(), path) && len(path) > len(longest) {
			answer, longest = says, path
		}
	}
	s.mu.Unlock()
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer(w, r)
}

// client is a client whose every request goes to the stand-in; its log is kept.
func (s *standIn) client(change ...func(*microsoft.Config)) *microsoft.Client {
	address, err := url.Parse(s.URL)
	if err != nil {
		panic(err)
	}
	cfg := microsoft.Config{Simulator: address, Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&cfg)
	}
	return microsoft.New(cfg)
}

func (s *standIn) seen() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// asApp reports whether the app asked for a token of its own: no attempt, but for the name of a policy.
func (r seen) asApp() bool {
	return r.form.Get("grant_type") == "client_credentials" && !r.form.Has("password")
}

// attempts counts how often a password arrived, anywhere.
func (s *standIn) attempts() int {
	n := 0
	for _, r := range s.seen() {
		if r.form.Has("password") || r.method == http.MethodPost && !r.asApp() {
			n++
		}
	}
	return n
}

func svc() microsoft.Account {
	return microsoft.Account{
		Tenant:   microsoft.TenantRef{ID: tenantID, InitialDomain: "contoso.onmicrosoft.com", Cloud: microsoft.Worldwide},
		App:      microsoft.App{ID: "a0000000-0000-4000-8000-000000000001", Secret: secret.FromString(clientSecret)},
		Username: "svc@contoso.com", Password: secret.FromString(password),
	}
}

// keepsSecrets fails the test when anything that was marked stands in a verdict, in its words or in the log.
func (s *standIn) keepsSecrets(t *testing.T, v verdict.Verdict) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	everything := fmt.Sprintf("%s %+v %#v %+v %s", data, v, v, v.Explain(verdict.Context{Username: "svc@contoso.com"}), s.log.String())
	for _, marked := range []string{password, clientSecret, accessToken, "Marked", "marked.access"} {
		if strings.Contains(everything, marked) {
			t.Errorf("%q stands in %s", marked, everything)
		}
	}
}
