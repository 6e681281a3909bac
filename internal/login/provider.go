package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// provider is what discovery has told us, checked.
type provider struct {
	endpoint    oauth2.Endpoint
	endSession  string   // empty where the provider offers no sign-out
	origins     []string // of every page of the provider's that a browser is sent to
	algorithms  []string // what ID tokens may be signed with
	keys        oidc.KeySet
	claims      []string // that the provider says it knows; nil where it does not say
	namesItself bool     // the answer to a sign-in always carries the issuer (RFC 9207 section 3)
}

// document holds the fields that go-oidc does not hand out: OpenID Connect Discovery 1.0 section 3, RFC 9207 section 3
// and, for sign-out, OpenID Connect RP-Initiated Logout 1.0 section 2.1.
type document struct {
	Keys        string   `json:"jwks_uri"`
	EndSession  string   `json:"end_session_endpoint"`
	Algorithms  []string `json:"id_token_signing_alg_values_supported"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	NamesItself bool     `json:"authorization_response_iss_parameter_supported"`

	Claims json.RawMessage `json:"claims_supported"` // nothing depends on it, so it may have any shape
}

// asymmetric are the algorithms we believe. With the symmetric ones anybody who knows the client's secret could sign in as
// anybody, and "none" is none.
var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
	oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// describe turns a discovery document into a provider. It fails when one of the addresses we depend on will not do.
func describe(client *http.Client, issuer string, found *oidc.Provider) (*provider, error) {
	var doc document
	if err := found.Claims(&doc); err != nil {
		return nil, misshapen(err)
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = authStyle(doc.AuthMethods)
	needed := []string{issuer, endpoint.AuthURL, endpoint.TokenURL, doc.Keys}
	for _, address := range needed {
		if _, ok := origin(issuer, address); !ok {
			return nil, fmt.Errorf("the document names an address that will not do: %q", address)
		}
	}
	algorithms := believed(doc.Algorithms)
	if len(algorithms) == 0 {
		return nil, errors.New("the document offers no asymmetric signature for ID tokens")
	}
	p := &provider{
		endpoint: endpoint, keys: newKeySet(client, doc.Keys), algorithms: algorithms, namesItself: doc.NamesItself,
	}
	if _, ok := origin(issuer, doc.EndSession); ok {
		p.endSession = doc.EndSession
	}
	if json.Unmarshal(doc.Claims, &p.claims) != nil {
		p.claims = nil
	}
	p.origins = origins(issuer, endpoint.AuthURL, p.endSession)
	return p, nil
}

// misshapen names the field that is of another type than it should be, without what stands in it.
func misshapen(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("the document's %s is of another type than it should be", wrong.Field)
	}
	return err
}

// believed picks the algorithms we believe from those on offer. A document without the list means RS256, which every
// provider has to know (OpenID Connect Core 1.0 section 15.1).
func believed(offered []string) []string {
	if len(offered) == 0 {
		return []string{oidc.RS256}
	}
	return slices.DeleteFunc(offered, func(a string) bool { return !slices.Contains(asymmetric, a) })
}

// authStyle chooses how we prove who we are at the token endpoint. Left alone, oauth2 tries both ways and so sends a code
// twice. Basic is what a client is registered with unless somebody chose otherwise (OpenID Connect Registration 1.0
// section 2), so it goes first where the provider knows both.
func authStyle(methods []string) oauth2.AuthStyle {
	if len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// plainHost keeps out of the security policy whatever url.Parse takes for a host and a policy takes for its next word.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// origin gives scheme and host of an address of the provider's. The address will do when it is absolute and https; http
// will do where the issuer itself is http, which the settings allow on loopback only.
func origin(issuer, address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || !plainHost.MatchString(u.Host) {
		return "", false
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isPlainHTTP(issuer)) {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

func isPlainHTTP(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && u.Scheme == "http"
}

// origins lists the origins of the addresses that will do, each once.
func origins(issuer string, addresses ...string) []string {
	var list []string
	for _, address := range addresses {
		if o, ok := origin(issuer, address); ok && !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	return list
}
