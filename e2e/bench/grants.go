package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/microsoft"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

const (
	grantedSites = 1_000
	poolGroup    = "b0000000-0000-4000-8000-000000000001"
	scanner      = "u00001@contoso.com" // as sqlitetest.Fill calls the first account
)

// grants measures the registration of 1,000 sites of one tenant by one account, against the time that the answers alone take at the
// concurrency that one tenant is allowed.
func (b *bench) grants(ctx context.Context) ([]row, error) {
	fixture := filepath.Join(b.folder, "grants.json")
	err := scanTenant.fixture(fixture, grantedSites, map[string]any{
		"latencyMs": latency.Milliseconds(), "groups": []map[string]string{{"id": poolGroup, "displayName": "Pool"}},
		"users": []map[string]any{{"userPrincipalName": scanner, "password": "Gen-00001!", "roles": []string{"SharePoint Administrator"}}},
	})
	if err != nil {
		return nil, err
	}
	sim, err := b.simulate(ctx, fixture)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sim.Kill() }()
	registration, err := b.register(ctx, sim.URL)
	if err != nil {
		return nil, err
	}
	journal, err := asked(ctx, sim.URL)
	answers := 0
	for _, r := range journal {
		if !r.Time.Before(registration.Begun) && !r.Time.After(registration.Ended) {
			answers++
		}
	}
	took := registration.Ended.Sub(registration.Begun)
	alone := latency * time.Duration(answers) / time.Duration(min(microsoft.AtOnce, account.Usual.PerTenant))
	longer := took.Seconds() / alone.Seconds()
	return []row{{
		"registration of 1,000 sites of one tenant, 100 ms an answer ÷ the answers' own time", fmt.Sprintf("%.2f (%.1f ÷ %.1f s, %d answers)", longer, took.Seconds(), alone.Seconds(), answers),
		"at most 1.20", longer <= 1.2,
	}}, err
}

// register scans the tenant by an account, which registers a group on each site, and gives the run that did.
func (b *bench) register(ctx context.Context, sim string) (run.Run, error) {
	folder := programs.NewFolder(filepath.Join(b.folder, "grants"))
	if err := scanTenant.prepareGrants(ctx, folder); err != nil {
		return run.Run{}, err
	}
	purser, err := programs.Serve(ctx, b.binary, folder, os.Stderr, "PURSER_M365_SIMULATOR="+sim)
	if err != nil {
		return run.Run{}, err
	}
	defer purser.Stop()
	browser, err := programs.SignIn(ctx, purser.URL, programs.Email, programs.Password)
	if err != nil {
		return run.Run{}, err
	}
	page, err := beginScan(ctx, browser)
	if err != nil {
		return run.Run{}, err
	}
	if _, err := awaitScan(ctx, purser, browser, page); err != nil {
		return run.Run{}, err
	}
	purser.Stop()
	return registrationOf(ctx, folder)
}

// prepareGrants stores the account by which the tenant is scanned, and a saved pool whose group is to be registered.
func (t scanned) prepareGrants(ctx context.Context, folder programs.Folder) error {
	p := scan.Profile{Method: scan.ByAccount}
	return t.prepare(ctx, folder, &p, func(db *sqlite.DB, ring *secret.Keyring) error {
		if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: 1, Tenants: []tenant.Tenant{t.Tenant}}); err != nil {
			return err
		}
		page, err := profiles.New(db).List(ctx, profile.Query{Sort: profile.ByName, Limit: 1})
		if err != nil {
			return err
		}
		p.Account = page.Rows[0].ID
		return t.savePool(ctx, db)
	})
}

func (t scanned) savePool(ctx context.Context, db *sqlite.DB) error {
	store, key, by := pools.New(db), pool.Key{Tenant: t.ID, Class: pool.Sites}, account.StampOf(programs.Administrator, time.Now())
	e := audit.By(programs.Administrator, audit.Origin{}, pool.Changed, audit.Target{Kind: "account pool"})
	reading := pool.Reading{ID: "bench", Key: key, Group: pool.Group{ID: poolGroup, Name: "Pool", Kind: pool.Security}, State: pool.ReadingRuns, Begun: by.At}
	if err := store.BeginReading(ctx, reading, e); err != nil {
		return err
	}
	if err := store.EndReading(ctx, reading.ID, pool.ReadingDone, "", e); err != nil {
		return err
	}
	return store.Save(ctx, pool.Pool{Key: key, Version: pool.Version{Number: 1, Group: reading.Group, Reading: reading.ID, By: by}}, 0, nil, nil, nil, e)
}

// registrationOf reads the run of the folder's scan, in which every site was to be registered.
func registrationOf(ctx context.Context, folder programs.Folder) (run.Run, error) {
	list, err := scansOf(ctx, folder)
	if err != nil {
		return run.Run{}, err
	}
	db, _, err := folder.Open(ctx)
	if err != nil {
		return run.Run{}, err
	}
	of, err := runs.New(db, nil).Run(ctx, list[0].Grants)
	if err == nil && of.Counts[run.Confirmed] != grantedSites {
		err = fmt.Errorf("the scan is %s %s, and registered %d sites", list[0].State, list[0].Code, of.Counts[run.Confirmed])
	}
	return of, errors.Join(err, db.Close())
}
