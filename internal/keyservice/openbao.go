package keyservice

import (
	"context"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"

	"purser.example/internal/secret"
)

// openBao is a key of the transit engine of OpenBao or Vault (API, transit secrets engine).
type openBao struct {
	asks        caller
	base        *url.URL
	mount, name string
	token       func() secret.Value
}

// part is one name in the path of a transit key.
var part = regexp.MustCompile(`^\w([\w.-]*\w)?$`)

func newOpenBao(u *url.URL, login Login, asks caller) (secret.Keeper, error) {
	names := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	for _, name := range names {
		if !part.MatchString(name) {
			return nil, errAddress
		}
	}
	if len(names) < 2 || u.Hostname() == "" {
		return nil, errAddress
	}
	if !shown.Match(login.Token.Reveal()) {
		return nil, errToken
	}
	last := len(names) - 1
	return openBao{asks: asks, base: &url.URL{Scheme: "https", Host: strings.ToLower(u.Host), Path: "/"}, mount: path.Join(names[:last]...), name: names[last], token: login.tokenNow}, nil
}

// ID implements secret.Keeper. The host is no part of it: the same key answers at another address after a failover or a move.
func (o openBao) ID() string { return idOf("transit", o.mount, o.name) }

// Place implements secret.Elsewhere.
func (o openBao) Place() string { return o.mount + "/" + o.name + " at " + o.base.Host }

// Envelope implements secret.Keeper.
func (o openBao) Envelope(installation string) (tink.AEADWithContext, error) {
	return transit{o, installation}, nil
}

// transit seals for one installation.
type transit struct {
	openBao
	installation string
}

// sealing is the body of both calls and of their answers; bytes are base64 in JSON.
type sealing struct {
	Plaintext  []byte `json:"plaintext,omitempty"`
	Ciphertext string `json:"ciphertext,omitempty"`
	Binding    []byte `json:"associated_data,omitempty"`
}

// EncryptWithContext implements tink.AEADWithContext.
func (t transit) EncryptWithContext(ctx context.Context, plain, binding []byte) ([]byte, error) {
	q, answer, err := t.call(ctx, "encrypt", sealing{Plaintext: plain, Binding: bindingOf(t.installation, binding)})
	if err != nil {
		return nil, err
	}
	if !shown.MatchString(answer.Ciphertext) {
		return nil, useless(q, "holds nothing that is sealed")
	}
	return []byte(answer.Ciphertext), nil
}

// DecryptWithContext implements tink.AEADWithContext.
func (t transit) DecryptWithContext(ctx context.Context, sealed, binding []byte) ([]byte, error) {
	if !shown.Match(sealed) {
		return nil, fault{kind: secret.ErrDamaged, says: "it was not sealed by OpenBao or Vault"}
	}
	q, answer, err := t.call(ctx, "decrypt", sealing{Ciphertext: string(sealed), Binding: bindingOf(t.installation, binding)})
	if err != nil {
		return nil, err
	}
	if len(answer.Plaintext) == 0 {
		return nil, useless(q, "holds nothing that was opened")
	}
	return answer.Plaintext, nil
}

// call asks the engine to seal or to open.
func (t transit) call(ctx context.Context, verb string, body sealing) (question, sealing, error) {
	token := t.token()
	q := question{
		url: t.base.JoinPath("v1", t.mount, verb, t.name), body: written(body), opens: verb == "decrypt",
		header:  map[string]string{"X-Vault-Token": string(token.Reveal()), "X-Vault-Request": "true"},
		denied:  "its token is not valid anymore, or a policy doesn't let it update " + t.mount + "/" + verb + "/" + t.name,
		missing: "there is no transit engine at " + t.mount + ", or no key " + t.name,
		unfit:   "there is no key " + t.name + ", or it is of a type that binds nothing; make one of type aes256-gcm96",
	}
	defer clear(q.body)
	var answer struct {
		Data sealing `json:"data"`
	}
	err := t.asks.ask(ctx, &q, &answer)
	return q, answer.Data, err
}
