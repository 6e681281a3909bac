package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/demo/idp/idptest"
	"purser.example/web/layout"
	"purser.example/web/profiles"
	"purser.example/web/respond"
)

const (
	password = "bench-only"
	rounds   = 3
)

// shellPage compares the signed-in page with the bare handler, alternating, and takes the median of the rounds.
func shellPage(ctx context.Context, binary, folder string) ([]row, error) {
	s, err := serve(ctx, binary, filepath.Join(folder, "shell"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.stop() }()
	cookie, err := signIn(ctx, s.url)
	if err != nil {
		return nil, err
	}
	limit, stop, err := startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	var ratios []float64
	var ours, bare load
	for range rounds {
		if bare, err = wrk(ctx, limit+"/service-accounts", ""); err != nil {
			return nil, err
		}
		if ours, err = wrk(ctx, s.url+"/service-accounts", cookie); err != nil {
			return nil, err
		}
		ratios = append(ratios, ours.rate/bare.rate)
	}
	slices.Sort(ratios)
	ratio := ratios[len(ratios)/2]
	memory, err := s.resident()
	if err != nil {
		return nil, err
	}
	return []row{
		{"signed-in shell page ÷ bare handler, 32 connections", fmt.Sprintf("%.2f (%.0f ÷ %.0f requests/s, p99 %s ÷ %s)", ratio, ours.rate, bare.rate, ours.p99, bare.p99), "at least 0.40", ratio >= 0.4},
		{"resident after that load", fmt.Sprintf("%.0f MB", memory), "–", true},
	}, nil
}

// serveBare is the limit: Echo without middleware, the same components, everything from memory.
func serveBare(ctx context.Context, address string) error {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	shell := layout.Shell{
		Title: "Service account", Section: "Management", Person: layout.Person{Name: "Bench", SignIn: "bench@contoso.com", Role: "Service Administrator"},
		Nav:     []layout.NavGroup{{Title: "Management", Items: []layout.NavItem{{Label: "Service account", Href: "/service-accounts", Icon: "key", Current: true}}}},
		Session: layout.Session{IdleSeconds: 900, MaxSeconds: 43200},
	}
	e.GET("/service-accounts", func(c echo.Context) error { return respond.Page(c, http.StatusOK, profiles.Specimen(shell)) })
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// startBare runs serveBare in a process of its own, so that neither server shares a heap with the other.
func startBare(ctx context.Context) (address string, stop func(), err error) {
	if address, err = freeAddress(ctx); err != nil {
		return "", nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-bare", address)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	time.Sleep(300 * time.Millisecond)
	return "http://" + address, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }, nil
}

func signIn(ctx context.Context, base string) (cookie string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	callback, err := idptest.SignIn(ctx, client, base+"/auth/sign-in", "bench@contoso.com", password)
	if err != nil {
		return "", err
	}
	if status, err := get(ctx, client, callback); err != nil || status != http.StatusOK {
		return "", errors.Join(err, fmt.Errorf("sign-in: status %d", status))
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, c := range jar.Cookies(u) {
		if strings.HasPrefix(c.Name, "purser_") {
			parts = append(parts, c.Name+"="+c.Value)
		}
	}
	return strings.Join(parts, "; "), nil
}
