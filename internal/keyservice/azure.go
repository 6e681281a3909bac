package keyservice

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/tink-crypto/tink-go/v2/tink"

	"purser.example/internal/secret"
)

// azure is a key of Azure Key Vault or a Managed HSM (REST API 7.4, Keys).
type azure struct {
	asks  caller
	key   *url.URL // without a version
	cloud cloud
	login Login
}

// cloud says where tokens come from, and what for.
type cloud struct{ login, scope string }

// clouds are those of the hosts below which vaults are. A token is sent to no other host.
var clouds = map[string]cloud{
	"vault.azure.net":         {"login.microsoftonline.com", "https://vault.azure.net/.default"},
	"managedhsm.azure.net":    {"login.microsoftonline.com", "https://managedhsm.azure.net/.default"},
	"vault.usgovcloudapi.net": {"login.microsoftonline.us", "https://vault.usgovcloudapi.net/.default"},
	"vault.azure.cn":          {"login.partner.microsoftonline.cn", "https://vault.azure.cn/.default"},
}

var (
	vaultName  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	keyPath    = regexp.MustCompile(`^/keys/[0-9A-Za-z-]{1,127}$`)
	keyVersion = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)
	directory  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,252}$`)
)

func newAzure(u *url.URL, login Login, asks caller) (secret.Keeper, error) {
	host := strings.ToLower(u.Host)
	name, suffix, _ := strings.Cut(host, ".")
	cloud, known := clouds[suffix]
	if !known || !vaultName.MatchString(name) || !keyPath.MatchString(u.Path) {
		return nil, errAddress
	}
	if !directory.MatchString(login.Tenant) || login.ClientID == "" || login.ClientSecret.Empty() {
		return nil, errIdentity
	}
	return azure{asks: asks, key: &url.URL{Scheme: "https", Host: host, Path: u.Path}, cloud: cloud, login: login}, nil
}

// ID implements secret.Keeper. Names of keys are the same in upper and lower case.
func (a azure) ID() string { return idOf("azure", a.key.Host, strings.ToLower(a.key.Path)) }

// Place implements secret.Elsewhere.
func (a azure) Place() string { return a.key.Host + a.key.Path }

// Envelope implements secret.Keeper.
func (a azure) Envelope(installation string) (tink.AEADWithContext, error) {
	return wrapping{a, installation}, nil
}

// token signs the app in.
func (a azure) token(ctx context.Context) (secret.Value, error) {
	const why = "check the directory, the client ID and the client secret"
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.login.ClientID}, "client_secret": {string(a.login.ClientSecret.Reveal())}, "scope": {a.cloud.scope}}
	q := question{
		url:  &url.URL{Scheme: "https", Host: a.cloud.login, Path: "/" + a.login.Tenant + "/oauth2/v2.0/token"},
		body: []byte(form.Encode()), form: true, denied: why, missing: why, unfit: why,
	}
	defer clear(q.body)
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := a.asks.ask(ctx, &q, &answer); err != nil {
		return secret.Value{}, err
	}
	if !shown.MatchString(answer.Token) {
		return secret.Value{}, useless(q, "holds no token")
	}
	return secret.FromString(answer.Token), nil
}

// operation is the body of a call; bytes are base64url without padding.
type operation struct {
	Algorithm string `json:"alg"`
	Value     coded  `json:"value"`
	Digest    coded  `json:"digest,omitempty"`
}

// do calls an operation of one version of the key, or reads the key where there is no body.
func (a azure) do(ctx context.Context, token secret.Value, version, verb string, body []byte, into any) (question, error) {
	q := question{
		url: a.key.JoinPath(version, verb), body: body, opens: verb == "unwrapkey" || verb == "verify",
		header:  map[string]string{"Authorization": "Bearer " + string(token.Reveal())},
		denied:  "the app needs the role Key Vault Crypto User for the key, and the vault's network must be open to this machine",
		missing: "there is no such key, or no such version of it anymore",
		unfit:   "the key must be an RSA key, or an AES key of 256 bits in a Managed HSM, with all its operations allowed",
	}
	q.url.RawQuery = "api-version=7.4"
	err := a.asks.ask(ctx, &q, into)
	return q, err
}

// version finds the version of the key that seals now, and of which type it is.
func (a azure) version(ctx context.Context, token secret.Value) (version, kind string, err error) {
	var answer struct {
		Key struct {
			ID   string `json:"kid"`
			Type string `json:"kty"`
		} `json:"key"`
	}
	q, err := a.do(ctx, token, "", "", nil, &answer)
	if err != nil {
		return "", "", err
	}
	address, version := answer.Key.ID, ""
	if cut := strings.LastIndexByte(address, '/'); cut > 0 {
		address, version = address[:cut], address[cut+1:]
	}
	if !strings.EqualFold(address, a.key.String()) || !keyVersion.MatchString(version) {
		return "", "", useless(q, "is about another key")
	}
	return version, answer.Key.Type, nil
}
