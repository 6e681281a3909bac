package demo

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// atHome answers requests to a loopback address, or to localhost, alone. The demo's passwords are known to everybody, so that a page
// whose name leads to this machine could otherwise sign in by the visitor's own browser and look around (X51).
func atHome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		if address, err := netip.ParseAddr(host); !strings.EqualFold(host, "localhost") && (err != nil || !address.IsLoopback()) {
			http.Error(w, "The demo answers on this machine only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
