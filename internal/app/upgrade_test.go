package app_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
)

// The database of a version in which validation runs and checks of pools had tables of their own, made by that version: of both
// kinds one run that ended, and one that a process was working on when it died. Its key opens nothing else.
const (
	formerRuns = "testdata/runs-in-four-tables.db.gz"
	formerKey  = "pk1_ii4g1UPuTcqtDhkxnDyMM60neuCOKrWjllBJYXq3QLM"

	endedValidation = run.ID("01a22849-abd9-761a-b2d0-11cef623811d")
	underValidation = run.ID("01a22849-ac7d-78ef-a925-78297d6347d2")
	endedCheck      = run.ID("01a22849-acfd-7ee9-9c73-afd644fd61c0")
	underCheck      = run.ID("01a22849-ae37-7342-aa17-885639ff076b")
)

// unpacked puts a stored database into a fresh data folder.
func unpacked(t *testing.T, file string) (folder string) {
	t.Helper()
	f, err := os.Open(file)
	must(t, err)
	defer func() { _ = f.Close() }()
	packed, err := gzip.NewReader(f)
	must(t, err)
	whole, err := io.ReadAll(packed)
	must(t, err)
	folder = filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, sqlite.File), whole, 0o600))
	return folder
}

// formerTenant is the simulator as it was when the former database was made.
func formerTenant(t *testing.T) (*m365sim.Simulator, string) {
	t.Helper()
	user := func(name string) string {
		return `{"userPrincipalName": "` + name + `@contoso.com", "password": "Marked-Secret-2026!", "roles": ["SharePoint Administrator"]}`
	}
	read, err := m365sim.Read(strings.NewReader(`{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
		"apps": [{"appId": "` + clientID + `", "displayName": "Purser", "clientSecret": "App-Secret-2026!"}],
		"users": [` + user("pool01") + `, ` + user("pool02") + `, ` + user("pool03") + `, ` + user("fault") + `, ` + user("svc-reader") + `]}]}`))
	must(t, err)
	sim, err := m365sim.New(read, m365sim.Options{})
	must(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server.URL
}

// R11, R43, R61: runs of a former version are taken over, whatever they were at: results stay, what waited goes on, what was being
// tried is interrupted and not repeated, and the passwords that were kept can be tried again.
func TestRunsOfAFormerVersionAreTakenOver(t *testing.T) {
	sim, address := formerTenant(t)
	a := open(t, unpacked(t, formerRuns), formerKey, address)
	defer func() { must(t, a.Close()) }()
	counts := func(k run.Kind, id run.ID) map[run.Outcome]int {
		r, err := a.Runs.Find(ctx, adele, k, id)
		must(t, err)
		items, _, err := a.Runs.Items(ctx, adele, run.ItemQuery{Run: id})
		must(t, err)
		counted := map[run.Outcome]int{}
		for _, i := range items {
			counted[i.Outcome]++
		}
		for outcome, n := range counted {
			if r.State.Over() && r.Counts[outcome] != n {
				t.Errorf("%s: kept counts %v, counted %v", id, r.Counts, counted)
			}
		}
		return r.Counts
	}
	validations, checks := a.Validations.Kind(), a.Pools.Checks()
	if got := counts(validations, endedValidation); got[run.Confirmed] != 2 || got[run.Rejected] != 1 {
		t.Errorf("the validation that ended: %v", got)
	}
	if got := counts(checks, endedCheck); got[run.Confirmed] != 2 || got[run.Rejected] != 1 || got[run.NotReached] != 1 {
		t.Errorf("the check that ended: %v", got)
	}
	over := func(k run.Kind, id run.ID) bool {
		r, err := a.Runs.Find(ctx, adele, k, id)
		return err == nil && r.State == run.Finished
	}
	demotest.Until(t, "both that were under way coming to their end", func() bool { return over(validations, underValidation) && over(checks, underCheck) })
	for id, k := range map[run.ID]run.Kind{underValidation: validations, underCheck: checks} {
		if got := counts(k, id); got[run.Interrupted] != 1 || got[run.Confirmed] != 1 {
			t.Errorf("one that was under way: %v", got)
		}
	}
	tried := map[string]int{}
	for _, q := range sim.Requests() {
		if q.GrantType == "password" {
			tried[q.Username]++
		}
	}
	if tried["pool01@contoso.com"] != 0 || tried["svc-reader@contoso.com"] != 1 || tried["pool03@contoso.com"] != 1 {
		t.Errorf("tried: %v", tried)
	}
	items, _, err := a.Runs.Items(ctx, adele, run.ItemQuery{Run: endedCheck, Outcome: run.Rejected})
	if err != nil || len(items) != 1 || items[0].Verdict == nil || items[0].Code != "AADSTS50126" || items[0].Kept {
		t.Errorf("what was refused: %+v %v", items, err)
	}
	// The password about which nobody could tell is sealed for a row of another table, and still opens.
	again, err := a.Runs.Reopen(ctx, adele, adeleHere, checks, endedCheck)
	if err != nil || again.Counts[run.Waiting] != 1 {
		t.Fatalf("again: %+v %v", again, err)
	}
	demotest.Until(t, "the kept password being tried", func() bool { return over(checks, endedCheck) })
	if got := counts(checks, endedCheck); got[run.Confirmed] != 3 {
		t.Errorf("after going on: %v", got)
	}
	found, _, err := a.Runs.List(ctx, adele, run.Query{Kind: pool.CheckRun, Scope: sites.Scope()})
	if err != nil || len(found) != 1 || found[0].ID != endedCheck {
		t.Errorf("checks of the pool: %+v %v", found, err)
	}
	if list, _, err := a.Runs.List(ctx, adele, run.Query{Kind: profile.ValidationRun}); err != nil || len(list) != 2 {
		t.Errorf("validation runs: %+v %v", list, err)
	}
	must(t, a.DB.VerifyActivity(ctx))
}
