package microsoft

import "strings"

// Cloud is one of Microsoft's clouds; tenants live in exactly one.
type Cloud string

// The clouds that Purser knows. The zero Cloud is Worldwide.
const (
	Worldwide Cloud = "worldwide"
	GCC       Cloud = "gcc"
	GCCHigh   Cloud = "gccHigh"
	DoD       Cloud = "dod"
	China     Cloud = "china"
)

// hosts are the addresses of one cloud (Microsoft Graph, national cloud deployments). instance is what the user realm calls the cloud;
// below sharePoint each tenant has hosts of its own.
type hosts struct {
	login, graph, instance, sharePoint string
}

var hostsOf = map[Cloud]hosts{
	Worldwide: {"login.microsoftonline.com", "graph.microsoft.com", "microsoftonline.com", "sharepoint.com"},
	GCC:       {"login.microsoftonline.com", "graph.microsoft.com", "microsoftonline.com", "sharepoint.com"},
	GCCHigh:   {"login.microsoftonline.us", "graph.microsoft.us", "microsoftonline.us", "sharepoint.us"},
	DoD:       {"login.microsoftonline.us", "dod-graph.microsoft.us", "microsoftonline.us", "sharepoint-mil.us"},
	China:     {"login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn", "partner.microsoftonline.cn", "sharepoint.cn"},
}

// hosts gives the cloud's addresses; false for a cloud that Purser does not know, where nothing may be sent.
func (c Cloud) hosts() (hosts, bool) {
	if c == "" {
		c = Worldwide
	}
	h, known := hostsOf[c]
	return h, known
}

// elsewhere reports whether a user realm names another cloud than this one. A name that is in no list says nothing.
func (h hosts) elsewhere(instance string) bool {
	if strings.EqualFold(instance, h.instance) {
		return false
	}
	for _, other := range hostsOf {
		if strings.EqualFold(instance, other.instance) {
			return true
		}
	}
	return false
}
