package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/sheet"
	"purser.example/internal/sqlite"
)

// ImportFile brings a file of profiles into a data folder that no Purser works in, or says what that would do (R30). Nothing else goes on
// meanwhile: no background work begins, and nobody is asked anything. by is who does it, as the machine calls them. The error is about the
// file or the folder as a whole; what came of the rows is in the report.
func ImportFile(ctx context.Context, cfg config.Config, o Options, by, path string, dry bool) (found profile.Import, rows []profile.ImportRow, err error) {
	file, err := receiveFile(path)
	if err != nil {
		return found, nil, err
	}
	defer clear(file)
	a, err := openForWork(ctx, cfg, o)
	if errors.Is(err, sqlite.ErrLocked) {
		return found, nil, fmt.Errorf("%w; import the file on its page, Service account > Import, or stop that Purser and run this command again", err)
	}
	if err != nil {
		return found, nil, err
	}
	caller := access.Caller{Issuer: "purser import", Subject: by, Name: by + " (purser import)", Roles: []access.Role{access.ServiceAdministrator}}
	found, rows, err = a.Imports.Run(ctx, caller, audit.Origin{}, file, dry)
	return found, rows, errors.Join(err, a.closeWork(context.WithoutCancel(ctx)))
}

// receiveFile reads a file that a command names. One that cannot be read is a mistake of the command.
func receiveFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, config.Mistakes{"the file cannot be read: " + err.Error()}
	}
	defer func() { _ = file.Close() }()
	received, err := sheet.Receive(file, profile.MaxImport)
	if err != nil && problem.KindOf(err) != problem.Invalid {
		return nil, config.Mistakes{"the file cannot be read: " + err.Error()}
	}
	return received, err
}

// openForWork opens an App without its pages and its background work, for a command that works in the folder alone. It makes no new
// installation.
func openForWork(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC() }
	}
	keepers, err := Keepers(cfg)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, sqlite.File)); err != nil {
		return nil, config.Mistakes{"PURSER_DATA: there is no database in " + cfg.Data + "."}
	}
	codes, err := codesOf(cfg)
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, databaseOptions(cfg, o, nil))
	if err != nil {
		return nil, err
	}
	ring, err := unlock(ctx, db, keepers, cfg.Data, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	kept := storesOf(db)
	if err := kept.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("fold what is searched: %w", err), db.Close())
	}
	a := &App{DB: db, cfg: cfg, log: o.Log, tally: audit.NewTally(db, o.Now)}
	a.furnish(kept, ring, codes, o)
	a.changeKeys(kept, ring, keepers, o)
	if err := a.takeOver(ctx); err != nil {
		return nil, errors.Join(err, a.closeWork(ctx))
	}
	return a, nil
}

func (a *App) closeWork(ctx context.Context) error {
	a.sessions.Close()
	a.Imports.Close()
	return errors.Join(a.tally.Close(ctx), a.DB.Close())
}
