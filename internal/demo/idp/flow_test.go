package idp_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"purser.example/internal/demo/idp"
	"purser.example/internal/demo/idp/idptest"
)

// R1: the whole flow with a real client, and who it says signed in.
func TestSignInTellsTheClientWhoItIs(t *testing.T) {
	p := newParty(t, nil)
	token, id := p.tokens(t, " Adele@Contoso.com", password)

	var claims struct {
		Name              string   `json:"name"`
		Email             string   `json:"email"`
		EmailVerified     bool     `json:"email_verified"`
		PreferredUsername string   `json:"preferred_username"`
		Roles             []string `json:"roles"`
		AuthTime          int64    `json:"auth_time"`
	}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if id.Subject != "p1" || id.Nonce != "nonce 1" || id.Issuer != p.cfg.Issuer || !slices.Equal(id.Audience, []string{clientID}) {
		t.Errorf("subject %q, nonce %q, issuer %q, audience %q", id.Subject, id.Nonce, id.Issuer, id.Audience)
	}
	if claims.Name != "Adele <Vance>" || claims.Email != "adele@contoso.com" || claims.PreferredUsername != claims.Email || !claims.EmailVerified {
		t.Errorf("claims %+v", claims)
	}
	if !slices.Equal(claims.Roles, []string{"TenantOwner", "Auditor"}) {
		t.Errorf("roles %q", claims.Roles)
	}
	if age := time.Since(time.Unix(claims.AuthTime, 0)); age < -time.Second || age > time.Minute {
		t.Errorf("signed in %s ago", age)
	}
	if err := id.VerifyAccessToken(token.AccessToken); err != nil {
		t.Error("at_hash:", err)
	}
	info, err := p.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != "p1" || info.Email != "adele@contoso.com" {
		t.Errorf("userinfo %+v, %v", info, err)
	}
}

func TestRolesAreWrittenAsTheSettingsSay(t *testing.T) {
	for name, tc := range map[string]struct {
		email, password string
		asString        bool
		want            any
	}{
		"several roles are a list":                       {"adele@contoso.com", password, true, []any{"TenantOwner", "Auditor"}},
		"one role is a list":                             {"alex@contoso.com", password + "2", false, []any{"ServiceAdministrator"}},
		"one role is a string where that is asked for":   {"alex@contoso.com", password + "2", true, "ServiceAdministrator"},
		"nobody's roles leave the claim out":             {"megan@fabrikam.com", password + "3", false, nil},
		"nobody's roles leave the claim out as a string": {"megan@fabrikam.com", password + "3", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := newParty(t, func(c *idp.Config) { c.RoleClaim, c.RolesAsString = "groups", tc.asString })
			_, id := p.tokens(t, tc.email, tc.password)
			claims := map[string]any{}
			if err := id.Claims(&claims); err != nil {
				t.Fatal(err)
			}
			got, ok := claims["groups"].([]any)
			want, isList := tc.want.([]any)
			if ok != isList || !slices.Equal(got, want) || !isList && claims["groups"] != tc.want {
				t.Errorf("got %#v", claims["groups"])
			}
		})
	}
}

// R1: without a challenge by S256 there is no code, although the client has a secret.
func TestRequestsThatAreNotOfferedGoBackAsErrors(t *testing.T) {
	p := newParty(t, nil)
	for name, tc := range map[string]struct {
		more []oauth2.AuthCodeOption
		want string
	}{
		"no challenge":       {[]oauth2.AuthCodeOption{param("code_challenge", ""), param("code_challenge_method", "")}, "invalid_request"},
		"method but nothing": {[]oauth2.AuthCodeOption{param("code_challenge", "")}, "invalid_request"},
		"plain challenge":    {[]oauth2.AuthCodeOption{param("code_challenge_method", "plain")}, "invalid_request"},
		"method left out":    {[]oauth2.AuthCodeOption{param("code_challenge_method", "")}, "invalid_request"},
		"short challenge":    {[]oauth2.AuthCodeOption{param("code_challenge", "short")}, "invalid_request"},
		"implicit flow":      {[]oauth2.AuthCodeOption{param("response_type", "id_token")}, ""},
		"form_post":          {[]oauth2.AuthCodeOption{param("response_mode", "form_post")}, "invalid_request"},
		"no openid":          {[]oauth2.AuthCodeOption{param("scope", "profile")}, "invalid_scope"},
		"silent":             {[]oauth2.AuthCodeOption{param("prompt", "none")}, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			res := p.get(t, p.client, p.authorizeURL(oauth2.GenerateVerifier(), tc.more...))
			back, err := res.Location()
			if tc.want == "" {
				if err == nil || res.StatusCode != http.StatusBadRequest {
					t.Errorf("got %s to %v", res.Status, back)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", res.Status, err)
			}
			if !strings.HasPrefix(back.String(), p.cfg.RedirectURI+"?") || back.Query().Get("error") != tc.want || back.Query().Get("state") != "state 1" {
				t.Errorf("got %s", back)
			}
		})
	}
}

