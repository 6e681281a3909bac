package certificate_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/certificate"
	"purser.example/internal/certificate/certtest"
	"purser.example/internal/expiry"
)

// rig serves a certificate from two files.
type rig struct {
	t       *testing.T
	folder  string
	files   certificate.Files
	kept    *certificate.Kept
	log     *bytes.Buffer
	address string
}

// newRig begins with a certificate of serial number 1, at the paths that lay gives to it in the folder.
func newRig(t *testing.T, spec certtest.Spec, lay func(r *rig, cert, key string)) *rig {
	t.Helper()
	spec.Serial = 1
	cert, key := certtest.Issue(t, spec)
	r := &rig{t: t, folder: t.TempDir(), log: &bytes.Buffer{}}
	r.files = certificate.Files{Cert: filepath.Join(r.folder, "live", "cert.pem"), Key: filepath.Join(r.folder, "live", "key.pem")}
	lay(r, cert, key)
	var err error
	if r.kept, err = certificate.New(cert, key, r.files, time.Now, slog.New(slog.NewTextHandler(r.log, nil))); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = ln.Addr().String()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { _ = server.Serve(tls.NewListener(ln, r.kept.Config())) }()
	t.Cleanup(func() { _ = server.Close() })
	return r
}

func (r *rig) must(errs ...error) {
	r.t.Helper()
	if err := errors.Join(errs...); err != nil {
		r.t.Fatal(err)
	}
}

// plainly lays a certificate as two files that are written over.
func plainly(r *rig, cert, key string) {
	r.must(os.MkdirAll(filepath.Dir(r.files.Cert), 0o700), os.WriteFile(r.files.Cert, []byte(cert), 0o600), os.WriteFile(r.files.Key, []byte(key), 0o600))
}

// moved puts each file in its place by a rename.
func moved(r *rig, cert, key string) {
	r.must(os.MkdirAll(filepath.Dir(r.files.Cert), 0o700))
	for path, text := range map[string]string{r.files.Cert: cert, r.files.Key: key} {
		r.must(os.WriteFile(path+".new", []byte(text), 0o600), os.Rename(path+".new", path))
	}
}

// archived writes numbered files, and turns a link for each, as certbot does.
func archived(r *rig, cert, key string) {
	archive := filepath.Join(r.folder, "archive")
	r.must(os.MkdirAll(archive, 0o700), os.MkdirAll(filepath.Dir(r.files.Cert), 0o700))
	version, err := os.ReadDir(archive)
	r.must(err)
	for path, text := range map[string]string{r.files.Cert: cert, r.files.Key: key} {
		file := filepath.Join(archive, fmt.Sprint(len(version), filepath.Base(path)))
		r.must(os.WriteFile(file, []byte(text), 0o600))
		if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
			r.must(err)
		}
		r.must(os.Symlink(file, path))
	}
}

// mounted writes a folder of both, and turns the one link that leads to it, as Kubernetes does.
func mounted(r *rig, cert, key string) {
	live := filepath.Dir(r.files.Cert)
	r.must(os.MkdirAll(live, 0o700))
	version, err := os.MkdirTemp(live, "..version-")
	r.must(err, os.WriteFile(filepath.Join(version, "cert.pem"), []byte(cert), 0o600), os.WriteFile(filepath.Join(version, "key.pem"), []byte(key), 0o600))
	r.must(os.Symlink(version, filepath.Join(live, "..data_tmp")), os.Rename(filepath.Join(live, "..data_tmp"), filepath.Join(live, "..data")))
	for _, path := range []string{r.files.Cert, r.files.Key} {
		if err := os.Symlink(filepath.Join(live, "..data", filepath.Base(path)), path); !errors.Is(err, os.ErrExist) {
			r.must(err)
		}
	}
}

func (r *rig) dial(spec *tls.Config) (*tls.Conn, error) {
	spec.InsecureSkipVerify = true // each certificate vouches for itself
	return tls.Dial("tcp", r.address, spec)
}

// serial is the serial number that a new handshake gets.
func (r *rig) serial() int64 {
	r.t.Helper()
	conn, err := r.dial(&tls.Config{})
	r.must(err)
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

// R82: a new certificate is taken in whichever way it is put in place, and a connection of before goes on.
func TestANewCertificateIsTakenR82(t *testing.T) {
	for name, lay := range map[string]func(r *rig, cert, key string){"written over": plainly, "moved": moved, "links of certbot": archived, "a mount of Kubernetes": mounted} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, certtest.Spec{}, lay)
			before, err := r.dial(&tls.Config{NextProtos: []string{"http/1.1"}})
			r.must(err)
			defer func() { _ = before.Close() }()
			answers := bufio.NewReader(before)
			for serial := int64(2); serial < 5; serial++ {
				cert, key := certtest.Issue(t, certtest.Spec{Serial: serial, RSA: serial%2 == 0})
				lay(r, cert, key)
				r.kept.Renew()
				if got := r.serial(); got != serial {
					t.Errorf("a handshake gets number %d, want %d", got, serial)
				}
				_, err := io.WriteString(before, "GET / HTTP/1.1\r\nHost: purser\r\n\r\n")
				r.must(err)
				res, err := http.ReadResponse(answers, nil)
				r.must(err)
				_, _ = io.Copy(io.Discard, res.Body)
				if res.StatusCode != http.StatusOK {
					t.Errorf("the connection of before: %s", res.Status)
				}
			}
			if said := strings.Count(r.log.String(), "the TLS certificate was renewed"); said != 3 || strings.Contains(r.log.String(), "level=WARN") {
				t.Errorf("the log says it %d times:\n%s", said, r.log)
			}
		})
	}
}

