package keyservice

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"purser.example/internal/secret"
)

// Login is what Purser shows to a key service. OpenBao and Vault want the token, Azure the other three.
type Login struct {
	Token        secret.Value
	Fresh        func() secret.Value // nil: Token is it; else the token as it is now, which is asked for at each call
	Tenant       string              // the directory of the app, by id or domain
	ClientID     string
	ClientSecret secret.Value
}

// tokenNow is the token as it is now. What no header can hold is none, such as a file that is being written.
func (l Login) tokenNow() secret.Value {
	if l.Fresh != nil {
		if now := l.Fresh(); shown.Match(now.Reveal()) {
			return now
		}
	}
	return l.Token
}

// Options say how services are reached.
type Options struct {
	Transport http.RoundTripper // nil: http.DefaultTransport
	Patience  time.Duration     // for one answer; 0: ten seconds
}

const defaultPatience = 10 * time.Second

// The mistakes in an address or a login, as sentences for the operator.
var (
	errAddress  = errors.New("must be the address of a key, such as vault+https://bao.contoso.com:8200/transit/purser or https://contoso.vault.azure.net/keys/purser")
	errToken    = errors.New("needs the token for OpenBao or Vault, without spaces")
	errIdentity = errors.New("needs the directory, the client ID and the client secret of an app registration for Azure Key Vault")
)

// New gives the key at the address, without asking for it yet: vault+https://HOST/MOUNT/NAME for OpenBao and Vault, and
// https://VAULT.vault.azure.net/keys/NAME for Azure Key Vault.
func New(address string, login Login, o Options) (secret.Keeper, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#") || u.RawPath != "" {
		return nil, errAddress
	}
	asks := caller{transport: o.Transport, patience: cmp.Or(o.Patience, defaultPatience)}
	if asks.transport == nil {
		asks.transport = http.DefaultTransport
	}
	switch u.Scheme {
	case "vault+https":
		return newOpenBao(u, login, asks)
	case "https":
		return newAzure(u, login, asks)
	}
	return nil, errAddress
}

// idOf names a key in eight hexadecimal digits, as secret.Keeper promises.
func idOf(parts ...string) string {
	sum := sha256.Sum256([]byte("purser key service\x00" + strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:4])
}

// bindingOf is what a service is to bind the keyring to. Others may use the same key, so that it begins with whose it is. An installation
// is an id of ours, and holds no NUL.
func bindingOf(installation string, binding []byte) []byte {
	return append([]byte("purser\x00key service\x00"+installation+"\x00"), binding...)
}

// shown are texts that can stand in a header.
var shown = regexp.MustCompile(`^[!-~]+$`)
