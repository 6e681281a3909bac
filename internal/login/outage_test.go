package login_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/whose"
)

const discoveryPath = "/.well-known/openid-configuration"

// quick shortens the time limit, so that a provider that hangs does not hold up the tests for long; on a busy machine one
// that answers must still be in time.
func quick(cfg *login.Config) { cfg.Timeout = 2 * time.Second }

// misbehaviours are the ways in which any address of a provider can go wrong. Each echoes what it was sent, the worst it can do.
func misbehaviours(t *testing.T) map[string]http.HandlerFunc {
	t.Helper()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code); fmt.Fprint(w, r.Form) }
	}
	return map[string]http.HandlerFunc{
		"status 500": status(500), "status 503": status(503), "status 429": status(429), "status 404": status(404),
		"an HTML page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<html>%v</html>", r.Form)
		},
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprintf(w, `{"access_token": %q`, r.Form.Encode())
		},
		"JSON of another shape": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"expires_in": %q, "issuer": [%q], "keys": %q}`, r.Form.Encode(), r.Form.Encode(), r.Form.Encode())
		},
		"a list": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[1]") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/?"+r.Form.Encode(), http.StatusTemporaryRedirect)
		},
		"a body of 2 MiB": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"access_token": "a", "keys": []}`+strings.Repeat(" ", 2<<20)) // good if it were cut short
		},
		"2 MiB packed small": func(w http.ResponseWriter, r *http.Request) { packed(w, r, 2<<20) },
		"silence":            func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a trickle": func(w http.ResponseWriter, r *http.Request) {
			beat := time.NewTicker(20 * time.Millisecond)
			defer beat.Stop()
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				_ = http.NewResponseController(w).Flush()
				<-beat.C
			}
		},
		"something that is not HTTP": func(w http.ResponseWriter, r *http.Request) {
			raw(w, func(out *bufio.ReadWriter) {
				fmt.Fprintf(out, "%s\r\n\r\n", r.Form.Encode())
			})
		},
		"a connection that breaks": func(w http.ResponseWriter, _ *http.Request) { raw(w, func(*bufio.ReadWriter) {}) },
	}
}

// blame is who is to be looked at for each misbehaviour, by what really answered: whatever is not in it cannot be told.
var blame = map[string]whose.Fault{
	"status 404": whose.Between, "an HTML page": whose.Between, "a list": whose.Between, "a redirect": whose.Between,
}

func TestEveryAddressOfTheProviderMayFailR62(t *testing.T) {
	told := func(t *testing.T, p *fakeProvider, path, name string, err error) {
		t.Helper()
		fault, sentence := cmp.Or(blame[name], whose.Untold), notAnswered
		switch {
		case path == discoveryPath && name == "status 404": // the address of the document may be wrong
			fault, sentence = whose.Untold, nowhere
		case fault == whose.Between:
			sentence = otherOne
		}
		p.refuses(t, err, problem.Upstream, sentence)
		if got := login.Whose(err); got != fault {
			t.Errorf("blamed on %q, want %q", got, fault)
		}
	}
	for _, path := range []string{discoveryPath, "/token", "/keys"} {
		for name, misbehave := range misbehaviours(t) {
			t.Run(path+" answers with "+name, func(t *testing.T) {
				t.Parallel()
				p := newProvider(t)
				c := newClient(p, quick)
				if path == discoveryPath {
					p.instead(path, misbehave)
					_, _, err := c.Begin(t.Context(), "/")
					told(t, p, path, name, err)
					return
				}
				attempt, answer := begin(t, c)
				p.instead(path, misbehave)
				_, err := c.Finish(t.Context(), attempt, answer)
				told(t, p, path, name, err)
				if n := p.hitsOf("/token"); n != 1 {
					t.Errorf("the code was sent %d times", n)
				}
			})
		}
	}
}

