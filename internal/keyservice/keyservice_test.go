package keyservice_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"

	"purser.example/internal/keyservice"
	"purser.example/internal/keyservice/keyservicetest"
	"purser.example/internal/secret"
)

const (
	atBao    = "vault+https://bao.contoso.com:8200/transit/purser"
	atAzure  = "https://contoso.vault.azure.net/keys/purser"
	inHSM    = "https://contoso.vault.azure.net/keys/aes"
	anID     = "0f8fad5b-d9cb-469f-a165-70867728950e"
	anotherI = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
)

// stand is one key at a stand-in.
type stand struct {
	keeper secret.Keeper
	server *keyservicetest.Server
	login  keyservice.Login
	rotate func()
	forget func()
	sealed []byte // something that it opens
}

// stands are a key of each sort.
func stands(t *testing.T) map[string]*stand {
	t.Helper()
	bao := keyservicetest.NewOpenBao(t, "purser")
	azure := keyservicetest.NewAzure(t, map[string]string{"purser": "RSA", "aes": "oct-HSM"})
	token := keyservice.Login{Token: secret.FromString(bao.Token)}
	client := clientOf(azure)
	all := map[string]*stand{
		"OpenBao":   {server: &bao.Server, login: token, rotate: func() { bao.Rotate("purser") }, forget: func() { bao.Forget("purser") }},
		"Azure RSA": {server: &azure.Server, login: client, rotate: func() { azure.Rotate(t, "purser", "RSA") }, forget: func() { azure.Forget("purser") }},
		"Azure AES": {server: &azure.Server, login: client, rotate: func() { azure.Rotate(t, "aes", "oct-HSM") }, forget: func() { azure.Forget("aes") }},
	}
	for name, address := range map[string]string{"OpenBao": atBao, "Azure RSA": atAzure, "Azure AES": inHSM} {
		all[name].keeper = keeperAt(t, address, all[name].login, all[name].server.Transport())
	}
	return all
}

func clientOf(a *keyservicetest.Azure) keyservice.Login {
	return keyservice.Login{Tenant: a.Tenant, ClientID: a.ClientID, ClientSecret: secret.FromString(a.ClientSecret)}
}

func keeperAt(t *testing.T, address string, login keyservice.Login, transport http.RoundTripper) secret.Keeper {
	t.Helper()
	keeper, err := keyservice.New(address, login, keyservice.Options{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

func envelope(t *testing.T, keeper secret.Keeper, installation string) tink.AEADWithContext {
	t.Helper()
	e, err := keeper.Envelope(installation)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// R64: a keyring that a key service closed opens with it, in the next process too, and after the service rotated its key.
func TestAKeyServiceKeepsAKeyring(t *testing.T) {
	for name, s := range stands(t) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			ring, sealed, err := secret.CreateKeyring(ctx, s.keeper, anID)
			if err != nil {
				t.Fatal(err)
			}
			record := secret.Record{Table: "profile", ID: "1", Field: "password"}
			kept, err := ring.Seal(secret.FromString("hush"), record)
			if err != nil {
				t.Fatal(err)
			}
			s.rotate()
			again, err := secret.OpenKeyring(ctx, s.keeper, sealed)
			if err != nil {
				t.Fatal(err)
			}
			if v, err := again.Open(kept, record); err != nil || string(v.Reveal()) != "hush" {
				t.Errorf("the keyring opened, and not what it sealed: %v", err)
			}
			elsewhere := sealed
			elsewhere.Installation = anotherI
			if _, err := secret.OpenKeyring(ctx, s.keeper, elsewhere); !errors.Is(err, secret.ErrDamaged) {
				t.Errorf("the keyring of another installation: %v", err)
			}
			s.forget()
			_, err = secret.OpenKeyring(ctx, s.keeper, sealed)
			if gone := errors.Is(err, secret.ErrRefused); name != "OpenBao" && !gone || name == "OpenBao" && !errors.Is(err, secret.ErrDamaged) { // transit answers 400 to both
				t.Errorf("the key is gone: %v", err)
			}
		})
	}
}

// R64: what was sealed opens only as it is, and with what it was bound to.
func TestNothingAlteredOpens(t *testing.T) {
	for name, s := range stands(t) {
		t.Run(name, func(t *testing.T) {
			ctx, plain, binding := t.Context(), []byte("a keyring"), []byte("bound")
			e := envelope(t, s.keeper, anID)
			sealed, err := e.EncryptWithContext(ctx, plain, binding)
			if err != nil || bytes.Contains(sealed, plain) {
				t.Fatalf("%q, %v", sealed, err)
			}
			if got, err := e.DecryptWithContext(ctx, sealed, binding); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%q, %v", got, err)
			}
			if other, _ := e.EncryptWithContext(ctx, plain, binding); bytes.Equal(other, sealed) {
				t.Error("the same twice")
			}
			for i := 0; i < len(sealed); i += 5 {
				altered := bytes.Clone(sealed)
				altered[i] ^= 4
				if got, err := e.DecryptWithContext(ctx, altered, binding); err == nil || errors.Is(err, secret.ErrUnavailable) {
					t.Errorf("byte %d altered: %q, %v", i, got, err)
				}
			}
			for what, tried := range map[string]struct {
				e               tink.AEADWithContext
				sealed, binding []byte
			}{
				"another binding":      {e, sealed, []byte("bound ")},
				"no binding":           {e, sealed, nil},
				"another installation": {envelope(t, s.keeper, anotherI), sealed, binding},
				"cut short":            {e, sealed[:len(sealed)-1], binding},
				"more behind it":       {e, append(bytes.Clone(sealed), 'A'), binding},
				"nothing":              {e, nil, binding},
			} {
				if got, err := tried.e.DecryptWithContext(ctx, tried.sealed, tried.binding); !errors.Is(err, secret.ErrDamaged) {
					t.Errorf("%s: %q, %v", what, got, err)
				}
			}
		})
	}
}

