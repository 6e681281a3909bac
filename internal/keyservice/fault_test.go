package keyservice_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser.example/internal/keyservice"
	"purser.example/internal/keyservice/keyservicetest"
	"purser.example/internal/secret"
)

// idOfPurser is the ID of the key of the tests at OpenBao. It stands in databases.
const idOfPurser = "aaee4fdd"

// gossip is what a service says of its own; none of it may come further.
const gossip = "gossip of the service"

func says(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Location", "https://elsewhere.example/"+gossip)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// at lets a fault happen only where the path has a part, so that each call of several is tried.
func at(part string, fault http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, part) {
			fault(w, r)
		}
	}
}

func breaksOff(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}

func stopsInTheMiddle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(`{"data":`))
}

const (
	json    = "application/json"
	ofBao   = `{"errors":["` + gossip + `"]}`
	ofAzure = `{"error":{"code":"` + gossip + `"}}`
)

// the ways in which nobody can tell.
var away = map[string]http.HandlerFunc{
	"throttled":                 says(http.StatusTooManyRequests, json, ofBao),
	"an error of its own":       says(http.StatusInternalServerError, json, ofAzure),
	"sealed":                    says(http.StatusServiceUnavailable, json, ofBao),
	"a gateway's error":         says(http.StatusBadGateway, "text/html", gossip),
	"a standby behind":          says(http.StatusPreconditionFailed, json, ofBao),
	"a redirect":                says(http.StatusTemporaryRedirect, json, ofBao),
	"moved":                     says(http.StatusMovedPermanently, "text/html", gossip),
	"a web filter's refusal":    says(http.StatusForbidden, "text/html", gossip),
	"JSON of somebody else":     says(http.StatusBadRequest, json, `{"message":"`+gossip+`"}`),
	"not found by a web server": says(http.StatusNotFound, "text/html", gossip),
	"a page":                    says(http.StatusOK, "text/html", gossip),
	"JSON by another name":      says(http.StatusOK, "text/plain", `{"data":{}}`),
	"no JSON":                   says(http.StatusOK, json, gossip),
	"an empty answer":           says(http.StatusOK, json, ""),
	"nothing in it":             says(http.StatusOK, json, "{}"),
	"null":                      says(http.StatusOK, json, "null"),
	"what is no base64":         says(http.StatusOK, json, `{"data":{"plaintext":"*","ciphertext":" "},"access_token":" ","value":"*","key":{"kid":"*"}}`),
	"an answer without end":     says(http.StatusOK, json, `{"data":{"ciphertext":"`+strings.Repeat("A", 1<<20)+`"}}`),
	"a connection that breaks":  breaksOff,
	"an answer that breaks off": stopsInTheMiddle,
}

// tries seals and opens, with a fault at one call.
func tries(t *testing.T, s *stand, part string, fault http.HandlerFunc) (seals, opens error) {
	t.Helper()
	e := envelope(t, s.keeper, anID)
	if s.sealed == nil {
		s.server.Fault(nil)
		var err error
		if s.sealed, err = e.EncryptWithContext(t.Context(), []byte("a keyring"), nil); err != nil {
			t.Fatal(err)
		}
	}
	s.server.Fault(at(part, fault))
	_, seals = e.EncryptWithContext(t.Context(), []byte("a keyring"), nil)
	_, opens = e.DecryptWithContext(t.Context(), s.sealed, nil)
	return seals, opens
}

// calls are the parts of paths by which the calls of a service are told, and whether they belong to sealing and to opening.
var calls = map[string]map[string][2]bool{
	"OpenBao":   {"/encrypt/": {true, false}, "/decrypt/": {false, true}},
	"Azure RSA": {"/token": {true, true}, "/keys/": {true, true}, "/wrapkey": {true, false}, "/sign": {true, false}, "/verify": {false, true}, "/unwrapkey": {false, true}},
	"Azure AES": {"/unwrapkey": {false, true}},
}

// R62, R64: a service that is away, and whoever answers in its place, say nothing about the key.
func TestAServiceThatIsAwaySaysNothingAboutTheKey(t *testing.T) {
	for name, s := range stands(t) {
		for part, when := range calls[name] {
			for what, fault := range away {
				t.Run(name+part+what, func(t *testing.T) {
					seals, opens := tries(t, s, part, fault)
					for i, err := range []error{seals, opens} {
						if when[i] {
							isFault(t, s, err, secret.ErrUnavailable)
						} else if err != nil {
							t.Errorf("another call failed: %v", err)
						}
					}
				})
			}
		}
	}
}

