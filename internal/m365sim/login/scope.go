package login

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/permission"
)

// defaultScope asks for everything that has been consented to.
const defaultScope = ".default"

// identityScopes belong to OpenID Connect, not to a resource.
var identityScopes = []string{"openid", "profile", "email", "offline_access"}

// scope is a scope parameter taken apart.
type scope struct {
	asked    []string // as they stand in the request
	resource string   // https://graph.microsoft.com; empty for names without one, which are Graph's
	names    []string // permissions of the resource
	identity []string
	mixed    bool // several resources, or .default beside other names
}

func parseScope(text string) scope {
	s := scope{asked: strings.Fields(text)}
	for i, word := range s.asked {
		if slices.Contains(identityScopes, word) {
			s.identity = append(s.identity, word)
			continue
		}
		resource, name := "", word
		if at := strings.LastIndexByte(word, '/'); at >= 0 {
			resource, name = strings.ToLower(strings.TrimRight(word[:at], "/")), word[at+1:]
		}
		if len(s.names) > 0 && resource != s.resource || slices.Contains(s.asked[:i], word) {
			s.mixed = true
		}
		s.resource, s.names = resource, append(s.names, name)
	}
	if slices.Contains(s.names, defaultScope) && len(s.names) > 1 || slices.Contains(s.names, "") {
		s.mixed = true
	}
	return s
}

func (s scope) isDefault() bool { return len(s.names) == 1 && s.names[0] == defaultScope }

// checkScope wants one resource; an app that signs in as itself can ask for its .default only.
func (g *grant) checkScope() *refusal {
	g.scope = parseScope(g.form.Get("scope"))
	if g.kind == grantClientCredentials && (g.scope.mixed || !g.scope.isDefault()) {
		return refuse(1002012)
	}
	if g.scope.mixed {
		return refuse(70011)
	}
	return nil
}

// checkResource wants a resource that the tenant has: the Graph of its own cloud, or its own SharePoint.
func (g *grant) checkResource() *refusal {
	if g.audience() == "" {
		return refuse(500011)
	}
	return nil
}

// audience is the aud of the token asked for, or empty for a resource that the tenant does not have.
func (g *grant) audience() string {
	graph := "https://" + g.tenant.Cloud().Graph
	switch g.scope.resource {
	case "", graph, cloud.GraphAppID:
		return graph
	}
	if host, ok := strings.CutPrefix(g.scope.resource, "https://"); ok && g.tenant.HasSharePoint(host) {
		return g.scope.resource
	}
	return ""
}

// granted are the delegated permissions of the token, and what the answer's scope says. With .default that is everything.
func (s scope) granted() (permissions []string, echo string) {
	if !s.isDefault() {
		return s.names, strings.Join(slices.DeleteFunc(slices.Clone(s.asked), func(w string) bool { return w == "offline_access" }), " ")
	}
	prefix := ""
	if s.resource != "" {
		prefix = s.asked[slices.IndexFunc(s.asked, func(w string) bool { return strings.HasSuffix(w, defaultScope) })]
		prefix = strings.TrimSuffix(prefix, defaultScope)
	}
	words := make([]string, 0, len(permission.All)+4)
	for _, name := range permission.All {
		words = append(words, prefix+name)
	}
	words = append(words, prefix+defaultScope)
	for _, name := range s.identity {
		if name != "offline_access" {
			words = append(words, name)
		}
	}
	return permission.All, strings.Join(words, " ")
}
