package sqlitetest

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	driver "modernc.org/sqlite"

	"purser.example/internal/sqlite"
)

// held are the statements that break a database, by its path. A pragma holds for one connection only, and the writing one may
// be replaced at any time, so each new one is broken as well.
var held struct {
	sync.Mutex
	by map[string]string
}

func init() {
	held.by = map[string]string{}
	driver.RegisterConnectionHook(func(conn driver.ExecQuerierContext, dsn string) error {
		u, err := url.Parse(dsn)
		if err != nil || strings.Contains(u.RawQuery, "query_only") { // a reader
			return nil
		}
		held.Lock()
		statement := held.by[u.Path]
		held.Unlock()
		if statement == "" {
			return nil
		}
		_, err = conn.ExecContext(context.Background(), statement, nil)
		return err
	})
}

// hold breaks the writing connection, and every one that takes its place, until it is mended.
func hold(tb testing.TB, db *sqlite.DB, breaking, mending string) (mend func()) {
	tb.Helper()
	path := file(tb, db)
	set := func(statement string) {
		held.Lock()
		defer held.Unlock()
		if statement == "" {
			delete(held.by, path)
			return
		}
		held.by[path] = statement
	}
	set(breaking)
	pragma(tb, db, breaking)
	return func() {
		set("")
		pragma(tb, db, mending)
	}
}
