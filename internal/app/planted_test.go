package app_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
)

// passwordsSent counts the sign-ins with a password, whatever the protocol.
func passwordsSent(sim *m365sim.Simulator) (n int) {
	for _, q := range sim.Requests() {
		if q.GrantType == "password" || q.Path == "/rst2.srf" {
			n++
		}
	}
	return n
}

// takenOver gives the folder of a database of a former version after this one has taken it over, and come to rest.
func takenOver(t *testing.T) (folder string, sim *m365sim.Simulator, address string) {
	t.Helper()
	sim, address = formerTenant(t)
	folder = unpacked(t, formerRuns)
	a := open(t, folder, formerKey, address)
	demotest.Until(t, "the work of before coming to its end", func() bool {
		validation, first := a.Runs.Find(ctx, adele, a.Validations.Kind(), underValidation)
		check, second := a.Runs.Find(ctx, adele, a.Pools.Checks(), underCheck)
		return first == nil && second == nil && validation.State.Over() && check.State.Over()
	})
	must(t, a.Close())
	return folder, sim, address
}

// X43: where somebody changed in the database for what a password is, or where it is sent, it is not sent.
func TestAPasswordIsNotSentWhereSomebodyElseSays(t *testing.T) {
	for name, statement := range map[string]string{
		"another username":       `UPDATE profiles SET username = 'mallory@contoso.com', username_key = 'mallory@contoso.com'`,
		"another cloud":          `UPDATE tenants SET cloud = 'china'`,
		"another domain":         `UPDATE tenants SET initial_domain = 'fabrikam.onmicrosoft.com'`,
		"another application":    `UPDATE app_profiles SET application_id = 'b0000000-0000-4000-8000-00000000000b'`,
		"no secret":              `UPDATE app_credentials SET secret = NULL`,
		"another kind":           `UPDATE profiles SET kind = 'mfa', admin_center_url = 'https://contoso-admin.sharepoint.com'`,
		"another row's password": `UPDATE profiles SET password = (SELECT secret FROM app_credentials)`,
	} {
		t.Run(name, func(t *testing.T) {
			folder, sim, address := takenOver(t)
			damage(t, filepath.Join(folder, sqlite.File), statement)
			a := open(t, folder, formerKey, address)
			defer func() { must(t, a.Close()) }()
			page, _, err := a.Profiles.List(ctx, adele, profile.Query{Limit: 10})
			must(t, err)
			before := passwordsSent(sim)
			for _, row := range page.Rows {
				if _, err := a.Profiles.Validate(ctx, adele, adeleHere, row.ID); problem.KindOf(err) != problem.Altered {
					t.Errorf("%s: %v", row.Name, err)
				}
			}
			if n := passwordsSent(sim) - before; n != 0 || len(page.Rows) == 0 {
				t.Errorf("%d passwords were sent for %d profiles", n, len(page.Rows))
			}
		})
	}
}

// X43: a new password that waits in a check is not sent for another account either, nor kept for another member.
func TestAWaitingPasswordIsNotSentForAnother(t *testing.T) {
	for name, statement := range map[string]string{
		"another username": `UPDATE run_items SET username = 'mallory@contoso.com' WHERE sealed IS NOT NULL`,
		"another member":   `UPDATE run_items SET subject = 'mallory' WHERE sealed IS NOT NULL`,
		"another kind":     `UPDATE run_items SET note = '{"App":true}' WHERE sealed IS NOT NULL`,
	} {
		t.Run(name, func(t *testing.T) {
			folder, sim, address := takenOver(t)
			damage(t, filepath.Join(folder, sqlite.File), statement)
			a := open(t, folder, formerKey, address)
			defer func() { must(t, a.Close()) }()
			before := passwordsSent(sim)
			again, err := a.Runs.Reopen(ctx, adele, adeleHere, a.Pools.Checks(), endedCheck)
			if err != nil || again.Counts[run.Waiting] != 1 {
				t.Fatalf("again: %+v %v", again, err)
			}
			demotest.Until(t, "the item being passed over", func() bool {
				r, err := a.Runs.Find(ctx, adele, a.Pools.Checks(), endedCheck)
				return err == nil && r.State.Over()
			})
			if n := passwordsSent(sim) - before; n != 0 {
				t.Errorf("%d passwords were sent", n)
			}
		})
	}
}

// X43: what was taken over is not taken over again, with rows of somebody else's in it: neither by taking a proof away nor by putting
// the keys of before in their place.
func TestATakeoverIsNotRepeated(t *testing.T) {
	folder, _, address := takenOver(t)
	path := filepath.Join(folder, sqlite.File)
	damage(t, path, `INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at) VALUES ('planted', 'i', 'mallory', 'm', 'm', 'tenant-owner', 1, 1)`)
	a := open(t, folder, formerKey, address)
	must(t, a.Close())
	if n := count(t, path, `SELECT count(*) FROM sessions WHERE proof IS NOT NULL`); n != 0 {
		t.Errorf("%d planted sessions are proved", n)
	}
	for _, statement := range []string{
		`UPDATE chains SET key = NULL`,
		`DELETE FROM chains WHERE id > 1`,
		`DELETE FROM chains WHERE id = (SELECT max(id) FROM chains)`,
	} {
		copied := filepath.Join(t.TempDir(), sqlite.File)
		must(t, copyFile(path, copied))
		damage(t, copied, statement)
		b, _, err := openLogged(t, settings(filepath.Dir(copied), formerKey))
		if _, broken := errors.AsType[*audit.Broken](err); b != nil || !broken {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func count(t *testing.T, path, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer func() { must(t, db.Close()) }()
	must(t, db.QueryRowContext(context.Background(), query).Scan(&n))
	return n
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}
