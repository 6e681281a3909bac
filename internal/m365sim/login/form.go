package login

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"purser.example/internal/m365sim/call"
)

// checkForm wants a POST of one form, each parameter once. A body that is no form counts as empty, as Microsoft has it.
func (g *grant) checkForm() *refusal {
	if g.call.Request.Method != http.MethodPost {
		return refuse(900561, g.call.Request.Method)
	}
	if g.call.FormErr != nil && !errors.Is(g.call.FormErr, call.ErrNotForm) {
		return refuse(9002313)
	}
	for _, values := range g.form {
		if len(values) > 1 {
			return refuse(9002313)
		}
	}
	return nil
}

func (g *grant) checkGrantType() *refusal {
	if g.kind == "" {
		return refuse(900144, "grant_type")
	}
	if laterSteps[g.kind] == nil {
		return refuse(70003, g.kind)
	}
	return nil
}

// checkParameters wants what the grant cannot do without. An empty value counts as missing.
func (g *grant) checkParameters() *refusal {
	g.client = readClient(g.call.Request, g.form)
	if g.client.id == "" {
		return refuse(900144, "client_id")
	}
	if g.kind == grantRefresh && g.form.Get("refresh_token") == "" {
		return refuse(900144, "refresh_token")
	}
	if g.form.Get("scope") == "" && g.kind != grantRefresh {
		return refuse(900144, "scope")
	}
	if g.isSAML() && g.form.Get("assertion") == "" {
		return refuse(900144, "assertion")
	}
	if g.kind == grantPassword {
		for _, field := range []string{"username", "password"} {
			if g.form.Get(field) == "" {
				return refuse(90014, field)
			}
		}
	}
	return nil
}

// clientProof is how a client says who it is.
type clientProof struct{ id, secret, assertion, assertionType string }

func (p clientProof) empty() bool { return p.secret == "" && p.assertion == "" }

// readClient takes the client from the form, or from HTTP Basic, whose parts are form-encoded (RFC 6749, 2.3.1).
func readClient(r *http.Request, form url.Values) clientProof {
	p := clientProof{form.Get("client_id"), form.Get("client_secret"), form.Get("client_assertion"), form.Get("client_assertion_type")}
	if name, secret, ok := r.BasicAuth(); ok && p.empty() {
		id, _ := url.QueryUnescape(name)
		plain, err := url.QueryUnescape(secret)
		if err != nil {
			plain = secret
		}
		p.id, p.secret = id, plain
	}
	p.id = strings.ToLower(p.id)
	return p
}
