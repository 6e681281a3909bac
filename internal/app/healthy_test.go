package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"purser.example/internal/app"
	"purser.example/internal/config"
)

// R80: the health check of an image says what /readyz says, over TLS too, whatever name the certificate is for; and a silent or absent
// Purser is not healthy.
func TestHealthySaysWhatReadyzSays(t *testing.T) {
	status := http.StatusOK
	purser := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("not ready\n"))
	})
	plain, tls := httptest.NewServer(purser), httptest.NewTLSServer(purser)
	t.Cleanup(plain.Close)
	t.Cleanup(tls.Close)
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:9")
	_, port, _ := strings.Cut(plain.Listener.Addr().String(), ":")
	places := []config.Door{{Addr: plain.Listener.Addr().String()}, {Addr: ":" + port}, {Addr: tls.Listener.Addr().String(), TLS: true}}
	for _, at := range places {
		for _, status = range []int{http.StatusOK, http.StatusServiceUnavailable, http.StatusFound} {
			err := app.Healthy(t.Context(), at)
			if (err == nil) != (status == http.StatusOK) || err != nil && !strings.HasPrefix(err.Error(), "not ready: ") {
				t.Errorf("%+v, status %d: %v", at, status, err)
			}
		}
	}
	plain.Close()
	if err := app.Healthy(t.Context(), places[0]); err == nil {
		t.Error("an absent Purser is healthy")
	}
}
