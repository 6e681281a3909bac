package door

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/web/respond"
)

// crowded is an Echo with the middleware that a flood meets, small gates, and one handler that stays until it is released.
type crowded struct {
	*echo.Echo
	door    *Door
	log     *lines
	arrived chan string
	release chan struct{}
}

func newCrowded(t turnstiles) *crowded {
	c := &crowded{Echo: echo.New(), log: &lines{}, arrived: make(chan string, 100), release: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(c.log, nil))
	c.HTTPErrorHandler = respond.Problem(log)
	d := New(rules(log))
	d.turnstiles, c.door = t, d
	c.Use(d.Identify, d.SecureHeaders, d.TakeBody, d.Shed, d.LimitTime, d.LogRequests, d.RecoverPanics)
	stay := func(ec echo.Context) error {
		c.arrived <- ec.Path()
		<-c.release
		return ec.String(http.StatusOK, "done")
	}
	c.GET("/page", stay)
	c.POST("/page", stay)
	c.GET("/ask", stay)
	c.POST("/ask", stay)
	c.POST("/file", stay)
	c.GET("/auth/callback", stay)
	c.GET("/events", stay)
	c.GET("/healthz", func(ec echo.Context) error { return ec.String(http.StatusOK, "ok") })
	c.GET("/readyz", func(ec echo.Context) error { return ec.String(http.StatusOK, "ok") })
	c.GET("/static/*", func(ec echo.Context) error { return ec.String(http.StatusOK, "body {}") })
	return c
}

// rules are those of a house with one page, one stream, a way in and what everybody may see.
func rules(log *slog.Logger) Rules {
	under := func(prefixes ...string) func(echo.Context) bool {
		return func(c echo.Context) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(c.Request().URL.Path, prefix) })
		}
	}
	return Rules{
		BaseURL: &url.URL{Scheme: "https", Host: "purser.example"}, Log: log,
		Anonymous: under("/static/", "/healthz", "/readyz"), SigningIn: under("/auth/"), Quiet: under("/static/", "/healthz", "/readyz"),
		Streaming: func(c echo.Context) bool {
			return c.Request().Method == http.MethodGet && strings.HasSuffix(c.Path(), "/events")
		},
		Asking:      func(c echo.Context) bool { return c.Path() == "/ask" },
		Uploads:     map[string]int64{"/file": 1 << 20},
		FormOrigins: func() []string { return nil },
	}
}

func small() turnstiles {
	return turnstiles{
		pages: newTurnstile(2, 1), writes: newTurnstile(1, 0), asks: newTurnstile(1, 0), suggestions: newTurnstile(1, 0),
		files: newTurnstile(1, 0), signIns: newTurnstile(1, 0), streams: newTurnstile(1, 0),
	}
}

func (c *crowded) ask(method, path, accept string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(method, path, nil)
	req.Header.Set("Accept", accept)
	c.ServeHTTP(rec, req)
	return rec
}

// fill lets a request in that stays.
func (c *crowded) fill(wg *sync.WaitGroup, method, path, accept string) {
	wg.Go(func() { c.ask(method, path, accept) })
	<-c.arrived
}

type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// F18: each kind of work has places of its own; what finds none is turned away with a page that says what to do, and what
// needs none is answered.
func TestTooManyAreTurnedAway(t *testing.T) {
	synctest.Test(t, tooManyAreTurnedAway)
}

func tooManyAreTurnedAway(t *testing.T) {
	c := newCrowded(small())
	var held sync.WaitGroup
	c.fill(&held, http.MethodPost, "/page", "text/html")
	c.fill(&held, http.MethodGet, "/events", "text/event-stream")
	c.fill(&held, http.MethodGet, "/auth/callback", "text/html")
	c.fill(&held, http.MethodPost, "/ask", "text/html")
	c.fill(&held, http.MethodGet, "/ask", "text/html")
	c.fill(&held, http.MethodPost, "/file", "text/html")
	c.fill(&held, http.MethodGet, "/page", "text/html") // none of them took a page's place
	c.fill(&held, http.MethodGet, "/page", "text/html")

	for name, ask := range map[string][3]string{
		"a page, after a short wait": {http.MethodGet, "/page", "text/html"},
		"a save":                     {http.MethodPost, "/page", "text/html"},
		"a sign-in":                  {http.MethodGet, "/auth/callback", "text/html"},
		"a question to Microsoft":    {http.MethodPost, "/ask", "text/html"},
		"a suggestion":               {http.MethodGet, "/ask", "text/html"},
		"a file":                     {http.MethodPost, "/file", "text/html"},
		"a stream":                   {http.MethodGet, "/events", "text/event-stream"},
	} {
		res := c.ask(ask[0], ask[1], ask[2])
		if res.Code != http.StatusServiceUnavailable || res.Header().Get("Retry-After") == "" || !strings.Contains(res.Body.String(), "too busy") {
			t.Errorf("%s: %d %s", name, res.Code, res.Body)
		}
		for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Strict-Transport-Security", "X-Request-Id"} {
			if res.Header().Get(header) == "" {
				t.Errorf("%s: no %s", name, header)
			}
		}
	}
	if res := c.ask(http.MethodPost, "/page", "application/json"); res.Code != http.StatusServiceUnavailable || !strings.HasPrefix(res.Body.String(), `{"error":"Purser is too busy`) {
		t.Errorf("JSON: %d %s", res.Code, res.Body)
	}
	for _, path := range []string{"/healthz", "/readyz", "/static/x/css/app.css"} {
		if res := c.ask(http.MethodGet, path, "*/*"); res.Code != http.StatusOK {
			t.Errorf("%s: %d", path, res.Code)
		}
	}
	close(c.release)
	held.Wait()
	if res := c.ask(http.MethodGet, "/page", "text/html"); res.Code != http.StatusOK {
		t.Errorf("afterwards: %d", res.Code)
	}
	if said := strings.Count(c.log.String(), "requests turned away"); said == 0 || said > 3 {
		t.Errorf("said %d times in the log:\n%s", said, c.log)
	}
	if strings.Contains(c.log.String(), "status=503") {
		t.Errorf("each of them is in the log:\n%s", c.log)
	}
}

