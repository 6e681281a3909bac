package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

const (
	scanSites    = 100_000
	scanRounds   = 3
	clientSecret = "Bench-only-2"
	scanID       = "01930000-0000-7000-8000-000000000001" // of the scan profile
)

// scanned is a tenant that is scanned, apart from those of the seeded profiles.
type scanned struct{ tenant.Tenant }

var scanTenant = scanned{tenant.Tenant{
	ID: "6f1c0000-0000-4000-8000-000000000003", DisplayName: "Adatum", InitialDomain: "adatum.onmicrosoft.com", Cloud: tenant.Worldwide,
}}

// fixture writes the tenant with so many sites, and further words of the simulator.
func (t scanned) fixture(file string, sites int, more map[string]any) error {
	words := map[string]any{
		"id": t.ID, "displayName": t.DisplayName, "initialDomain": t.InitialDomain, "objects": map[string]int{"sites": sites},
		"apps": []map[string]any{{"appId": appID, "displayName": "Purser", "clientSecret": clientSecret}},
	}
	for key, value := range more {
		words[key] = value
	}
	text, err := json.Marshal(map[string]any{"tenants": []any{words}})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// forgetful takes on the work that is handed over while no Purser runs, and forgets it.
type forgetful struct{}

// Enqueue implements sqlite.Queue.
func (forgetful) Enqueue(context.Context, *sql.Tx, string, string) error { return nil }

// prepare connects the tenant in a folder that no Purser works in, with a scan profile for its sites. further makes what else there is to be.
func (t scanned) prepare(ctx context.Context, folder programs.Folder, p *scan.Profile, further func(*sqlite.DB, *secret.Keyring) error) error {
	db, ring, err := folder.Open(ctx)
	if err != nil {
		return err
	}
	db.SetQueue(forgetful{})
	apps := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: tenant.NewService(tenants.New(db), ring, time.Now), Ring: ring, Now: time.Now})
	err = apps.Connect(ctx, programs.Administrator, audit.Origin{}, t.Tenant, appprofile.App{ApplicationID: appID, Secret: secret.FromString(clientSecret)})
	if err == nil && further != nil {
		err = further(db, ring)
	}
	if err == nil {
		p.ID, p.Name, p.Tenant, p.Types, p.Version = scanID, "Sites", t.ID, []scan.Type{scan.Sites}, 1
		p.Created = account.StampOf(programs.Administrator, time.Now())
		p.Modified = p.Created
		err = scans.New(db).Create(ctx, *p, audit.By(programs.Administrator, audit.Origin{}, scan.Created, audit.Target{Kind: "scan profile", ID: scanID, Name: p.Name}))
	}
	return errors.Join(err, db.Close())
}

// simulate starts a simulator of the tenant, built when the first one is asked for.
func (b *bench) simulate(ctx context.Context, fixture string) (*programs.Process, error) {
	binary := filepath.Join(b.folder, "m365sim")
	if _, err := os.Stat(binary); errors.Is(err, os.ErrNotExist) {
		if err := programs.Build(ctx, "m365sim", binary); err != nil {
			return nil, err
		}
	}
	return programs.Simulator(ctx, binary, os.Stderr, fixture)
}

// scan measures whole scans of 100,000 sites by the app, from when they are begun until all is read, against a client that does nothing
// besides. The first scan finds everything new, the second one nothing.
func (b *bench) scan(ctx context.Context) ([]row, error) {
	sim, err := b.simulateSites(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sim.Kill() }()
	var first, again, bare []float64
	var memory float64
	for n := range scanRounds {
		took, sites, err := scanTenant.bareScan(ctx, sim.URL, filepath.Join(b.folder, "bare"+strconv.Itoa(n)+".db"))
		if err != nil || sites != scanSites {
			return nil, errors.Join(err, fmt.Errorf("the bare client found %d sites", sites))
		}
		times, mb, err := b.scanTwice(ctx, sim.URL, programs.NewFolder(filepath.Join(b.folder, "scan"+strconv.Itoa(n))))
		if err != nil {
			return nil, err
		}
		bare, first, again = append(bare, scanSites/took.Seconds()), append(first, scanSites/times[0].Seconds()), append(again, scanSites/times[1].Seconds())
		memory = max(memory, mb)
	}
	return []row{
		againstBareScan("sites a second of a first scan of 100,000 ÷ bare client", first, bare, "at least 0.50", 0.5),
		againstBareScan("the same scan again, which finds nothing new ÷ bare client", again, bare, "–", 0),
		{"resident meanwhile, at most", fmt.Sprintf("%.0f MB", memory), "200 MB", memory <= 200},
	}, nil
}

