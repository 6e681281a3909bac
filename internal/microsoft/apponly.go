package microsoft

import (
	"context"
	"net/http"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// askToken asks for a token of the app itself (OAuth 2.0 client credentials), with which it reads what an administrator has
// consented to. The error is always a fault; retry is how long Microsoft asks to be left in peace.
func (c *Client) askToken(ctx context.Context, t TenantRef, app App) (token bearer, a answer, err error) {
	h, known := t.Cloud.hosts()
	if !known {
		return bearer{}, answer{}, noAnswer(verdict.CloudUnknown, "no cloud that is known")
	}
	fresh := func() (*form, error) {
		proof, err := c.proof(h, t, app)
		if err != nil {
			return nil, err
		}
		return newForm(append([][]byte{
			[]byte("client_id"), []byte(app.ID),
			[]byte("grant_type"), []byte("client_credentials"),
			[]byte("scope"), []byte(scopeOf(h.graph, false)),
		}, proof...)...), nil
	}
	form, err := fresh()
	if err != nil {
		return bearer{}, answer{}, err
	}
	defer form.wipe()
	a, err = c.askPatiently(ctx, &patience{left: c.patience}, request{host: h.login, path: tokenPath(t), form: form, again: app.renewing(fresh)})
	if err != nil {
		return bearer{}, a, err
	}
	if a.status != http.StatusOK {
		return bearer{}, a, c.refusedToken(a)
	}
	var body tokenBody
	if err := a.decode(&body); err != nil {
		return bearer{}, a, err
	}
	token, err = body.bearer(c.now())
	return token, a, err
}

// NoSecret is the code of a question that only an app with a client secret or a certificate could ask.
const NoSecret = "NO-SECRET"

// refusedToken is the fault of a token request that was refused: Microsoft's code where it gave one, its status otherwise. Whose
// fault it is follows from the class of the code (X4): a directory that is down is not the app's.
func (c *Client) refusedToken(a answer) error {
	f := c.refusedGrant(a)
	f.detail = "the app got no token"
	if f.whose == whose.Account {
		f.whose, f.cause = whose.Untold, "" // there is none in it
	}
	return f
}

// refusedGrant is the fault of any token request that was refused.
func (c *Client) refusedGrant(a answer) fault {
	var said refusal
	if a.json {
		said = parseRefusal(a.body)
	}
	said = c.believed(said, a)
	v := c.codes.Judge(said.answer)
	f := fault{code: v.Code, detail: "no token was given", whose: v.Fault, trace: said.trace, correlation: said.correlation, throttled: a.busy()}
	if f.correlation == "" {
		f.correlation = a.id
	}
	switch v.Fault {
	case whose.App, whose.Tenant, whose.Account:
		f.cause = v.Cause(c.codes)
	}
	return f
}
