package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const fixture = `{"tenants": [{"id": "6f1c0000-0000-4000-8000-000000000001", "initialDomain": "contoso.onmicrosoft.com"}]}`

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWrongFlags wants status 2 and one line for each flag that is wrong.
func TestWrongFlags(t *testing.T) {
	good, bad := write(t, "good.json", fixture), write(t, "bad.json", `{"tenant": []}`)
	cases := map[string]struct {
		args []string
		want []string
	}{
		"no fixture":             {nil, []string{"--fixture: is needed"}},
		"a fixture not there":    {[]string{"--fixture", good + "x"}, []string{"--fixture: read fixture: open"}},
		"a wrong fixture":        {[]string{"--fixture", bad}, []string{`unknown key "tenant"`}},
		"an unknown flag":        {[]string{"--fixture", good, "--port", "9"}, []string{"not defined: -port"}},
		"words":                  {[]string{"serve", "--fixture", good, "now"}, []string{`unexpected argument "serve"`, `unexpected argument "now"`}},
		"no port":                {[]string{"--fixture", good, "--addr", "127.0.0.1"}, []string{"--addr: must be host:port"}},
		"a port that is none":    {[]string{"--fixture", good, "--addr", "127.0.0.1:99999"}, []string{"--addr: listen tcp"}},
		"half of TLS":            {[]string{"--fixture", good, "--tls-cert", "x"}, []string{"give both or neither"}},
		"files without PEM":      {[]string{"--fixture", good, "--tls-cert", good, "--tls-key", good}, []string{"--tls-cert, --tls-key: tls: failed to find any PEM data"}},
		"several things at once": {[]string{"--x", "--addr", "y", "--fixture", bad, "--tls-key", "k"}, []string{"not defined: -x", "--addr:", "give both or neither", "--fixture:"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if status := run(t.Context(), c.args, &out, &errs); status != exitFlags {
				t.Errorf("status %d", status)
			}
			lines := strings.Split(strings.TrimSuffix(errs.String(), "\n"), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("%q", lines)
			}
			for i, want := range c.want {
				if !strings.Contains(lines[i], want) || !strings.HasPrefix(lines[i], "m365sim: ") {
					t.Errorf("%q, want %q", lines[i], want)
				}
			}
		})
	}
	t.Run("help", func(t *testing.T) {
		var out, errs bytes.Buffer
		if status := run(t.Context(), []string{"--help"}, &out, &errs); status != exitDone || !strings.Contains(out.String(), "--fixture FILE") {
			t.Errorf("%d %s", status, out.String())
		}
	})
}

// start runs the command until the test ends it, and answers its address.
func start(t *testing.T, args ...string) (address string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() { status <- run(ctx, append(args, "--addr", "127.0.0.1:0"), in, io.Discard) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "ready ")), sync.OnceValue(func() int { cancel(); return <-status })
}

// TestStopsAfterRequestsInFlight ends the command while an answer is being delayed.
func TestStopsAfterRequestsInFlight(t *testing.T) {
	address, stop := start(t, "--fixture", write(t, "f.json", fixture))
	resp, err := http.Post(address+"/_sim/faults", "application/json", strings.NewReader(`[{"delayMs": 400, "status": 201}]`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	answered := make(chan int, 1)
	go func() {
		resp, err := http.Get(address + "/slow")
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	for !strings.Contains(journal(t, address), `"/slow"`) {
	}
	if status := stop(); status != exitDone {
		t.Errorf("status %d", status)
	}
	if got := <-answered; got != 201 {
		t.Errorf("the request in flight got %d", got)
	}
}

// journal asks which requests have arrived.
func journal(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get(address + "/_sim/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	arrived, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(arrived)
}

func TestServesTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := write(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})))
	private := write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	address, stop := start(t, "--fixture", write(t, "f.json", fixture), "--tls-cert", cert, "--tls-key", private)
	defer stop()
	pool := x509.NewCertPool()
	parsed, _ := x509.ParseCertificate(raw)
	pool.AddCert(parsed)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	resp, err := client.Get(address + "/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 || !strings.HasPrefix(address, "https://") || !strings.Contains(string(body), `"issuer":"`+address+`/`) {
		t.Errorf("%s %d %s", address, resp.StatusCode, body)
	}
	client.CloseIdleConnections()
}
