package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

const (
	contoso  = "6f1c0000-0000-4000-8000-000000000001"
	clientID = "a0000000-0000-4000-8000-000000000001"
	members  = 60
)

var (
	ctx   = context.Background()
	adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", Roles: []access.Role{access.TenantOwner}}
	sites = pool.Key{Tenant: contoso, Class: pool.Sites}

	adeleHere = audit.Origin{Request: "r1", Address: "127.0.0.1"}
)

// bigPool is a simulator whose answers take their time, so that there is a middle to be killed in.
func bigPool(t *testing.T) (*m365sim.Simulator, string) {
	t.Helper()
	read, err := m365sim.Read(strings.NewReader(fmt.Sprintf(`{"tenants": [{"id": "%s", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
		"latencyMs": 30, "apps": [{"appId": "%s", "displayName": "Purser", "clientSecret": "App-Secret-2026!"}],
		"generate": {"users": %d, "first": 1, "upn": "u%%05d@contoso.com", "password": "Gen-%%05d!", "group": "Big pool"}}], "pageSize": 10}`, contoso, clientID, members)))
	must(t, err)
	sim, err := m365sim.New(read, m365sim.Options{})
	must(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server.URL
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, folder, key, simulator string) *app.App {
	t.Helper()
	address, err := url.Parse(simulator)
	must(t, err)
	base, err := url.Parse("http://127.0.0.1:8080")
	must(t, err)
	a, err := app.Open(ctx, config.Config{
		Data: folder, Key: key, BaseURL: base, M365Simulator: address, Session: config.Session{Idle: time.Hour, Max: time.Hour},
		OIDC: config.OIDC{Issuer: "http://127.0.0.1:1/idp", ClientID: "purser", TenantOwner: "owner", ServiceAdministrator: "admin"},
	}, app.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	return a
}

// doomed is what the process does that is killed: it validates the group, saves a password for each member, and goes on until its
// end. It says on its output how far it is.
func doomed(t *testing.T, folder string) {
	a := open(t, folder, os.Getenv("PURSER_TEST_KEY"), os.Getenv("PURSER_TEST_SIMULATOR"))
	must(t, a.Apps.Connect(ctx, adele, audit.Origin{}, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: clientID, Secret: secret.FromString("App-Secret-2026!")}))
	reading, err := a.Pools.Validate(ctx, adele, audit.Origin{}, sites, "Big pool")
	must(t, err)
	fmt.Println("READING", reading.ID)
	if os.Getenv("PURSER_TEST_WHERE") != "reading" {
		fmt.Println("SAVED", savePasswords(t, a, reading.ID).Check)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed, or who was to do it has ended
}

// savePasswords saves a password for each member of a reading, once it is done.
func savePasswords(t *testing.T, a *app.App, id pool.ReadingID) pool.Saved {
	t.Helper()
	demotest.Until(t, "the end of the reading", func() bool {
		got, err := a.Pools.Reading(ctx, adele, id)
		return err == nil && got.State == pool.ReadingDone
	})
	change := pool.Change{Key: sites, Reading: id}
	for after := ""; ; {
		page, err := a.Pools.Members(ctx, adele, pool.Query{Reading: id, After: after})
		must(t, err)
		for _, m := range page.Rows {
			change.Members = append(change.Members, pool.MemberChange{User: m.User, Password: secret.FromString("Gen-" + m.Username[1:6] + "!")})
		}
		if after = page.Next; after == "" {
			break
		}
	}
	saved, err := a.Pools.Save(ctx, adele, audit.Origin{}, change)
	must(t, err)
	return saved
}

// kill runs the doomed process until it has said a word and reached says so, and kills it. It gives what the process had said.
func kill(t *testing.T, folder, key, simulator, where, word string, reached func() bool) map[string]string {
	t.Helper()
	doomed := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestAKilledProcessLosesNothing$", "-test.v")
	doomed.Env = append(os.Environ(), "PURSER_TEST_DOOMED="+folder, "PURSER_TEST_KEY="+key, "PURSER_TEST_SIMULATOR="+simulator, "PURSER_TEST_WHERE="+where)
	out := &demotest.LogBook{}
	doomed.Stdout, doomed.Stderr = out, out
	_, err := doomed.StdinPipe()
	must(t, err)
	must(t, doomed.Start())
	demotest.Until(t, "the middle of it", func() bool { return strings.Contains(out.String(), word+" ") && reached() })
	must(t, doomed.Process.Kill())
	_ = doomed.Wait()
	said := map[string]string{}
	for line := range strings.Lines(out.String()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			said[name] = value
		}
	}
	return said
}

// stopAfter has the simulator answer so many requests of a path, and keep those behind them waiting.
func stopAfter(t *testing.T, sim *m365sim.Simulator, answered int, path string) {
	t.Helper()
	must(t, sim.SetFaults([]m365sim.Fault{{PathPrefix: path, DelayMs: 1, Times: &answered}, {PathPrefix: path, DelayMs: int(time.Minute.Milliseconds())}}))
}

// R43, R62: kill -9 in the middle of a check loses nothing that was reported as stored, and tries no account twice.
func TestAKilledProcessLosesNothing(t *testing.T) {
	if folder := os.Getenv("PURSER_TEST_DOOMED"); folder != "" {
		doomed(t, folder) // this is the process that is killed
		return
	}
	sim, address := bigPool(t)
	folder, key := t.TempDir()+"/data", secret.NewKey().Text()
	tried := func() map[string]int {
		counted := map[string]int{}
		for _, q := range sim.Requests() {
			if q.GrantType == "password" {
				counted[q.Username]++
			}
		}
		return counted
	}
	stopAfter(t, sim, members/3, "/"+contoso+"/oauth2/")
	said := kill(t, folder, key, address, "", "SAVED", func() bool { return len(tried()) > members/3 })
	sim.ResetFaults()
	check := run.ID(said["SAVED"])
	if n := len(tried()); check == "" || n == members {
		t.Fatalf("killed after %d of %d; it said %v", n, members, said)
	}
	a := open(t, folder, key, address)
	defer func() { must(t, a.Close()) }()
	before, err := a.Runs.Find(ctx, adele, a.Pools.Checks(), check)
	must(t, err)
	demotest.Until(t, "the end of the check", func() bool {
		got, err := a.Runs.Find(ctx, adele, a.Pools.Checks(), check)
		return err == nil && got.State.Over()
	})
	after, err := a.Runs.Find(ctx, adele, a.Pools.Checks(), check)
	must(t, err)
	cut := after.Counts[run.Interrupted]
	if after.Counts[run.Confirmed] < before.Counts[run.Confirmed] || after.Counts[run.Confirmed]+cut != members || cut == 0 || cut > 16 {
		t.Errorf("before %v, after %v", before.Counts, after.Counts)
	}
	for user, n := range tried() {
		if n > 1 {
			t.Errorf("R62: %s was tried %d times", user, n)
		}
	}
	reading, err := a.Pools.Reading(ctx, adele, pool.ReadingID(said["READING"]))
	if err != nil || reading.Counts.Standings[pool.Ready] != after.Counts[run.Confirmed] || reading.Counts.Standings[pool.NotReached] != cut {
		t.Errorf("%+v %v", reading.Counts, err)
	}
	must(t, a.DB.VerifyActivity(ctx))
}

// R41: a reading that a dead process had begun comes to its end by itself.
func TestAKilledReadingIsReadAnew(t *testing.T) {
	sim, address := bigPool(t)
	folder, key := t.TempDir()+"/data", secret.NewKey().Text()
	pages := func() int {
		n := 0
		for _, q := range sim.Requests() {
			if strings.HasSuffix(q.Path, "/members") {
				n++
			}
		}
		return n
	}
	stopAfter(t, sim, 3, "/v1.0/groups/")
	said := kill(t, folder, key, address, "reading", "READING", func() bool { return pages() > 3 })
	sim.ResetFaults()
	id := pool.ReadingID(said["READING"])
	if id == "" || pages() == members/10 {
		t.Fatalf("killed after %d pages; it said %v", pages(), said)
	}
	a := open(t, folder, key, address)
	defer func() { must(t, a.Close()) }()
	demotest.Until(t, "the end of the reading", func() bool {
		got, err := a.Pools.Reading(ctx, adele, id)
		return err == nil && got.State == pool.ReadingDone
	})
	if got, err := a.Pools.Reading(ctx, adele, id); err != nil || got.Counts.Members != members {
		t.Errorf("%+v %v", got, err)
	}
}

// R62: once Purser is told to stop nothing more is begun, though a reading that takes its time is waited for.
func TestNothingIsBegunAfterTheStop(t *testing.T) {
	sim, address := bigPool(t)
	a := open(t, t.TempDir()+"/data", secret.NewKey().Text(), address)
	must(t, a.Apps.Connect(ctx, adele, adeleHere, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: clientID, Secret: secret.FromString("App-Secret-2026!")}))
	reading, err := a.Pools.Validate(ctx, adele, adeleHere, sites, "Big pool")
	must(t, err)
	must(t, sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2/", DelayMs: 700}}))
	savePasswords(t, a, reading.ID)
	signIns := func() (n int) {
		for _, q := range sim.Requests() {
			if q.GrantType == "password" {
				n++
			}
		}
		return n
	}
	demotest.Until(t, "sign-ins", func() bool { return signIns() > 0 })
	must(t, sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups/", DelayMs: 2000}, {PathPrefix: "/" + contoso + "/oauth2/", DelayMs: 700}}))
	_, err = a.Pools.Validate(ctx, adele, adeleHere, sites, "Big pool")
	must(t, err)
	before := signIns()
	a.HandBack()
	after := signIns()
	must(t, a.Close())
	if after-before > account.Usual.PerTenant {
		t.Errorf("%d sign-ins were begun after the stop", after-before)
	}
	if n := signIns(); n == members {
		t.Error("all were tried before the stop, so that this shows nothing")
	}
}

// R61, R62: a directory that is being opened with an account's password when Purser is told to stop is waited for, so that the log has
// what came of it; nothing is opened afterwards.
func TestAnOpeningIsWaitedForAtTheStop(t *testing.T) {
	sim, address := bigPool(t)
	a := open(t, t.TempDir()+"/data", secret.NewKey().Text(), address)
	must(t, a.Apps.Connect(ctx, adele, adeleHere, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: clientID}))
	_, err := a.Profiles.Create(ctx, adele, adeleHere, profile.Draft{Name: "Reader", Tenant: contoso, Services: []string{"fly"}, Username: "u00001@contoso.com", Password: secret.FromString("Gen-00001!")})
	must(t, err)
	must(t, sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2/", DelayMs: 1500}}))
	sim.ResetRequests()
	signIns := func() (n int) {
		for _, q := range sim.Requests() {
			if q.GrantType == "password" {
				n++
			}
		}
		return n
	}
	done := make(chan error, 1)
	go func() { _, err := a.Pools.Validate(ctx, adele, adeleHere, sites, "Big pool"); done <- err }()
	demotest.Until(t, "the sign-in", func() bool { return signIns() == 1 })
	a.HandBack()
	if err := <-done; problem.KindOf(err) != problem.Unavailable {
		t.Errorf("whoever waited for it: %v", err)
	}
	if _, err := a.Pools.Validate(ctx, adele, adeleHere, sites, "Big pool"); problem.KindOf(err) != problem.Unavailable || signIns() != 1 {
		t.Errorf("afterwards: %v after %d sign-ins", err, signIns())
	}
	entries, err := a.DB.Activity(ctx, 1)
	must(t, err)
	if last := entries[0]; last.Action != profile.LentBack {
		t.Errorf("the last entry: %+v", last)
	}
	must(t, a.Close())
}