// R64: the public half of an RSA key is no secret, so that a key wrapped by it proves nothing about who did.
func TestAKeyringWrappedByAnybodyDoesNotOpen(t *testing.T) {
	azure := keyservicetest.NewAzure(t, map[string]string{"purser": "RSA"})
	e := envelope(t, keeperAt(t, atAzure, clientOf(azure), azure.Transport()), anID)
	sealed, err := e.EncryptWithContext(t.Context(), []byte("ours"), nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := cut(sealed)
	key := bytes.Repeat([]byte{7}, 32)
	if parts[2], err = rsa.EncryptOAEP(sha256.New(), rand.Reader, azure.Public("purser"), key, nil); err != nil {
		t.Fatal(err)
	}
	seal, err := subtle.NewAESGCM(key)
	if err != nil {
		t.Fatal(err)
	}
	bound := append(framed([]byte("purser\x00key service\x00"+anID+"\x00")), framed(parts[0], parts[1], parts[2])...)
	if parts[3], err = seal.Encrypt([]byte("theirs"), bound); err != nil {
		t.Fatal(err)
	}
	for what, signature := range map[string][]byte{"signed as before": parts[4], "not signed": nil, "signed with rubbish": make([]byte, 256)} {
		forged := framed(parts[0], parts[1], parts[2], parts[3], signature)
		if got, err := e.DecryptWithContext(t.Context(), forged, nil); !errors.Is(err, secret.ErrDamaged) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

func framed(parts ...[]byte) (all []byte) {
	for _, part := range parts {
		all = append(binary.BigEndian.AppendUint32(all, uint32(len(part))), part...)
	}
	return all
}

func cut(b []byte) (parts [][]byte) {
	for len(b) > 0 {
		end := 4 + binary.BigEndian.Uint32(b)
		parts, b = append(parts, b[4:end]), b[end:]
	}
	return parts
}

// R64: a key has one ID wherever it is asked for, and no other key has it. It is told before anybody is asked.
func TestEachKeyHasItsID(t *testing.T) {
	login := keyservice.Login{Token: secret.FromString("t"), Tenant: "contoso.com", ClientID: "c", ClientSecret: secret.FromString("s")}
	seen := map[string]string{}
	for key, addresses := range map[string][]string{
		"transit": {atBao, "vault+https://BAO.contoso.com:8200/transit/purser", "vault+https://standby.contoso.com/transit/purser"},
		"another": {"vault+https://bao.contoso.com:8200/transit/purser2"},
		"nested":  {"vault+https://bao.contoso.com:8200/teams/transit/purser"},
		"azure":   {atAzure, "https://CONTOSO.vault.azure.net/keys/Purser"},
		"hsm":     {"https://contoso.managedhsm.azure.net/keys/purser"},
		"china":   {"https://contoso.vault.azure.cn/keys/purser"},
	} {
		for _, address := range addresses {
			id := keeperAt(t, address, login, nil).ID()
			if owner, known := seen[id]; known && owner != key || !known && address != addresses[0] || !regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString(id) {
				t.Errorf("%s has the ID %s, of %q", address, id, owner)
			}
			seen[id] = key
		}
	}
	if id := keeperAt(t, atBao, login, nil).ID(); id != idOfPurser {
		t.Errorf("the ID of %s became %s: databases would not open anymore", atBao, id)
	}
}

// X30: what is no address of a key, or no login for it, is refused before anything is sent.
func TestOnlyAddressesOfKeysAreTaken(t *testing.T) {
	full := keyservice.Login{Token: secret.FromString("t"), Tenant: "contoso.com", ClientID: "c", ClientSecret: secret.FromString("s")}
	for _, address := range []string{
		"", "transit/purser", "vault+http://bao/transit/purser", "http://contoso.vault.azure.net/keys/purser", "vault+https://bao", "vault+https://bao/purser", "vault+https://bao/transit/",
		"vault+https://bao/transit/../purser", "vault+https://bao/transit//purser", "vault+https://user:word@bao/transit/purser", "vault+https://bao/transit/purser?x=1", "vault+https://bao/transit/purser#",
		"vault+https://bao/transit/pur%2Fser", "vault+https://:8200/transit/purser", "https://contoso.vault.azure.net/secrets/purser", "https://contoso.vault.azure.net/keys/purser/0123", "https://vault.azure.net/keys/purser",
		"https://contoso.vault.azure.net.evil.example/keys/purser", "https://contoso.vault.azure.net:444/keys/purser", "https://a.contoso.vault.azure.net/keys/purser", "https://contoso.vault.azure.net/keys/pur_ser", "://",
	} {
		if k, err := keyservice.New(address, full, keyservice.Options{}); err == nil || !strings.HasPrefix(err.Error(), "must be the address of a key") {
			t.Errorf("%q: %v, %v", address, k, err)
		}
	}
	for address, logins := range map[string][]keyservice.Login{
		atBao:   {{}, {Token: secret.FromString("hushed\n")}, {Token: secret.FromString("hushed token")}, {Tenant: "contoso.com", ClientID: "c", ClientSecret: secret.FromString("s")}},
		atAzure: {{}, {Token: secret.FromString("hushed")}, {Tenant: "../x", ClientID: "c", ClientSecret: secret.FromString("hushed")}, {Tenant: "contoso.com", ClientID: "c"}},
	} {
		for i, login := range logins {
			if _, err := keyservice.New(address, login, keyservice.Options{}); err == nil || !strings.HasPrefix(err.Error(), "needs the ") || strings.Contains(err.Error(), "hushed") {
				t.Errorf("%s, login %d: %v", address, i, err)
			}
		}
	}
}

// R60, R62: each call has an id of its own, and what it shows stands in a header or a body and nowhere else.
func TestCallsHaveIDsAndHideWhatTheyShow(t *testing.T) {
	for name, s := range stands(t) {
		t.Run(name, func(t *testing.T) {
			shown := fmt.Sprintf("%v %+v %#v %s", s.keeper, s.keeper, s.keeper, s.keeper) // before the keeper has connections, which change meanwhile
			if _, _, err := secret.CreateKeyring(t.Context(), s.keeper, anID); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, r := range s.server.Came() {
				id := r.Header.Get("X-Ms-Client-Request-Id")
				if uuid.Validate(id) != nil || slices.Contains(ids, id) || r.Header.Get("X-Correlation-Id") != id || r.Header.Get("User-Agent") != "Purser" || r.Header.Get("Cookie") != "" {
					t.Errorf("%s %s: %v", r.Method, r.URL, r.Header)
				}
				ids = append(ids, id)
				for _, hidden := range secretsOf(s) {
					if strings.Contains(r.URL.String(), hidden) {
						t.Errorf("a secret is in %s", r.URL)
					}
				}
			}
			for _, hidden := range secretsOf(s) {
				if strings.Contains(shown, hidden) {
					t.Error("a secret shows where the key is printed")
				}
			}
		})
	}
}

func secretsOf(s *stand) (all []string) {
	for _, v := range []secret.Value{s.login.Token, s.login.ClientSecret} {
		if !v.Empty() {
			all = append(all, string(v.Reveal()))
		}
	}
	return all
}
