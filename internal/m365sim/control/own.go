package control

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// own lets in programs and the address bar, and no page of another site: whoever runs a simulator on their machine also looks at
// others with the same browser (X51). A program such as curl names no site. On loopback the host must be loopback too, because a
// foreign name may be made to lead here.
func own(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fromElsewhere(r) || onLoopback(r) && !loopback(r.Host) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromElsewhere reports whether a browser says that another site's page made it ask.
func fromElsewhere(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if site != "" && site != "same-origin" && site != "none" {
		return true
	}
	_, host, _ := strings.Cut(origin, "://")
	return origin != "" && !strings.EqualFold(host, r.Host)
}

// onLoopback reports whether a request came in by an address that only this machine has.
func onLoopback(r *http.Request) bool {
	address, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}

// loopback reports whether a host, with its port or without, is this machine by an address or by the one name that cannot lead
// elsewhere.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	address, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && address.IsLoopback()
}
