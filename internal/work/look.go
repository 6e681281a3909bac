package work

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// thrifty is River's driver for SQLite, which looks before it writes. River takes jobs by one long UPDATE that is prepared anew for each
// queue at each poll; on an idle Purser that was most of what it did, and it held the writing connection for it. riverdriver is River's
// own ground: its version is pinned.
type thrifty struct {
	*riversqlite.Driver
	db Database
}

var _ riverdriver.Driver[*sql.Tx] = thrifty{}

func newThrifty(db Database) thrifty { return thrifty{riversqlite.New(db.Writer()), db} }

// GetExecutor implements riverdriver.Driver.
func (d thrifty) GetExecutor() riverdriver.Executor { return looking{d.Driver.GetExecutor(), d.db} }

type looking struct {
	riverdriver.Executor
	db Database
}

// JobGetAvailable implements riverdriver.Executor. Where the look fails River asks as ever, and tells what it finds.
func (e looking) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	if waits, err := e.db.WorkWaits(ctx, params.Queue); err == nil && !waits {
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	return e.Executor.JobGetAvailable(ctx, params)
}
