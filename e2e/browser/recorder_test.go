package browser

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// recorder is a test that is allowed to fail: it keeps what a page reports, so that the tests of this package can prove
// that a bad page does not pass. Everything it does not record goes to the real test.
type recorder struct {
	testing.TB
	name     string
	mu       sync.Mutex
	reports  []string
	logs     []string
	cleanups []func()
}

// record runs journey as a test of its own would run: up to its end or its first Fatalf, then the clean-ups in reverse.
func record(t *testing.T, journey func(testing.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t, name: t.Name() + "/recorded"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.cleanUp()
		journey(r)
	}()
	<-done
	return r
}

func (r *recorder) cleanUp() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

func (r *recorder) Name() string     { return r.name }
func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reports = append(r.reports, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.reports) > 0
}

// text gives everything that was reported.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.reports, "\n")
}
