package drill

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite"
)

var soak = flag.Duration("soak", 12*time.Second, "how long people work without a break; from ten minutes on, memory may not grow")

// slack is how many goroutines and handles come and go by themselves: the queue's own, and connections to the database that are opened when
// they are needed.
const slack = 16

// F19 of the fault plan: after a long time of mixed work everything comes to rest again: goroutines, handles, the write-ahead log, and memory.
// Nothing that was acknowledged is lost meanwhile.
func TestLongWorkComesToRestF19(t *testing.T) {
	metrics, err := programs.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PURSER_METRICS_ADDR", metrics)
	d := open(t, *seed)
	d.start()
	s := &soaking{drill: d, metrics: "http://" + metrics + "/metrics"}
	s.work(*soak / 6)
	before := s.rest()
	s.control(before)
	s.work(*soak - *soak/6)
	demotest.Until(t, "as many goroutines and handles as before, "+before.String(), func() bool {
		now := s.rest()
		return now.goroutines <= before.goroutines+slack && now.handles <= before.handles+slack
	})
	after := s.rest()
	t.Logf("before: %s; after %d pages and %d changes in %s: %s; write-ahead log %d KiB at most", before, s.pages.Load(), len(d.receipts()), *soak, after, s.wal.Load()>>10)
	if *soak >= 10*time.Minute && after.megabytes > 1.1*before.megabytes {
		t.Errorf("memory grows: %s, and before %s", after, before)
	}
	if s.wal.Load() > 64<<20 {
		t.Errorf("the write-ahead log grew to %d bytes", s.wal.Load())
	}
	if err := d.process.Kill(); err != nil {
		t.Error(err)
	}
	d.checkDatabase()
}

// soaking is long work, and what it leaves.
type soaking struct {
	*drill
	metrics    string
	pages, wal atomic.Int64
}

// work lets everybody change something and look at something in turn. Who asks Microsoft 365 too often is told to wait, and edits meanwhile.
func (s *soaking) work(while time.Duration) {
	s.t.Helper()
	s.long = true
	var all sync.WaitGroup
	for n, w := range s.writers {
		all.Go(func() {
			for end := time.Now().Add(while); time.Now().Before(end) && s.look(w) && w.work(s.t.Context()); {
				if n == 0 {
					s.measureLog()
				}
			}
		})
	}
	all.Wait()
	s.complaints()
}

func (s *soaking) measureLog() {
	if info, err := os.Stat(filepath.Join(s.folder, sqlite.File+"-wal")); err == nil {
		s.wal.Store(max(s.wal.Load(), info.Size()))
	}
}

// look opens some page.
func (s *soaking) look(w *writer) bool {
	pages := []string{
		"/service-accounts", "/service-accounts?sort=-modified", "/service-accounts?q=" + url.QueryEscape(fmt.Sprintf("drill %d", w.n)), "/service-accounts/export",
		"/tenants/" + tenantID, "/app-profiles", "/scan-profiles", poolPath + "?tenant=" + tenantID, "/help/validation-codes",
	}
	path := pages[w.rand.IntN(len(pages))]
	answer, err := w.browser.Get(s.t.Context(), path)
	s.pages.Add(1)
	if err != nil || answer.Status != http.StatusOK {
		return w.complain("%s: status %d, %v", path, answer.Status, err)
	}
	return true
}

// resting is what a process has while nobody works.
type resting struct {
	goroutines, handles int
	megabytes           float64
}

func (r resting) String() string {
	return fmt.Sprintf("%d goroutines, %d handles, %.0f MB", r.goroutines, r.handles, r.megabytes)
}

// rest waits until two looks see the same.
func (s *soaking) rest() (now resting) {
	s.t.Helper()
	for _, w := range s.writers {
		w.browser.Forget()
	}
	last := s.count()
	demotest.Until(s.t, "rest", func() bool {
		last, now = now, s.count()
		return last.goroutines == now.goroutines && last.handles == now.handles
	})
	return now
}

// count reads what the process tells of itself.
func (s *soaking) count() (r resting) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.metrics, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	found := 0
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		value, _ := strconv.ParseFloat(text, 64)
		found++
		switch name {
		case "go_goroutines":
			r.goroutines = int(value)
		case "process_open_fds":
			r.handles = int(value)
		case "process_resident_memory_bytes":
			r.megabytes = value / 1e6
		default:
			found--
		}
	}
	if found != 3 {
		s.t.Fatalf("%d of 3 metrics", found)
	}
	return r
}

// control is the positive one: what is held is counted.
func (s *soaking) control(before resting) {
	s.t.Helper()
	var held []net.Conn
	for range 2 * slack {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			s.t.Fatal(err)
		}
		held = append(held, conn)
	}
	demotest.Until(s.t, "connections that are held", func() bool {
		now := s.count()
		return now.goroutines > before.goroutines+slack && now.handles > before.handles+slack
	})
	for _, conn := range held {
		_ = conn.Close()
	}
}

// F18 of the fault plan: 512 connections ask for the list at once. Each gets it, or is told when to ask again; health is answered all the while,
// and right after it everybody goes on.
func TestManyConnectionsAtOnceF18(t *testing.T) {
	c := openCrowd(t)
	const many = 512
	counted := map[int]int{}
	rounds := usual(1, 20)
	over := make(chan struct{})
	go func() {
		defer close(over)
		for range rounds {
			for status, n := range c.together(t.Context(), many, c.ownConnection) {
				counted[status] += n
			}
		}
	}()
	var health []time.Duration
	for done := false; !done; {
		select {
		case <-over:
			done = true
		default:
		}
		health = append(health, c.timed(t, "/healthz"))
	}
	c.timed(t, "/service-accounts")
	memory, err := c.process.Resident()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d connections at once, by status: %v; %s; %.0f MB", many, counted, told("health checks", health), memory)
	if counted[http.StatusOK] == 0 || counted[http.StatusOK]+counted[http.StatusServiceUnavailable] != rounds*many {
		t.Errorf("by status: %v", counted)
	}
	if memory > 300 {
		t.Errorf("%.0f MB", memory)
	}
}

// ownConnection asks for the list by a connection of its own. A refusal has to say when to ask again.
func (c *crowd) ownConnection(ctx context.Context) (int, error) {
	way := &http.Transport{}
	defer way.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.process.URL+"/service-accounts", nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Cookie", c.cookie)
	res, err := way.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	if err := res.Body.Close(); err != nil {
		return 0, err
	}
	if res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
		return 0, fmt.Errorf("a refusal without Retry-After")
	}
	return res.StatusCode, nil
}
