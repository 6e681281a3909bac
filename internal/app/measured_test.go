package app_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/certificate/certtest"
	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
)

// scraped is what the metrics at an address say.
func scraped(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get("http://" + address + "/metrics")
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s\n%s", res.Status, text)
	}
	return string(text)
}

// number is the value of one line of the metrics, by its name with labels; -1 where there is none.
func number(t *testing.T, text, name string) float64 {
	t.Helper()
	for line := range strings.Lines(text) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			must(t, err)
			return n
		}
	}
	return -1
}

// R84: the numbers are there and right, and after work over the simulator no name, username, domain, address of a page or password is among
// them, whatever people and strangers ask for.
func TestTheMetricsTellNoNamesR84(t *testing.T) {
	address, fixture := freeAddress(t), filepath.Join(t.TempDir(), "fixture.json")
	must(t, os.WriteFile(fixture, []byte(`{"tenants": [{"id": "`+contoso+`", "displayName": "Contoso Ltd", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "`+clientID+`", "displayName": "Purser of Contoso", "clientSecret": "App-Secret-2026!"}],
		"users": [{"userPrincipalName": "svc-backup@contoso.com", "displayName": "Backup of Contoso", "password": "Marked-Secret-2026!"},
			{"userPrincipalName": "svc-mfa@contoso.com", "password": "Marked-Secret-2026!", "mfa": "perUser"}]}]}`), 0o600))
	cfg, err := config.LoadDemo([]string{"PURSER_METRICS_ADDR=" + address})
	must(t, err)
	h := demotest.OpenAs(t, demo.Options{Config: cfg, Fixture: fixture})

	b := h.SignedIn(t, "admin@purser.test")
	save := func(name, username, password string, want int) {
		res := b.Post("/service-accounts", url.Values{"name": {name}, "tenant": {contoso}, "services": {"fly"}, "username": {username}, "password": {password}})
		if res.StatusCode != want {
			t.Fatalf("Save of %s: %d\n%s", username, res.StatusCode, res.Text())
		}
	}
	save("Nightly backup", "svc-backup@contoso.com", "Marked-Secret-2026!", http.StatusSeeOther)
	save("Wrong one", "svc-backup@contoso.com", "Wrong-Secret-2026!", http.StatusUnprocessableEntity)
	save("Second factor", "svc-mfa@contoso.com", "Marked-Secret-2026!", http.StatusUnprocessableEntity)
	profile := b.Get("/service-accounts").Page(t).Find(`a[href^="/service-accounts/0"]`).AttrOr("href", "")
	if profile == "" {
		t.Fatal("the list has no profile")
	}
	b.Get(profile)
	b.Get("/service-accounts?q=svc-backup%40contoso.com")
	stranger := h.Browser(t)
	for _, path := range []string{"/svc-backup@contoso.com", "/static/contoso/app.css", "/service-accounts/contoso", "/healthz"} {
		stranger.Raw(http.MethodGet, path)
		b.Raw(http.MethodGet, path)
		b.Raw("CONTOSO", path)
	}

	text := scraped(t, address)
	for line, want := range map[string]float64{
		`purser_validations_total{class="valid"}`:                                                          1,
		`purser_validations_total{class="wrong_credentials"}`:                                              1,
		`purser_validations_total{class="mfa_required"}`:                                                   1,
		`purser_http_request_duration_seconds_count{method="POST",route="/service-accounts",status="3xx"}`: 1,
		`purser_http_request_duration_seconds_count{method="POST",route="/service-accounts",status="4xx"}`: 2,
		`purser_http_request_duration_seconds_count{method="GET",route="/service-accounts",status="2xx"}`:  2,
		`purser_sessions`:                  1,
		`purser_queue_depth{queue="runs"}`: 0, `purser_queue_depth{queue="run_items"}`: 0, `purser_queue_depth{queue="readings"}`: 0, `purser_queue_depth{queue="jobs"}`: 0,
		`purser_queue_oldest_seconds{queue="runs"}`: 0, `purser_queue_oldest_seconds{queue="readings"}`: 0, `purser_queue_oldest_seconds{queue="jobs"}`: 0,
	} {
		if got := number(t, text, line); got != want {
			t.Errorf("%s is %v, want %v", line, got, want)
		}
	}
	for _, name := range []string{`purser_database_bytes{file="database"}`, `purser_database_bytes{file="log"}`, "purser_database_commits_total", "purser_database_write_wait_seconds_count", "go_goroutines", "process_resident_memory_bytes"} {
		if number(t, text, name) <= 0 {
			t.Errorf("%s is %v", name, number(t, text, name))
		}
	}
	for _, name := range []string{
		"contoso", "backup", "nightly", "purser of", "svc-", "-secret-", "second factor", "wrong one", "adele", "admin@", "purser.test", demo.Password, clientID, filepath.Base(profile), h.Data,
	} {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(name)); at >= 0 {
			t.Errorf("the metrics hold %q: …%s…", name, text[max(0, at-80):min(len(text), at+80)])
		}
	}
	shape := regexp.MustCompile(`^(/|none$)[a-z:/*-]*$`)
	for _, found := range regexp.MustCompile(`route="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !shape.MatchString(found[1]) {
			t.Errorf("a route is called %q", found[1])
		}
	}
	for path, want := range map[string]int{"/": http.StatusNotFound, "/debug/pprof/": http.StatusNotFound} {
		res, err := http.Get("http://" + address + path)
		must(t, err)
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	if res := b.Get("/metrics"); res.StatusCode != http.StatusNotFound {
		t.Errorf("among the pages: %d", res.StatusCode)
	}
}

// R84: work that waits is told with its age.
func TestTheMetricsTellWhatWaitsR84(t *testing.T) {
	var address string
	a, _ := served(t, func(cfg *config.Config) {
		cfg.MetricsAddr = freeAddress(t)
		address = cfg.MetricsAddr
	})
	must(t, a.DB.Pragma(t.Context(), `INSERT INTO runs VALUES ('r1', 'validation_run', '', '', 1, 0, 'waiting', '', '', '', '', '', '', `+
		strconv.FormatInt(time.Now().Add(-time.Hour).UnixMilli(), 10)+`, 0)`))
	must(t, a.DB.Pragma(t.Context(), `INSERT INTO run_items VALUES ('r1', 1, '', '', '', '', 'waiting', '', '', '', NULL, 0, 0, NULL, '')`))
	text := scraped(t, address)
	for line, want := range map[string]float64{`purser_queue_depth{queue="runs"}`: 1, `purser_queue_depth{queue="run_items"}`: 1} {
		if got := number(t, text, line); got != want {
			t.Errorf("%s is %v, want %v", line, got, want)
		}
	}
	for _, name := range []string{"runs", "run_items"} {
		if got := number(t, text, `purser_queue_oldest_seconds{queue="`+name+`"}`); got < 3599 || got > 3700 {
			t.Errorf("the oldest of %s is %v seconds old", name, got)
		}
	}
}

// R82, R84: the end of the certificate is told in days.
func TestTheMetricsTellWhenTheCertificateEndsR84(t *testing.T) {
	var address string
	served(t, func(cfg *config.Config) {
		cfg.TLSCert, cfg.TLSKey = certtest.Issue(t, certtest.Spec{Serial: 1, Until: 36 * time.Hour})
		cfg.MetricsAddr = freeAddress(t)
		address = cfg.MetricsAddr
	})
	text := scraped(t, address)
	if days := number(t, text, `purser_expiry_days{kind="tls_certificate"}`); days < 1.4 || days > 1.5 || number(t, text, `purser_expiry_count{kind="tls_certificate"}`) != 1 {
		t.Errorf("the certificate ends in %v days", days)
	}
}

// R74, R84: so are the ends of the credentials of app profiles, by kind: of each profile the one in use, and without a name.
func TestTheMetricsTellWhenCredentialsEndR84(t *testing.T) {
	address, fixture := freeAddress(t), filepath.Join(t.TempDir(), "fixture.json")
	must(t, os.WriteFile(fixture, []byte(`{"tenants": [{"id": "`+contoso+`", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
		"apps": [{"appId": "`+clientID+`", "displayName": "Purser", "secrets": [{"value": "App-Secret-2026!", "expires": "+10d"}, {"value": "New-Secret-2027!", "expires": "+40d"}]}]}]}`), 0o600))
	cfg, err := config.LoadDemo([]string{"PURSER_METRICS_ADDR=" + address})
	must(t, err)
	h := demotest.OpenAs(t, demo.Options{Config: cfg, Fixture: fixture})
	ends := func(kind string) (days, count float64) {
		text := scraped(t, address)
		return number(t, text, `purser_expiry_days{kind="`+kind+`"}`), number(t, text, `purser_expiry_count{kind="`+kind+`"}`)
	}
	if days, count := ends("client_secret"); days != -1 || count != -1 {
		t.Errorf("without an app profile: %v of them, the first in %v days", count, days)
	}
	b := h.SignedIn(t, "admin@purser.test")
	post := func(path string, form url.Values) string {
		res := b.Post(path, form)
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", path, res.StatusCode, res.Text())
		}
		return b.Get("/app-profiles").Page(t).Find("#selection tbody input[name=id]").First().AttrOr("value", "")
	}
	id := post("/app-profiles", url.Values{"name": {"Reader"}, "tenant": {"contoso.onmicrosoft.com"}, "application_id": {clientID}, "credential": {"secret"}, "client_secret": {"App-Secret-2026!"}})
	if days, count := ends("client_secret"); days < 9.9 || days > 10 || count != 1 {
		t.Errorf("%v client secrets, the first ends in %v days", count, days)
	}
	post("/app-profiles/"+id+"/credentials", url.Values{"version": {"1"}, "credential": {"secret"}, "client_secret": {"New-Secret-2027!"}})
	if days, count := ends("client_secret"); days < 39.9 || days > 40 || count != 1 {
		t.Errorf("beside one that is being replaced: %v client secrets, the first ends in %v days", count, days)
	}
	if days, count := ends("app_certificate"); days != -1 || count != -1 {
		t.Errorf("%v certificates, the first ends in %v days", count, days)
	}
}
