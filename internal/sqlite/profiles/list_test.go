package profiles_test

import (
	"context"
	"maps"
	"testing"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/storetest"
)

// closer opens a database whose list goes over from one way of reading to another at limits that a small one reaches.
func closer(narrow, looked int) storetest.Open {
	return func(tb testing.TB, h storetest.Hooks) storetest.Engine {
		e := sqlitetest.Engine(tb, h)
		e.Profiles = e.Profiles.(*profiles.Store).Closer(narrow, looked)
		return e
	}
}

func TestTheListKeepsItsPromises(t *testing.T) {
	for name, open := range map[string]storetest.Open{"usual": counting, "everything is broad": closer(0, 0), "closer": closer(20, 50)} {
		t.Run(name, func(t *testing.T) { storetest.ProfileList(t, open) })
	}
}

func FuzzSearch(f *testing.F) { storetest.FuzzProfileSearch(f, sqlitetest.Engine, closer(0, 0)) }

// counting opens a database that is looked at after each change: the kept counters say what counting would.
func counting(tb testing.TB, h storetest.Hooks) storetest.Engine {
	e := sqlitetest.Engine(tb, h)
	e.Profiles = counted{e.Profiles.(*profiles.Store), tb}
	return e
}

type counted struct {
	*profiles.Store
	tb testing.TB
}

func (c counted) Create(ctx context.Context, p profile.Profile, password []byte, v profile.Validation, elsewhere []account.Renewal, entries ...audit.Entry) error {
	defer c.count()
	return c.Store.Create(ctx, p, password, v, elsewhere, entries...)
}

func (c counted) Update(ctx context.Context, p profile.Profile, was int64, password []byte, v *profile.Validation, elsewhere []account.Renewal, entries ...audit.Entry) error {
	defer c.count()
	return c.Store.Update(ctx, p, was, password, v, elsewhere, entries...)
}

func (c counted) Validated(ctx context.Context, p profile.Profile, v profile.Validation, e audit.Entry) error {
	defer c.count()
	return c.Store.Validated(ctx, p, v, e)
}

func (c counted) Delete(ctx context.Context, list []profile.Profile, entries ...audit.Entry) error {
	defer c.count()
	return c.Store.Delete(ctx, list, entries...)
}

func (c counted) count() {
	c.tb.Helper()
	if lacking, err := c.Lacking(ctx); err != nil || len(lacking) > 0 {
		c.tb.Errorf("profiles that lack letters of what they are found by: %q, %v", lacking, err)
	}
	for kind, query := range map[string]string{
		"status": `SELECT status, count(*) FROM profiles GROUP BY status`, "tenant": `SELECT tenant_id, count(*) FROM profiles GROUP BY tenant_id`,
		"expires":       `SELECT printf('%06d', expires_at / 86400000), count(*) FROM profiles WHERE expires_at < 9223372036854775807 GROUP BY 1`,
		"tenant status": `SELECT tenant_id || ' ' || status, count(*) FROM profiles GROUP BY 1`,
		"service":       `SELECT service, count(*) FROM profile_services GROUP BY service`,
		"kind":          `SELECT kind, count(*) FROM profiles WHERE kind = 'mfa' GROUP BY kind`,
	} {
		kept, err := c.Counter(ctx, kind)
		if err != nil {
			c.tb.Fatal(err)
		}
		anew, err := c.Counted(ctx, query)
		if err != nil {
			c.tb.Fatal(err)
		}
		if !maps.Equal(kept, anew) {
			c.tb.Errorf("by %s: kept %v, counted %v", kind, kept, anew)
		}
	}
}
