package contract

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// command is the simulator, built once for all tests.
var command string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "contract")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	command = filepath.Join(folder, "m365sim")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", command, "./cmd/m365sim")
	build.Dir = filepath.Join("..", "..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build m365sim: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// start runs the simulator with a fixture until the test ends, and answers its address and the certificate to trust, in PEM.
func start(t *testing.T, fixture string) (address string, certificate []byte) {
	t.Helper()
	folder := t.TempDir()
	certificate, key := newServerCertificate(t)
	args := []string{"--addr", "127.0.0.1:0"}
	for flag, text := range map[string][]byte{"fixture": []byte(fixture), "tls-cert": certificate, "tls-key": key} {
		file := filepath.Join(folder, flag)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--"+flag, file)
	}
	cmd := exec.Command(command, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the simulator ended badly: %v\n%s", err, complaints.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "ready https://")
	if !ok {
		t.Fatalf("%v: the simulator said %q", err, line)
	}
	return address, certificate
}

// newServerCertificate makes a certificate, in PEM with its key, for the hosts that the tests ask the simulator to be.
func newServerCertificate(t *testing.T) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		DNSNames:    []string{"login.microsoftonline.com", "graph.microsoft.com", "contoso.sharepoint.com", "contoso-admin.sharepoint.com", "sts.fed.contoso.com"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
