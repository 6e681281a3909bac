package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/whose"
)

// X47: a key set without keys is the provider's, and no token that could not be verified. The next sign-in asks for it again.
func TestAKeySetWithoutKeysX47(t *testing.T) {
	for _, set := range []string{
		`{"keys":null}`, `{"keys":[]}`, `{}`, `{"keys":[{}]}`, `{"keys":[null]}`,
		`{"keys":[{"kty":"RSA","use":"enc","kid":"one"}]}`, `{"keys":[{"kty":"EC","alg":"ES256K","kid":"one"}]}`, `{"keys":[{"kty":"oct","alg":"HS256","kid":"one"}]}`,
	} {
		t.Run(set, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			p.instead("/keys", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, set)
			})
			_, err := signIn(t, c)
			p.refuses(t, err, problem.Upstream, notAnswered)
			if login.Whose(err) != whose.Untold || !strings.Contains(err.Error(), "the key set has no keys") {
				t.Errorf("blamed on %q: %v", login.Whose(err), err)
			}
			p.instead("/keys", nil)
			if _, err = signIn(t, c); err != nil { // go-oidc hands out what a look came to a moment before it lets go of the look, which this one may have joined
				_, err = signIn(t, c)
			}
			if err != nil {
				t.Errorf("the keys are back: %v", err)
			}
		})
	}
}
