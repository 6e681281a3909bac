package sharepoint

import (
	"net/http"
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
)

// request is one call of a program whose token has been believed.
type request struct {
	*call.Call
	caller
	service *Service
	site    directory.Site // of an address below a site
	keys    []string       // what stands in the parentheses of the address
	terms   termChanges    // not committed yet
}

// where says whose an address is.
type where int

const (
	anywhere where = iota
	atAdmin        // the tenant's, for those who administer it
	atSite         // a site's, for those who administer that
)

// apiRoute is one address of the REST interface, without the site before it: in lower case, with () for a key.
type apiRoute struct {
	address, method string
	where           where
	writes          bool // wants full control of the token, and a site that is not locked
	handle          func(*request) call.Answer
}

var apiRoutes = []apiRoute{
	{"_api/contextinfo", http.MethodPost, anywhere, false, (*request).contextInfo},
	{"_vti_bin/client.svc/processquery", http.MethodPost, atAdmin, true, (*request).processQuery},
	{"_api/spo.tenant/getsitepropertiesbyurl", http.MethodPost, atAdmin, false, (*request).sitePropertiesByURL},
	{"_api/spo.tenant/getsiteadministrators", http.MethodGet, atAdmin, false, (*request).siteAdministrators},
	{"_api/spo.tenant/getsiteadministrators", http.MethodPost, atAdmin, false, (*request).siteAdministrators},
	{"_api/spo.tenant/sites()", http.MethodGet, atAdmin, false, (*request).showProperties},
	{"_api/spo.tenant/sites()", http.MethodPatch, atAdmin, true, (*request).changeOwner},
	{"_api/spointernaluseonly.tenant/setsitesecondaryadministrators", http.MethodPost, atAdmin, true, (*request).setSecondaryAdministrators},
	{"_api/site", http.MethodGet, atSite, false, (*request).showSite},
	{"_api/site/owner", http.MethodGet, atSite, false, (*request).showOwner},
	{"_api/web/siteusers", http.MethodGet, atSite, false, (*request).siteUsers},
	{"_api/web/ensureuser", http.MethodPost, atSite, true, (*request).ensureUser},
	{"_api/web/siteusers()", http.MethodGet, atSite, false, (*request).showUser},
	{"_api/web/siteusers()", http.MethodPatch, atSite, true, (*request).changeUser},
}

// programs answers what programs ask: first the token, then the address, then who may do that.
func (s *Service) programs(c *call.Call) call.Answer {
	who, refused := s.believe(c)
	if refused != nil {
		return *refused
	}
	r := &request{Call: c, caller: who, service: s}
	return r.within(r.route)
}

// route finds the address, and answers whoever may ask there.
func (r *request) route() call.Answer {
	sitePath, address := r.parse()
	i := slices.IndexFunc(apiRoutes, func(route apiRoute) bool { return route.address == address && route.method == r.method() })
	if i < 0 {
		return call.NotFound()
	}
	if refused := r.allowed(apiRoutes[i], sitePath); refused != nil {
		return refused.answer(r)
	}
	return apiRoutes[i].handle(r)
}

// method is the request's own, or the one that a header of a POST stands in for.
func (r *request) method() string {
	method := strings.ToUpper(r.Request.Header.Get("X-HTTP-Method"))
	switch {
	case r.Request.Method != http.MethodPost || method == "":
		return r.Request.Method
	case method == "MERGE":
		return http.MethodPatch
	}
	return method
}

// parse splits the path into the site and the address below it, and takes the keys out of that.
func (r *request) parse() (sitePath, address string) {
	at := slices.IndexFunc(r.Path, func(s string) bool { return strings.EqualFold(s, "_api") || strings.EqualFold(s, "_vti_bin") })
	if at < 0 {
		return "", ""
	}
	words := make([]string, 0, len(r.Path)-at)
	for _, segment := range r.Path[at:] {
		word, key, keyed := strings.Cut(segment, "(")
		if key, closed := strings.CutSuffix(key, ")"); keyed && closed {
			r.keys, word = append(r.keys, unquoted(key)), word+"()"
		}
		if word != "" {
			words = append(words, strings.ToLower(word))
		}
	}
	return strings.Join(r.Path[:at], "/"), strings.Join(words, "/")
}

// unquoted is the text of a literal of an address: in quotes, a doubled one of which stands for one; a GUID may say that it is one.
func unquoted(literal string) string {
	text, quoted := strings.CutPrefix(strings.TrimPrefix(literal, "guid"), "'")
	text, closed := strings.CutSuffix(text, "'")
	if !quoted || !closed {
		return literal
	}
	return strings.ReplaceAll(text, "''", "'")
}

// allowed looks whether the caller may use the route, and finds the site of the address.
func (r *request) allowed(route apiRoute, sitePath string) *refusal {
	needed := reading
	if route.writes {
		needed = fullControl
	}
	switch {
	case route.where == atAdmin && (r.host != r.tenant.AdminHost() || sitePath != ""):
		return notHere()
	case !r.carries(needed), route.where == atAdmin && !r.administersTenant():
		return denied()
	case route.where == atSite:
		return r.openSite(sitePath, route.writes)
	}
	return nil
}

// openSite finds the site of the address and looks whether it lets the caller in: those only who administer it, as long as it is open.
func (r *request) openSite(path string, writes bool) *refusal {
	var ok bool
	if r.site, ok = r.tenant.SiteAtPath(r.host, path); !ok {
		return &refusal{http.StatusNotFound, -2147024894, "System.IO.FileNotFoundException", "404 FILE NOT FOUND"}
	}
	if refused := closed(r.site, writes); refused != nil {
		return refused
	}
	if !r.administers(r.site) {
		return denied()
	}
	return nil
}
