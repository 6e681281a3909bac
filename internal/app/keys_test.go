package app_test

import (
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/app"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/keychange"
	"purser.example/internal/keyservice/keyservicetest"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// owner is a Tenant Owner.
var owner = access.Caller{Issuer: "https://idp.contoso.com", Subject: "o1", Name: "Megan Bowen", Roles: []access.Role{access.TenantOwner}}

// openBoth opens a Purser that has a key and the one that is to take its place.
func openBoth(t *testing.T, folder, key, next, simulator string) *app.App {
	t.Helper()
	cfg := settings(folder, key)
	cfg.KeyNew = next
	var err error
	cfg.M365Simulator, err = url.Parse(simulator)
	must(t, err)
	a, err := app.Open(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	return a
}

func changed(t *testing.T, a *app.App) keychange.Change {
	t.Helper()
	var last keychange.Change
	demotest.Until(t, "the key being changed", func() bool {
		o, err := a.Keys.Overview(ctx, owner)
		if err == nil && o.Last != nil {
			last = *o.Last
		}
		return last.Over()
	})
	return last
}

// R64: while the key service is away, or refuses, what was opened goes on, and /readyz, the page and the metrics tell; a change of the key
// does not begin, and says why; nothing is left of it when it is back.
func TestAKeyServiceGoesAwayR64(t *testing.T) {
	bao := keyservicetest.NewOpenBao(t, "purser")
	cfg := settings(t.TempDir(), "vault+https://"+bao.Address()+"/transit/purser")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(bao.CA()))
	cfg.KeyLogin, cfg.KeyNew, cfg.MetricsAddr = config.KeyLogin{Token: bao.Token, CA: roots}, secret.NewKey().Text(), "127.0.0.1:0"
	log := &demotest.LogBook{}
	a, err := app.Open(ctx, cfg, app.Options{Log: slog.New(slog.NewTextHandler(log, nil)), KeyServiceEvery: 10 * time.Millisecond})
	must(t, err)
	defer func() { must(t, a.Close()) }()
	at := "transit/purser at " + bao.Address()
	o, err := a.Keys.Overview(ctx, owner)
	if err != nil || o.Place != at || o.NextPlace != "" || o.Trouble != nil || readyz(a) != "200 ok" {
		t.Errorf("while all is well: %+v, %v, %s", o, err, readyz(a))
	}
	for _, fault := range []struct {
		answers http.HandlerFunc
		refused bool
		says    string
	}{
		{func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "sealed", http.StatusServiceUnavailable) }, false, "didn't answer"},
		{func(_ http.ResponseWriter, r *http.Request) { r.Header.Set("X-Vault-Token", "s.former") }, true, "refused"},
	} {
		bao.Fault(fault.answers)
		demotest.Until(t, "the trouble being told", func() bool {
			return strings.HasPrefix(readyz(a), "200 ok\nthe key service has not opened the keyring since 20")
		})
		o, err := a.Keys.Overview(ctx, owner)
		if err != nil || o.Trouble == nil || o.Trouble.Refused != fault.refused {
			t.Errorf("%+v, %v", o.Trouble, err)
		}
		if err := a.Keys.Begin(ctx, owner, adeleHere); problem.KindOf(err) != problem.Unavailable || !strings.Contains(problem.Message(err), fault.says) {
			t.Errorf("a change of the key: %v", err)
		}
		must(t, a.DB.CheckWritable(ctx))
		if text := metricsOf(a); !strings.Contains(text, "purser_key_service_up 0") {
			t.Errorf("metrics: %s", text)
		}
		bao.Fault(nil)
		demotest.Until(t, "all being well", func() bool { return readyz(a) == "200 ok" })
	}
	if text := metricsOf(a); !strings.Contains(text, "purser_key_service_up 1") {
		t.Errorf("metrics: %s", text)
	}
	told := log.String()
	if strings.Count(told, "THE KEY SERVICE DOES NOT OPEN THE KEYRING") != 2 || strings.Count(told, "opens the keyring again") != 2 || strings.Contains(told, bao.Token) {
		t.Errorf("the log: %s", told)
	}
	must(t, a.Keys.Begin(ctx, owner, adeleHere))
	changed(t, a)
	bao.Close()
	if o, err := a.Keys.Overview(ctx, owner); err != nil || o.Place != "" || o.Trouble != nil {
		t.Errorf("after the change to a key of its own: %+v, %v", o, err)
	}
}

// R64: an agent beside Purser renews the token in its file, and Purser shows the one that is there now.
func TestATokenIsRenewedInItsFileR64(t *testing.T) {
	bao := keyservicetest.NewOpenBao(t, "purser")
	cfg := settings(t.TempDir(), "vault+https://"+bao.Address()+"/transit/purser")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(bao.CA()))
	file := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(file, []byte(bao.Token+"\n"), 0o600))
	cfg.KeyLogin = config.KeyLogin{Token: "s.former", TokenFile: file, CA: roots}
	a, _, err := openLogged(t, cfg)
	must(t, err)
	must(t, a.Close())
}

