package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/sqlite/sqlitetest"
)

// house is a whole Purser on a real port, with its identity provider, a clock that tests move and its log.
type house struct {
	*demo.Demo
	clock *sqlitetest.Clock
	log   *logBook
	data  string // the folder of its database
}

func open(t testing.TB, settings ...string) *house {
	t.Helper()
	return openFixture(t, "", settings...)
}

// openFixture is open with the simulator's tenants from a file; without a name they are the demo's.
func openFixture(t testing.TB, fixture string, settings ...string) *house {
	t.Helper()
	cfg, err := config.LoadDemo(settings)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{clock: sqlitetest.StartingNow(), log: &logBook{}, data: t.TempDir()}
	h.Demo, err = demo.Open(t.Context(), demo.Options{
		Addr: "127.0.0.1:0", Config: cfg, Now: h.clock.Now, Data: h.data, NoProfiles: true, Fixture: fixture,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// browser is a client that keeps cookies, says where its posts come from as browsers do, and follows no redirect.
type browser struct {
	*http.Client
	t    testing.TB
	base string
}

func (h *house) browser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: h.URL(), Client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// signedIn signs a person of the demo in, from the page that they wanted to the page they get.
func (h *house) signedIn(t testing.TB, email string) *browser {
	t.Helper()
	b := h.browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", email, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if res := b.get(callback); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("callback: %d\n%s", res.StatusCode, res.text())
	}
	return b
}

// response is an answer that has been read.
type response struct {
	*http.Response
	body []byte
}

func (r *response) text() string { return string(r.body) }

func (r *response) page(t *testing.T) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.text()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func (b *browser) get(address string) *response { return b.send(http.MethodGet, address, nil, nil) }

func (b *browser) post(address string, form url.Values) *response {
	return b.send(http.MethodPost, address, form, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {b.base}})
}

func (b *browser) send(method, address string, form url.Values, header http.Header) *response {
	b.t.Helper()
	if form == nil {
		return b.carry(method, address, nil, header)
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.carry(method, address, strings.NewReader(form.Encode()), header)
}

// carry sends a body as it is.
func (b *browser) carry(method, address string, body io.Reader, header http.Header) *response {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.base + address
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &response{res, text}
}

// logBook is what was logged, safe for reading while others write.
type logBook struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
