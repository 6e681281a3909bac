// Package keyservicetest has stand-ins for key services: they listen by TLS, really seal, and answer as the documentation of OpenBao's
// transit engine, of Azure Key Vault and of Entra ID says.
package keyservicetest

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Server is what the stand-ins have in common.
type Server struct {
	listens *httptest.Server

	mu    sync.Mutex
	fault http.HandlerFunc
	came  []*http.Request
}

func (s *Server) start(t testing.TB, answer http.HandlerFunc) {
	s.listens = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		fault := s.fault
		s.came = append(s.came, r.Clone(context.Background()))
		s.mu.Unlock()
		if fault != nil {
			tried := &attempt{ResponseWriter: w}
			if fault(tried, r); tried.answered {
				return
			}
		}
		answer(w, r)
	}))
	s.listens.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes and broken answers are what tests want
	s.listens.StartTLS()
	t.Cleanup(s.listens.Close)
}

// Fault answers in the service's place from now on; what it doesn't answer goes on to the service. nil: nothing is wrong.
func (s *Server) Fault(fault http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Came gives the requests so far, without their bodies.
func (s *Server) Came() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*http.Request(nil), s.came...)
}

// Transport leads to the stand-in, whatever the host, and trusts its certificate.
func (s *Server) Transport() *http.Transport {
	t := s.Stranger()
	t.TLSClientConfig = s.listens.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	t.TLSClientConfig.ServerName = "example.com" // one of the names in the certificate
	return t
}

// Address is where it listens.
func (s *Server) Address() string { return s.listens.Listener.Addr().String() }

// CA is whom a program has to trust that asks it at its address, PEM.
func (s *Server) CA() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.listens.Certificate().Raw}))
}

// Stranger is Transport for a machine that doesn't trust the certificate.
func (s *Server) Stranger() *http.Transport {
	address := s.listens.Listener.Addr().String()
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// attempt remembers whether somebody answered.
type attempt struct {
	http.ResponseWriter
	answered bool
}

// WriteHeader implements http.ResponseWriter.
func (a *attempt) WriteHeader(status int) {
	a.answered = true
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *attempt) Write(b []byte) (int, error) {
	a.answered = true
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (a *attempt) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func reply(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// Close ends the stand-in before the test does.
func (s *Server) Close() { s.listens.Close() }