func TestTheTokenEndpointSaysNoR1(t *testing.T) {
	for code, sentence := range map[string]string{"invalid_grant": notVerified, "invalid_request": notVerified, "access_denied": accountRefused} {
		t.Run(code, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			attempt, answer := begin(t, c)
			p.instead("/token", func(w http.ResponseWriter, r *http.Request) {
				p.answer(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": r.Form.Encode(), "error_uri": r.Form.Encode()})
			})
			_, err := c.Finish(t.Context(), attempt, answer)
			p.refuses(t, err, problem.BadRequest, sentence)
			if !strings.Contains(err.Error(), code) {
				t.Errorf("the log text lacks the code: %v", err)
			}
		})
	}
	t.Run("an error code that echoes what was sent", func(t *testing.T) {
		p := newProvider(t)
		c := newClient(p)
		attempt, answer := begin(t, c)
		p.instead("/token", func(w http.ResponseWriter, r *http.Request) {
			p.answer(w, http.StatusBadRequest, map[string]any{"error": r.Form.Get("code")})
		})
		_, err := c.Finish(t.Context(), attempt, answer)
		p.refuses(t, err, problem.Upstream, otherOne)
	})
}

// X2, X6: a proxy that refuses with 401 says nothing about our secret.
func TestARefusalOfAStrangerIsNotOurRegistrationX6(t *testing.T) {
	for name, body := range map[string]string{"HTML": "<h1>No</h1>", "JSON": `{"message":"blocked"}`, "a word": `{"error":"blocked_by_policy"}`} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			attempt, answer := begin(t, c)
			p.instead("/token", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusUnauthorized)
				fmt.Fprint(w, body)
			})
			_, err := c.Finish(t.Context(), attempt, answer)
			p.refuses(t, err, problem.Upstream, otherOne)
			if login.SetUpWrongly(err) {
				t.Error("told as a mistake in the settings")
			}
		})
	}
}

func TestAWrongClientSecretIsToldAsAMistakeInTheSettingsR1(t *testing.T) {
	p := newProvider(t)
	_, err := signIn(t, newClient(p, func(cfg *login.Config) { cfg.ClientSecret = secret.FromString("old") }))
	p.refuses(t, err, problem.Upstream, wronglyRegistered)
	for _, want := range []string{"client id or its secret", "invalid_client", "AADSTS7000215"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the log text lacks %q: %v", want, err)
		}
	}
}

func TestAPublicClientSendsItsNameInTheFormR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p, func(cfg *login.Config) { cfg.ClientSecret = secret.Value{} })
	_, err := signIn(t, c)
	p.refuses(t, err, problem.Upstream, wronglyRegistered) // this provider knows no public clients
	form := p.last("/token").PostForm
	if form.Get("client_id") != clientID || form.Has("client_secret") || p.last("/token").Header.Get("Authorization") != "" {
		t.Errorf("form = %v", form)
	}
}

func TestADocumentThatNamesBadAddressesIsNotUsedR1(t *testing.T) {
	for _, field := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri"} {
		for _, address := range []string{"", "/relative", "javascript:alert(1)", "ftp://idp.example/", "https://user:word@idp.example/", "https://idp.example;x/", "https://"} {
			t.Run(field+" "+address, func(t *testing.T) {
				p := newProvider(t)
				p.document[field] = address
				_, _, err := newClient(p).Begin(t.Context(), "/")
				p.refuses(t, err, problem.Upstream, wronglySet)
			})
		}
	}
	t.Run("another issuer", func(t *testing.T) {
		p := newProvider(t)
		p.document["issuer"] = "https://" + strings.Repeat("fabrikam.", 1000) + "example"
		_, _, err := newClient(p).Begin(t.Context(), "/")
		p.refuses(t, err, problem.Upstream, wronglySet)
	})
}

