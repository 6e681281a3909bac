package programs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// Folder is a data folder with its key.
type Folder struct {
	Path string
	Key  secret.Key
}

// NewFolder makes the key of a folder that does not exist yet.
func NewFolder(path string) Folder { return Folder{path, secret.NewKey()} }

// Administrator is the person of the provider as a caller, for what is done without HTTP.
var Administrator = access.Caller{Issuer: "bench", Subject: "bench", Name: "Bench", SignIn: Email, Roles: []access.Role{access.ServiceAdministrator}}

// Connect connects tenants by an app registration, in the database and before the first start.
func (f Folder) Connect(ctx context.Context, list []tenant.Tenant, application string) error {
	return f.furnish(ctx, list, application, func(*sqlite.DB, *secret.Keyring) error { return nil })
}

// Fill connects tenants and makes so many profiles in them, as sqlitetest.Fill makes them.
func (f Folder) Fill(ctx context.Context, list []tenant.Tenant, application string, profiles int) error {
	return f.furnish(ctx, list, application, func(db *sqlite.DB, ring *secret.Keyring) error {
		return sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: profiles})
	})
}

func (f Folder) furnish(ctx context.Context, list []tenant.Tenant, application string, fill func(*sqlite.DB, *secret.Keyring) error) error {
	db, ring, err := f.Open(ctx)
	if err != nil {
		return err
	}
	service := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: tenant.NewService(tenants.New(db), ring, time.Now), Ring: ring, Now: time.Now})
	for _, t := range list {
		err = errors.Join(err, service.Connect(ctx, Administrator, audit.Origin{}, t, appprofile.App{ApplicationID: application}))
	}
	if err == nil {
		err = fill(db, ring)
	}
	return errors.Join(err, db.Close())
}

// Open opens the database of a folder that no Purser works in.
func (f Folder) Open(ctx context.Context) (*sqlite.DB, *secret.Keyring, error) {
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: f.Path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, err
	}
	ring, err := db.Unlock(ctx, f.Key)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, ring, nil
}
