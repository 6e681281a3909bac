package drill

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

const (
	validated = 500
	slowly    = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "latencyMs": 100,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"generate": {"users": 500, "upn": "u%05d@contoso.com", "password": "Gen-%05d!"}}]}`
)

// Killed in the middle of a run, which then goes on: it ends complete, no password goes to Microsoft twice, and each that went is in
// the activity log, which has to know before the password leaves (R11, R61, R62).
func TestAKilledRunTriesNobodyTwice(t *testing.T) {
	v := openValidation(t)
	run := v.validateAll()
	v.waitForSignIns(validated / 5)
	time.Sleep(time.Duration(rand.Int64N(int64(300 * time.Millisecond))))
	v.kill()
	before := len(v.signIns())
	if err := v.purser.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.waitForEnd(run)
	v.kill()
	tried, begun, ended := v.signIns(), v.logged(profile.ValidationBegun), v.logged(profile.ValidationEnded)
	interrupted := v.logged(profile.ValidationInterrupted)
	t.Logf("%d of %d accounts tried before the kill, %d in all; %d interrupted", before, validated, len(tried), len(interrupted))
	if before >= validated || len(interrupted) == 0 {
		t.Error("the kill met no validation under way")
	}
	result := v.result(run)
	if result.State != profile.RunFinished || result.Total != validated || result.Done() != validated {
		t.Errorf("the run did not end complete: %s, %d of %d done", result.State, result.Done(), result.Total)
	}
	// What is skipped are passwords that were refused before.
	if len(begun) != validated-result.Counts[profile.Skipped] || len(interrupted) != result.Counts[profile.Interrupted] {
		t.Errorf("%d begun and %d interrupted in the log, the run says %v", len(begun), len(interrupted), result.Counts)
	}
	for account := range begun {
		if tried[account] > 1 || begun[account] != 1 || ended[account]+interrupted[account] != 1 {
			t.Errorf("%s: tried %d times, begun %d, ended %d, interrupted %d", account, tried[account], begun[account], ended[account], interrupted[account])
		}
	}
	for account := range tried {
		if begun[account] == 0 {
			t.Errorf("%s: tried without an entry", account)
		}
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

// validateAll begins a run of everything and gives its address.
func (v *validation) validateAll() string {
	v.t.Helper()
	res, err := v.browser.Post(v.t.Context(), "/service-accounts/validate", url.Values{"all": {"yes"}}, false)
	to := res.Header.Get("Location")
	if err != nil || to == "" {
		v.t.Fatalf("no run: status %d %v", res.Status, err)
	}
	return to
}

// waitForEnd waits until the page of a run says that it is over and nothing of it is open.
func (v *validation) waitForEnd(run string) {
	v.t.Helper()
	for range 600 {
		page, err := v.browser.Get(v.t.Context(), run)
		if err != nil {
			v.t.Fatal(err)
		}
		if page.Status == http.StatusOK && !bytes.Contains(page.Body, []byte(`role="progressbar"`)) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	v.t.Fatalf("the run does not end\n%s", v.said)
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

// result is what the database has of a run.
func (v *validation) result(address string) profile.Run {
	v.t.Helper()
	db, _, err := v.folder.Open(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	run, err := db.Runs().Run(v.t.Context(), profile.RunID(path.Base(address)))
	if err != nil {
		v.t.Fatal(err)
	}
	return run
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
