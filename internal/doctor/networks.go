package doctor

import (
	"context"
	"net/netip"
	"slices"

	"purser.example/internal/app"
)

// trustedNetworks looks whether the networks from which Purser is open keep out everybody, or nobody (R66).
func trustedNetworks(_ context.Context, l *look) []Finding {
	const setting = "PURSER_TRUSTED_NETWORKS"
	networks := l.cfg.TrustedNetworks
	proxied := l.cfg.TLSCert == "" && l.cfg.BaseURL.Scheme == "https"
	switch {
	case len(networks) == 0:
		return only(ok("Purser is open to all networks that reach it."))
	case proxied && len(l.cfg.TrustedProxies) == 0:
		return only(warning("Every request seems to come from the proxy, so that Purser is open to everyone or to no one.", "Set PURSER_TRUSTED_PROXIES to the address of the proxy (docs/proxies.md).").of(setting))
	case loopback(l.cfg.Addr) && !proxied && !slices.ContainsFunc(networks, ofThisMachine):
		return only(wrong("Purser listens on "+l.cfg.Addr+" alone, whose address is not in the trusted networks, so that no one can open it.", "Add 127.0.0.1 to the setting, or listen on another address with PURSER_ADDR.").of(setting))
	case slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Bits() == 0 }):
		return only(warning("One of the networks is every address there is.", "Remove it, or remove the setting.").of(setting))
	}
	return only(ok("Purser is open to %s. Everyone else is refused before sign-in.", app.Networks(networks)))
}

func ofThisMachine(n netip.Prefix) bool {
	return n.Contains(netip.AddrFrom4([4]byte{127, 0, 0, 1})) || n.Contains(netip.IPv6Loopback())
}
