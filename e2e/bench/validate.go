package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

const (
	latency    = 100 * time.Millisecond // of each answer of the simulator
	roundTrips = 3                      // one after the other in a validation: the realm, the token, three questions to Graph at once
)

// validate measures runs of 1,000 profiles of one tenant and of 10,000 in four, against the time that the answers alone take
// at the concurrency that the run is bound to. Parked passwords are not tried, so the answers that came are counted.
func (b *bench) validate(ctx context.Context) ([]row, error) {
	one, err := b.validateRun(ctx, 1, 1_000)
	if err != nil {
		return nil, err
	}
	four, err := b.validateRun(ctx, 4, 10_000)
	if err != nil {
		return nil, err
	}
	return []row{
		one.row("a run of 1,000 profiles of one tenant, 100 ms an answer"),
		four.row("a run of 10,000 profiles of four tenants"),
		{"resident meanwhile, at most", fmt.Sprintf("%.0f MB", four.memory), "150 MB", four.memory < 150},
	}, nil
}

// validation is one run that was measured.
type validation struct {
	took, answers time.Duration
	tried         int
	memory        float64
}

func (v validation) row(what string) row {
	ratio := v.took.Seconds() / v.answers.Seconds()
	return row{
		what + " ÷ the answers' own time", fmt.Sprintf("%.2f (%.1f ÷ %.1f s, %d sign-ins)", ratio, v.took.Seconds(), v.answers.Seconds(), v.tried),
		"at most 1.20", ratio <= 1.2,
	}
}

func (b *bench) validateRun(ctx context.Context, tenants, profiles int) (validation, error) {
	folder := programs.NewFolder(filepath.Join(b.folder, "validate"+strconv.Itoa(tenants)))
	fixture := folder.Path + ".json"
	connected, err := fixtureOf(fixture, tenants, profiles/tenants)
	if err != nil {
		return validation{}, err
	}
	if err := fillTenants(ctx, folder, connected, profiles/tenants); err != nil {
		return validation{}, err
	}
	sim, err := b.simulate(ctx, fixture)
	if err != nil {
		return validation{}, err
	}
	defer func() { _ = sim.Kill() }()
	purser, err := programs.Serve(ctx, b.binary, folder, os.Stderr, "PURSER_M365_SIMULATOR="+sim.URL)
	if err != nil {
		return validation{}, err
	}
	defer purser.Stop()
	v, err := follow(ctx, purser)
	if err != nil {
		return v, err
	}
	v.tried, err = passwords(ctx, sim.URL)
	atOnce := min(tenants*account.Usual.PerTenant, account.Usual.AtOnce)
	v.answers = latency * roundTrips * time.Duration(v.tried) / time.Duration(atOnce)
	return v, err
}

// fixtureOf writes tenants with so many accounts each, numbered on from tenant to tenant.
func fixtureOf(file string, tenants, each int) ([]tenant.Tenant, error) {
	type object = map[string]any
	var list []object
	var connected []tenant.Tenant
	for n := range tenants {
		t := tenant.Tenant{
			ID: tenant.ID(fmt.Sprintf("6f1c0000-0000-4000-8000-%012d", n+1)), DisplayName: fmt.Sprintf("Contoso %d", n+1),
			InitialDomain: fmt.Sprintf("contoso%d.onmicrosoft.com", n+1), Cloud: tenant.Worldwide,
		}
		connected = append(connected, t)
		list = append(list, object{
			"id": t.ID, "displayName": t.DisplayName, "initialDomain": t.InitialDomain, "latencyMs": latency.Milliseconds(),
			"apps":     []object{{"appId": appID, "displayName": "Purser"}},
			"generate": object{"users": each, "first": n*each + 1, "upn": "u%05d@" + t.InitialDomain, "password": "Gen-%05d!"},
		})
	}
	text, err := json.Marshal(object{"tenants": list})
	if err != nil {
		return nil, err
	}
	return connected, os.WriteFile(file, text, 0o600)
}

func fillTenants(ctx context.Context, folder programs.Folder, list []tenant.Tenant, each int) error {
	db, ring, err := folder.Open(ctx)
	if err != nil {
		return err
	}
	service := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: tenant.NewService(tenants.New(db), ring, time.Now), Ring: ring, Now: time.Now})
	for n, t := range list {
		err = errors.Join(err, service.Connect(ctx, programs.Administrator, audit.Origin{}, t, appprofile.App{ApplicationID: appID}))
		if err == nil {
			err = sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: each, First: n*each + 1, Tenants: list[n : n+1], Username: "u%05d@" + t.InitialDomain})
		}
	}
	return errors.Join(err, db.Close())
}

// follow begins a run of everything and looks after it until it is over.
func follow(ctx context.Context, purser *programs.Served) (v validation, err error) {
	browser, err := programs.SignIn(ctx, purser.URL, programs.Email, programs.Password)
	if err != nil {
		return v, err
	}
	a, err := browser.Post(ctx, listPath+"/validate", url.Values{"all": {"yes"}}, false)
	run := a.Header.Get("Location")
	if err != nil || !strings.HasPrefix(run, listPath+"/validations/") {
		return v, errors.Join(err, fmt.Errorf("begin a run: status %d", a.Status))
	}
	for begin := time.Now(); time.Since(begin) < 10*time.Minute; time.Sleep(200 * time.Millisecond) {
		mb, err := purser.Resident()
		if err != nil {
			return v, err
		}
		v.memory = max(v.memory, mb)
		page, err := browser.Get(ctx, run)
		if err != nil || page.Status != http.StatusOK {
			return v, errors.Join(err, fmt.Errorf("follow a run: status %d", page.Status))
		}
		if v.took = time.Since(begin); !strings.Contains(string(page.Body), `role="progressbar"`) {
			return v, nil
		}
	}
	return v, errors.New("the run does not end")
}

// passwords counts the sign-ins that the simulator has seen.
func passwords(ctx context.Context, sim string) (n int, err error) {
	journal, err := asked(ctx, sim)
	for _, r := range journal {
		if r.GrantType == "password" {
			n++
		}
	}
	return n, err
}

// request is one that the simulator has seen.
type request struct {
	Time      time.Time
	GrantType string
}

// asked gives all that the simulator was asked.
func asked(ctx context.Context, sim string) (journal []request, err error) {
	body, err := ask(ctx, http.MethodGet, sim+"/_sim/requests", "", nil)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(body, &journal)
	return journal, err
}
