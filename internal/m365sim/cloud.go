package m365sim

import (
	"net"
	"strings"
)

// cloud is one of Microsoft's clouds; two clouds may share their hosts (Microsoft's pages on national clouds).
type cloud struct {
	name, login, graph, sharePoint string
	instance                       string // cloud_instance_name of the metadata
	region, subRegion              string // tenant_region_scope and tenant_region_sub_scope
}

var clouds = []cloud{
	{"worldwide", "login.microsoftonline.com", "graph.microsoft.com", "sharepoint.com", "microsoftonline.com", "EU", ""},
	{"gcc", "login.microsoftonline.com", "graph.microsoft.com", "sharepoint.com", "microsoftonline.com", "NA", "GCC"},
	{"gccHigh", "login.microsoftonline.us", "graph.microsoft.us", "sharepoint.us", "microsoftonline.us", "USGov", "DODCON"},
	{"dod", "login.microsoftonline.us", "dod-graph.microsoft.us", "sharepoint-mil.us", "microsoftonline.us", "USGov", "DOD"},
	{"china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "sharepoint.cn", "partner.microsoftonline.cn", "AS", ""},
}

// cloudNamed answers nil for a name that no cloud has. An empty name stands for Worldwide.
func cloudNamed(name string) *cloud {
	for i := range clouds {
		if clouds[i].name == name || name == "" {
			return &clouds[i]
		}
	}
	return nil
}

// loginAliases lists the hosts that speak for each login host, itself included, in the order of Microsoft's metadata.
var loginAliases = []struct {
	host, cache string
	aliases     []string
}{
	{"login.microsoftonline.com", "login.windows.net", []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}},
	{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
	{"login.microsoftonline.us", "login.microsoftonline.us", []string{"login.microsoftonline.us", "login.usgovcloudapi.net"}},
}

// loginHost answers the host that alias stands for, or "" for a host that is none of Microsoft's.
func loginHost(alias string) string {
	for _, l := range loginAliases {
		for _, a := range l.aliases {
			if a == alias {
				return l.host
			}
		}
	}
	return ""
}

// part is which of Microsoft's services a host speaks for.
type part int

const (
	partNone part = iota // none of Microsoft's hosts
	partAny              // this machine itself: every service, told apart by path
	partLogin
	partGraph
	partSharePoint
)

// endpoint is what a Host header stands for. For a sign-in host graph is empty, and the other way round.
type endpoint struct {
	part         part
	name         string // the host without its port, in lower case
	login, graph string
}

// endpointOf reads a Host header. An IP address and a name without a dot are this machine, which answers for Worldwide.
func endpointOf(host string) endpoint {
	name := strings.ToLower(host)
	if h, _, err := net.SplitHostPort(name); err == nil {
		name = h
	}
	e := endpoint{name: name}
	if login := loginHost(name); login != "" {
		e.part, e.login = partLogin, login
		return e
	}
	for _, c := range clouds {
		switch {
		case c.graph == name:
			e.part, e.graph = partGraph, name
			return e
		case strings.HasSuffix(name, "."+c.sharePoint):
			e.part = partSharePoint
			return e
		}
	}
	if net.ParseIP(strings.Trim(name, "[]")) != nil || !strings.Contains(name, ".") {
		e.part, e.login, e.graph = partAny, clouds[0].login, clouds[0].graph
	}
	return e
}

// sharePointPaths are the beginnings of the paths that only SharePoint has.
var sharePointPaths = []string{"/_api/", "/_vti_bin/", "/_forms/", "/_layouts/", "/sites/", "/personal/"}

// partFor decides which service a path belongs to on a host that speaks for all of them.
func (e endpoint) partFor(path string) part {
	if e.part != partAny {
		return e.part
	}
	if strings.HasPrefix(path, "/v1.0/") || strings.HasPrefix(path, "/beta/") || path == "/v1.0" || path == "/beta" {
		return partGraph
	}
	for _, p := range sharePointPaths {
		if strings.HasPrefix(path, p) {
			return partSharePoint
		}
	}
	return partLogin
}
