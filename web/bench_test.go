package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/sqlitetest"
)

// BenchmarkTheEmptyList is the signed-in page without the network, for a profile of where its time goes.
func BenchmarkTheEmptyList(b *testing.B) {
	h := demotest.Open(b)
	ask(b, h, "/service-accounts")
}

// BenchmarkTheList is the page with fifty of many profiles; BENCH_PROFILES says how many.
func BenchmarkTheList(b *testing.B) {
	h := demotest.Open(b)
	fill(b, h)
	for name, address := range map[string]string{
		"all": "/service-accounts", "narrow": "/service-accounts?q=000123", "broad": "/service-accounts?q=contoso", "attention": "/service-accounts?status=attention&sort=-validated",
	} {
		b.Run(name, func(b *testing.B) { ask(b, h, address) })
	}
}

// fill stores profiles with the demo's own key, which lies beside its folder.
func fill(b *testing.B, h *demotest.House) {
	b.Helper()
	profiles, err := strconv.Atoi(os.Getenv("BENCH_PROFILES"))
	if err != nil {
		profiles = 2000
	}
	text, err := os.ReadFile(h.Data + ".key")
	if err != nil {
		b.Fatal(err)
	}
	key, err := secret.ParseKey(strings.TrimSpace(string(text)))
	if err != nil {
		b.Fatal(err)
	}
	ring, err := h.App.DB.Unlock(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	if err := sqlitetest.Fill(b.Context(), h.App.DB, ring, sqlitetest.FillOptions{Profiles: profiles}); err != nil {
		b.Fatal(err)
	}
}

// ask sends the same signed-in request again and again, to the handler itself.
func ask(b *testing.B, h *demotest.House, address string) {
	b.Helper()
	visitor := h.SignedIn(b, "admin@purser.test")
	base, err := url.Parse(h.URL())
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, address, nil)
	for _, cookie := range visitor.Jar.Cookies(base) {
		req.AddCookie(cookie)
	}
	b.ReportAllocs()
	for b.Loop() {
		rec := httptest.NewRecorder()
		h.App.Handler.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
