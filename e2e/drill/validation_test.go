package drill

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

const (
	validated = 30 // at most a page
	slowly    = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "latencyMs": 100,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"generate": {"users": 30, "upn": "u%05d@contoso.com", "password": "Gen-%05d!"}}]}`
)

// Killed while it validates what was selected: no password goes to Microsoft twice, and each that went is in the activity
// log, which has to know before the password leaves (R61).
func TestAKilledValidationTriesNobodyTwice(t *testing.T) {
	v := openValidation(t)
	v.selectAll()
	v.waitForSignIns(1)
	time.Sleep(time.Duration(rand.Int64N(int64(300 * time.Millisecond))))
	v.kill()
	if err := v.purser.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := v.browser.Get(t.Context(), "/service-accounts"); err != nil {
		t.Fatal(err)
	}
	v.kill()
	tried, begun, ended := v.signIns(), v.logged(profile.ValidationBegun), v.logged(profile.ValidationEnded)
	t.Logf("%d of %d accounts tried, %d begun and %d ended in the log", len(tried), validated, len(begun), len(ended))
	for account, times := range tried {
		if times > 1 || begun[account] != times {
			t.Errorf("%s: tried %d times, begun %d times in the log", account, times, begun[account])
		}
	}
	if len(begun) == len(ended) {
		t.Error("the kill met no validation under way")
	}
}

// validation is a Purser with profiles, whose simulator lives on when it is killed.
type validation struct {
	t       *testing.T
	folder  programs.Folder
	sim     *programs.Process
	purser  *programs.Served
	browser *programs.Browser
	said    *bytes.Buffer
}

func openValidation(t *testing.T) *validation {
	t.Helper()
	folder := t.TempDir()
	v := &validation{t: t, folder: programs.NewFolder(filepath.Join(folder, "data")), said: &bytes.Buffer{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, v.said)
		}
	}
	fixture := filepath.Join(folder, "fixture.json")
	must(os.WriteFile(fixture, []byte(slowly), 0o600))
	contoso := tenant.Tenant{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	must(v.folder.Fill(t.Context(), []tenant.Tenant{contoso}, appID, validated))
	var err error
	v.sim, err = programs.Simulator(t.Context(), simulator, io.Discard, fixture)
	must(err)
	t.Cleanup(func() { _ = v.sim.Kill() })
	v.purser, err = programs.Serve(t.Context(), binary, v.folder, v.said, "PURSER_M365_SIMULATOR="+v.sim.URL)
	must(err)
	t.Cleanup(v.purser.Stop)
	v.browser, err = programs.SignIn(t.Context(), v.purser.URL, programs.Email, programs.Password)
	must(err)
	return v
}

// selectAll has everything on the first page validated, and does not wait.
func (v *validation) selectAll() {
	v.t.Helper()
	page, err := v.browser.Get(v.t.Context(), "/service-accounts")
	if err != nil {
		v.t.Fatal(err)
	}
	rows, _, err := readRows(page)
	if err != nil || len(rows) != validated {
		v.t.Fatalf("%d rows, %v", len(rows), err)
	}
	form := url.Values{}
	for _, row := range rows {
		form.Add("id", string(row.id))
	}
	go func() { _, _ = v.browser.Post(v.t.Context(), "/service-accounts/validate", form, false) }() // it is cut off
}

func (v *validation) kill() {
	v.t.Helper()
	if err := v.purser.Kill(); err != nil {
		v.t.Fatal(err)
	}
	v.browser.Forget()
}

// waitForSignIns waits until the simulator has seen so many.
func (v *validation) waitForSignIns(n int) {
	v.t.Helper()
	for range 1000 {
		if len(v.signIns()) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	v.t.Fatalf("nobody signs in\n%s", v.said)
}

// signIns counts the passwords that the simulator has seen, by account.
func (v *validation) signIns() map[string]int {
	v.t.Helper()
	res, err := http.Get(v.sim.URL + "/_sim/requests")
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var journal []struct{ GrantType, Username string }
	if err := json.NewDecoder(res.Body).Decode(&journal); err != nil {
		v.t.Fatal(err)
	}
	tried := map[string]int{}
	for _, r := range journal {
		if r.GrantType == "password" {
			tried[r.Username]++
		}
	}
	return tried
}

// logged counts the entries of an action in the activity log, by account.
func (v *validation) logged(action audit.Action) map[string]int {
	v.t.Helper()
	db, _, err := v.folder.Open(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	links, err := db.Activity(v.t.Context(), 10*validated)
	if err != nil {
		v.t.Fatal(err)
	}
	if err := db.VerifyActivity(v.t.Context()); err != nil {
		v.t.Error(err)
	}
	found := map[string]int{}
	for _, link := range links {
		if link.Action == action {
			found[link.Details["username"]]++
		}
	}
	return found
}