// Whoever waits gets the place that is left, in the order of coming; whoever hangs up leaves the queue.
func TestWhoeverWaitsGetsThePlace(t *testing.T) {
	synctest.Test(t, whoeverWaitsGetsThePlace)
}

func whoeverWaitsGetsThePlace(t *testing.T) {
	g := newTurnstile(1, 1)
	if !g.enter(t.Context()) {
		t.Fatal("an empty turnstile is closed")
	}
	gone, hangUp := context.WithCancel(t.Context())
	waited := make(chan bool, 1)
	go func() { waited <- g.enter(gone) }()
	synctest.Wait()
	if g.enter(t.Context()) {
		t.Error("the queue holds more than one")
	}
	hangUp()
	if <-waited {
		t.Error("somebody gone got a place")
	}
	go func() { waited <- g.enter(t.Context()) }()
	synctest.Wait()
	g.leave()
	if !<-waited {
		t.Error("who waited got no place")
	}
}

// A panic leaves its place.
func TestAPanicLeavesItsPlace(t *testing.T) {
	c := newCrowded(small())
	c.GET("/panic", func(echo.Context) error { panic("a mistake of the test") })
	for range 5 {
		if res := c.ask(http.MethodGet, "/panic", "text/html"); res.Code != http.StatusInternalServerError {
			t.Fatalf("status %d", res.Code)
		}
	}
}

// Every request has an end, which is told as one; only a stream has none.
func TestEveryRequestHasAnEnd(t *testing.T) {
	c := newCrowded(newTurnstiles())
	left := make(chan time.Duration, 1)
	look := func(ec echo.Context) error {
		end, ok := ec.Request().Context().Deadline()
		if !ok {
			end = time.Now()
		}
		left <- time.Until(end).Round(time.Second)
		return nil
	}
	for _, path := range []string{"/look", "/:id/events"} {
		c.GET(path, look)
		c.POST(path, look)
	}
	for _, tc := range []struct {
		method, path string
		want         time.Duration
	}{
		{http.MethodGet, "/look", readWithin},
		{http.MethodPost, "/look", writeWithin},
		{http.MethodGet, "/1/events", 0},
		{http.MethodPost, "/1/events", writeWithin},
	} {
		c.ask(tc.method, tc.path, "text/html, text/event-stream")
		if got := <-left; got != tc.want {
			t.Errorf("%s %s ends after %v", tc.method, tc.path, got)
		}
	}

	for name, err := range map[string]error{"waiting for a connection": context.DeadlineExceeded, "reading": errors.Join(context.Canceled, errors.New("interrupted"))} {
		path := "/slow-" + strings.Fields(name)[0]
		c.GET(path, func(ec echo.Context) error {
			<-ec.Request().Context().Done()
			return err
		})
		soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		rec := httptest.NewRecorder()
		c.ServeHTTP(rec, httptest.NewRequestWithContext(soon, http.MethodGet, path, nil))
		cancel()
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "This took too long") || !strings.Contains(rec.Body.String(), "Reference") {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
}

// Nothing stands between a handler and its connection: a stream flushes, and extends its own time.
func TestAStreamRulesItsOwnTime(t *testing.T) {
	c := newCrowded(newTurnstiles())
	result := make(chan error, 1)
	c.GET("/stream/events", func(ec echo.Context) error {
		control := http.NewResponseController(ec.Response())
		_, err := ec.Response().Write([]byte("data: 1\n\n"))
		result <- errors.Join(err, control.SetWriteDeadline(time.Now().Add(time.Hour)), control.SetReadDeadline(time.Time{}), control.Flush())
		return nil
	})
	server := httptest.NewServer(c)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/stream/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// Whoever hangs up before the answer is whole is no fault of ours in the log, of which a flood would make thousands.
func TestHangingUpIsNoFaultOfOurs(t *testing.T) {
	c := newCrowded(newTurnstiles())
	c.GET("/long", func(ec echo.Context) error {
		c.arrived <- ec.Path()
		<-ec.Request().Context().Done()
		return ec.HTML(http.StatusOK, strings.Repeat("x", 8<<20))
	})
	logged := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(logged)
		c.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, hangUp := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/long", nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := http.DefaultClient.Do(req)
		done <- err
	}()
	<-c.arrived
	hangUp()
	if err := <-done; err == nil {
		t.Fatal("control: it was answered")
	}
	<-logged
	if strings.Contains(c.log.String(), "level=ERROR") || !strings.Contains(c.log.String(), "path=/long") {
		t.Errorf("the log says:\n%s", c.log)
	}
}
