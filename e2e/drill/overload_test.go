package drill

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/e2e/programs"
	"purser.example/internal/demo"
)

var whole = flag.Bool("overload", false, "overload Purser as much as the findings did, instead of for a moment")

const (
	fabrikamID = "6f1c0000-0000-4000-8000-000000000002"
	poolPath   = "/classic/account-pool"
	marked     = "Marked-Secret-2026!"

	// crowded has a tenant that an app reads, and one that only an account can.
	crowded = `{"tenants": [
  {"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "contoso.com"}],
    "apps": [{"appId": "` + appID + `", "displayName": "Purser", "clientSecret": "Marked-Client-Secret"}],
    "users": [{"userPrincipalName": "pool01@contoso.com", "password": "` + marked + `"}],
    "groups": [{"displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com"]}]},
  {"id": "` + fabrikamID + `", "displayName": "Fabrikam", "initialDomain": "fabrikam.onmicrosoft.com", "connected": true, "domains": [{"id": "fabrikam.com"}],
    "apps": [{"appId": "a0000000-0000-4000-8000-000000000002", "displayName": "Purser"}],
    "users": [{"userPrincipalName": "reader@fabrikam.com", "password": "` + marked + `", "roles": ["SharePoint Administrator"]}]}
]}`
)

// Overload by one (X37–X41, X48): whatever one person or one address does, everybody else has their pages and health checks are
// answered, all the while. Each case tells how soon.
func TestOneKeepsNobodyElseWaiting(t *testing.T) {
	t.Setenv("PURSER_LOG_LEVEL", "debug")
	c := openCrowd(t)
	t.Run("X37", c.files)
	t.Run("X38", c.damagedForms)
	t.Run("X39", c.typing)
	t.Run("X40 suggestions", c.suggestions)
	t.Run("X40 bodies", c.trickles)
	t.Run("X48", c.streams)
	if err := c.process.Kill(); err != nil {
		t.Error(err)
	}
	if strings.Contains(c.said.String(), "Marked") {
		t.Error("X38: what was sent is in the log")
	}
}

// crowd is a Purser with somebody who overloads it and somebody who works meanwhile.
type crowd struct {
	process        *programs.Process
	said           *bytes.Buffer
	greedy, worker *programs.Browser
	cookie         string // of the greedy one
}

