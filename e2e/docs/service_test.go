package docs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"purser.example/internal/config"
)

// service is a Purser that systemd started.
type service struct {
	cmd   *exec.Cmd
	ended chan error
	https bool
}

// reload is what `systemctl daemon-reload` does: the next unit that the document shows is known from now on.
func (m *machine) reload() error {
	if len(m.drafts) == 0 {
		return errors.New("the document showed no unit before")
	}
	m.unit, m.drafts = append(m.unit, m.drafts[0]...), m.drafts[1:]
	return nil
}

// of gives the values of a directive, in their order. An empty one takes back those before it, as in systemd.
func (m *machine) of(directive string) []string {
	var values []string
	for _, line := range m.unit {
		value, found := strings.CutPrefix(line, directive+"=")
		switch {
		case found && value == "":
			values = nil
		case found:
			values = append(values, m.here(strings.ReplaceAll(value, "%d", m.credentials())))
		}
	}
	return values
}

func (m *machine) credentials() string { return filepath.Join(m.folder, "run", "credentials") }

// environmentOf is what systemd gives to the service by its unit.
func (m *machine) environmentOf() ([]string, error) {
	if err := os.RemoveAll(m.credentials()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(m.credentials(), 0o700); err != nil {
		return nil, err
	}
	for _, credential := range m.of("LoadCredential") {
		name, path, _ := strings.Cut(credential, ":")
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(m.credentials(), name), text, 0o400); err != nil {
			return nil, err
		}
	}
	for _, folder := range m.of("StateDirectory") {
		if err := os.MkdirAll(filepath.Join(m.folder, "var/lib", folder), 0o700); err != nil {
			return nil, err
		}
	}
	env := m.of("Environment")
	for _, path := range m.of("EnvironmentFile") {
		settings, err := config.ReadSettings(path)
		if err != nil {
			return nil, err
		}
		env = append(env, settings...)
	}
	return env, nil
}

// start is what `systemctl start` does with the unit of docs/production.md: it succeeds when Purser says that it is ready.
func (m *machine) start() error {
	if !slices.Equal(m.of("Type"), []string{"notify"}) {
		return errors.New("the unit does not wait until Purser is ready")
	}
	socket := filepath.Join(m.folder, "run", "notify")
	_ = os.Remove(socket)
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { _ = systemd.Close() }()
	env, err := m.environmentOf()
	if err != nil {
		return err
	}
	words := strings.Fields(strings.Join(m.of("ExecStart"), " "))
	s := &service{
		cmd: exec.Command(words[0], words[1:]...), ended: make(chan error, 1),
		https: slices.ContainsFunc(env, func(line string) bool { return strings.HasPrefix(line, "PURSER_TLS_CERT_FILE=") }),
	}
	if slices.ContainsFunc(env, func(line string) bool { return strings.HasPrefix(line, "PURSER_REDIRECT_ADDR=") }) {
		env = append(env, "PURSER_REDIRECT_ADDR=127.0.0.1:0") // in the place of :80
	}
	s.cmd.Env = append(append(m.env(), env...), "PURSER_ADDR="+m.addr, "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC="+strings.Join(m.of("WatchdogSec"), "")+"000000")
	s.cmd.Stdout, s.cmd.Stderr = m.journal, m.journal
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() { s.ended <- s.cmd.Wait() }()
	heard := make(chan string, 1)
	go func() {
		message := make([]byte, 100)
		n, _ := systemd.Read(message)
		heard <- string(message[:n])
	}()
	select {
	case message := <-heard:
		m.service = s
		if message != "READY=1" {
			return fmt.Errorf("systemd heard %q", message)
		}
		return m.answers("/readyz")
	case err := <-s.ended:
		return fmt.Errorf("ended before it was ready: %w\n%s", err, m.log())
	}
}

// stop is what `systemctl stop` does.
func (m *machine) stop() error {
	if m.service == nil {
		return errors.New("there is no service to stop")
	}
	s := m.service
	m.service = nil
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return <-s.ended
}

// restart is what `systemctl restart` does.
func (m *machine) restart() error { return errors.Join(m.stop(), m.start()) }

// answers asks the service for a page, over TLS where the unit gives it a certificate.
func (m *machine) answers(path string) error {
	address, client := "http://"+m.addr, &http.Client{Timeout: 20 * time.Second}
	if m.service.https {
		roots := x509.NewCertPool()
		cert, err := os.ReadFile(filepath.Join(m.folder, "etc/purser-tls/cert.pem"))
		if err != nil || !roots.AppendCertsFromPEM(cert) {
			return fmt.Errorf("no certificate: %w", err)
		}
		address, client.Transport = "https://"+m.addr, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	}
	res, err := client.Get(address + path)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s\n%s", path, res.Status, m.log())
	}
	return nil
}

// writeCertificate puts a certificate where the commands take it from, as an authority gives it.
func (m *machine) writeCertificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	write := func(name, kind string, b []byte) error {
		return os.WriteFile(filepath.Join(m.home, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600)
	}
	return errors.Join(write("fullchain.pem", "CERTIFICATE", cert), write("privkey.pem", "PRIVATE KEY", der))
}
