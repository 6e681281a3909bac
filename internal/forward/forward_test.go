package forward_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/forward"
	store "purser.example/internal/sqlite/activity"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

var ctx = context.Background()

func record(t *testing.T, db *sqlite.DB, n int) {
	t.Helper()
	e := audit.Entry{Actor: audit.Actor{Name: "Adele \u202eVance\n"}, Action: "access denied"}.With("reason", "line\none")
	if err := db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(slices.Repeat([]audit.Entry{e}, n)...) }); err != nil {
		t.Fatal(err)
	}
}

// rig is a forwarder to a receiver, with a clock of its own.
type rig struct {
	db    *sqlite.DB
	store *store.Store
	clock *sqlitetest.Clock
	*forward.Forwarder
}

func newRig(t *testing.T, r forward.Receiver) *rig {
	clock := sqlitetest.NewClock()
	db, _ := sqlitetest.Open(t, clock.Now)
	s := store.New(db)
	f := &forward.Forwarder{Store: s, Receiver: r, Now: clock.Now, Log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() { _ = r.Close() })
	f.Step(ctx) // from here on
	return &rig{db, s, clock, f}
}

func (r *rig) mark(t *testing.T) forward.Mark {
	t.Helper()
	all, err := r.store.Marks(ctx)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

// numbers are those of the entries in lines.
func numbers(t *testing.T, text []byte) (list []int64) {
	t.Helper()
	for line := range strings.Lines(string(text)) {
		l, err := audit.ParseLine([]byte(line))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, l.Seq)
	}
	return list
}

func upTo(n int64) (list []int64) {
	for i := int64(1); i <= n; i++ {
		list = append(list, i)
	}
	return list
}

// R63: every entry is in the file once it was written, though the file was moved away, its folder was gone for a while, or a crash tore a line.
func TestTheLogIsShippedToAFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "activity.jsonl")
	r := newRig(t, forward.NewFile(path))
	record(t, r.db, 3)
	r.Step(ctx)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	record(t, r.db, 2)
	r.Step(ctx)

	if err := os.Rename(folder, folder+"-away"); err != nil {
		t.Fatal(err)
	}
	record(t, r.db, 1200)
	r.Step(ctx)
	if m := r.mark(t); m.Failing.IsZero() || m.Reason != "The file can't be written." || m.Seq != 5 {
		t.Errorf("while the folder is gone: %+v", m)
	}
	if err := os.Rename(folder+"-away", folder); err != nil {
		t.Fatal(err)
	}
	torn, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = torn.WriteString(`{"seq":6,"cha`)
	_ = torn.Close()
	r.Step(ctx) // too early
	if m := r.mark(t); m.Failing.IsZero() {
		t.Error("it was asked again at once")
	}
	r.clock.Advance(time.Second)
	r.Step(ctx)
	first, err := os.ReadFile(path + ".1")
	second, err2 := os.ReadFile(path)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if got := numbers(t, append(first, second...)); !slices.Equal(got, upTo(1205)) {
		t.Errorf("%d entries: %v…", len(got), got[:min(len(got), 9)])
	}
	if m := r.mark(t); !m.Failing.IsZero() || m.Seq != 1205 {
		t.Errorf("afterwards: %+v", m)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// syslogd is a receiver that can be away: it gives what it got.
type syslogd struct {
	ln  net.Listener
	got chan string
}

func listenAt(t *testing.T, address string, config *tls.Config) *syslogd {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		ln = tls.NewListener(ln, config)
	}
	s := &syslogd{ln: ln, got: make(chan string, 10_000)}
	t.Cleanup(func() { _ = ln.Close() })
	go s.serve(0)
	return s
}

// serve reads connections by octet counting.
func (s *syslogd) serve(_ int) {
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			return
		}
		in := bufio.NewReader(conn)
		for {
			var n int
			if _, err := fmt.Fscanf(in, "%d ", &n); err != nil {
				break
			}
			text := make([]byte, n)
			if _, err := io.ReadFull(in, text); err != nil {
				break
			}
			s.got <- string(text)
		}
		_ = conn.Close()
	}
}

