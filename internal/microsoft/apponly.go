package microsoft

import (
	"context"
	"net/http"
	"net/url"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// appToken asks for a token of the app itself (OAuth 2.0 client credentials), with which it reads what an administrator has
// consented to. A public client has no secret and cannot have one; the error is always a fault.
func (c *Client) appToken(ctx context.Context, p *patience, t TenantRef, app App) (token bearer, err error) {
	h, known := t.Cloud.hosts()
	if !known {
		return bearer{}, noAnswer(verdict.CloudUnknown, "no cloud that is known")
	}
	if app.Secret.Empty() {
		return bearer{}, noAnswer(NoSecret, "the app profile has no client secret")
	}
	form := newForm(
		[]byte("client_id"), []byte(app.ID),
		[]byte("client_secret"), app.Secret.Reveal(),
		[]byte("grant_type"), []byte("client_credentials"),
		[]byte("scope"), []byte("https://"+h.graph+"/.default"),
	)
	defer form.wipe()
	a, err := c.askPatiently(ctx, p, request{host: h.login, path: "/" + url.PathEscape(t.name()) + "/oauth2/v2.0/token", form: form})
	if err != nil {
		return bearer{}, err
	}
	if a.status != http.StatusOK {
		return bearer{}, c.refusedToken(a)
	}
	var body tokenBody
	if err := a.decode(&body); err != nil {
		return bearer{}, err
	}
	return body.bearer(c.now())
}

// NoSecret is the code of a question that only an app with a client secret could ask.
const NoSecret = "NO-SECRET"

// refusedToken is the fault of a token request that was refused: Microsoft's code where it gave one, its status otherwise. Whose
// fault it is follows from the class of the code (X4): a directory that is down is not the app's.
func (c *Client) refusedToken(a answer) error {
	var said refusal
	if a.json {
		said = parseRefusal(a.body)
	}
	said = c.believed(said, a)
	v := c.codes.Judge(said.answer)
	f := fault{code: v.Code, detail: "the app got no token", whose: v.Fault}
	switch v.Fault {
	case whose.App, whose.Tenant:
		f.cause = v.Cause(c.codes)
	case whose.Account:
		f.whose = whose.Untold // there is none in it
	}
	return f
}
