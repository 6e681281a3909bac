package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/e2e/programs"
	"purser.example/web/layout"
	"purser.example/web/profiles"
	"purser.example/web/respond"
)

// Where the bare handler has the page without profiles, and with a page full of them.
const (
	bareEmpty = "/empty"
	bareFull  = "/full"
)

// serveBare is the limit: Echo without middleware, the same components, everything from memory.
func serveBare(ctx context.Context, address string) error {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	shell := layout.Shell{
		Title: "Service account", Section: "Management", Person: layout.Person{Name: "Bench", SignIn: programs.Email, Role: "Service Administrator"},
		Nav: []layout.NavGroup{
			{Title: "Management", Items: []layout.NavItem{{Label: "Service account", Href: "/service-accounts", Icon: "key", Current: true}, {Label: "Account pools", Href: "/classic/account-pool", Icon: "pool", NewTab: true}}},
			{Title: "Monitoring", Items: []layout.NavItem{{Label: "Validation runs", Href: "/service-accounts/validations", Icon: "validate"}}},
		},
		Help:    &layout.NavItem{Label: "Help", Href: "/help", Icon: "help"},
		Session: layout.Session{IdleSeconds: 900, MaxSeconds: 43200},
	}
	e.GET(bareEmpty, func(c echo.Context) error { return respond.Page(c, http.StatusOK, profiles.Specimen(shell)) })
	e.GET(bareFull, func(c echo.Context) error { return respond.Page(c, http.StatusOK, profiles.FullSpecimen(shell)) })
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
func startBare(ctx context.Context) (base string, stop func(), err error) {
	address, err := programs.FreeAddress(ctx)
	if err != nil {
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
