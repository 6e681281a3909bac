package webhook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
)

// errPrivate is a name that leads to an address that is not public.
var errPrivate = errors.New("the address is not public")

// resolver looks names up; net.DefaultResolver does.
type resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// guarded dials public addresses alone. The name is looked up once; all that it stands for has to be public, because one that is not
// shows that the name is meant to lead inside; and what was looked at is what is dialed.
func guarded(look resolver, dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		found, err := look.LookupNetIP(ctx, "ip", host)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || !slices.ContainsFunc(found, public) || slices.ContainsFunc(found, func(a netip.Addr) bool { return !public(a) }) {
			return nil, errPrivate
		}
		var conn net.Conn
		for _, addr := range found {
			if conn, err = dial(ctx, network, net.JoinHostPort(addr.Unmap().String(), port)); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
}

// special are the networks of IPv4, and those of IPv6 within what is handed out (2000::/3), that are no address of anybody on the internet
// (the IANA registries of special-purpose addresses).
var special = networks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
	"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

var (
	handedOut  = netip.MustParsePrefix("2000::/3")
	translated = netip.MustParsePrefix("64:ff9b::/96") // NAT64: the last four bytes are an address of IPv4
)

func networks(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// public reports whether an address is one on the internet, as which it is reached by everybody.
func public(addr netip.Addr) bool {
	if addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if translated.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if addr.Is6() && !handedOut.Contains(addr) {
		return false
	}
	return addr.IsValid() && !slices.ContainsFunc(special, func(n netip.Prefix) bool { return n.Contains(addr) })
}
