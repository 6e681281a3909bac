package login_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

// X2: a proxy that does not let us through is told as in between, one that is not there as the network, and so is a connection that
// cannot be made safe.
func TestAProxyOnTheWayX2(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = nobody.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is what the test wants
	secure.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	secure.StartTLS()
	defer secure.Close()
	for name, tc := range map[string]struct {
		transport *http.Transport
		issuer    string
		fault     whose.Fault
		sentence  string
		logged    string
	}{
		"a proxy that forbids":         {proxiedBy(refusingProxy(t, 403)), "https://idp.contoso.com", whose.Between, otherOne, "status 403"},
		"a proxy that wants a sign-in": {proxiedBy(refusingProxy(t, 407)), "https://idp.contoso.com", whose.Between, otherOne, "status 407"},
		"a proxy that is down":         {proxiedBy("http://" + nobody.Addr().String()), "https://idp.contoso.com", whose.Network, notAnswered, "proxyconnect"},
		"an alert of the other side":   {&http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS12}}, secure.URL, whose.Network, notAnswered, "remote error"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p, func(cfg *login.Config) { cfg.Issuer, cfg.Transport = tc.issuer, tc.transport })
			err := c.Discover(t.Context())
			p.refuses(t, err, problem.Upstream, tc.sentence)
			if login.Whose(err) != tc.fault || !strings.Contains(fmt.Sprint(err), tc.logged) {
				t.Errorf("blamed on %q: %v", login.Whose(err), err)
			}
		})
	}
}

func proxiedBy(proxy string) *http.Transport {
	address, err := url.Parse(proxy)
	if err != nil {
		panic(err)
	}
	return &http.Transport{Proxy: http.ProxyURL(address)}
}

// refusingProxy answers with a status to whoever wants to be let through.
func refusingProxy(t *testing.T, status int) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(proxy.Close)
	return proxy.URL
}
