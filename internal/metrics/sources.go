package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"purser.example/internal/expiry"
)

// Sources are whom the metrics ask when somebody looks. It is a prometheus.Collector.
type Sources struct {
	Now      func() time.Time
	Queues   []Queue
	Database func() (Database, error)
	Sessions func(context.Context) (int, error)
	Expiries []expiry.Source

	Copies []Copy        // of the database, elsewhere
	Failed func() uint64 // scheduled backups, since the start; nil where there are none

	KeyOpens func() bool // whether the key service opened the keyring when it was asked last; nil where the key is at none
}

// Copy is a kind of copies of the database.
type Copy struct {
	Kind   string
	Newest func() (time.Time, error) // no time where there is none
}

// Queue is work that waits or is under way.
type Queue struct {
	Name string
	// Depth gives how much there is, and since when the oldest of it waits; no time where nothing does.
	Depth func(context.Context) (n int, oldest time.Time, err error)
}

// Database is how the database is.
type Database struct {
	File, Log int64  // bytes
	Commits   uint64 // since the start
	Waiting   int    // changes that nobody has taken yet
}

var (
	depth   = described("purser_queue_depth", "Work that waits or is under way.", "queue")
	oldest  = described("purser_queue_oldest_seconds", "For how long the oldest work of the queue has been there; 0 where it is empty.", "queue")
	size    = described("purser_database_bytes", "The size of the database and of its write-ahead log.", "file")
	commits = described("purser_database_commits_total", "Transactions that are on the disk. Changes that come at once share one.")
	waiting = described("purser_database_writes_waiting", "Changes that wait for the one writer of the database.")
	people  = described("purser_sessions", "Sessions of people who are signed in.")
	days    = described("purser_expiry_days", "Days until the first of a kind of certificates and credentials ends; negative afterwards.", "kind")
	copied  = described("purser_copy_age_seconds", "The age of the newest copy of the database of a kind; left out where there is none.", "kind")
	failed  = described("purser_backup_failures_total", "Scheduled backups that failed, each time they were tried.")
	service = described("purser_key_service_up", "1 while the key service opens the keyring, 0 while it does not. Left out where the key is at none.")
	kept    = described("purser_expiry_count", "Certificates and credentials of a kind that have an end.", "kind")
)

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe implements prometheus.Collector.
func (s Sources) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{depth, oldest, size, commits, waiting, people, days, kept, copied, failed, service} {
		to <- d
	}
}

// patience is how long all sources together may take: who looks asks again soon.
const patience = 5 * time.Second

// Collect implements prometheus.Collector.
func (s Sources) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, q := range s.Queues {
		s.queue(ctx, q, to)
	}
	s.database(to)
	n, err := s.Sessions(ctx)
	gauge(to, people, float64(n), err)
	s.expiries(ctx, to)
	s.copies(to)
	if s.KeyOpens != nil {
		up := 0.0
		if s.KeyOpens() {
			up = 1
		}
		gauge(to, service, up, nil)
	}
}

func (s Sources) copies(to chan<- prometheus.Metric) {
	for _, c := range s.Copies {
		at, err := c.Newest()
		if err == nil && at.IsZero() {
			continue
		}
		gauge(to, copied, max(0, s.Now().Sub(at).Seconds()), err, c.Kind)
	}
	if s.Failed != nil {
		tell(to, failed, prometheus.CounterValue, float64(s.Failed()), nil)
	}
}

func (s Sources) queue(ctx context.Context, q Queue, to chan<- prometheus.Metric) {
	n, since, err := q.Depth(ctx)
	age := 0.0
	if !since.IsZero() {
		age = max(0, s.Now().Sub(since).Seconds())
	}
	gauge(to, depth, float64(n), err, q.Name)
	gauge(to, oldest, age, err, q.Name)
}

func (s Sources) database(to chan<- prometheus.Metric) {
	db, err := s.Database()
	gauge(to, size, float64(db.File), err, "database")
	gauge(to, size, float64(db.Log), err, "log")
	gauge(to, waiting, float64(db.Waiting), err)
	tell(to, commits, prometheus.CounterValue, float64(db.Commits), err)
}

// expiries tells of each kind the first end and how many there are. A kind that is none of those known tells no word of its own.
func (s Sources) expiries(ctx context.Context, to chan<- prometheus.Metric) {
	first, count := map[expiry.Kind]time.Time{}, map[expiry.Kind]int{}
	for _, source := range s.Expiries {
		dates, err := source.Expiries(ctx)
		if err != nil {
			to <- prometheus.NewInvalidMetric(days, fmt.Errorf("ask what ends: %w", err))
			continue
		}
		for _, d := range dates {
			if !d.Kind.Known() {
				d.Kind = "other"
			}
			if at, there := first[d.Kind]; !there || d.At.Before(at) {
				first[d.Kind] = d.At
			}
			count[d.Kind]++
		}
	}
	for kind, at := range first {
		gauge(to, days, at.Sub(s.Now()).Hours()/24, nil, string(kind))
		gauge(to, kept, float64(count[kind]), nil, string(kind))
	}
}

func gauge(to chan<- prometheus.Metric, d *prometheus.Desc, value float64, err error, labels ...string) {
	tell(to, d, prometheus.GaugeValue, value, err, labels...)
}

func tell(to chan<- prometheus.Metric, d *prometheus.Desc, kind prometheus.ValueType, value float64, err error, labels ...string) {
	if err != nil {
		to <- prometheus.NewInvalidMetric(d, err)
		return
	}
	to <- prometheus.MustNewConstMetric(d, kind, value, labels...)
}
