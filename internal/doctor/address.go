package doctor

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/sqlite"
)

// baseAddress compares the address that browsers use with how Purser listens.
func baseAddress(_ context.Context, l *look) []Finding {
	base, secure, own := l.cfg.BaseURL, l.cfg.BaseURL.Scheme == "https", l.cfg.TLSCert != ""
	switch {
	case own && !secure:
		return only(wrong("PURSER_BASE_URL begins with http://, but Purser has a certificate and speaks TLS alone.", "Let PURSER_BASE_URL begin with https://."))
	case own && len(l.cfg.TrustedProxies) == 0 && !samePort(base.Port(), l.cfg.Addr):
		return only(warning("Browsers use another port ("+portOf(base.Port())+") than Purser listens on ("+l.cfg.Addr+").", "Compare PURSER_BASE_URL with PURSER_ADDR, unless something passes one port on to the other."))
	case own, !secure && loopback(l.cfg.Addr):
		return only(ok("Browsers use %s, and Purser listens on %s.", base, l.cfg.Addr))
	case !loopback(l.cfg.Addr) && !secure:
		return only(warning("Purser listens on "+l.cfg.Addr+" for the whole network, but browsers use a loopback address.", "Listen on 127.0.0.1 with PURSER_ADDR, or set PURSER_BASE_URL to the address that browsers use."))
	case len(l.cfg.TrustedProxies) == 0:
		return only(warning("Purser has no certificate, so a proxy has to stand before it, but it believes none. All requests seem to come from the proxy.", "Set PURSER_TRUSTED_PROXIES to the address of the proxy (docs/production.md)."))
	case !loopback(l.cfg.Addr):
		return only(ok("A proxy leads from %s to %s. Keep everyone but the proxy from that address.", base, l.cfg.Addr))
	}
	return only(ok("A proxy leads from %s to %s.", base, l.cfg.Addr))
}

func portOf(port string) string {
	if port == "" {
		return "443"
	}
	return port
}

func samePort(base, addr string) bool {
	_, port, _ := net.SplitHostPort(addr)
	return portOf(base) == port
}

func loopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// listening asks who listens where Purser is to: a Purser that is ready, or no one. What listens there and is neither is in the way.
func listening(ctx context.Context, l *look) []Finding {
	at := config.Door{Addr: l.cfg.Addr, TLS: l.cfg.TLSCert != ""}
	asked := app.Healthy(ctx, at)
	switch {
	case asked == nil:
		return only(ok("Purser runs and is ready at %s.", l.cfg.Addr))
	case strings.HasPrefix(asked.Error(), "not ready: "):
		return only(wrong("What listens on "+l.cfg.Addr+" is not ready, or is not Purser.", "If it is Purser, look for \"not ready\" in its log. If it is another program, stop it or change PURSER_ADDR."))
	}
	if err := free(ctx, l.cfg.Addr); err != nil {
		return only(wrong("Purser cannot listen on "+l.cfg.Addr+", and what is there does not answer as Purser does: "+reason(err)+".", "Stop the other program, change PURSER_ADDR, or give Purser the right to the port (docs/production.md)."))
	}
	if l.inUse() {
		return only(warning("Purser works in the data folder, but nothing listens on "+l.cfg.Addr+".", "Compare PURSER_ADDR with that of the Purser that runs, or wait until it has started."))
	}
	return only(ok("Purser does not run, and %s is free for it.", l.cfg.Addr))
}

// inUse reports whether a Purser works in the data folder.
func (l *look) inUse() bool { return l.cfg.Data != "" && sqlite.InUse(l.cfg.Data) }

// free reports why no one could listen on an address; nil where someone could.
func free(ctx context.Context, addr string) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return ln.Close()
}

// furtherAddresses looks whether the addresses beside that of the pages can be listened on. Beside a Purser that is ready they are in use by it.
func furtherAddresses(ctx context.Context, l *look) (found []Finding) {
	runs := app.Healthy(ctx, config.Door{Addr: l.cfg.Addr, TLS: l.cfg.TLSCert != ""}) == nil
	for _, one := range []struct{ setting, addr string }{{"PURSER_METRICS_ADDR", l.cfg.MetricsAddr}, {"PURSER_REDIRECT_ADDR", l.cfg.Redirect}} {
		if one.addr == "" {
			continue
		}
		err := free(ctx, one.addr)
		switch {
		case runs && err == nil:
			found = append(found, warning("Purser runs, but nothing listens on "+one.addr+".", "Restart Purser, so that it reads the setting.").of(one.setting))
		case runs || err == nil:
			found = append(found, ok("%s is free for Purser, or in use by it.", one.addr).of(one.setting))
		default:
			found = append(found, wrong("Purser cannot listen on "+one.addr+": "+reason(err)+".", "Stop the other program, or change the setting.").of(one.setting))
		}
	}
	return found
}