func readyz(a *app.App) string {
	heard := httptest.NewRecorder()
	a.Handler.ServeHTTP(heard, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/readyz", nil))
	return strconv.Itoa(heard.Code) + " " + heard.Body.String()
}

func metricsOf(a *app.App) string {
	heard := httptest.NewRecorder()
	a.Measured(slog.New(slog.DiscardHandler)).ServeHTTP(heard, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return heard.Body.String()
}

// R64, R3: the key is changed beside the work: profiles, app profiles, pools and what waits in runs open afterwards, with the new key alone;
// old entries of the log still verify, and the log has two more.
func TestTheKeyIsChangedR64(t *testing.T) {
	folder, _, address := takenOver(t)
	next := secret.NewKey()
	a := openBoth(t, folder, formerKey, next.Text(), address)
	administrator := access.Caller{Issuer: "https://idp.contoso.com", Subject: "a1", Roles: []access.Role{access.ServiceAdministrator}}
	if err := a.Keys.Begin(ctx, administrator, adeleHere); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("a Service Administrator: %v", err)
	}
	before, err := a.DB.VerifyParts(ctx, func(int64, int64) {})
	must(t, err)
	must(t, a.Keys.Begin(ctx, owner, adeleHere))
	last := changed(t, a)
	must(t, a.DB.CheckWritable(ctx))
	if after, err := a.DB.VerifyParts(ctx, func(int64, int64) {}); err != nil || after.Chains != before.Chains+1 || after.Entries < before.Entries+2 {
		t.Errorf("the log goes on in the chain of before: %+v after %+v, %v", after, before, err)
	}
	if last.Unreadable != 0 || last.Total == 0 || last.Done < last.Total || last.Next != next.ID() {
		t.Errorf("%+v", last)
	}
	if err := a.Keys.Begin(ctx, owner, adeleHere); problem.KindOf(err) != problem.Conflict {
		t.Errorf("to the key in use: %v", err)
	}
	must(t, a.DB.CheckKeyring(ctx))
	links, err := a.DB.Activity(ctx, 1000)
	must(t, err)
	said := map[audit.Action]int{}
	for _, link := range links {
		said[link.Action]++
	}
	if said[keychange.Begun] != 1 || said[keychange.Ended] != 1 {
		t.Errorf("the log says %v", said)
	}
	must(t, a.Close())
	if _, _, err := openLogged(t, settings(folder, formerKey)); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("the former key: %v", err)
	}
	a = open(t, folder, next.Text(), address)
	defer func() { must(t, a.Close()) }()
	must(t, a.DB.VerifyActivity(ctx))
	page, _, err := a.Profiles.List(ctx, adele, profile.Query{Limit: 10})
	if err != nil || len(page.Rows) == 0 {
		t.Fatalf("%d profiles, %v", len(page.Rows), err)
	}
	for _, row := range page.Rows {
		if _, err := a.Profiles.Validate(ctx, adele, adeleHere, row.ID); problem.KindOf(err) == problem.Altered {
			t.Errorf("%s: %v", row.Name, err)
		}
	}
	again, err := a.Runs.Reopen(ctx, adele, adeleHere, a.Pools.Checks(), endedCheck)
	if err != nil || again.Counts[run.Waiting] != 1 {
		t.Fatalf("a password that waited: %+v %v", again, err)
	}
	demotest.Until(t, "the kept password being tried", func() bool {
		r, err := a.Runs.Find(ctx, adele, a.Pools.Checks(), endedCheck)
		return err == nil && r.State.Over() && r.Counts[run.Confirmed] == 3
	})
}

// R64: the command asks the Purser that works in the folder, which need not know the new key, and does it alone where none does; the same
// Purser changes the key a second time.
func TestTheCommandChangesTheKeyR64(t *testing.T) {
	folder, _, address := takenOver(t)
	first, second := secret.NewKey(), secret.NewKey()
	rotate := func(key, next string) (keychange.Change, error) {
		cfg := settings(folder, key)
		cfg.KeyNew = next
		return app.RotateKey(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler)}, "root", func(keychange.Change) {})
	}
	a := open(t, folder, formerKey, address)
	if over, err := rotate(formerKey, first.Text()); err != nil || !over.Over() || over.Next != first.ID() {
		t.Fatalf("%+v %v", over, err)
	}
	o, err := a.Keys.Overview(ctx, owner)
	if err != nil || !o.Stale || o.InUse != first.ID() {
		t.Errorf("%+v %v", o, err)
	}
	must(t, a.DB.CheckKeyring(ctx))
	if _, err := rotate(first.Text(), first.Text()); !errors.Is(err, app.ErrKeyInUse) {
		t.Errorf("to the key in use: %v", err)
	}
	if _, err := rotate(formerKey, second.Text()); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("from a key that opens nothing: %v", err)
	}
	if over, err := rotate(first.Text(), second.Text()); err != nil || over.Next != second.ID() {
		t.Fatalf("a second time: %+v %v", over, err)
	}
	must(t, a.Close())
	if over, err := rotate(second.Text(), first.Text()); err != nil || over.Next != first.ID() {
		t.Fatalf("alone: %+v %v", over, err)
	}
	must(t, open(t, folder, first.Text(), address).Close())
}