func openCrowd(t *testing.T) *crowd {
	t.Helper()
	folder := t.TempDir()
	fixture := filepath.Join(folder, "fixture.json")
	if err := os.WriteFile(fixture, []byte(crowded), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &crowd{said: &bytes.Buffer{}}
	var err error
	if c.process, err = programs.Demo(t.Context(), binary, c.said, "--addr", "127.0.0.1:0", "--data", filepath.Join(folder, "data"), "--fixture", fixture); err != nil {
		t.Fatalf("%v\n%s", err, c.said)
	}
	t.Cleanup(func() { _ = c.process.Kill() })
	for email, b := range map[string]**programs.Browser{"admin@purser.test": &c.greedy, "owner@purser.test": &c.worker} {
		if *b, err = programs.SignIn(t.Context(), c.process.URL, email, demo.Password); err != nil {
			t.Fatal(err)
		}
	}
	if c.cookie, err = c.greedy.Cookie(); err != nil {
		t.Fatal(err)
	}
	return c
}

// beside asks for a page and for health again and again while something is done, and tells how soon both were there. Each of them has
// to be.
func (c *crowd) beside(t *testing.T, what string, do func()) {
	t.Helper()
	over := make(chan struct{})
	go func() {
		defer close(over)
		do()
	}()
	var pages, health []time.Duration
	for done := false; !done; {
		select {
		case <-over:
			done = true
		default:
		}
		pages = append(pages, c.timed(t, "/service-accounts"))
		health = append(health, c.timed(t, "/healthz"))
	}
	memory, err := c.process.Resident()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s: %s; %s; %.0f MB", what, told("pages", pages), told("health checks", health), memory)
}

func (c *crowd) timed(t *testing.T, path string) time.Duration {
	t.Helper()
	begun := time.Now()
	answer, err := c.worker.Get(t.Context(), path)
	if err != nil || answer.Status != http.StatusOK {
		t.Errorf("%s meanwhile: status %d, %v", path, answer.Status, err)
	}
	return time.Since(begun)
}

func told(what string, took []time.Duration) string {
	slices.Sort(took)
	return fmt.Sprintf("%d %s, median %.1f ms, slowest %.1f ms", len(took), what, ms(took[len(took)/2]), ms(took[len(took)-1]))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// request is one of the greedy person's, sent by a client of its own so that many are under way at once.
func (c *crowd) request(ctx context.Context, method, path string, body io.Reader, kind string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.process.URL+path, body)
	if err != nil {
		return 0, err
	}
	req.Close = true
	req.Header = http.Header{"Cookie": {c.cookie}, "Sec-Fetch-Site": {"same-origin"}, "Content-Type": {kind}, "Accept": {"text/html, text/event-stream"}}
	res, err := (&http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode, err
}

// together sends so many at once, and counts them by status.
func (c *crowd) together(ctx context.Context, n int, send func(ctx context.Context) (int, error)) map[int]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	counted := map[int]int{}
	for range n {
		all.Go(func() {
			status, err := send(ctx)
			if err != nil {
				status = 0
			}
			mu.Lock()
			defer mu.Unlock()
			counted[status]++
		})
	}
	all.Wait()
	return counted
}

// usual is a value for a moment, or as in the finding.
func usual[T any](moment, finding T) T {
	if *whole {
		return finding
	}
	return moment
}

// X37: files of millions of commas, three at once.
func (c *crowd) files(t *testing.T) {
	page := c.page(t, c.get(t, poolPath+"?tenant="+tenantID))
	form := fields(page)
	form.Set("group-sites", "aos-pool@contoso.com")
	form.Set("do", "validate:sites")
	found := fields(c.page(t, c.post(t, poolPath+"/group", form, http.StatusOK)))
	c.post(t, poolPath, found, http.StatusSeeOther)
	action, _ := c.page(t, c.get(t, poolPath+"/import?tenant="+tenantID+"&tab=sites")).Find("#import").Attr("action")
	var body bytes.Buffer
	file := multipart.NewWriter(&body)
	part, err := file.CreateFormFile("file", "passwords.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(bytes.Repeat([]byte(","), usual(1<<20, 8<<20)))
	_ = file.Close()
	var counted map[int]int
	c.beside(t, "X37, three files of commas at once", func() {
		counted = c.together(t.Context(), 3, func(ctx context.Context) (int, error) {
			return c.request(ctx, http.MethodPost, action, bytes.NewReader(body.Bytes()), file.FormDataContentType())
		})
	})
	t.Logf("by status: %v", counted)
	if counted[http.StatusUnprocessableEntity] == 0 || counted[http.StatusUnprocessableEntity]+counted[http.StatusServiceUnavailable] != 3 {
		t.Errorf("by status: %v", counted)
	}
}

// X38: forms that cannot be read, with a password in each. The log is looked at when it is whole.
func (c *crowd) damagedForms(t *testing.T) {
	field := "--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + marked + "\r\n"
	bodies := map[string]string{
		"password=" + marked + "%":                        "application/x-www-form-urlencoded",
		strings.Repeat("a=1&", 10_000) + marked:           "application/x-www-form-urlencoded",
		strings.Repeat(field, 1001) + "--x--\r\n":         "multipart/form-data; boundary=x",
		"--x\r\n" + marked + "\r\n\r\nvalue\r\n--x--\r\n": "multipart/form-data; boundary=x",
		field + "--x--\r\n":                               "multipart/form-data",
		field:                                             "multipart/form-data; boundary=x",
	}
	counted := map[int]int{}
	c.beside(t, "X38, damaged forms", func() {
		for range usual(2, 200) {
			for body, kind := range bodies {
				status, err := c.request(t.Context(), http.MethodPost, "/service-accounts", strings.NewReader(body), kind)
				if err != nil {
					t.Error(err)
				}
				counted[status]++
			}
		}
	})
	t.Logf("by status: %v", counted)
	if len(counted) != 2 || counted[http.StatusBadRequest] == 0 || counted[http.StatusRequestEntityTooLarge] == 0 {
		t.Errorf("by status: %v", counted)
	}
}

// X39: typing in a tenant that only an account can read, while the token endpoint breaks off.
func (c *crowd) typing(t *testing.T) {
	c.post(t, "/service-accounts", url.Values{"name": {"Reader"}, "tenant": {fabrikamID}, "services": {"fly"}, "username": {"reader@fabrikam.com"}, "password": {marked}}, http.StatusSeeOther)
	c.steer(t, http.MethodPost, "/_sim/faults", `[{"pathPrefix": "/`+fabrikamID+`/oauth2", "reset": true}]`)
	defer c.steer(t, http.MethodDelete, "/_sim/faults", "")
	c.steer(t, http.MethodDelete, "/_sim/requests", "")
	var counted map[int]int
	c.beside(t, "X39, suggestions of a tenant without a client secret", func() {
		for range usual(12, 200) {
			counted = c.together(t.Context(), 1, func(ctx context.Context) (int, error) {
				return c.request(ctx, http.MethodGet, poolPath+"/suggest?tenant="+fabrikamID+"&tab=sites&group-sites=aos", nil, "")
			})
		}
	})
	sent := strings.Count(c.steer(t, http.MethodGet, "/_sim/requests", ""), `"grantType":"password"`)
	t.Logf("%d sign-ins", sent)
	if sent != 0 || counted[http.StatusOK] != 1 {
		t.Errorf("%d sign-ins by typing, the last by status: %v", sent, counted)
	}
}

// X40: forty suggestions while Graph takes its time, from a browser that waits and from one that withdraws them.
func (c *crowd) suggestions(t *testing.T) {
	slow := usual(time.Second, 9*time.Second)
	c.steer(t, http.MethodPost, "/_sim/faults", fmt.Sprintf(`[{"pathPrefix": "/v1.0/groups", "delayMs": %d}]`, slow.Milliseconds()))
	defer c.steer(t, http.MethodDelete, "/_sim/faults", "")
	suggest := func(ctx context.Context) (int, error) {
		return c.request(ctx, http.MethodGet, poolPath+"/suggest?tenant="+tenantID+"&tab=sites&group-sites=aos", nil, "")
	}
	var waited, withdrawn map[int]int
	c.beside(t, fmt.Sprintf("X40, forty suggestions while Graph takes %s", slow), func() {
		waited = c.together(t.Context(), 40, suggest)
		ctx, withdraw := context.WithTimeout(t.Context(), slow/2)
		defer withdraw()
		withdrawn = c.together(ctx, 40, suggest)
	})
	t.Logf("waited for, by status: %v; withdrawn: %v", waited, withdrawn)
	if waited[http.StatusOK] == 0 || waited[http.StatusOK]+waited[http.StatusServiceUnavailable] != 40 {
		t.Errorf("waited for: %v", waited)
	}
}

// X40: eighty bodies that trickle, while somebody saves.
func (c *crowd) trickles(t *testing.T) {
	var conns []net.Conn
	for range 80 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.process.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "POST /service-accounts HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n", strings.TrimPrefix(c.process.URL, "http://"), c.cookie); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	var saves []time.Duration
	c.beside(t, "X40, eighty bodies that trickle", func() {
		for end := time.Now().Add(usual(time.Second, 10*time.Second)); time.Now().Before(end); {
			for _, conn := range conns {
				_, _ = io.WriteString(conn, "a")
			}
			begun := time.Now()
			status, err := c.request(t.Context(), http.MethodPost, "/service-accounts", strings.NewReader("name="), "application/x-www-form-urlencoded")
			if err != nil || status != http.StatusUnprocessableEntity {
				t.Errorf("a Save meanwhile: %d, %v", status, err)
			}
			saves = append(saves, time.Since(begun))
		}
	})
	t.Log(told("Saves", saves))
}

// X48: one person asks for as many streams as there are places.
func (c *crowd) streams(t *testing.T) {
	c.steer(t, http.MethodPost, "/_sim/faults", `[{"pathPrefix": "/v1.0/groups", "delayMs": 3000}]`)
	defer c.steer(t, http.MethodDelete, "/_sim/faults", "")
	drift, err := c.greedy.Post(t.Context(), poolPath+"/drift?tenant="+tenantID+"&tab=sites", nil, true)
	if err != nil {
		t.Fatal(err)
	}
	place := c.page(t, drift).Find("#drift-sites div").AttrOr("hx-sse:connect", "")
	if place == "" {
		t.Fatalf("nothing to follow: %s", drift.Body)
	}
	var counted map[int]int
	c.beside(t, "X48, 256 streams of one person", func() {
		ctx, enough := context.WithTimeout(t.Context(), 2*time.Second)
		defer enough()
		counted = c.together(ctx, 256, func(ctx context.Context) (int, error) { return c.request(ctx, http.MethodGet, place, nil, "") })
		cookie, err := c.worker.Cookie()
		if err != nil {
			t.Error(err)
		}
		theirs := *c
		theirs.cookie = cookie
		if status, err := theirs.request(t.Context(), http.MethodGet, place, nil, ""); err != nil || status != http.StatusOK {
			t.Errorf("somebody else's stream: %d, %v", status, err)
		}
	})
	t.Logf("by status: %v", counted)
	if counted[http.StatusServiceUnavailable] != 240 {
		t.Errorf("by status: %v", counted)
	}
}

// X41: idle connections of one address, as many as there may be, and twice that.
func TestIdleConnectionsKeepNobodyOut(t *testing.T) {
	folder := programs.NewFolder(filepath.Join(t.TempDir(), "data"))
	said := &bytes.Buffer{}
	served, err := programs.Serve(t.Context(), binary, folder, said)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	defer served.Stop()
	c := &crowd{process: served.Process}
	if c.worker, err = programs.SignIn(t.Context(), served.URL, programs.Email, programs.Password); err != nil {
		t.Fatal(err)
	}
	n := usual(2100, 4200)
	c.beside(t, fmt.Sprintf("X41, %d idle connections from one address", n), func() {
		for range n {
			conn, err := net.Dial("tcp", strings.TrimPrefix(served.URL, "http://"))
			if err != nil {
				t.Errorf("no more connections: %v", err)
				return
			}
			defer func() { _ = conn.Close() }()
		}
		fresh := *c
		if status, err := fresh.request(t.Context(), http.MethodGet, "/healthz", nil, ""); err != nil || status != http.StatusOK {
			t.Errorf("a new connection: %d, %v", status, err)
		}
	})
}

func (c *crowd) get(t *testing.T, path string) programs.Answer {
	t.Helper()
	answer, err := c.greedy.Get(t.Context(), path)
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, answer.Status, err)
	}
	return answer
}

func (c *crowd) post(t *testing.T, path string, form url.Values, want int) programs.Answer {
	t.Helper()
	answer, err := c.greedy.Post(t.Context(), path, form, false)
	if err != nil || answer.Status != want {
		t.Fatalf("%s: status %d, %v\n%s", path, answer.Status, err, answer.Body)
	}
	return answer
}

func (c *crowd) page(t *testing.T, a programs.Answer) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// fields are those of the form of the pools.
func fields(page *goquery.Document) url.Values {
	form := url.Values{}
	for _, in := range page.Find("#pools input:not([form]):not([type=radio]):not([type=checkbox])").EachIter() {
		if name := in.AttrOr("name", ""); name != "" {
			form.Add(name, in.AttrOr("value", ""))
		}
	}
	return form
}

// steer makes a control call of the simulator.
func (c *crowd) steer(t *testing.T, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.process.Simulator+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s %s: %d %s %v", method, path, res.StatusCode, text, err)
	}
	return string(text)
}