// R82: what cannot be used leaves the one of before, with one warning, and a good one that follows is taken.
func TestABadCertificateIsNotTakenR82(t *testing.T) {
	good, goodKey := certtest.Issue(t, certtest.Spec{Serial: 2})
	over, overKey := certtest.Issue(t, certtest.Spec{Serial: 3, From: -2 * time.Hour, Until: -time.Hour})
	early, earlyKey := certtest.Issue(t, certtest.Spec{Serial: 4, From: time.Hour, Until: 2 * time.Hour})
	_, strangerKey := certtest.Issue(t, certtest.Spec{Serial: 5})
	for name, bad := range map[string]struct{ cert, key, told string }{
		"half of a certificate":    {good[:len(good)/2], goodKey, "PEM"},
		"half of a key":            {good, goodKey[:len(goodKey)/2], "PEM"},
		"an empty file":            {"", goodKey, "PEM"},
		"the key of another":       {good, strangerKey, "does not match"},
		"a certificate for a key":  {good, good, "found a certificate"},
		"a byte order mark":        {"\ufeff" + good, goodKey, "PEM"},
		"one that is over":         {over, overKey, "expired"},
		"one that is to come":      {early, earlyKey, "valid from"},
		"a file that is not there": {"", "", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, certtest.Spec{}, plainly)
			plainly(r, bad.cert, bad.key)
			if bad.cert+bad.key == "" {
				r.must(os.Remove(r.files.Cert))
			}
			for range 5 {
				r.kept.Renew()
			}
			if got := r.serial(); got != 1 {
				t.Errorf("a handshake gets number %d", got)
			}
			said := r.log.String()
			if strings.Count(said, "\n") != 1 || strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, bad.told) {
				t.Errorf("the log says:\n%s", said)
			}
			for line := range strings.Lines(bad.key) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") && strings.Contains(said, line) {
					t.Errorf("the log holds a line of the key")
				}
			}
			plainly(r, good, goodKey)
			r.kept.Renew()
			if got := r.serial(); got != 2 || strings.Count(r.log.String(), "\n") != 2 {
				t.Errorf("the good one after it: number %d\n%s", got, r.log)
			}
		})
	}
	t.Run("one that is over takes the place of one that is over", func(t *testing.T) {
		r := newRig(t, certtest.Spec{From: -3 * time.Hour, Until: -2 * time.Hour}, plainly)
		plainly(r, over, overKey)
		r.kept.Renew()
		if got := r.serial(); got != 3 {
			t.Errorf("a handshake gets number %d", got)
		}
	})
}

// R82: a certificate that was given by its value is never looked for anywhere.
func TestACertificateWithoutFilesStaysR82(t *testing.T) {
	cert, key := certtest.Issue(t, certtest.Spec{Serial: 1})
	var log bytes.Buffer
	for _, files := range []certificate.Files{{}, {Cert: "/nowhere/cert.pem"}, {Key: "/nowhere/key.pem"}} {
		kept, err := certificate.New(cert, key, files, time.Now, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		kept.Renew()
		if kept.Renewable() || log.Len() > 0 {
			t.Errorf("%+v: %s", files, log.String())
		}
	}
}

// R82: of TLS 1.2 only suites with authenticated encryption are spoken; a client that offers none but CBC gets no connection.
func TestOnlyAuthenticatedEncryptionIsSpokenR82(t *testing.T) {
	for name, spec := range map[string]certtest.Spec{"ECDSA": {}, "RSA": {RSA: true}} {
		r := newRig(t, spec, plainly)
		spoken := 0
		var cbc []uint16
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			if suite.SupportedVersions[0] == tls.VersionTLS13 {
				continue
			}
			good := strings.Contains(suite.Name, "ECDHE_"+name) && !strings.Contains(suite.Name, "CBC") && !strings.Contains(suite.Name, "RC4")
			conn, err := r.dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
			if (err == nil) != good {
				t.Errorf("%s with %s: %v", name, suite.Name, err)
			}
			if err == nil {
				spoken++
				_ = conn.Close()
			}
			if strings.Contains(suite.Name, "CBC") {
				cbc = append(cbc, suite.ID)
			}
		}
		if spoken != 3 {
			t.Errorf("%s: %d suites are spoken", name, spoken)
		}
		if _, err := r.dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: cbc}); err == nil {
			t.Errorf("%s: a client that offers %d suites with CBC is served", name, len(cbc))
		}
		if _, err := r.dial(&tls.Config{MaxVersion: tls.VersionTLS11}); err == nil {
			t.Errorf("%s: TLS 1.1 is spoken", name)
		}
		conn, err := r.dial(&tls.Config{NextProtos: []string{"h2", "http/1.1"}})
		r.must(err)
		if state := conn.ConnectionState(); state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != "h2" {
			t.Errorf("%s: %s, %s", name, tls.VersionName(state.Version), state.NegotiatedProtocol)
		}
		_ = conn.Close()
	}
}

// R82, R84: the end of the certificate in use is known, also after a renewal.
func TestTheEndOfTheCertificateIsKnownR84(t *testing.T) {
	r := newRig(t, certtest.Spec{}, plainly)
	for _, hours := range []int{1, 48} {
		until := time.Duration(hours) * time.Hour
		cert, key := certtest.Issue(t, certtest.Spec{Serial: int64(hours), Until: until})
		plainly(r, cert, key)
		r.kept.Renew()
		dates, err := r.kept.Expiries(context.Background())
		if err != nil || len(dates) != 1 || dates[0].Kind != expiry.TLSCertificate || time.Until(dates[0].At).Round(time.Minute) != until {
			t.Errorf("%+v, %v", dates, err)
		}
	}
}
