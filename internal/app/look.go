package app

import (
	"context"
	"net/http"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/config"
	"purser.example/internal/forward"
	"purser.example/internal/login"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	entries "purser.example/internal/sqlite/activity"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// Beside are the parts of a Purser that look into its database beside it. None of them can change anything.
type Beside struct {
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Directory appprofile.Directory

	Receivers []forward.Mark // of those that the settings ship the activity log to
}

// LookBeside opens the database of an installation for whoever examines it, whether a Purser works in it or not, and joins what reads it
// to Microsoft 365, which is asked by the way that is given.
func LookBeside(ctx context.Context, cfg config.Config, now func() time.Time, way http.RoundTripper, look func(Beside) error) error {
	keepers, err := Keepers(cfg)
	if err != nil {
		return err
	}
	codes, err := codesOf(cfg)
	if err != nil {
		return err
	}
	return sqlite.Beside(ctx, cfg.Data, keepers, now, func(db *sqlite.DB, ring *secret.Keyring) error {
		directory := Apps(microsoft.New(microsoft.Config{Simulator: cfg.M365Simulator, Now: now, Codes: codes, Transport: way}))
		known := tenant.NewService(tenants.New(db), ring, now)
		marks, err := entries.New(db).Marks(ctx)
		if err != nil {
			return err
		}
		return look(Beside{
			Receivers: receiving(marks, cfg.ActivityLog),
			Tenants:   known, Directory: directory,
			Apps: appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: known, Directory: directory, Ring: ring, Now: now}),
		})
	})
}

// SignIn is how an installation signs people in, for whoever examines it. The provider is asked by the way that is given.
func SignIn(cfg config.Config, now func() time.Time, way http.RoundTripper) (*login.Client, error) {
	codes, err := codesOf(cfg)
	if err != nil {
		return nil, err
	}
	return loginClient(cfg, codes, now, way), nil
}
