package door_test

import (
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// F18: 512 connections that ask for the list without a pause: everybody is answered, with the page or with a 503 that says
// when to come back; health checks are answered all the while; afterwards nothing is left of it. How fast is told, not asserted:
// on two cores without the race detector health answers within 100 ms (p99). Goroutines are counted when they have come to rest (X52).
func TestAFloodOnTheList(t *testing.T) {
	h := demotest.Open(t)
	visitor := h.SignedIn(t, "admin@purser.test")
	visitor.Get("/service-accounts")
	base, _ := url.Parse(h.URL())
	cookies := visitor.Jar.Cookies(base)
	before := demotest.Goroutines()

	const connections = 512
	transport := &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}
	crowd := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	ask := func(client *http.Client, path string) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL()+path, nil)
		if err != nil {
			return nil, err
		}
		for _, cookie := range cookies {
			req.AddCookie(cookie)
		}
		res, err := client.Do(req)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
		return res, err
	}

	end := time.Now().Add(2 * time.Second)
	var pages, shed atomic.Int64
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			for time.Now().Before(end) {
				res, err := ask(crowd, "/service-accounts")
				switch {
				case err != nil:
					t.Errorf("no answer: %v", err)
					return
				case res.StatusCode == http.StatusOK:
					pages.Add(1)
				case res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
					shed.Add(1)
				default:
					t.Errorf("status %d", res.StatusCode)
					return
				}
			}
		})
	}
	doctor := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
	var took []time.Duration
	var most uint64
	for len(took) == 0 || time.Now().Before(end) {
		begun := time.Now()
		if res, err := ask(doctor, "/healthz"); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("health: %v", err)
		}
		took = append(took, time.Since(begun))
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most = max(most, memory.HeapInuse+memory.StackInuse)
		time.Sleep(10 * time.Millisecond)
	}
	all.Wait()
	slices.Sort(took)
	t.Logf("%d pages, %d turned away; health p50 %v, p99 %v of %d; heap and stacks at most %d MB, the crowd's own included",
		pages.Load(), shed.Load(), took[len(took)/2], took[len(took)*99/100], len(took), most>>20)
	if pages.Load() == 0 {
		t.Error("nobody got the page")
	}
	if most > 300<<20 {
		t.Errorf("%d MB", most>>20)
	}
	if n := strings.Count(h.Log.String(), "requests turned away"); shed.Load() > 0 && n == 0 || n > 10 {
		t.Errorf("%d lines about it in the log", n)
	}
	transport.CloseIdleConnections()
	doctor.CloseIdleConnections()
	demotest.Settle(t, before)
	if res := visitor.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", res.StatusCode)
	}
}

// 64 people sign in at once: each is let in, or told when to come back.
func TestManySignInAtOnce(t *testing.T) {
	h := demotest.Open(t)
	var in, later atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		b := h.Browser(t)
		all.Go(func() {
			switch res := b.Get("/auth/sign-in"); {
			case res.StatusCode == http.StatusSeeOther:
				in.Add(1)
			case res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
				later.Add(1)
			default:
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	all.Wait()
	if in.Load() == 0 {
		t.Error("nobody was let in")
	}
	t.Logf("%d let in, %d later", in.Load(), later.Load())
}
