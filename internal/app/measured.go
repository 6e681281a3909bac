package app

import (
	"context"
	"database/sql"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/config"
	"purser.example/internal/expiry"
	"purser.example/internal/metrics"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
	"purser.example/internal/work"
)

// metricsOf are the numbers of a Purser that has an address for them; nil for one that has none, where nothing is counted.
func metricsOf(cfg config.Config, o Options) *metrics.Metrics {
	if cfg.MetricsAddr == "" {
		return nil
	}
	return metrics.New(o.Version)
}

// databaseOptions say how to open the database: with who makes the queue's tables in a new one, and with who is told how long changes wait
// where that is counted.
func databaseOptions(cfg config.Config, o Options, m *metrics.Metrics) sqlite.Options {
	options := sqlite.Options{Folder: cfg.Data, Now: o.Now, Log: o.Log, Queue: func(ctx context.Context, db *sql.DB) error { return work.Prepare(ctx, db, o.Log) }}
	if m != nil {
		options.Waited = m.Waited
	}
	return options
}

// measured counts what becomes of validations, where that is counted.
func (a *App) measured(v account.Validator, codes *verdict.Table) account.Validator {
	if a.metrics == nil {
		return v
	}
	return counted{v, codes, a.metrics}
}

// counted is a validator whose outcomes are counted by their class.
type counted struct {
	account.Validator
	codes   *verdict.Table
	metrics *metrics.Metrics
}

// Validate implements account.Validator.
func (c counted) Validate(ctx context.Context, a account.Account) verdict.Verdict {
	v := c.Validator.Validate(ctx, a)
	c.metrics.Validation(outcomeOf(v, c.codes))
	return v
}

// outcomeOf is the class of an outcome in one word.
func outcomeOf(v verdict.Verdict, codes *verdict.Table) string {
	switch class := codes.Class(v); {
	case v.Status == verdict.Valid:
		return "valid"
	case class == "":
		return "unknown"
	default:
		return string(class)
	}
}

// observer is who is told of requests; nil where nobody is.
func (a *App) observer() func(route, method string, status int, took time.Duration) {
	if a.metrics == nil {
		return nil
	}
	return a.metrics.Request
}

// sources are whom the metrics ask.
func (a *App) sources(kept stores, now func() time.Time) metrics.Sources {
	s := metrics.Sources{
		Now: now, Queues: append(kept.queues, a.logQueues()...), Sessions: kept.signedIn,
		Database: func() (metrics.Database, error) {
			f, err := a.DB.Figures()
			return metrics.Database(f), err
		},
	}
	a.copies(&s)
	if secret.PlaceOf(a.DB.Keeper()) != "" {
		s.KeyOpens = func() bool { return a.Keys.Trouble() == nil }
	}
	s.Expiries = a.expiries()
	return s
}

// expiries are who knows when something ends that there are few of.
func (a *App) expiries() []expiry.Source {
	sources := []expiry.Source{a.Apps, a.login}
	if a.certificate != nil {
		sources = append(sources, a.certificate)
	}
	return sources
}
