package programs

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"purser.example/internal/demo/idp"
)

// The one person of the provider beside `purser serve`, a Service Administrator.
const (
	Email    = "bench@contoso.com"
	Password = "bench-only"
)

// Served is a `purser serve` with an identity provider beside it.
type Served struct {
	*Process
	provider *http.Server // nil: it is the caller's
	binary   string
	settings []string
	log      io.Writer
}

// Serve starts the binary on the folder with further settings, such as "PURSER_M365_SIMULATOR=http://…", and waits until it
// is ready.
func Serve(ctx context.Context, binary string, folder Folder, log io.Writer, settings ...string) (*Served, error) {
	address, err := FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	return ServeBehind(ctx, binary, folder, address, "http://"+address, log, settings...)
}

// ServeBehind is Serve at an address that browsers do not see: they use base, where something else leads to it.
func ServeBehind(ctx context.Context, binary string, folder Folder, address, base string, log io.Writer, settings ...string) (*Served, error) {
	s := newServed(binary, folder, address, log)
	s.settings = append(s.settings, "PURSER_BASE_URL="+base)
	issuer, err := s.startProvider(ctx, base)
	if err != nil {
		return nil, err
	}
	s.settings = append(s.settings, "PURSER_OIDC_ISSUER="+issuer, "PURSER_OIDC_CLIENT_ID=bench", "PURSER_OIDC_CLIENT_SECRET=bench")
	s.settings = append(s.settings, settings...)
	return s, s.Restart(ctx)
}

// ServeWith starts the binary at an address with an identity provider of the caller's, which the settings name.
func ServeWith(ctx context.Context, binary string, folder Folder, address string, log io.Writer, settings ...string) (*Served, error) {
	s := newServed(binary, folder, address, log)
	s.settings = append(s.settings, settings...)
	return s, s.Restart(ctx)
}

func newServed(binary string, folder Folder, address string, log io.Writer) *Served {
	s := &Served{Process: &Process{URL: "http://" + address}, binary: binary, log: log}
	s.settings = []string{
		"PURSER_ADDR=" + address, "PURSER_BASE_URL=" + s.URL, "PURSER_DATA=" + folder.Path, "PURSER_KEY=" + folder.Key.Text(), "PURSER_LOG_LEVEL=warn",
	}
	return s
}

// Restart starts the binary again after a kill, at the same address and with the same provider.
func (s *Served) Restart(ctx context.Context) error {
	s.cmd = exec.CommandContext(ctx, s.binary, "serve")
	s.cmd.Env, s.cmd.Stderr = append(os.Environ(), s.settings...), s.log
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.await(ctx, begin)
}

func (s *Served) startProvider(ctx context.Context, base string) (issuer string, err error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	signing, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	issuer = "http://" + ln.Addr().String() + "/idp"
	provider, err := idp.New(idp.Config{
		Issuer: issuer, ClientID: "bench", ClientSecret: "bench", RedirectURI: base + "/auth/callback", PostLogoutRedirectURI: base + "/auth/signed-out",
		People:     []idp.Person{{Subject: "bench", Email: Email, Name: "Bench", Password: Password, Roles: []string{"ServiceAdministrator"}}},
		SigningKey: signing, CryptoKey: [32]byte{1},
	})
	if err != nil {
		return "", err
	}
	s.provider = &http.Server{Handler: provider, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.provider.Serve(ln) }()
	return issuer, nil
}

// Stop ends both, where the provider is not the caller's.
func (s *Served) Stop() {
	if s.provider != nil {
		_ = s.provider.Close()
	}
	_ = s.Kill()
}
