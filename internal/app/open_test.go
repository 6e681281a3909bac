package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// settings are enough to open a Purser in a folder.
func settings(folder, key string) config.Config {
	return config.Config{
		Data: folder, Key: key, BaseURL: &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, Session: config.Session{Idle: time.Hour, Max: time.Hour},
		OIDC: config.OIDC{Issuer: "http://127.0.0.1:1/idp", ClientID: "purser", TenantOwner: "owner", ServiceAdministrator: "admin"},
	}
}

func openLogged(t *testing.T, cfg config.Config) (a *app.App, told string, err error) {
	t.Helper()
	var log bytes.Buffer
	a, err = app.Open(context.Background(), cfg, app.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	return a, log.String(), err
}

// X27: a start that fails gives an error that tells the cause, no App, and lets go of the folder.
func TestAStartThatFailsGivesNoApp(t *testing.T) {
	for name, tc := range map[string]struct{ damage, cause string }{
		"a column is missing":             {`ALTER TABLE runs DROP COLUMN attended`, "attended"},
		"a run is of a kind nobody knows": {`INSERT INTO runs VALUES ('r1', 'pool_party', '', '', 1, 0, 'preparing', '', '', '', '', '', '', 0, 0)`, "pool_party"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(t.TempDir(), secret.NewKey().Text())
			a, _, err := openLogged(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, filepath.Join(cfg.Data, sqlite.File), tc.damage)
			for range 2 {
				a, _, err := openLogged(t, cfg)
				if a != nil || err == nil || errors.Is(err, sqlite.ErrLocked) || !strings.Contains(err.Error(), tc.cause) {
					t.Fatalf("app %v, err = %v", a, err)
				}
			}
		})
	}
}

func damage(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// X42: a large database is looked through beside the work. While it is in order Purser is ready; with damage it says so loudly, goes on to
// answer, and is not ready.
func TestALargeDatabaseIsLookedThroughBesideTheWork(t *testing.T) {
	cfg := settings(t.TempDir(), secret.NewKey().Text())
	a, _, err := openLogged(t, cfg)
	if err == nil {
		err = a.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Data, sqlite.File)
	damage(t, path, `CREATE TABLE filler (bytes BLOB)`)
	damage(t, path, `WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO filler SELECT randomblob(3000) FROM n`)
	for _, damaged := range []bool{false, true} {
		if damaged {
			file, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := file.Stat()
			if err == nil {
				_, err = file.WriteAt(bytes.Repeat([]byte{0xff}, 4096), info.Size()-8192)
			}
			if err := errors.Join(err, file.Close()); err != nil {
				t.Fatal(err)
			}
		}
		told := make(chan string, 100)
		a, err := app.Open(context.Background(), cfg, app.Options{Log: slog.New(slog.NewTextHandler(lines(told), nil)), LookAfter: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for !strings.Contains(said, "checked and is intact") && !strings.Contains(said, "DAMAGED") {
			said = <-told
		}
		if strings.Contains(said, "level=ERROR") != damaged {
			t.Errorf("damaged %v: %s", damaged, said)
		}
		for address, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": map[bool]int{false: http.StatusOK, true: http.StatusServiceUnavailable}[damaged]} {
			answer := httptest.NewRecorder()
			a.Handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, address, nil))
			if answer.Code != want {
				t.Errorf("damaged %v: %s answers %d", damaged, address, answer.Code)
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// lines is a log whose lines are taken one by one; what finds no place is dropped.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	select {
	case l <- string(b):
	default:
	}
	return len(b), nil
}

// X31: an installation that comes into being is told, with its folder and its key's id; one that was there is not.
func TestANewInstallationIsTold(t *testing.T) {
	key := secret.NewKey()
	cfg := settings(filepath.Join(t.TempDir(), "mistyped"), key.Text())
	for _, fresh := range []bool{true, false} {
		a, log, err := openLogged(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		told := strings.Contains(log, "level=WARN") && strings.Contains(log, "a new installation was made") &&
			strings.Contains(log, "folder="+cfg.Data) && strings.Contains(log, "key="+key.ID())
		if told != fresh || strings.Contains(log, key.Text()) {
			t.Errorf("fresh = %v: %s", fresh, log)
		}
	}
	// A database of 0 bytes is a new one too.
	cfg.Data = t.TempDir()
	if err := os.WriteFile(filepath.Join(cfg.Data, sqlite.File), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a, log, err := openLogged(t, cfg)
	if err == nil {
		err = a.Close()
	}
	if err != nil || !strings.Contains(log, "a new installation was made") {
		t.Errorf("%v: %s", err, log)
	}
}

// X32: systemd hears when Purser is ready, that it lives as long as it answers, and that it stops.
func TestSystemdHearsHowPurserFares(t *testing.T) {
	a, _, err := openLogged(t, settings(t.TempDir(), secret.NewKey().Text()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	for _, address := range []string{filepath.Join(t.TempDir(), "notify"), fmt.Sprintf("@purser-test-%d", os.Getpid())} {
		systemd := listenAsSystemd(t, address)
		env := map[string]string{"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": fmt.Sprint(os.Getpid())}
		ctx, stop := context.WithCancel(context.Background())
		end := a.Notify(ctx, func(name string) string { return env[name] })
		for _, want := range []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1"} {
			if got := heard(t, systemd); got != want {
				t.Errorf("%s: heard %q, want %q", address, got, want)
			}
		}
		stop()
		end()
		last := heard(t, systemd)
		for last == "WATCHDOG=1" { // sent before
			last = heard(t, systemd)
		}
		if last != "STOPPING=1" {
			t.Errorf("%s: at the end %q", address, last)
		}
	}
}

// A Purser that does not answer gives no sign of life, and neither does a process that the watchdog is not for.
func TestNoSignOfLifeWithoutAnAnswer(t *testing.T) {
	a, _, err := openLogged(t, settings(t.TempDir(), secret.NewKey().Text()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	asked, release := make(chan struct{}, 100), make(chan struct{})
	answers := map[string]http.Handler{
		"not at all": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-release }),
		"with a fault": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked <- struct{}{}
			w.WriteHeader(http.StatusInternalServerError)
		}),
		"by a panic": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; panic("no answer") }),
	}
	defer close(release)
	for name, handler := range answers {
		address := filepath.Join(t.TempDir(), "notify")
		systemd := listenAsSystemd(t, address)
		a.Handler = handler
		env := map[string]string{"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000"}
		end := a.Notify(context.Background(), func(name string) string { return env[name] })
		for range 3 {
			<-asked
		}
		end()
		if first, second := heard(t, systemd), heard(t, systemd); first != "READY=1" || second != "STOPPING=1" {
			t.Errorf("%s: heard %q, %q", name, first, second)
		}
	}
	for name, env := range map[string]map[string]string{"nobody listens": {}, "the socket is gone": {"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "none")}} {
		t.Run(name, func(t *testing.T) { a.Notify(context.Background(), func(name string) string { return env[name] })() })
	}
}

func listenAsSystemd(t *testing.T, address string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func heard(t *testing.T, systemd *net.UnixConn) string {
	t.Helper()
	message := make([]byte, 100)
	if err := systemd.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := systemd.Read(message)
	if err != nil {
		t.Fatal(err)
	}
	return string(message[:n])
}
