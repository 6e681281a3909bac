package microsoft_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// proxied is a client whose every request goes by a proxy.
func proxied(t *testing.T, proxy string) *microsoft.Client {
	t.Helper()
	address, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	return microsoft.New(microsoft.Config{Transport: &http.Transport{Proxy: http.ProxyURL(address)}})
}

// refusingProxy answers with a status to whoever wants to be let through.
func refusingProxy(t *testing.T, status int) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy was asked to %s", r.Method)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// X2: a proxy that does not let us through is told as in between, one that is not there as the network, and no password leaves.
func TestAProxyOnTheWayX2(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	for _, c := range []struct {
		name, proxy, code, detail string
		fault                     whose.Fault
	}{
		{"forbids", refusingProxy(t, 403), verdict.Proxy, "(HTTP 403)", whose.Between},
		{"wants a sign-in", refusingProxy(t, 407), verdict.Proxy, "(HTTP 407)", whose.Between},
		{"is down", "http://" + nobody.Addr().String(), verdict.NoConnection, "no connection", whose.Network},
	} {
		v := proxied(t, c.proxy).Validate(t.Context(), svc())
		if v.Status != verdict.Unreachable || v.Code != c.code || v.Fault != c.fault || v.Attempted || !strings.Contains(v.Detail, c.detail) {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}
