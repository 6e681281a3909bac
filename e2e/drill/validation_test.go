package drill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/tenant"
)

const (
	validated = 500
	slowly    = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "latencyMs": 100,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"generate": {"users": 500, "upn": "u%05d@contoso.com", "password": "Gen-%05d!"}}]}`
	deaths = 2 // of Purser, in one run
)

// R11, R62: a run of 500 profiles, killed in its middle, is complete after the restart. No password goes to Microsoft twice, and
// each that went is in the activity log, which has to know before the password leaves (R61).
func TestAKilledRunIsCompletedAndTriesNobodyTwice(t *testing.T) {
	v := openValidation(t)
	made := v.beginAll()
	for death := range deaths {
		v.waitForSignIns(20 + death*150 + rand.IntN(130))
		v.kill()
		if err := v.purser.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	counts := v.waitForEnd(made)
	tried, begun, ended := v.signIns(), v.logged(profile.ValidationBegun), v.logged(profile.ValidationEnded)
	interrupted := v.logged(profile.ValidationInterrupted)
	t.Logf("%v; %d of %d accounts tried, %d begun, %d ended and %d interrupted in the log", counts, len(tried), validated, len(begun), len(ended), len(interrupted))
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
	if counts["interrupted"] == 0 || len(interrupted) != counts["interrupted"] || len(begun) != validated-counts["skipped"] {
		t.Errorf("the run says %v: did the kills meet it?", counts)
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

// beginAll begins a run of everything, and gives its address.
func (v *validation) beginAll() string {
	v.t.Helper()
	answer, err := v.browser.Post(v.t.Context(), "/service-accounts/validate", url.Values{"all": {"yes"}}, false)
	to := answer.Header.Get("Location")
	if err != nil || !strings.HasPrefix(to, "/service-accounts/validations/") {
		v.t.Fatalf("status %d to %q, %v", answer.Status, to, err)
	}
	return to
}

// waitForEnd waits until the run is over, and counts its outcomes in the database.
func (v *validation) waitForEnd(made string) map[string]int {
	v.t.Helper()
	demotest.Until(v.t, "the end of the run", func() bool {
		page, err := v.browser.Get(v.t.Context(), made)
		if err != nil || page.Status != http.StatusOK {
			v.t.Fatalf("%s: %d, %v", made, page.Status, err)
		}
		return !strings.Contains(string(page.Body), `role="progressbar"`)
	})
	v.kill()
	db, _, err := v.folder.Open(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	stored, err := runs.New(db, nil).Run(v.t.Context(), run.ID(path.Base(made)))
	if err != nil || stored.State != run.Finished || stored.Total != validated || stored.Done() != validated {
		v.t.Errorf("the run came to %+v, %v", stored, err)
	}
	counts := map[string]int{}
	for outcome, n := range stored.Counts {
		counts[string(outcome)] = n
	}
	return counts
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
	demotest.Until(v.t, fmt.Sprintf("%d sign-ins", n), func() bool { return len(v.signIns()) >= n })
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