func param(name, value string) oauth2.AuthCodeOption { return oauth2.SetAuthURLParam(name, value) }

func TestUnregisteredClientsAndAddressesAreNotRedirectedTo(t *testing.T) {
	p := newParty(t, nil)
	for name, option := range map[string]oauth2.AuthCodeOption{
		"another host":   param("redirect_uri", "https://fabrikam.com/auth/callback"),
		"a path below":   param("redirect_uri", p.cfg.RedirectURI+"/more"),
		"a query":        param("redirect_uri", p.cfg.RedirectURI+"?x=1"),
		"no address":     param("redirect_uri", ""),
		"unknown client": param("client_id", "somebody"),
	} {
		t.Run(name, func(t *testing.T) {
			res := p.get(t, p.client, p.authorizeURL(oauth2.GenerateVerifier(), option))
			if res.StatusCode != http.StatusBadRequest || res.Header.Get("Location") != "" {
				t.Errorf("got %s to %q", res.Status, res.Header.Get("Location"))
			}
		})
	}
}

// R1: a code is good once, whoever comes first.
func TestCodesAreGoodOnce(t *testing.T) {
	p := newParty(t, nil)
	t.Run("a wrong verifier gets nothing and burns the code", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		code := p.code(t, verifier)
		for _, try := range []string{oauth2.GenerateVerifier(), verifier} {
			if got := p.refusal(t.Context(), code, try); got != "invalid_grant" {
				t.Errorf("got %q", got)
			}
		}
	})
	t.Run("a replayed code gets nothing", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		code := p.code(t, verifier)
		if got := p.refusal(t.Context(), code, verifier); got != "" {
			t.Fatalf("the first try: %q", got)
		}
		if got := p.refusal(t.Context(), code, verifier); got != "invalid_grant" {
			t.Errorf("the second try: %q", got)
		}
	})
	t.Run("of many at once one wins", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		code := p.code(t, verifier)
		var won atomic.Int32
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if p.refusal(t.Context(), code, verifier) == "" {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d got tokens", won.Load())
		}
	})
	t.Run("a code is gone after a minute", func(t *testing.T) {
		verifier := oauth2.GenerateVerifier()
		code := p.code(t, verifier)
		p.clock.forward(time.Minute)
		if got := p.refusal(t.Context(), code, verifier); got != "invalid_grant" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a code made up gets nothing", func(t *testing.T) {
		if got := p.refusal(t.Context(), "AAAA", oauth2.GenerateVerifier()); got != "invalid_grant" {
			t.Errorf("got %q", got)
		}
	})
}

func TestADoubleClickSignsInOnce(t *testing.T) {
	p := newParty(t, nil)
	verifier := oauth2.GenerateVerifier()
	page := p.get(t, p.client, p.authorizeURL(verifier)).Header.Get("Location")
	var codes []string
	for range 2 {
		res := p.post(t, p.client, page, url.Values{"email": {"adele@contoso.com"}, "password": {password}})
		codes = append(codes, must(res.Location()).Query().Get("code"))
	}
	if got := p.refusal(t.Context(), codes[1], verifier); got != "" {
		t.Errorf("the second answer, which the browser follows: %q", got)
	}
	if got := p.refusal(t.Context(), codes[0], verifier); got != "invalid_grant" {
		t.Errorf("the first answer afterwards: %q", got)
	}
	if res := p.get(t, p.client, page); res.StatusCode != http.StatusBadRequest {
		t.Errorf("the page afterwards: %s", res.Status)
	}
}

func TestTheTokenEndpointAsksForTheClient(t *testing.T) {
	p := newParty(t, nil)
	verifier := oauth2.GenerateVerifier()
	code := p.code(t, verifier)
	for name, tc := range map[string]struct {
		edit   func(*http.Request, url.Values)
		status int
		want   string
	}{
		"nobody":         {func(r *http.Request, _ url.Values) { r.Header.Del("Authorization") }, 401, "invalid_client"},
		"a wrong secret": {func(r *http.Request, _ url.Values) { r.SetBasicAuth(clientID, "guess") }, 401, "invalid_client"},
		"another client": {func(r *http.Request, _ url.Values) { r.SetBasicAuth("other", url.QueryEscape(clientSecret)) }, 401, "invalid_client"},
		"the secret in the form": {func(r *http.Request, form url.Values) {
			r.Header.Del("Authorization")
			form.Set("client_id", clientID)
			form.Set("client_secret", clientSecret)
		}, 401, "invalid_client"},
		"the code in the address": {func(r *http.Request, _ url.Values) { r.URL.RawQuery = "code=" + code }, 400, "invalid_request"},
		"another grant":           {func(_ *http.Request, form url.Values) { form.Set("grant_type", "client_credentials") }, 400, "unsupported_grant_type"},
		"an assertion": {func(_ *http.Request, form url.Values) {
			form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		}, 400, "unsupported_grant_type"},
	} {
		t.Run(name+" is refused and does not burn the code", func(t *testing.T) {
			if status, said := p.tokenRequest(t, code, verifier, tc.edit); status != tc.status || said != tc.want {
				t.Errorf("got %d %q", status, said)
			}
		})
	}
	if status, said := p.tokenRequest(t, code, verifier, asIs); status != http.StatusOK {
		t.Errorf("the client afterwards: %d %q", status, said)
	}
}

