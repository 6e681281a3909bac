package demotest

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"purser.example/internal/app"
	"purser.example/internal/config"
)

// Operator is who makes the links of GlassLink.
const Operator = "megan as root"

// GlassLink makes a break-glass link of the house, as the command does, and gives its code. It is made by the machine's clock.
func (h *House) GlassLink(t testing.TB) (code string) {
	t.Helper()
	key, err := os.ReadFile(h.Data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(h.URL())
	if err != nil {
		t.Fatal(err)
	}
	return codeOf(t, config.Config{Data: h.Data, Key: string(key), BaseURL: base})
}

// GlassLink is a House's.
func (a *Apart) GlassLink() (code string) {
	a.t.Helper()
	return codeOf(a.t, a.cfg)
}

func codeOf(t testing.TB, cfg config.Config) (code string) {
	t.Helper()
	address, err := app.BreakGlass(t.Context(), cfg, Operator)
	if err != nil {
		t.Fatal(err)
	}
	code, found := strings.CutPrefix(address, cfg.BaseURL.String()+"/auth/break-glass#")
	if !found {
		t.Fatalf("the link is %s", address)
	}
	return code
}
