package login_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// BenchmarkToken is one password sign-in without the network: nearly all of it is the RSA signature.
func BenchmarkToken(b *testing.B) {
	s := simtest.MustNew(b, simtest.Big)
	form := url.Values{"grant_type": {"password"}, "client_id": {simtest.AppID}, "scope": {simtest.GraphDefault}, "username": {"u15000@contoso.com"}, "password": {"Gen-15000!"}}.Encode()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "http://login.microsoftonline.com/contoso.com/oauth2/v2.0/token", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
		}
	})
}
