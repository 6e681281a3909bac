// Package metrics says in numbers how Purser fares, in Prometheus' format (R84).
//
// Nothing that it tells names a person, an account, a tenant or an app: labels are routes, methods, classes and kinds, which the program's
// text has and nobody types. It keeps what it is told of (requests, validations, writes), and asks for everything else when somebody
// looks. Where no address is set for it, there is no Metrics, and nothing is counted.
package metrics

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Path is where the numbers stand.
const Path = "/metrics"

// Metrics are the numbers of one Purser.
type Metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.HistogramVec
	validations *prometheus.CounterVec
	waited      prometheus.Histogram
}

// New makes them, of a version of the program. They have a registry of their own, so that no library adds to it unseen.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "purser_http_request_duration_seconds", Help: "How long requests took, by the pattern of their route. Streams take as long as someone follows them.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 40, 120},
		}, []string{"route", "method", "status"}),
		validations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "purser_validations_total", Help: "Sign-ins to Microsoft 365 with the password of a service account, by the class of their outcome.",
		}, []string{"class"}),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "purser_database_write_wait_seconds", Help: "How long changes waited until the one writer of the database took them.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5},
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "purser_build_info", Help: "The program, always 1.", ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.validations, m.waited, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts a request. route is the pattern of its route, and empty where it had none.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, methodOf(method), strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// methodOf keeps what clients make up out of the labels.
func methodOf(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// Validation counts a validation by the class of its outcome.
func (m *Metrics) Validation(class string) { m.validations.WithLabelValues(class).Inc() }

// Waited counts a change that waited for the writer.
func (m *Metrics) Waited(d time.Duration) { m.waited.Observe(d.Seconds()) }

// Ask has the sources asked whenever somebody looks. It is called once.
func (m *Metrics) Ask(s Sources) { m.registry.MustRegister(s) }

// Handler answers at Path. What a source could not tell is left out and logged; the rest is told all the same.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	}))
	return mux
}
