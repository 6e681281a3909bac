package metrics_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser.example/internal/expiry"
	"purser.example/internal/metrics"
)

type ends func() ([]expiry.Date, error)

func (e ends) Expiries(context.Context) ([]expiry.Date, error) { return e() }

func scrape(t *testing.T, m *metrics.Metrics, log *strings.Builder) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler(slog.New(slog.NewTextHandler(log, nil))).ServeHTTP(answer, httptest.NewRequest("GET", metrics.Path, nil))
	if answer.Code != 200 {
		t.Fatalf("status %d\n%s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// R84: of each kind the first end is told and how many there are; a kind that nobody knows tells no word of its own, because it may be a
// name; and a source that fails takes nothing away from the others.
func TestWhatEndsIsToldByKindR84(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	in := func(days float64) time.Time { return now.Add(time.Duration(days * 24 * float64(time.Hour))) }
	m := metrics.New("1.2.3")
	m.Ask(metrics.Sources{
		Now:      func() time.Time { return now },
		Database: func() (metrics.Database, error) { return metrics.Database{}, errors.New("the disk is gone") },
		Sessions: func(context.Context) (int, error) { return 3, nil },
		Queues: []metrics.Queue{
			{Name: "runs", Depth: func(context.Context) (int, time.Time, error) { return 2, now.Add(-time.Minute), nil }},
			{Name: "jobs", Depth: func(context.Context) (int, time.Time, error) { return 0, now.Add(time.Minute), nil }}, // a clock that was put back
		},
		Expiries: []expiry.Source{
			ends(func() ([]expiry.Date, error) { return nil, errors.New("no answer") }),
			ends(func() ([]expiry.Date, error) {
				return []expiry.Date{{Kind: expiry.ClientSecret, At: in(30)}, {Kind: expiry.ClientSecret, At: in(-1.5)}, {Kind: "contoso.com", At: in(2)}}, nil
			}),
			ends(func() ([]expiry.Date, error) { return []expiry.Date{{Kind: expiry.ClientSecret, At: in(7)}}, nil }),
		},
	})
	var log strings.Builder
	text := scrape(t, m, &log)
	for _, line := range []string{
		`purser_expiry_days{kind="client_secret"} -1.5`, `purser_expiry_count{kind="client_secret"} 3`, `purser_expiry_days{kind="other"} 2`, `purser_sessions 3`,
		`purser_queue_depth{queue="runs"} 2`, `purser_queue_oldest_seconds{queue="runs"} 60`, `purser_queue_oldest_seconds{queue="jobs"} 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("it lacks %s:\n%s", line, text)
		}
	}
	if strings.Contains(text, "contoso") || strings.Contains(text, "purser_database_bytes{") || !strings.Contains(text, `purser_build_info{go="go`) {
		t.Errorf("it says:\n%s", text)
	}
	if !strings.Contains(log.String(), "the disk is gone") || !strings.Contains(log.String(), "no answer") {
		t.Errorf("the log says: %s", log.String())
	}
}

// R84: what clients make up is no label.
func TestWhatClientsMakeUpIsNoLabelR84(t *testing.T) {
	m := metrics.New("1.2.3")
	for _, method := range []string{"GET", "BREW", "contoso"} {
		m.Request("", method, 404, time.Millisecond)
	}
	m.Waited(time.Millisecond)
	m.Validation("valid")
	var log strings.Builder
	text := scrape(t, m, &log)
	for _, line := range []string{
		`purser_http_request_duration_seconds_count{method="other",route="none",status="4xx"} 2`, `purser_http_request_duration_seconds_count{method="GET",route="none",status="4xx"} 1`,
		`purser_database_write_wait_seconds_count 1`, `purser_validations_total{class="valid"} 1`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("it lacks %s:\n%s", line, text)
		}
	}
	if strings.Contains(text, "BREW") || strings.Contains(text, "contoso") || log.String() != "" {
		t.Errorf("it says:\n%s%s", text, log.String())
	}
}
