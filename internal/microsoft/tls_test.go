package microsoft_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
)

// newTLSServer serves by TLS with a certificate that nobody trusts.
func newTLSServer(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is what the test wants
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
