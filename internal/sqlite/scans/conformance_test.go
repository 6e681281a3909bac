package scans_test

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/storetest"
)

func TestTheStoreKeepsItsPromises(t *testing.T) { storetest.Scans(t, counting) }

func TestTheViewsKeepTheirPromises(t *testing.T) {
	for name, open := range map[string]storetest.Open{"usual": counting, "everything is broad": closer(0, 64, 2000), "closer": closer(5, 2, 100), "one by one": closer(1000, 1, 1500)} {
		t.Run(name, func(t *testing.T) { storetest.ScanViews(t, open) })
	}
}

// closer opens a database whose views go over from one way of reading to another at limits that a small one reaches.
func closer(narrow, merged, marked int) storetest.Open {
	return func(tb testing.TB, h storetest.Hooks) storetest.Engine {
		e := sqlitetest.Engine(tb, h)
		e.Scans = counted{e.Scans.(*scans.Store).Closer(narrow, merged, marked), tb}
		return e
	}
}

// counting opens a database that is looked at after each change of objects: the kept counters say what counting would.
func counting(tb testing.TB, h storetest.Hooks) storetest.Engine {
	e := sqlitetest.Engine(tb, h)
	e.Scans = counted{e.Scans.(*scans.Store), tb}
	return e
}

type counted struct {
	*scans.Store
	tb testing.TB
}

func (c counted) AddPage(ctx context.Context, id scan.ID, t scan.Type, p scan.Page, at time.Time) (scan.Section, error) {
	defer c.count()
	return c.Store.AddPage(ctx, id, t, p, at)
}

func (c counted) EndSection(ctx context.Context, id scan.ID, s scan.Section) error {
	defer c.count()
	return c.Store.EndSection(ctx, id, s)
}

func (c counted) Concluded(ctx context.Context, r run.Run, i run.Item, g scan.Grant, e *audit.Entry) error {
	defer c.count()
	return c.Store.Concluded(ctx, r, i, g, e)
}

func (c counted) count() {
	c.tb.Helper()
	if wrong, err := c.Recounted(ctx); err != nil || len(wrong) > 0 {
		c.tb.Errorf("counters that do not hold: %q, %v", wrong, err)
	}
}
