package demo_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

// X51: the demo answers to the names of this machine. A foreign one that leads here gets nothing, not even a page to sign in on.
func TestTheDemoAnswersToNoForeignName(t *testing.T) {
	h := demotest.Open(t)
	port := h.URL()[strings.LastIndex(h.URL(), ":"):]
	for host, want := range map[string]int{
		"127.0.0.1" + port: http.StatusOK, "localhost" + port: http.StatusOK, "[::1]" + port: http.StatusOK,
		"fabrikam.com" + port: http.StatusForbidden, "127.0.0.1.fabrikam.com" + port: http.StatusForbidden, "localhost.fabrikam.com": http.StatusForbidden, "0.0.0.0" + port: http.StatusForbidden,
	} {
		for _, path := range []string{"/healthz", "/auth/signed-out", "/idp/.well-known/openid-configuration"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s at %s: %d", path, host, res.StatusCode)
			}
		}
	}
}
