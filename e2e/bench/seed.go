package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

// tenants are those of the seeded profiles.
var tenants = []tenant.Tenant{
	{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
	{ID: "6f1c0000-0000-4000-8000-000000000002", DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: tenant.GCC},
}

// seed makes a folder with so many profiles, once in a run. There is no page to connect tenants yet, so they are put into the
// database before the first start. The key lies where the demo looks for it.
func (b *bench) seed(ctx context.Context, profiles int) (programs.Folder, error) {
	if folder, there := b.seeded[profiles]; there {
		return folder, nil
	}
	folder := programs.NewFolder(filepath.Join(b.folder, strconv.Itoa(profiles)))
	if err := os.WriteFile(folder.Path+".key", []byte(folder.Key.Text()), 0o600); err != nil {
		return folder, err
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder.Path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return folder, err
	}
	ring, err := db.Unlock(ctx, folder.Key)
	if err == nil {
		err = fill(ctx, db, ring, profiles)
	}
	b.seeded[profiles] = folder
	return folder, errors.Join(err, db.Close())
}

func fill(ctx context.Context, db *sqlite.DB, ring *secret.Keyring, profiles int) error {
	service := tenant.NewService(db.Tenants(), ring, time.Now)
	for _, t := range tenants {
		if err := service.Connect(ctx, administrator, audit.Origin{}, t, tenant.App{ApplicationID: appID}); err != nil {
			return err
		}
	}
	return sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: profiles})
}
