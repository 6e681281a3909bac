package appprofiles_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
)

// Migration 0016: app profiles that were called by their tenants are told apart where two tenants have one name, case aside, and keep the
// name where it was the only one.
func TestTwoTenantsOfOneName(t *testing.T) {
	folder := t.TempDir()
	sqlitetest.MakeOld(t, folder, 15, func(db *sql.DB) error {
		for _, row := range [][]any{{"t1", "Contoso", "contoso"}, {"t2", "CONTOSO", "contoso"}, {"t3", "Fabrikam", "fabrikam"}} {
			if _, err := db.Exec(`INSERT INTO tenants VALUES (?, ?, ?, 'contoso.onmicrosoft.com', 'worldwide', 1)`, row...); err != nil {
				return err
			}
			if _, err := db.Exec(`INSERT INTO app_profiles VALUES (?, 'a0000000-0000-4000-8000-000000000001', NULL)`, row[0]); err != nil {
				return err
			}
		}
		return nil
	})
	listed, err := appprofiles.New(sqlitetest.OpenIn(t, folder, time.Now)).Profiles(context.Background(), appprofile.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range listed {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	if want := []string{"CONTOSO (t2)", "Contoso (t1)", "Fabrikam"}; !slices.Equal(names, want) {
		t.Errorf("they are called %q", names)
	}
}
