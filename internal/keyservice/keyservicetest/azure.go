package keyservicetest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/kwp/subtle"
)

// Azure stands in for Entra ID and the vault contoso.vault.azure.net.
type Azure struct {
	Server
	Tenant, ClientID, ClientSecret string

	token string
	keys  map[string][]*version
}

type version struct {
	id, kind string
	rsa      *rsa.PrivateKey
	aes      *subtle.KWP
}

// NewAzure starts one that has keys of these names, of the types RSA, oct-HSM or EC.
func NewAzure(t testing.TB, kinds map[string]string) *Azure {
	a := &Azure{Tenant: "fabrikam.onmicrosoft.com", ClientID: "7d0c1f0e-6b0e-4a7e-9d39-3f3c2a1b0c4d", ClientSecret: rand.Text(), token: "ey" + rand.Text(), keys: map[string][]*version{}}
	for name, kind := range kinds {
		a.Rotate(t, name, kind)
	}
	a.start(t, a.answer)
	return a
}

// Rotate makes a new version of a key, and the key itself where there is none; between calls.
func (a *Azure) Rotate(t testing.TB, name, kind string) {
	t.Helper()
	v, id, key := &version{kind: kind}, make([]byte, 16), make([]byte, 32)
	_, _ = rand.Read(id)
	_, _ = rand.Read(key)
	v.id = hex.EncodeToString(id)
	var err error
	switch kind {
	case "RSA":
		v.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	case "oct-HSM":
		v.aes, err = subtle.NewKWP(key) // with padding, which a key of 32 bytes has no need of
	}
	if err != nil {
		t.Fatal(err)
	}
	a.keys[name] = append(a.keys[name], v)
}

// Forget deletes a key; between calls.
func (a *Azure) Forget(name string) { delete(a.keys, name) }

// Public is the half of a key that many may know.
func (a *Azure) Public(name string) *rsa.PublicKey {
	return &a.keys[name][len(a.keys[name])-1].rsa.PublicKey
}

func (a *Azure) answer(w http.ResponseWriter, r *http.Request) {
	switch r.Host {
	case "login.microsoftonline.com":
		a.signIn(w, r)
	case "contoso.vault.azure.net":
		a.vault(w, r)
	default:
		a.refuse(w, http.StatusBadGateway, "BadHost")
	}
}

func (a *Azure) signIn(w http.ResponseWriter, r *http.Request) {
	const kind = "application/json; charset=utf-8"
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/"+a.Tenant+"/oauth2/v2.0/token":
		reply(w, http.StatusBadRequest, kind, map[string]any{"error": "invalid_request", "error_description": "AADSTS90002: Tenant not found."})
	case r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("scope") != "https://vault.azure.net/.default":
		reply(w, http.StatusBadRequest, kind, map[string]any{"error": "invalid_scope"})
	case r.PostFormValue("client_id") != a.ClientID || r.PostFormValue("client_secret") != a.ClientSecret:
		reply(w, http.StatusUnauthorized, kind, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
	default:
		reply(w, http.StatusOK, kind, map[string]any{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": a.token})
	}
}

type operationBody struct {
	Algorithm string `json:"alg"`
	Value     string `json:"value"`
	Digest    string `json:"digest"`
}

func (a *Azure) vault(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/keys/"), "/")
	versions := a.keys[parts[0]]
	switch {
	case r.Header.Get("Authorization") != "Bearer "+a.token:
		w.Header().Set("WWW-Authenticate", `Bearer authorization="https://login.windows.net/", resource="https://vault.azure.net"`)
		a.refuse(w, http.StatusUnauthorized, "Unauthorized")
	case r.URL.Query().Get("api-version") != "7.4":
		a.refuse(w, http.StatusBadRequest, "BadParameter")
	case len(versions) == 0:
		a.refuse(w, http.StatusNotFound, "KeyNotFound")
	case r.Method == http.MethodGet && len(parts) == 1:
		last := versions[len(versions)-1]
		a.say(w, map[string]any{"key": map[string]any{"kid": a.kid(parts[0], last), "kty": last.kind, "key_ops": []string{"wrapKey", "unwrapKey", "sign", "verify"}}, "attributes": map[string]any{"enabled": true}})
	case r.Method == http.MethodPost && len(parts) == 3:
		for _, v := range versions {
			if v.id == parts[1] {
				a.operate(w, r, v, a.kid(parts[0], v), parts[2])
				return
			}
		}
		a.refuse(w, http.StatusNotFound, "KeyNotFound")
	default:
		a.refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (a *Azure) operate(w http.ResponseWriter, r *http.Request, v *version, kid, verb string) {
	var body operationBody
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		a.refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	value, err := base64.RawURLEncoding.DecodeString(body.Value)
	digest, wrong := base64.RawURLEncoding.DecodeString(body.Digest)
	if err != nil || wrong != nil {
		a.refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	var result []byte
	switch call := verb + " " + body.Algorithm + " " + v.kind; call {
	case "wrapkey RSA-OAEP-256 RSA":
		result, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, &v.rsa.PublicKey, value, nil)
	case "unwrapkey RSA-OAEP-256 RSA":
		result, err = rsa.DecryptOAEP(sha256.New(), rand.Reader, v.rsa, value, nil)
	case "sign PS256 RSA":
		result, err = rsa.SignPSS(rand.Reader, v.rsa, crypto.SHA256, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	case "verify PS256 RSA":
		a.say(w, map[string]any{"value": rsa.VerifyPSS(&v.rsa.PublicKey, crypto.SHA256, digest, value, nil) == nil})
		return
	case "wrapkey A256KW oct-HSM":
		result, err = v.aes.Wrap(value)
	case "unwrapkey A256KW oct-HSM":
		result, err = v.aes.Unwrap(value)
	default:
		a.refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	if err != nil {
		a.refuse(w, http.StatusBadRequest, "BadParameter")
		return
	}
	a.say(w, map[string]any{"kid": kid, "value": base64.RawURLEncoding.EncodeToString(result)})
}

func (*Azure) kid(name string, v *version) string {
	return "https://contoso.vault.azure.net/keys/" + name + "/" + v.id
}

func (*Azure) say(w http.ResponseWriter, body map[string]any) {
	reply(w, http.StatusOK, "application/json; charset=utf-8", body)
}

func (*Azure) refuse(w http.ResponseWriter, status int, code string) {
	reply(w, status, "application/json; charset=utf-8", map[string]any{"error": map[string]any{"code": code, "message": "said by the vault itself"}})
}
