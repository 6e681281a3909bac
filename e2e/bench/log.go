package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	store "purser.example/internal/sqlite/activity"
)

// logEntries are how many entries the long log has; PURSER_BENCH_LOG is another number, to try the rows out.
const logEntries = 1_000_000

// activityLog measures what an entry costs an edit, how fast the log is verified and exported, and whether its page is as fast with a million
// entries as with a thousand.
func (b *bench) activityLog(ctx context.Context) ([]row, error) {
	entries := logEntries
	if text := os.Getenv("PURSER_BENCH_LOG"); text != "" {
		var err error
		if entries, err = strconv.Atoi(text); err != nil {
			return nil, err
		}
	}
	cost, err := b.costOfAnEntry(ctx)
	if err != nil {
		return nil, err
	}
	long, err := b.logOf(ctx, "long", entries)
	if err != nil {
		return nil, err
	}
	defer func() { _ = long.Close() }()
	short, err := b.logOf(ctx, "short", 1000)
	if err != nil {
		return nil, err
	}
	defer func() { _ = short.Close() }()
	verified, err := rateOf(entries, func() error {
		_, err := long.VerifyParts(ctx, func(int64, int64) {})
		return err
	})
	if err != nil {
		return nil, err
	}
	bytes := 0
	exported, err := rateOf(entries, func() error {
		line := []byte(nil)
		return long.ExportActivity(ctx, func(audit.Header) error { return nil }, func(some []audit.Link) error {
			for _, l := range some {
				line = audit.AppendLine(line[:0], l)
				bytes += len(line)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	slower, worst, err := slowestView(ctx, long, short)
	return []row{
		cost,
		{"entries of the activity log verified a second", fmt.Sprintf("%.0f (%d entries)", verified, entries), "at least 200,000", verified >= 200_000},
		{"entries exported a second as JSON Lines", fmt.Sprintf("%.0f (%.0f bytes each)", exported, float64(bytes)/float64(entries)), "at least 100,000", exported >= 100_000},
		{fmt.Sprintf("slowest view of a log of %d entries less that of 1,000", entries), fmt.Sprintf("%.1f ms (%s)", ms(slower), worst), "at most 100 ms", slower <= 100*time.Millisecond},
	}, err
}

func rateOf(n int, do func() error) (float64, error) {
	begin := time.Now()
	err := do()
	return float64(n) / time.Since(begin).Seconds(), err
}

// costOfAnEntry is what an entry takes of the writer, against what an edit takes of everything when sixteen share each flush.
func (b *bench) costOfAnEntry(ctx context.Context) (row, error) {
	h, stop, err := b.openHouse(ctx)
	if err != nil {
		return row{}, err
	}
	defer stop()
	var shares []float64
	for range editRounds {
		edits, err := h.measured(ctx, nil, h.edit)
		if err != nil {
			return row{}, err
		}
		const many = 2000
		begin := time.Now()
		if err := recordMany(ctx, h.App.DB, many); err != nil {
			return row{}, err
		}
		shares = append(shares, time.Since(begin).Seconds()/many*edits[0])
	}
	share := median(shares)
	return row{"the entry's part of an edit", fmt.Sprintf("%.0f %%", 100*share), "at most 25 %", share <= 0.25}, nil
}

// recordMany writes entries in one transaction, as many as fit what the log of a day may have.
func recordMany(ctx context.Context, db *sqlite.DB, n int) error {
	return db.Write(ctx, func(tx *sqlite.Tx) error {
		for i := range n {
			if err := tx.Record(benchEntry(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func benchEntry(i int) audit.Entry {
	actions := []audit.Action{"validation begun", "validation ended", "profile changed", "sign-in", "scan ended"}
	return audit.Entry{
		Actor:  audit.Actor{Issuer: "https://login.contoso.com/v2.0", Subject: fmt.Sprintf("s%06d", i%50), Name: fmt.Sprintf("Administrator %02d", i%50), SignIn: fmt.Sprintf("admin%02d@contoso.com", i%50)},
		Action: actions[i%len(actions)], Target: audit.Target{Kind: "profile", ID: fmt.Sprintf("0193a1c2-7d40-7000-8000-%012d", i%20_000), Name: fmt.Sprintf("Backup %05d", i%20_000)},
		Origin: audit.Origin{Request: fmt.Sprintf("r%012d", i), Address: "192.0.2.10"},
	}.With("username", fmt.Sprintf("svc-%05d@contoso.com", i%20_000)).With("status", []string{"valid", "wrong-password"}[i%17/16]).With("tenant", fmt.Sprintf("6f1c0000-0000-4000-8000-%012d", i%3))
}

// logOf makes a log of so many entries, a thousand for each hour.
func (b *bench) logOf(ctx context.Context, name string, entries int) (*sqlite.DB, error) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: filepath.Join(b.folder, "log-"+name), Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if _, err := db.Unlock(ctx, secret.NewKey()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	for written := 0; written < entries; written += 1000 {
		at = at.Add(time.Hour)
		if err := recordMany(ctx, db, min(1000, entries-written)); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

// slowestView is the view of which the long log makes the most.
func slowestView(ctx context.Context, long, short *sqlite.DB) (slower time.Duration, worst string, err error) {
	for name, q := range map[string]activity.Query{
		"all": {}, "a person": {Person: "admin07"}, "an action": {Action: "sign-in"}, "an object": {Object: "Backup 00123"}, "failed": {Result: activity.Failed}, "a tenant": {Tenant: "6f1c0000-0000-4000-8000-000000000001"},
		"three filters": {Person: "admin07", Action: "scan ended", Result: activity.Failed}, "a month": {From: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)}, "nobody": {Person: "nobody"},
	} {
		var took [2]time.Duration
		for i, db := range []*sqlite.DB{long, short} {
			var each []time.Duration
			q.Limit = activity.PageSize
			for range 5 {
				begin := time.Now()
				if _, err := store.New(db).Find(ctx, q); err != nil {
					return 0, "", err
				}
				each = append(each, time.Since(begin))
			}
			took[i] = median(each)
		}
		if took[0]-took[1] > slower {
			slower, worst = took[0]-took[1], name
		}
	}
	return slower, worst, nil
}
