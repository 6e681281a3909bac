package m365sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestJournal checks what the journal keeps, and that it never keeps a secret (R60).
func TestJournal(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken("client_secret", "good-secret")
	w.token("password", "marked-secret-1")
	w.get(token, "/v1.0/me?$select=id&marked-secret-2=1")
	w.get("marked-secret-3", "/v1.0/me")
	w.do("GET", loginHostCom, "/common/UserRealm/svc@contoso.com?api-version=1.0", "")
	w.asApp(appID, "good-secret")
	w.faults(`[{"status": 500, "times": 1}]`)
	w.token()
	r := w.control("GET", "/_sim/requests", "", 200)
	var list []Request
	r.decode(t, &list)
	lines := []string{}
	for _, e := range list {
		lines = append(lines, strings.Join([]string{e.Method, e.Host, strings.Replace(e.Path, tenantID, "T", 1), e.GrantType, e.Username, fmt.Sprint(e.Status)}, " "))
	}
	want := []string{
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 400",
		"GET graph.microsoft.com /v1.0/me  svc@contoso.com 200",
		"GET graph.microsoft.com /v1.0/me   401",
		"GET login.microsoftonline.com /common/UserRealm/svc@contoso.com   200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token client_credentials  200",
		"POST login.microsoftonline.com /T/oauth2/v2.0/token password svc@contoso.com 500",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	for _, secret := range []string{"Right-1234", "marked-secret", "good-secret", token[:40]} {
		if strings.Contains(r.body, secret) {
			t.Errorf("the journal holds %q", secret)
		}
	}
	if !strings.Contains(r.body, `"time":"2026-11-23T14:02:11Z","method":"POST","host":`) {
		t.Errorf("%s", r.body)
	}
	w.control("DELETE", "/_sim/requests", "", 204)
	if r := w.control("GET", "/_sim/requests", "", 200); r.body != "[]" {
		t.Errorf("%s", r.body)
	}
}

func TestJournalForgetsTheOldestFirst(t *testing.T) {
	var j journal
	s := &Simulator{}
	for i := range maxJournal + 10 {
		j.open(&call{r: &http.Request{Method: fmt.Sprint(i), URL: mustURL("/")}})
	}
	s.journal.ring, s.journal.first = j.ring, j.first
	list := s.Requests()
	if len(list) != maxJournal || list[0].Method != "10" || list[maxJournal-1].Method != fmt.Sprint(maxJournal+9) {
		t.Errorf("%d entries from %s to %s", len(list), list[0].Method, list[len(list)-1].Method)
	}
}
