package app_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

const (
	commonName  = "Common"
	classicName = "Classic"
	center      = "https://contoso-admin.sharepoint.com"
)

// bothKinds gives the folder of a database, come to rest, that holds a common and a classic MFA profile of one account.
func bothKinds(t *testing.T) (folder, key string, sim *m365sim.Simulator, address string) {
	t.Helper()
	sim, address = formerTenant(t)
	folder, key = filepath.Join(t.TempDir(), "data"), secret.NewKey().Text()
	a := open(t, folder, key, address)
	defer func() { must(t, a.Close()) }()
	must(t, a.Apps.Connect(ctx, adele, adeleHere, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: clientID, Secret: secret.FromString("App-Secret-2026!")}))
	draft := profile.Draft{Tenant: contoso, Services: []string{"fly"}, Username: "svc-reader@contoso.com", Password: secret.FromString("Marked-Secret-2026!"), Name: commonName}
	_, err := a.Profiles.Create(ctx, adele, adeleHere, draft)
	must(t, err)
	draft.Name, draft.Password, draft.AdminCenterURL = classicName, secret.FromString("abcdefghijklmnop"), center
	_, err = a.Profiles.Adopt(ctx, adele, adeleHere, draft)
	must(t, err)
	return folder, key, sim, address
}

// validated tries every profile, and gives by name which passwords were not sent because somebody else wrote them.
func validated(t *testing.T, a *app.App) map[string]bool {
	t.Helper()
	page, _, err := a.Profiles.List(ctx, adele, profile.Query{})
	must(t, err)
	altered := map[string]bool{}
	for _, row := range page.Rows {
		_, err := a.Profiles.Validate(ctx, adele, adeleHere, row.ID)
		if altered[row.Name] = problem.KindOf(err) == problem.Altered; !altered[row.Name] {
			must(t, err)
		}
	}
	return altered
}

// X43: an app password is not sent as the account's own password, nor the other way round, where somebody changed a profile's kind in the
// database. Nothing of either goes over the wire.
func TestAPasswordIsNotSentAsAnotherKind(t *testing.T) {
	folder, key, sim, address := bothKinds(t)
	damage(t, filepath.Join(folder, sqlite.File), `UPDATE profiles SET kind = CASE kind WHEN 'mfa' THEN 'common' ELSE 'mfa' END, admin_center_url = '`+center+`'`)
	a := open(t, folder, key, address)
	defer func() { must(t, a.Close()) }()
	before := passwordsSent(sim)
	if altered := validated(t, a); len(altered) != 2 || !altered[commonName] || !altered[classicName] {
		t.Errorf("told of: %v", altered)
	}
	if n := passwordsSent(sim) - before; n != 0 {
		t.Errorf("%d passwords were sent", n)
	}
}

// X43: a database in which passwords are bound to their accounts, and not yet to their kind, is taken over once, as whatever kind each
// profile has then. A password that was bound to nothing by then was put there by somebody else, and stays unsent.
func TestPasswordsAreBoundToTheirKindOnce(t *testing.T) {
	folder, key, sim, address := bothKinds(t)
	withoutKinds(t, folder, key, "")
	for range 2 {
		a := open(t, folder, key, address)
		before := passwordsSent(sim)
		if altered := validated(t, a); len(altered) != 2 || altered[commonName] || altered[classicName] {
			t.Errorf("told of: %v", altered)
		}
		if n := passwordsSent(sim) - before; n != 2 {
			t.Errorf("%d passwords were sent", n)
		}
		must(t, a.DB.VerifyActivity(ctx))
		must(t, a.Close())
	}

	folder, key, _, address = bothKinds(t)
	withoutKinds(t, folder, key, classicName)
	a := open(t, folder, key, address)
	defer func() { must(t, a.Close()) }()
	if altered := validated(t, a); altered[commonName] || !altered[classicName] {
		t.Errorf("told of: %v", altered)
	}
}

// withoutKinds seals everything in a folder as a Purser did that bound passwords to their accounts only, but for the password of one
// profile, which it binds to nothing.
func withoutKinds(t *testing.T, folder, key, unbound string) {
	t.Helper()
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	parsed, err := secret.ParseKey(key)
	must(t, err)
	ring, err := db.Unlock(ctx, parsed)
	must(t, err)
	must(t, db.Close())

	raw, err := sql.Open("sqlite", filepath.Join(folder, sqlite.File))
	must(t, err)
	defer func() { must(t, raw.Close()) }()
	again := func(sealed []byte, from, to secret.Record) []byte {
		value, err := ring.Open(sealed, from)
		must(t, err)
		sealed, err = ring.Seal(value, to)
		must(t, err)
		return sealed
	}
	resealed := map[string][]byte{}
	rows, err := raw.QueryContext(ctx, `SELECT id, kind, name, tenant_id, username, password FROM profiles`)
	must(t, err)
	for rows.Next() {
		var p profile.Profile
		var sealed []byte
		must(t, rows.Scan(&p.ID, &p.Kind, &p.Name, &p.Tenant, &p.Username, &sealed))
		former := profile.PasswordRecord(p)
		if former.Facts = secret.FactsOf(string(p.Tenant), p.Username); p.Name == unbound {
			former.Facts = ""
		}
		resealed[`UPDATE profiles SET password = ? WHERE id = '`+string(p.ID)+`'`] = again(sealed, profile.PasswordRecord(p), former)
	}
	must(t, rows.Err())
	chains, err := raw.QueryContext(ctx, `SELECT id, key FROM chains`)
	must(t, err)
	for chains.Next() {
		var id int
		var sealed []byte
		must(t, chains.Scan(&id, &sealed))
		of := secret.Record{Table: "chain", ID: strconv.Itoa(id), Field: "key", Facts: secret.FactsOf("rows are bound", "passwords are bound to their kind")}
		former := of
		former.Facts = secret.FactsOf("rows are bound")
		resealed[`UPDATE chains SET key = ? WHERE id = `+of.ID] = again(sealed, of, former)
	}
	must(t, chains.Err())
	for statement, sealed := range resealed {
		_, err := raw.ExecContext(ctx, statement, sealed)
		must(t, err)
	}
}
