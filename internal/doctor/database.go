package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"purser.example/internal/app"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

const restore = "Stop Purser and put a backup in its place (docs/backup.md)."

// condition looks at the database once for all checks.
func (l *look) condition(ctx context.Context) (sqlite.Condition, error) {
	if !l.looked {
		l.found, l.failed = sqlite.ConditionOf(ctx, l.cfg.Data)
		l.looked = true
	}
	return l.found, l.failed
}

// database looks at the database from its version to its last page.
func database(ctx context.Context, l *look) []Finding {
	c, err := l.condition(ctx)
	switch {
	case errors.Is(err, sqlite.ErrNewer):
		return only(wrong(fmt.Sprintf("A newer version of Purser has worked in the database (database %d, program %d).", c.Version, c.Newest), "Start that version, or put back the copy of before the upgrade (docs/upgrade.md)."))
	case errors.Is(err, sqlite.ErrForeign):
		return only(wrong("The database was not made by a released version of Purser, or its tables were changed by hand.", restore))
	case errors.Is(err, sqlite.ErrLost):
		return only(wrong("The database is empty or missing, but there was one in this folder.", "Put a backup in its place (docs/backup.md). To start over, remove purser.lock and every file beside it whose name begins with "+sqlite.File+"."))
	case errors.Is(err, sqlite.ErrDamaged):
		return only(wrong("The database is damaged.", restore))
	case err != nil:
		return only(wrong("The database cannot be looked at: "+reason(err)+".", "Run this command with the account that Purser runs as. If that does not help, put a backup in its place (docs/backup.md)."))
	case c.None:
		return only(warning("There is no database yet. The first start makes one, with a new installation.", "If there is an installation already, correct PURSER_DATA, or put a backup in its place (docs/backup.md)."))
	case c.Version < c.Newest:
		return only(l.upgradable(c))
	}
	return only(ok("The database is of this version (%d) and not damaged.", c.Version))
}

// upgradable judges a database that the next start brings up to date.
func (l *look) upgradable(c sqlite.Condition) Finding {
	says := fmt.Sprintf("The database is of an older version (database %d, program %d).", c.Version, c.Newest)
	space, err := l.Space(l.cfg.Data)
	if err == nil && space.Free < 2*uint64(c.File) { //nolint:gosec // A file has no length below zero.
		return wrong(says+" The copy that the upgrade keeps does not fit on the disk.", "Free some space before you start this version.")
	}
	return warning(says, "The next start of this version brings it up to date and keeps a copy (docs/upgrade.md).")
}

// hugeLog is far above what a checkpoint leaves: something keeps the log from being emptied.
const hugeLog = 64 * mebi

func writeAheadLog(ctx context.Context, l *look) []Finding {
	c, _ := l.condition(ctx)
	switch {
	case c.LogLost:
		return only(wrong("The write-ahead log cannot be read, so that what was written last is lost.", restore))
	case c.Log > hugeLog:
		return only(warning(fmt.Sprintf("The write-ahead log has %d MiB, because something keeps it from being emptied.", c.Log/mebi), "Look for another program that has the database open, such as a shell or a backup, and end it. Then restart Purser."))
	}
	return only(ok("The write-ahead log has %d KiB.", c.Log/1024))
}

// upgradeCopy tells of the copy that the last upgrade kept.
func upgradeCopy(ctx context.Context, l *look) []Finding {
	c, _ := l.condition(ctx)
	if len(c.Copies) == 0 {
		return only(ok("No copy of before an upgrade is kept."))
	}
	return only(ok("The copy of before the last upgrade is %s.", filepath.Base(c.Copies[len(c.Copies)-1])))
}

// keyServiceRemedy is for a key service that does not do its part.
const keyServiceRemedy = "Look at the key service, its address in PURSER_KEY and what Purser shows to it (docs/keys.md). A Purser that runs goes on meanwhile."

// newKey looks whether a key that is to close a new installation's keyring can do so. A key that is here always can.
func newKey(ctx context.Context, k secret.Keeper) Finding {
	if secret.PlaceOf(k) != "" {
		const trial = "a trial of purser doctor"
		_, sealed, err := secret.CreateKeyring(ctx, k, trial)
		if err == nil {
			_, err = secret.OpenKeyring(ctx, k, sealed)
		}
		if err != nil {
			return wrong("The key service does not close and open a keyring: "+err.Error()+".", keyServiceRemedy)
		}
	}
	return ok("The key %s is for a new installation.", named(k))
}

// named is the ID of a key and, for one at a key service, where it is.
func named(k secret.Keeper) string {
	if place := secret.PlaceOf(k); place != "" {
		return k.ID() + " (" + place + ")"
	}
	return k.ID()
}

// key looks whether the key opens the keyring in the database.
func key(ctx context.Context, l *look) []Finding {
	keepers, err := app.Keepers(l.cfg)
	if err != nil {
		return only(wrong("PURSER_KEY is not a key.", remedies["PURSER_KEY"]))
	}
	k := keepers[0]
	c, _ := l.condition(ctx)
	if c.None {
		return only(newKey(ctx, k))
	}
	err = sqlite.CheckKeyOf(ctx, l.cfg.Data, k)
	switch {
	case err == nil:
		return only(ok("The key %s opens what is sealed in the database.", named(k)))
	case errors.Is(err, secret.ErrUnavailable), errors.Is(err, secret.ErrRefused):
		return only(wrong("Purser cannot be started now, because the key service does not open the keyring: "+err.Error()+".", keyServiceRemedy))
	case errors.Is(err, secret.ErrWrongKey) && len(keepers) > 1 && sqlite.CheckKeyOf(ctx, l.cfg.Data, keepers[1]) == nil:
		return only(warning("The key was changed: PURSER_KEY ("+k.ID()+") opens the database no more, but PURSER_KEY_NEW ("+keepers[1].ID()+") does.", "Set PURSER_KEY to the new key, and remove PURSER_KEY_NEW (docs/keys.md)."))
	case errors.Is(err, secret.ErrWrongKey):
		return only(wrong("The key does not fit the database: "+err.Error()+".", "Set PURSER_KEY to the key of this installation. Without it no password can be opened (docs/keys.md)."))
	case errors.Is(err, secret.ErrDamaged) && secret.PlaceOf(k) != "":
		return only(wrong("The key service was asked and does not open the keyring: its key is another one than before or lacks an older version, or the keyring is damaged.", "Restore the key and its older versions at the key service. If they are as they were: "+restore))
	case errors.Is(err, secret.ErrDamaged), errors.Is(err, sqlite.ErrKeyringMissing):
		return only(wrong("The database has lost what the key opens: its keyring is missing or damaged.", restore))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, sqlite.ErrLost):
		return only(wrong("The key cannot be tried, because the database is empty or missing.", restore))
	}
	return only(wrong("The key cannot be tried, because the database cannot be read.", restore))
}
