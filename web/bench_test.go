package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// BenchmarkTheEmptyList is the signed-in page without the network, for a profile of where its time goes.
func BenchmarkTheEmptyList(b *testing.B) {
	h := open(b)
	visitor := h.signedIn(b, "admin@purser.test")
	base, err := url.Parse(h.URL())
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/service-accounts", nil)
	for _, cookie := range visitor.Jar.Cookies(base) {
		req.AddCookie(cookie)
	}
	for b.Loop() {
		rec := httptest.NewRecorder()
		h.App.Handler.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
