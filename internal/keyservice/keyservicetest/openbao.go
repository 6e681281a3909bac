package keyservicetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// OpenBao stands in for a server with a transit engine at transit/.
type OpenBao struct {
	Server
	Token  string
	Sealed bool // set it between calls
	keys   map[string][]cipher.AEAD
}

// NewOpenBao starts one that has keys of these names.
func NewOpenBao(t testing.TB, names ...string) *OpenBao {
	o := &OpenBao{Token: "s." + rand.Text(), keys: map[string][]cipher.AEAD{}}
	for _, name := range names {
		o.Rotate(name)
	}
	o.start(t, o.answer)
	return o
}

// Rotate makes a new version of a key, and the key itself where there is none; between calls.
func (o *OpenBao) Rotate(name string) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, _ := aes.NewCipher(key)
	aead, _ := cipher.NewGCM(block)
	o.keys[name] = append(o.keys[name], aead)
}

// Forget deletes a key; between calls.
func (o *OpenBao) Forget(name string) { delete(o.keys, name) }

type transitBody struct {
	Plaintext  string `json:"plaintext"`
	Ciphertext string `json:"ciphertext"`
	Binding    string `json:"associated_data"`
}

// Answer answers as the service does, whatever fault there is.
func (o *OpenBao) Answer(w http.ResponseWriter, r *http.Request) { o.answer(w, r) }

func (o *OpenBao) answer(w http.ResponseWriter, r *http.Request) {
	var body transitBody
	parts := strings.Split(r.URL.Path, "/")
	switch {
	case o.Sealed:
		o.refuse(w, http.StatusServiceUnavailable, "Vault is sealed")
	case r.Header.Get("X-Vault-Token") != o.Token:
		o.refuse(w, http.StatusForbidden, "permission denied")
	case len(parts) != 5 || parts[1] != "v1" || parts[2] != "transit":
		o.refuse(w, http.StatusNotFound, "no handler for route. route entry not found.")
	case r.Method != http.MethodPost && r.Method != http.MethodPut:
		o.refuse(w, http.StatusMethodNotAllowed, "unsupported operation")
	case json.NewDecoder(r.Body).Decode(&body) != nil:
		o.refuse(w, http.StatusBadRequest, "failed to parse JSON input")
	case len(o.keys[parts[4]]) == 0:
		o.refuse(w, http.StatusBadRequest, "encryption key not found")
	case parts[3] == "encrypt":
		o.encrypt(w, o.keys[parts[4]], body)
	case parts[3] == "decrypt":
		o.decrypt(w, o.keys[parts[4]], body)
	default:
		o.refuse(w, http.StatusNotFound)
	}
}

func (o *OpenBao) encrypt(w http.ResponseWriter, versions []cipher.AEAD, body transitBody) {
	plain, err := base64.StdEncoding.DecodeString(body.Plaintext)
	binding, wrong := base64.StdEncoding.DecodeString(body.Binding)
	if err != nil || wrong != nil {
		o.refuse(w, http.StatusBadRequest, "failed to base64-decode plaintext")
		return
	}
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	sealed := versions[len(versions)-1].Seal(nonce, nonce, plain, binding)
	o.say(w, map[string]any{"ciphertext": fmt.Sprintf("vault:v%d:%s", len(versions), base64.StdEncoding.EncodeToString(sealed)), "key_version": len(versions)})
}

func (o *OpenBao) decrypt(w http.ResponseWriter, versions []cipher.AEAD, body transitBody) {
	parts := strings.SplitN(body.Ciphertext, ":", 3)
	binding, wrong := base64.StdEncoding.DecodeString(body.Binding)
	if len(parts) != 3 || parts[0] != "vault" || wrong != nil {
		o.refuse(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return
	}
	version, err := strconv.Atoi(strings.TrimPrefix(parts[1], "v"))
	sealed, wrong := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || wrong != nil || version < 1 || version > len(versions) || len(sealed) < 12 {
		o.refuse(w, http.StatusBadRequest, "invalid ciphertext: version is too new")
		return
	}
	plain, err := versions[version-1].Open(nil, sealed[:12], sealed[12:], binding)
	if err != nil {
		o.refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
		return
	}
	o.say(w, map[string]any{"plaintext": base64.StdEncoding.EncodeToString(plain)})
}

func (*OpenBao) say(w http.ResponseWriter, data map[string]any) {
	reply(w, http.StatusOK, "application/json", map[string]any{
		"request_id": "90e8ab0a-52c0-4d8e-9a36-4a5e2b5d6f11", "lease_id": "", "renewable": false, "lease_duration": 0, "data": data, "wrap_info": nil, "warnings": nil, "auth": nil,
	})
}

func (*OpenBao) refuse(w http.ResponseWriter, status int, errors ...string) {
	reply(w, status, "application/json", map[string]any{"errors": append([]string{}, errors...)})
}
