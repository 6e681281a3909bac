package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/config"
	"purser.example/internal/keychange"
	"purser.example/internal/keyservice"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/keychanges"
)

// Keepers are the keys of a configuration: the one that opens the database, and the one that is to take its place, or has just done so.
func Keepers(cfg config.Config) ([]secret.Keeper, error) {
	key, err := keeperOf("PURSER_KEY", cfg.Key, cfg.KeyLogin)
	if err != nil || cfg.KeyNew == "" {
		return []secret.Keeper{key}, err
	}
	next, err := keeperOf("PURSER_KEY_NEW", cfg.KeyNew, cfg.NewLogin)
	return []secret.Keeper{key, next}, err
}

// keeperOf is the key of one setting: the key itself, or the key service that has it and is not asked for it yet.
func keeperOf(setting, text string, login config.KeyLogin) (secret.Keeper, error) {
	if config.AtService(text) {
		at, err := keyService(text, login)
		if err != nil {
			return nil, config.Mistakes{setting + ": " + err.Error() + "."}
		}
		return at, nil
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return key, nil
}

// keyService is the key at an address, with what it wants to be shown.
func keyService(address string, login config.KeyLogin) (secret.Keeper, error) {
	way := http.DefaultTransport.(*http.Transport).Clone()
	way.IdleConnTimeout = 5 * time.Second // it is asked once a minute at most
	if login.CA != nil {
		way.TLSClientConfig = &tls.Config{RootCAs: login.CA, MinVersion: tls.VersionTLS12}
	}
	return keyservice.New(strings.TrimSpace(address), keyservice.Login{
		Token: secret.FromString(login.Token), Fresh: func() secret.Value { return secret.FromString(login.TokenNow()) },
		Tenant: login.TenantID, ClientID: login.ClientID, ClientSecret: secret.FromString(login.ClientSecret),
	}, keyservice.Options{Transport: way})
}

// changeKeys makes the noun that changes the key, and says where the settings are behind it.
func (a *App) changeKeys(kept stores, ring *secret.Keyring, keepers []secret.Keeper, o Options) {
	opened, next := a.DB.Keeper(), secret.Keeper(nil)
	if len(keepers) > 1 {
		next = keepers[1]
	}
	if opened.ID() != keepers[0].ID() {
		o.Log.Warn("PURSER_KEY opens the database no more, but PURSER_KEY_NEW does: set PURSER_KEY to it (docs/keys.md)", "key", keepers[0].ID(), "in_use", opened.ID())
	}
	a.Keys = keychange.NewService(keychange.Parts{
		Store: kept.keys, Ring: ring, Opened: opened, Next: next, Try: a.DB.CheckKey, Folder: a.cfg.Data, Shifts: a.shifts, Now: o.Now, Log: o.Log,
	})
}

// Progress tells of a change of the key while it goes on.
type Progress func(keychange.Change)

// ErrKeyInUse says that there is nothing to change.
var ErrKeyInUse = errors.New("PURSER_KEY_NEW: is the key that is in use already; nothing was changed")

// RotateKey changes the key of the installation in the data folder to the one of PURSER_KEY_NEW, and returns when only that opens it. It does
// so alone; where a Purser works in the folder, that one does it beside its work.
func RotateKey(ctx context.Context, cfg config.Config, o Options, by string, progress Progress) (keychange.Change, error) {
	a, err := openForWork(ctx, cfg, o)
	if errors.Is(err, sqlite.ErrLocked) {
		return rotateBeside(ctx, cfg, by, progress)
	}
	if err != nil {
		return keychange.Change{}, err
	}
	over, err := a.rotateAlone(ctx, by, progress)
	return over, errors.Join(err, a.closeWork(context.WithoutCancel(ctx)))
}

// rotateAlone begins a change, or goes on with one that was cut off, and carries it out.
func (a *App) rotateAlone(ctx context.Context, by string, progress Progress) (last keychange.Change, err error) {
	if err := a.employ(ctx); err != nil { // for the job, which the next start finds done
		return last, err
	}
	last, err = a.Keys.Store.Last(ctx)
	if errors.Is(err, keychange.ErrNone) || err == nil && last.Over() {
		if a.Keys.Next.ID() == a.Keys.Opened.ID() {
			return last, ErrKeyInUse
		}
		err = a.Keys.BeginBy(ctx, by)
	}
	if err == nil {
		last, err = a.Keys.Store.Last(ctx)
	}
	if err != nil {
		return last, err
	}
	return a.carryKey(ctx, last.ID, progress)
}

// carryKey carries a change out, and tells how far it is.
func (a *App) carryKey(ctx context.Context, id keychange.ID, progress Progress) (keychange.Change, error) {
	changes, stop := a.Keys.Watch()
	defer stop()
	carried := make(chan error, 1)
	go func() { carried <- a.Keys.Carry(ctx, strconv.FormatInt(int64(id), 10)) }()
	for {
		select {
		case <-changes:
			if now, err := a.Keys.Store.Last(ctx); err == nil {
				progress(now)
			}
		case err := <-carried:
			if err != nil {
				return keychange.Change{}, err
			}
			return a.Keys.Store.Last(ctx)
		}
	}
}

// rotateBeside asks the Purser that works in the folder, and waits for it.
func rotateBeside(ctx context.Context, cfg config.Config, by string, progress Progress) (keychange.Change, error) {
	keepers, err := Keepers(cfg)
	if err != nil {
		return keychange.Change{}, err
	}
	before, err := leaveKeyNote(ctx, cfg, keepers, by)
	if err != nil {
		return keychange.Change{}, err
	}
	return awaitKey(ctx, cfg, before, progress)
}

// leaveKeyNote asks for the change in the data folder, unless it is under way already. It gives the id of the last change before.
func leaveKeyNote(ctx context.Context, cfg config.Config, keepers []secret.Keeper, by string) (before keychange.ID, err error) {
	err = sqlite.Beside(ctx, cfg.Data, keepers, time.Now, func(db *sqlite.DB, ring *secret.Keyring) error {
		last, err := keychanges.New(db).Last(ctx)
		switch {
		case err != nil && !errors.Is(err, keychange.ErrNone):
			return err
		case err == nil && !last.Over() && last.Next == keepers[1].ID():
			before = last.ID - 1 // it goes on
			return nil
		case err == nil && !last.Over():
			return fmt.Errorf("the key is being changed to %s already; wait until that is over", last.Next)
		case db.Keeper().ID() == keepers[1].ID():
			return ErrKeyInUse
		}
		before = last.ID
		return keychange.Make(ctx, cfg.Data, ring, keepers[0], keepers[1], by)
	})
	return before, err
}

// takenUpWithin is how long a Purser that works may take to take a note up.
const takenUpWithin = time.Minute

// asked is how often a command looks how far a change is.
const asked = 200 * time.Millisecond

// awaitKey waits for the change behind the last one of before to be over.
func awaitKey(ctx context.Context, cfg config.Config, before keychange.ID, progress Progress) (last keychange.Change, err error) {
	tick := time.NewTicker(asked)
	defer tick.Stop()
	for begun := time.Now(); ; {
		err := sqlite.Glance(ctx, cfg.Data, time.Now, func(db *sqlite.DB) (err error) {
			last, err = keychanges.New(db).Last(ctx)
			return err
		})
		switch begins := last.ID > before; {
		case err != nil && !errors.Is(err, keychange.ErrNone):
			return last, err
		case begins && last.Over():
			return last, nil
		case begins:
			progress(last)
		case time.Since(begun) > takenUpWithin:
			return last, errors.New("the Purser that works in the data folder did not begin to change the key; its log says why")
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-tick.C:
		}
	}
}