func TestSignInBelongsToOneBrowserAndTenMinutes(t *testing.T) {
	p := newParty(t, nil)
	right := url.Values{"email": {"adele@contoso.com"}, "password": {password}}
	stale := func(t *testing.T, client *http.Client, page string) {
		t.Helper()
		for _, res := range []answer{p.get(t, client, page), p.post(t, client, page, right)} {
			if res.StatusCode != http.StatusBadRequest || !strings.Contains(res.body, "Start again") || res.Header.Get("Location") != "" {
				t.Errorf("got %s %q", res.Status, res.body)
			}
		}
	}
	t.Run("a browser without the cookie is refused", func(t *testing.T) {
		stale(t, p.newBrowser(), p.signInPage(t, p.client))
	})
	t.Run("a browser with a cookie of its own is refused", func(t *testing.T) {
		page, other := p.signInPage(t, p.client), p.newBrowser()
		p.signInPage(t, other)
		stale(t, other, page)
		if res := p.post(t, p.client, page, right); res.StatusCode != http.StatusSeeOther {
			t.Errorf("the right browser afterwards: %s", res.Status)
		}
	})
	t.Run("two tabs of one browser both work", func(t *testing.T) {
		first, second := p.signInPage(t, p.client), p.signInPage(t, p.client)
		for _, page := range []string{second, first} {
			if res := p.post(t, p.client, page, right); res.StatusCode != http.StatusSeeOther {
				t.Errorf("got %s", res.Status)
			}
		}
	})
	t.Run("a post from another site is refused", func(t *testing.T) {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, p.signInPage(t, p.client), strings.NewReader(right.Encode())))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-site")
		if res := send(t, p.client, req); res.StatusCode != http.StatusForbidden {
			t.Errorf("got %s", res.Status)
		}
	})
	t.Run("a request nobody made is refused", func(t *testing.T) {
		stale(t, p.client, p.cfg.Issuer+"/sign-in?request=AAAA")
		stale(t, p.client, p.cfg.Issuer+"/sign-in")
	})
	t.Run("after ten minutes it is refused", func(t *testing.T) {
		page := p.signInPage(t, p.client)
		p.clock.forward(10*time.Minute - time.Second)
		if res := p.get(t, p.client, page); res.StatusCode != http.StatusOK {
			t.Errorf("a second before: %s", res.Status)
		}
		p.clock.forward(time.Second)
		stale(t, p.client, page)
	})
}

func TestTokensOutliveARestartWithTheSameKeys(t *testing.T) {
	p := newParty(t, nil)
	token, _ := p.tokens(t, "adele@contoso.com", password)
	p.mount(must(idp.New(p.cfg)))
	if _, err := p.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err != nil {
		t.Error("same keys:", err)
	}
	if res := p.get(t, p.client, p.endSession(url.Values{"id_token_hint": {rawIDToken(token)}})); res.StatusCode != http.StatusFound {
		t.Errorf("sign-out with the old hint: %s", res.Status)
	}
	p.clock.forward(10 * time.Minute)
	if _, err := p.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil {
		t.Error("an expired token is still good")
	}
	p.clock.forward(-10 * time.Minute)
	p.cfg.CryptoKey = [32]byte{9}
	p.mount(must(idp.New(p.cfg)))
	if _, err := p.oidc.UserInfo(t.Context(), oauth2.StaticTokenSource(token)); err == nil {
		t.Error("a token of another key is good")
	}
}

func TestSignInHelperSaysWhatWentWrong(t *testing.T) {
	p := newParty(t, nil)
	_, err := idptest.SignIn(t.Context(), nil, p.authorizeURL(oauth2.GenerateVerifier()), "adele@contoso.com", "wrong")
	if !errors.Is(err, idptest.ErrRefused) || !strings.Contains(err.Error(), "Email or password is wrong.") {
		t.Errorf("a wrong password: %v", err)
	}
	back, err := idptest.SignIn(t.Context(), nil, p.authorizeURL(oauth2.GenerateVerifier(), param("prompt", "none")), "", "")
	if err != nil || !strings.Contains(back, "error=login_required") {
		t.Errorf("a request refused: %q, %v", back, err)
	}
	if _, err = idptest.SignIn(t.Context(), nil, p.cfg.Issuer+"/sign-in?request=AAAA", "", ""); err == nil {
		t.Error("a stale page went well")
	}
}
