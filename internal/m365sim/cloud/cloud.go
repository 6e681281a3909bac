// Package cloud knows Microsoft's clouds and their hosts: which service a Host header and a path stand for.
package cloud

import (
	"net"
	"strings"
)

// Cloud is one of Microsoft's clouds; two clouds may share their hosts (Microsoft's pages on national clouds).
type Cloud struct {
	Name, Login, Graph, SharePoint string
	Instance                       string // cloud_instance_name of the metadata
	Region, SubRegion              string // tenant_region_scope and tenant_region_sub_scope
}

var clouds = []Cloud{
	{"worldwide", "login.microsoftonline.com", "graph.microsoft.com", "sharepoint.com", "microsoftonline.com", "EU", ""},
	{"gcc", "login.microsoftonline.com", "graph.microsoft.com", "sharepoint.com", "microsoftonline.com", "NA", "GCC"},
	{"gccHigh", "login.microsoftonline.us", "graph.microsoft.us", "sharepoint.us", "microsoftonline.us", "USGov", "DODCON"},
	{"dod", "login.microsoftonline.us", "dod-graph.microsoft.us", "sharepoint-mil.us", "microsoftonline.us", "USGov", "DOD"},
	{"china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "sharepoint.cn", "partner.microsoftonline.cn", "AS", ""},
}

// Named answers nil for a name that no cloud has. An empty name stands for Worldwide.
func Named(name string) *Cloud {
	for i := range clouds {
		if clouds[i].Name == name || name == "" {
			return &clouds[i]
		}
	}
	return nil
}

// Worldwide is the cloud that a simulator addressed by no host of Microsoft's speaks for.
func Worldwide() *Cloud { return &clouds[0] }

// ByLogin finds the first cloud with that login host. A host that no cloud has stands for Worldwide.
func ByLogin(login string) *Cloud {
	for i := range clouds {
		if clouds[i].Login == login {
			return &clouds[i]
		}
	}
	return Worldwide()
}

// GraphAppID is the app id of Microsoft Graph, the same in every tenant.
const GraphAppID = "00000003-0000-0000-c000-000000000000"

// SharePointAppID is the app id of SharePoint Online, the same in every tenant.
const SharePointAppID = "00000003-0000-0ff1-ce00-000000000000"

// loginHostNames are the names of one login host: the one its metadata prefers, the one its caches go by, and all of them.
type loginHostNames struct {
	Host, Cache string
	Aliases     []string
}

// LoginAliases lists the hosts that speak for each login host, itself included, in the order of Microsoft's metadata.
var LoginAliases = []loginHostNames{
	{"login.microsoftonline.com", "login.windows.net", []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}},
	{"login.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", []string{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"}},
	{"login.microsoftonline.us", "login.microsoftonline.us", []string{"login.microsoftonline.us", "login.usgovcloudapi.net"}},
}

// LoginHost answers the host that alias stands for, or "" for a host that is none of Microsoft's.
func LoginHost(alias string) string {
	for _, l := range LoginAliases {
		for _, a := range l.Aliases {
			if a == alias {
				return l.Host
			}
		}
	}
	return ""
}

// Part is which of Microsoft's services a host speaks for.
type Part int

const (
	partNone Part = iota // none of Microsoft's hosts
	PartAny              // this machine itself: every service, told apart by path
	PartLogin
	PartGraph
	PartSharePoint
)

// Endpoint is what a Host header stands for. For a sign-in host graph is empty, and the other way round.
type Endpoint struct {
	Part         Part
	Name         string // the host without its port, in lower case
	Login, Graph string
}

// EndpointOf reads a Host header. An IP address and a name without a dot are this machine, which answers for Worldwide.
func EndpointOf(host string) Endpoint {
	name := strings.ToLower(host)
	if h, _, err := net.SplitHostPort(name); err == nil {
		name = h
	}
	e := Endpoint{Name: name}
	if login := LoginHost(name); login != "" {
		e.Part, e.Login = PartLogin, login
		return e
	}
	for _, c := range clouds {
		switch {
		case c.Graph == name:
			e.Part, e.Graph = PartGraph, name
			return e
		case strings.HasSuffix(name, "."+c.SharePoint):
			e.Part = PartSharePoint
			return e
		}
	}
	if net.ParseIP(strings.Trim(name, "[]")) != nil || !strings.Contains(name, ".") {
		e.Part, e.Login, e.Graph = PartAny, Worldwide().Login, Worldwide().Graph
	}
	return e
}

// sharePointPaths are the beginnings of the paths that only SharePoint has.
var sharePointPaths = []string{"/_api/", "/_vti_bin/", "/_forms/", "/_layouts/", "/sites/", "/personal/"}

// PartFor decides which service a path belongs to on a host that speaks for all of them.
func (e Endpoint) PartFor(path string) Part {
	if e.Part != PartAny {
		return e.Part
	}
	if strings.HasPrefix(path, "/v1.0/") || strings.HasPrefix(path, "/beta/") || path == "/v1.0" || path == "/beta" {
		return PartGraph
	}
	for _, p := range sharePointPaths {
		if strings.HasPrefix(path, p) {
			return PartSharePoint
		}
	}
	return PartLogin
}