func againstBareScan(what string, ours, bare []float64, limit string, atLeast float64) row {
	var shares []float64
	for n := range ours {
		shares = append(shares, ours[n]/bare[n])
	}
	share := median(shares)
	return row{what, fmt.Sprintf("%.2f (%.0f ÷ %.0f sites/s)", share, median(ours), median(bare)), limit, share >= atLeast}
}

// simulateSites starts a simulator of the tenant with all its sites, whose answers take no time beside their own.
func (b *bench) simulateSites(ctx context.Context) (*programs.Process, error) {
	fixture := filepath.Join(b.folder, "sites.json")
	if err := scanTenant.fixture(fixture, scanSites, nil); err != nil {
		return nil, err
	}
	return b.simulate(ctx, fixture)
}

// scanTwice scans a tenant that nobody has scanned, and once more. It gives how long each scan took, and the most memory that Purser had.
func (b *bench) scanTwice(ctx context.Context, sim string, folder programs.Folder) (times []time.Duration, memory float64, err error) {
	if err := scanTenant.prepare(ctx, folder, &scan.Profile{Method: scan.ByApp}, nil); err != nil {
		return nil, 0, err
	}
	purser, err := programs.Serve(ctx, b.binary, folder, os.Stderr, "PURSER_M365_SIMULATOR="+sim)
	if err != nil {
		return nil, 0, err
	}
	defer purser.Stop()
	browser, err := programs.SignIn(ctx, purser.URL, programs.Email, programs.Password)
	if err != nil {
		return nil, 0, err
	}
	for range 2 {
		page, err := beginScan(ctx, browser)
		if err != nil {
			return nil, 0, err
		}
		mb, err := awaitScan(ctx, purser, browser, page)
		if err != nil {
			return nil, 0, err
		}
		memory = max(memory, mb)
	}
	purser.Stop()
	list, err := scansOf(ctx, folder)
	if err != nil {
		return nil, 0, err
	}
	for _, s := range list {
		if s.State != scan.Finished || s.Sections[0].Found != scanSites {
			return nil, 0, fmt.Errorf("the scan is %s with %d sites", s.State, s.Sections[0].Found)
		}
		times = append(times, s.Sections[0].Ended.Sub(s.Begun))
	}
	return times, memory, nil
}

// beginScan begins a scan, and gives the address of its page.
func beginScan(ctx context.Context, browser *programs.Browser) (string, error) {
	a, err := browser.Post(ctx, "/scan-profiles/"+scanID+"/run", nil, false)
	page := a.Header.Get("Location")
	if err == nil && !strings.HasPrefix(page, "/scans/") {
		err = fmt.Errorf("begin a scan: status %d", a.Status)
	}
	return page, err
}

// isOver reports whether a scan is over, as its page says it.
func isOver(ctx context.Context, browser *programs.Browser, page string) (bool, error) {
	a, err := browser.Get(ctx, page)
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("follow a scan: status %d", a.Status)
	}
	return strings.Contains(string(a.Body), "Run again"), err
}

// awaitScan waits until a scan is over, and gives the most memory that Purser had meanwhile.
func awaitScan(ctx context.Context, purser *programs.Served, browser *programs.Browser, page string) (memory float64, err error) {
	for begin := time.Now(); time.Since(begin) < 10*time.Minute; time.Sleep(200 * time.Millisecond) {
		mb, err := purser.Resident()
		if err != nil {
			return memory, err
		}
		memory = max(memory, mb)
		if over, err := isOver(ctx, browser, page); err != nil || over {
			return memory, err
		}
	}
	return memory, errors.New("the scan does not end")
}

// scansOf reads the scans of a folder that no Purser works in any more, the oldest first.
func scansOf(ctx context.Context, folder programs.Folder) ([]scan.Scan, error) {
	db, _, err := folder.Open(ctx)
	if err != nil {
		return nil, err
	}
	list, err := scans.New(db).Scans(ctx, scan.ScanQuery{Profile: scanID, Limit: 10})
	slices.Reverse(list)
	return list, errors.Join(err, db.Close())
}