// X6: an issuer that is spelt wrongly is told as such, at once, and the log says how to write it.
func TestAWronglySpeltIssuerIsToldX6(t *testing.T) {
	for name, tc := range map[string]struct {
		configured func(url string) string
		document   string // what the document calls itself, after the provider's address
		logged     string
		sentence   string
	}{
		"a slash too much":         {func(url string) string { return url + "/" }, "", "the slash at the end included", wronglySet},
		"a slash too few":          {func(url string) string { return url }, "/", "the slash at the end included", wronglySet},
		"a place for the tenant":   {func(url string) string { return url }, "/{tenantid}/v2.0", "put the directory (tenant) id", wronglySet},
		"the document's address":   {func(url string) string { return url + discoveryPath }, "", "leave out /.well-known", wronglySet},
		"the document's folder":    {func(url string) string { return url + "/.well-known" }, "", "leave out /.well-known", wronglySet},
		"a path that is not there": {func(url string) string { return url + "/realms/none" }, "", "there is no document under", nowhere},
		"another host":             {func(url string) string { return strings.Replace(url, "127.0.0.1", "localhost", 1) }, "", "must agree to the letter", wronglySet},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			p.document["issuer"] = p.URL + tc.document
			c := newClient(p, func(cfg *login.Config) { cfg.Issuer = tc.configured(p.URL) })
			for what, err := range map[string]error{"in the background": c.Discover(t.Context()), "at sign-in": second(c.Begin(t.Context(), "/"))} {
				p.refuses(t, err, problem.Upstream, tc.sentence)
				if !strings.Contains(err.Error(), tc.logged) || !login.SetUpWrongly(err) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
	t.Run("an object that is no such document is not our mistake", func(t *testing.T) {
		p := newProvider(t)
		p.instead(discoveryPath, func(w http.ResponseWriter, _ *http.Request) {
			p.answer(w, http.StatusOK, map[string]any{"portal": "sign in"})
		})
		p.refuses(t, newClient(p).Discover(t.Context()), problem.Upstream, notAnswered)
	})
	t.Run("Microsoft Entra ID, of a tenant that is none", func(t *testing.T) {
		p := newProvider(t)
		p.instead(discoveryPath, func(w http.ResponseWriter, _ *http.Request) {
			p.answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_tenant", "error_description": "AADSTS90002: Tenant not found"})
		})
		p.refuses(t, newClient(p).Discover(t.Context()), problem.Upstream, nowhere)
	})
}

func second(_ login.Attempt, _ string, err error) error { return err }

func TestAnHTTPSIssuerIsNotLedToHTTPR1(t *testing.T) {
	p := newProvider(t)
	safe := httptest.NewTLSServer(p)
	defer safe.Close()
	change := func(cfg *login.Config) { cfg.Issuer, cfg.Transport = safe.URL, safe.Client().Transport }
	p.document["issuer"] = safe.URL
	_, _, err := newClient(p, change).Begin(t.Context(), "/")
	p.refuses(t, err, problem.Upstream, wronglySet)

	for name, path := range map[string]string{"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"} {
		p.document[name] = safe.URL + path
	}
	c := newClient(p, change)
	if _, _, err := c.Begin(t.Context(), "/"); err != nil {
		t.Errorf("all https: %v", err)
	}
	if address, ok := c.SignOutURL(t.Context(), "", ""); ok {
		t.Errorf("a sign-out address over http was used: %s", address)
	}
	t.Run("a certificate that nobody vouches for", func(t *testing.T) {
		stranger := newClient(p, func(cfg *login.Config) { cfg.Issuer = safe.URL })
		_, _, err := stranger.Begin(t.Context(), "/")
		p.refuses(t, err, problem.Upstream, notAnswered)
		if !strings.Contains(err.Error(), "certificate") {
			t.Errorf("the log text does not say why: %v", err)
		}
	})
}

func TestDiscoveryIsTriedAgainButNotAtOnceR62(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	if n := p.hitsOf(discoveryPath); n != 0 {
		t.Fatalf("New asked the provider %d times", n)
	}
	p.instead(discoveryPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	for range 5 {
		_, _, err := c.Begin(t.Context(), "/")
		p.refuses(t, err, problem.Upstream, notAnswered)
	}
	if n := p.hitsOf(discoveryPath); n != 1 {
		t.Errorf("asked %d times within a second, want 1", n)
	}
	p.instead(discoveryPath, nil)
	p.pass(999 * time.Millisecond)
	if _, _, err := c.Begin(t.Context(), "/"); err == nil {
		t.Error("asked again before the second was over")
	}
	p.pass(time.Millisecond)
	if _, _, err := c.Begin(t.Context(), "/"); err != nil {
		t.Errorf("the provider is up again: %v", err)
	}

	t.Run("what is known outlives a provider that went down", func(t *testing.T) {
		p.instead(discoveryPath, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		before := p.hitsOf(discoveryPath)
		p.pass(time.Hour)
		for range 3 {
			if _, _, err := c.Begin(t.Context(), "/"); err != nil {
				t.Errorf("begin: %v", err)
			}
		}
		if n := p.hitsOf(discoveryPath) - before; n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
	t.Run("a clock that was put back locks nobody out", func(t *testing.T) {
		p.instead(discoveryPath, nil)
		p.pass(-24 * time.Hour)
		before := p.hitsOf(discoveryPath)
		if _, _, err := c.Begin(t.Context(), "/"); err != nil || p.hitsOf(discoveryPath) != before+1 {
			t.Errorf("the provider was not asked (%v)", err)
		}
	})
}

func TestAProviderThatWentDownDuringTheSignInR62(t *testing.T) {
	p := newProvider(t)
	attempt, answer := begin(t, newClient(p))
	p.Close()
	restarted := newClient(p) // Purser started again between the two requests and knows the provider no more
	_, err := restarted.Finish(t.Context(), attempt, answer)
	p.refuses(t, err, problem.Upstream, notAnswered)

	answer.Error, answer.ErrorDescription = "access_denied", "The user cancelled"
	_, err = restarted.Finish(t.Context(), attempt, answer)
	p.refuses(t, err, problem.BadRequest, "The sign-in was canceled. Sign in again to continue.")
}

func TestManyWhoWaitMakeOneRequestR62(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	asked, release := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(asked) })
	p.instead(discoveryPath, func(w http.ResponseWriter, _ *http.Request) {
		once()
		<-release
		p.answer(w, http.StatusOK, p.document)
	})
	impatient, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, _, err := c.Begin(impatient, "/"); gone <- err }()
	<-asked
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) || problem.KindOf(err) != problem.Upstream {
		t.Errorf("whoever gave up got %v", err)
	}

	const many = 50
	waiting := make(chan struct{}, many)
	outcomes := make(chan error, many)
	for range many {
		go func() {
			_, _, err := c.Begin(patient{t.Context(), sync.OnceFunc(func() { waiting <- struct{}{} })}, "/")
			outcomes <- err
		}()
	}
	for range many {
		<-waiting
	}
	close(release)
	for range many {
		if err := <-outcomes; err != nil {
			t.Errorf("one of those who waited got %v", err)
		}
	}
	if n := p.hitsOf(discoveryPath); n != 1 {
		t.Errorf("%d requests, want one, begun by the one who gave up", n)
	}
}

// patient is a request that tells when it waits: who waits for something else has to look whether the request has ended.
type patient struct {
	context.Context
	waits func()
}

// Done implements context.Context.
func (p patient) Done() <-chan struct{} {
	p.waits()
	return p.Context.Done()
}

func TestWhoeverGivesUpDoesNotWaitR62(t *testing.T) {
	for _, path := range []string{"/token", "/keys"} {
		t.Run(path, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			attempt, answer := begin(t, c)
			p.instead(path, misbehaviours(t)["silence"])
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			started := time.Now()
			_, err := c.Finish(ctx, attempt, answer)
			p.refuses(t, err, problem.Upstream, notAnswered)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 3*time.Second {
				t.Errorf("after %s: %v", time.Since(started), err)
			}
			p.CloseClientConnections()
		})
	}
}

// raw takes the connection over from HTTP and closes it in the end.
func raw(w http.ResponseWriter, write func(*bufio.ReadWriter)) {
	conn, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	write(out)
	_ = out.Flush()
	_ = conn.Close()
}