// isFault checks what an error is, and what it doesn't say.
func isFault(t *testing.T, s *stand, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), " (request ") {
		t.Errorf("%v, want %v", err, kind)
	}
	for _, other := range []error{secret.ErrUnavailable, secret.ErrRefused, secret.ErrDamaged} {
		if !errors.Is(other, kind) && errors.Is(err, other) {
			t.Errorf("%v is %v too", err, other)
		}
	}
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	for _, hidden := range append(secretsOf(s), gossip, "said by the vault", "AADSTS", "permission denied") {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in %s", hidden, text)
		}
	}
}

// R64: a refusal is told from an outage, and says what to do.
func TestRefusalsSayWhatToDo(t *testing.T) {
	all := stands(t)
	for _, tc := range []struct {
		name, part string
		status     int
		body       string
		opens      bool
		kind       error
		want       string
	}{
		{"OpenBao", "/encrypt/", 403, ofBao, false, secret.ErrRefused, "the key service refuses: bao.contoso.com:8200 answered with status 403; its token is not valid anymore, or a policy doesn't let it update transit/encrypt/purser"},
		{"OpenBao", "/decrypt/", 403, ofBao, true, secret.ErrRefused, "a policy doesn't let it update transit/decrypt/purser"},
		{"OpenBao", "/encrypt/", 404, `{"errors":[]}`, false, secret.ErrRefused, "status 404; there is no transit engine at transit, or no key purser"},
		{"OpenBao", "/encrypt/", 400, ofBao, false, secret.ErrRefused, "make one of type aes256-gcm96"},
		{"OpenBao", "/decrypt/", 400, ofBao, true, secret.ErrDamaged, "its key doesn't open what it was given, or is another one than before"},
		{"Azure RSA", "/token", 400, `{"error":"invalid_grant"}`, true, secret.ErrRefused, "login.microsoftonline.com answered with status 400; check the directory, the client ID and the client secret"},
		{"Azure RSA", "/token", 401, `{"error":"invalid_client"}`, false, secret.ErrRefused, "check the directory, the client ID and the client secret"},
		{"Azure RSA", "/keys/", 401, ofAzure, false, secret.ErrRefused, "the app needs the role Key Vault Crypto User"},
		{"Azure RSA", "/keys/", 403, ofAzure, true, secret.ErrRefused, "the app needs the role Key Vault Crypto User"},
		{"Azure RSA", "/sign", 403, ofAzure, false, secret.ErrRefused, "contoso.vault.azure.net answered with status 403"},
		{"Azure RSA", "/keys/", 404, ofAzure, false, secret.ErrRefused, "there is no such key, or no such version of it anymore"},
		{"Azure RSA", "/wrapkey", 400, ofAzure, false, secret.ErrRefused, "the key must be an RSA key"},
		{"Azure RSA", "/unwrapkey", 400, ofAzure, true, secret.ErrDamaged, "its key doesn't open what it was given"},
		{"Azure AES", "/unwrapkey", 400, ofAzure, true, secret.ErrDamaged, "its key doesn't open what it was given"},
	} {
		t.Run(fmt.Sprint(tc.name, tc.part, tc.status), func(t *testing.T) {
			seals, opens := tries(t, all[tc.name], tc.part, says(tc.status, json, tc.body))
			err := seals
			if tc.opens {
				err = opens
			}
			isFault(t, all[tc.name], err, tc.kind)
			if err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

// R64: what the services themselves refuse.
func TestAWrongLoginAndAMissingKeyAreRefused(t *testing.T) {
	bao := keyservicetest.NewOpenBao(t, "purser")
	azure := keyservicetest.NewAzure(t, map[string]string{"purser": "RSA", "ec": "EC"})
	token, client := keyservice.Login{Token: secret.FromString(bao.Token)}, clientOf(azure)
	stranger, wrong := keyservice.Login{Token: secret.FromString("s.stranger")}, client
	wrong.ClientSecret = secret.FromString("another")
	for what, tc := range map[string]struct {
		address string
		login   keyservice.Login
		server  *keyservicetest.Server
		want    string
	}{
		"another token":   {atBao, stranger, &bao.Server, "its token is not valid anymore"},
		"another engine":  {"vault+https://bao.contoso.com/cubbyhole/purser", token, &bao.Server, "there is no transit engine at cubbyhole"},
		"another key":     {"vault+https://bao.contoso.com/transit/other", token, &bao.Server, "there is no key other"},
		"another secret":  {atAzure, wrong, &azure.Server, "check the directory, the client ID and the client secret"},
		"no such key":     {"https://contoso.vault.azure.net/keys/other", client, &azure.Server, "there is no such key"},
		"an elliptic key": {"https://contoso.vault.azure.net/keys/ec", client, &azure.Server, "is neither an RSA key nor an AES key"},
	} {
		_, _, err := secret.CreateKeyring(t.Context(), keeperAt(t, tc.address, tc.login, tc.server.Transport()), anID)
		if !errors.Is(err, secret.ErrRefused) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	bao.Sealed = true
	if _, _, err := secret.CreateKeyring(t.Context(), keeperAt(t, atBao, token, bao.Transport()), anID); !errors.Is(err, secret.ErrUnavailable) {
		t.Errorf("sealed: %v", err)
	}
}

// R64: a start tells a service that refuses, or is away, from a keyring that is damaged.
func TestAKeyringIsNotCalledDamagedWhereNobodyCouldTell(t *testing.T) {
	for name, s := range stands(t) {
		_, sealed, err := secret.CreateKeyring(t.Context(), s.keeper, anID)
		if err != nil {
			t.Fatal(err)
		}
		for status, kind := range map[int]error{503: secret.ErrUnavailable, 403: secret.ErrRefused} {
			s.server.Fault(says(status, json, `{"errors":[],"error":{}}`))
			if _, err := secret.OpenKeyring(t.Context(), s.keeper, sealed); !errors.Is(err, kind) || errors.Is(err, secret.ErrDamaged) {
				t.Errorf("%s, %d: %v", name, status, err)
			}
		}
		s.server.Fault(nil)
	}
}

// R62: nobody is waited for without end, and whoever stops waiting is let go at once.
func TestAServiceThatDoesNotAnswerIsLeft(t *testing.T) {
	for name, s := range stands(t) {
		came := make(chan struct{}, 10)
		s.server.Fault(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // or nobody would notice that the caller is gone
			came <- struct{}{}
			<-r.Context().Done()
		})
		address := map[string]string{"OpenBao": atBao, "Azure RSA": atAzure, "Azure AES": inHSM}[name]
		hasty, err := keyservice.New(address, s.login, keyservice.Options{Transport: s.server.Transport(), Patience: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = envelope(t, hasty, anID).EncryptWithContext(t.Context(), []byte("a"), nil)
		isFault(t, s, err, secret.ErrUnavailable)
		if !strings.Contains(err.Error(), "did not answer in time") || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		for len(came) > 0 {
			<-came
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() { <-came; stop() }()
		_, err = envelope(t, s.keeper, anID).EncryptWithContext(ctx, []byte("a"), nil)
		isFault(t, s, err, secret.ErrUnavailable)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// R62: whose certificate nobody vouches for hears no token, and where nobody listens, that is said.
func TestOnlyTheServiceItselfHearsAToken(t *testing.T) {
	bao := keyservicetest.NewOpenBao(t, "purser")
	s := &stand{login: keyservice.Login{Token: secret.FromString(bao.Token)}}
	seal := func(transport http.RoundTripper) error {
		e := envelope(t, keeperAt(t, atBao, s.login, transport), anID)
		_, err := e.EncryptWithContext(t.Context(), []byte("a"), nil)
		isFault(t, s, err, secret.ErrUnavailable)
		return err
	}
	if err := seal(bao.Stranger()); !strings.Contains(err.Error(), "this machine does not trust the certificate of bao.contoso.com:8200") {
		t.Error(err)
	}
	if len(bao.Came()) > 0 {
		t.Error("it was asked nonetheless")
	}
	nobody := bao.Transport()
	bao.Close()
	if err := seal(nobody); !strings.Contains(err.Error(), "the connection to bao.contoso.com:8200 failed") {
		t.Error(err)
	}
}
