package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/demo/idp"
	"purser.example/internal/secret"
)

// program builds the binary as `make build` does and weighs it.
func program(ctx context.Context, binary, _ string) ([]row, error) {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/purser")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		return nil, err
	}
	mb := float64(info.Size()) / 1e6
	return []row{{"stripped binary", fmt.Sprintf("%.1f MB", mb), "30 MB", mb < 30}}, nil
}

// served is a `purser serve` that runs, with an identity provider beside it.
type served struct {
	*exec.Cmd
	url      string
	provider *http.Server
	ready    time.Duration // from the start of the process to the first good /readyz
}

// serve starts the binary on the folder, and waits until it is ready.
func serve(ctx context.Context, binary, folder string) (*served, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &served{url: "http://" + address}
	issuer, err := s.startProvider(ctx)
	if err != nil {
		return nil, err
	}
	s.Cmd = exec.CommandContext(ctx, binary, "serve")
	s.Env = append(os.Environ(), "PURSER_ADDR="+address, "PURSER_BASE_URL="+s.url, "PURSER_DATA="+filepath.Join(folder, "data"), "PURSER_KEY="+secret.NewKey().Text(),
		"PURSER_OIDC_ISSUER="+issuer, "PURSER_OIDC_CLIENT_ID=bench", "PURSER_OIDC_CLIENT_SECRET=bench", "PURSER_LOG_LEVEL=warn")
	s.Stderr = os.Stderr
	begin := time.Now()
	if err := s.Start(); err != nil {
		return nil, err
	}
	for time.Since(begin) < 10*time.Second {
		if status, err := get(ctx, http.DefaultClient, s.url+"/readyz"); err == nil && status == http.StatusOK {
			s.ready = time.Since(begin)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errors.Join(errors.New("purser serve does not become ready"), s.stop())
}

func get(ctx context.Context, client *http.Client, address string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func (s *served) startProvider(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	signing, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	issuer := "http://" + ln.Addr().String() + "/idp"
	provider, err := idp.New(idp.Config{
		Issuer: issuer, ClientID: "bench", ClientSecret: "bench", RedirectURI: s.url + "/auth/callback", PostLogoutRedirectURI: s.url + "/auth/signed-out",
		People:     []idp.Person{{Subject: "bench", Email: "bench@contoso.com", Name: "Bench", Password: password, Roles: []string{"ServiceAdministrator"}}},
		SigningKey: signing, CryptoKey: [32]byte{1},
	})
	if err != nil {
		return "", err
	}
	s.provider = &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.provider.Serve(ln) }()
	return issuer, nil
}

func (s *served) stop() error {
	_ = s.provider.Close()
	_ = s.Process.Kill()
	_ = s.Wait()
	return nil
}

// resident is the memory of the process in MB.
func (s *served) resident() (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb / 1000, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// start measures a start on an empty folder, the median of seven, and the memory afterwards.
func start(ctx context.Context, binary, folder string) ([]row, error) {
	var times []time.Duration
	var memory float64
	for i := range 7 {
		s, err := serve(ctx, binary, filepath.Join(folder, fmt.Sprint("start", i)))
		if err != nil {
			return nil, err
		}
		times = append(times, s.ready)
		mb, err := s.resident()
		if err := errors.Join(err, s.stop()); err != nil {
			return nil, err
		}
		memory = max(memory, mb)
	}
	slices.Sort(times)
	median := times[len(times)/2]
	return []row{
		{"`purser serve` ready on an empty folder", fmt.Sprintf("%d ms", median.Milliseconds()), "150 ms", median <= 150*time.Millisecond},
		{"resident after start", fmt.Sprintf("%.0f MB", memory), "60 MB", memory <= 60},
	}, nil
}

func freeAddress(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}