// received are the numbers of so many messages.
func (s *syslogd) received(t *testing.T, n int) (list []int64) {
	t.Helper()
	for range n {
		select {
		case text := <-s.got:
			header, line, _ := strings.Cut(text, " purser - activity - ")
			if !strings.HasPrefix(header, "<108>1 2026-11-23T09:00:") || strings.ContainsAny(line, "\n\u202e") {
				t.Fatalf("message %q", text)
			}
			list = append(list, numbers(t, []byte(line))...)
		case <-time.After(20 * time.Second):
			t.Fatalf("only %v arrived", list)
		}
	}
	return list
}

// R63: a syslog receiver gets every entry, over TCP and over TLS, though it was away meanwhile; the age of its absence is kept.
func TestTheLogIsShippedToSyslog(t *testing.T) {
	config, roots := certified(t)
	for scheme, config := range map[string]*tls.Config{"tcp": nil, "tls": config} {
		t.Run(scheme, func(t *testing.T) {
			s := listenAt(t, "127.0.0.1:0", config)
			at := s.ln.Addr().String()
			r := newRig(t, forward.NewSyslog(&url.URL{Scheme: scheme, Host: at}, roots))
			record(t, r.db, 3)
			r.Step(ctx)
			if got := s.received(t, 3); !slices.Equal(got, upTo(3)) {
				t.Errorf("got %v", got)
			}
			_ = s.ln.Close()
			record(t, r.db, 600)
			r.Step(ctx)
			r.clock.Advance(90 * time.Second)
			if m := r.mark(t); m.Behind(r.clock.Now()) != 90*time.Second || m.Seq != 3 {
				t.Errorf("while it is away: %+v", m)
			}
			s = listenAt(t, at, config)
			r.Step(ctx)
			if got := s.received(t, 600); !slices.Equal(got, upTo(603)[3:]) {
				t.Errorf("got %d", len(got))
			}
			if m := r.mark(t); m.Seq != 603 || !m.Failing.IsZero() {
				t.Errorf("afterwards: %+v", m)
			}
		})
	}
}

// R63: a connection that breaks off after it was written to has lost nothing: the entries come again.
func TestAConnectionThatBreaksOffLosesNothing(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0) // reset, without having read anything
		_ = conn.Close()
		_ = ln.Close()
	}()
	r := newRig(t, forward.NewSyslog(&url.URL{Scheme: "tcp", Host: ln.Addr().String()}, nil))
	record(t, r.db, 5)
	r.Step(ctx)
	if m := r.mark(t); m.Seq != 0 || m.Failing.IsZero() {
		t.Errorf("%+v", m)
	}
}

// R63: a receiver whose certificate nobody vouches for gets nothing.
func TestAStrangerGetsNothing(t *testing.T) {
	config, _ := certified(t)
	s := listenAt(t, "127.0.0.1:0", config)
	r := newRig(t, forward.NewSyslog(&url.URL{Scheme: "tls", Host: s.ln.Addr().String()}, nil))
	record(t, r.db, 1)
	r.Step(ctx)
	if m := r.mark(t); m.Seq != 0 || m.Failing.IsZero() || len(s.got) != 0 {
		t.Errorf("%+v, %d messages", m, len(s.got))
	}
}

// R63: a socket of the machine gets a datagram for each entry, a long one without its details.
func TestTheLogIsShippedToASocket(t *testing.T) {
	folder, err := os.MkdirTemp("", "s") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	path := filepath.Join(folder, "log")
	r := newRig(t, forward.NewSyslog(&url.URL{Scheme: "unix", Path: path}, nil))
	if err := r.db.Record(ctx, audit.Entry{Action: "sign-in refused"}.With("reason", strings.Repeat("x", 200_000))); err != nil {
		t.Fatal(err)
	}
	record(t, r.db, 1)
	r.Step(ctx)
	if m := r.mark(t); m.Seq != 0 || m.Failing.IsZero() {
		t.Errorf("without a socket: %+v", m)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	r.clock.Advance(time.Minute)
	r.Step(ctx)
	buffer := make([]byte, 128<<10)
	for want := range upTo(2) {
		n, err := conn.Read(buffer)
		if err != nil || !strings.Contains(string(buffer[:n]), fmt.Sprintf(`{"seq":%d,`, want+1)) {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
}

// certified is a server of 127.0.0.1, and who vouches for it.
func certified(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(made)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{made}, PrivateKey: key}}}, pool
}
