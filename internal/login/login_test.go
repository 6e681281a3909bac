package login_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/whose"
)

// The sentences, to the letter: people and the sign-in pages' tests read them.
const (
	notVerified = "This sign-in could not be verified. Sign in again."
	notAnswered = "The identity provider didn't respond. Try again in a moment."
	otherOne    = "Something other than the identity provider responded, such as a proxy or a web filter. Try again in a moment. If this keeps happening, tell your server administrator."
	wronglySet  = "Sign-in isn't set up correctly: Purser found no identity provider it can use at the address in its settings. Your server administrator needs to correct PURSER_OIDC_ISSUER. The log says how."
	nowhere     = "Sign-in isn't set up correctly, or something other than the identity provider responds: Purser found none at the address in its settings. If this keeps happening, your server administrator needs to correct PURSER_OIDC_ISSUER. The log says more."

	wronglyRegistered = "Sign-in isn't set up correctly: the identity provider doesn't accept Purser's registration. Your server administrator needs to correct it. The log says what was refused."
	accountRefused    = "The identity provider refused this account. Signing in again won't help. Ask the administrator of your identity provider, and quote the reference below. Purser's log has the provider's response."
)

// newClient makes a client of p whose clock is p's. The change comes last.
func newClient(p *fakeProvider, change ...func(*login.Config)) *login.Client {
	cfg := login.Config{
		Issuer: p.URL, ClientID: clientID, ClientSecret: secret.FromString(clientSecret), RedirectURL: redirectURL,
		PostLogoutURL: "https://purser.contoso.com/auth/signed-out", RoleClaim: "roles",
		RoleValues: map[string]access.Role{"TenantOwner": access.TenantOwner, "ServiceAdministrator": access.ServiceAdministrator},
		Now:        func() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.now },
	}
	for _, c := range change {
		c(&cfg)
	}
	return login.New(cfg)
}

func (p *fakeProvider) pass(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// begin starts a sign-in and plays the browser until it comes back.
func begin(t *testing.T, c *login.Client) (login.Attempt, login.Answer) {
	t.Helper()
	attempt, address, err := c.Begin(t.Context(), "/service-accounts?q=backup")
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	return attempt, browse(t, address)
}

func browse(t *testing.T, address string) login.Answer {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("the provider answered %s without sending the browser back", resp.Status)
	}
	q := back.Query()
	return login.Answer{
		State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"),
		Error: q.Get("error"), ErrorDescription: q.Get("error_description"),
	}
}

// refuses wants err to be of that kind and sentence, and to give away nothing (R60).
func (p *fakeProvider) refuses(t *testing.T, err error, kind problem.Kind, sentence string) {
	t.Helper()
	if err == nil {
		t.Fatal("the sign-in succeeded")
	}
	if got := problem.KindOf(err); got != kind {
		t.Errorf("kind = %v, want %v (%v)", got, kind, err)
	}
	if got := problem.Message(err); got != sentence {
		t.Errorf("sentence = %q, want %q", got, sentence)
	}
	p.givesNothingAway(t, err)
}

// givesNothingAway looks for every secret of the sign-in in all that a log could print of err.
func (p *fakeProvider) givesNothingAway(t *testing.T, err error) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	secrets := map[string]string{"client secret": clientSecret, "client secret, escaped": url.QueryEscape(clientSecret)}
	for name, value := range p.issued {
		secrets[name] = value
	}
	var printed strings.Builder
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&printed, "%v\n%+v\n%q\n", e, e, e)
	}
	for name, value := range secrets {
		if value != "" && strings.Contains(printed.String(), value) {
			t.Errorf("the error shows the %s: %s", name, printed.String())
		}
	}
	if len(err.Error()) > 1000 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}

func TestSignInR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	attempt, answer := begin(t, c)
	for name, value := range map[string]string{"state": attempt.State, "nonce": attempt.Nonce, "verifier": attempt.Verifier} {
		if len(value) != 43 {
			t.Errorf("%s has %d characters, want the 43 of 256 bits", name, len(value))
		}
	}
	attempt = throughSession(t, attempt)
	if attempt.ReturnTo != "/service-accounts?q=backup" {
		t.Errorf("return to %q", attempt.ReturnTo)
	}
	who, err := c.Finish(t.Context(), attempt, answer)
	if err != nil {
		t.Fatalf("finish: %v", err)
	}
	got := who.Caller
	if got.Issuer != p.URL || got.Subject != "adele-1" || got.Name != "Adele Vance" || got.SignIn != "adele@contoso.com" {
		t.Errorf("caller = %+v", got)
	}
	if !slices.Equal(got.Roles, []access.Role{access.TenantOwner}) {
		t.Errorf("roles = %v", got.Roles)
	}
	if who.IDToken != p.issued["id token"] || !who.Expires.Equal(p.now.Add(time.Hour)) {
		t.Errorf("token or expiry are not those issued: %s", who.Expires)
	}
	for _, r := range p.seen {
		if r.Header.Get("Cookie") != "" {
			t.Errorf("%s carried a cookie", r.URL.Path)
		}
	}
}

// throughSession keeps an attempt as a session does: as JSON.
func throughSession(t *testing.T, attempt login.Attempt) login.Attempt {
	t.Helper()
	row, err := json.Marshal(attempt)
	if err != nil {
		t.Fatal(err)
	}
	var back login.Attempt
	if err := json.Unmarshal(row, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestEveryAttemptIsNewR1(t *testing.T) {
	c := newClient(newProvider(t))
	one, first, _ := c.Begin(t.Context(), "/")
	two, second, _ := c.Begin(t.Context(), "/")
	if one.State == two.State || one.Nonce == two.Nonce || one.Verifier == two.Verifier || one.State == one.Nonce {
		t.Error("two attempts share a value")
	}
	if first == second || strings.Contains(first, one.Verifier) {
		t.Error("the address is the same twice, or shows the verifier")
	}
}

func TestAnAnswerThatDoesNotBelongToTheAttemptIsRefusedR1(t *testing.T) {
	cases := map[string]func(*login.Attempt, *login.Answer){
		"no state":                 func(_ *login.Attempt, a *login.Answer) { a.State = "" },
		"another state":            func(_ *login.Attempt, a *login.Answer) { a.State = strings.Repeat("A", 43) },
		"part of the state":        func(_ *login.Attempt, a *login.Answer) { a.State = a.State[:42] },
		"no attempt at all":        func(at *login.Attempt, a *login.Answer) { *at = login.Attempt{}; a.State = "" },
		"a made-up code":           func(_ *login.Attempt, a *login.Answer) { a.Code = "code-guessed" },
		"another verifier":         func(at *login.Attempt, _ *login.Answer) { at.Verifier = strings.Repeat("A", 43) },
		"another nonce":            func(at *login.Attempt, _ *login.Answer) { at.Nonce = strings.Repeat("A", 43) },
		"no nonce in the attempt":  func(at *login.Attempt, _ *login.Answer) { at.Nonce = "" },
		"another issuer":           func(_ *login.Attempt, a *login.Answer) { a.Issuer = "https://fabrikam.example" },
		"issuer with a slash more": func(_ *login.Attempt, a *login.Answer) { a.Issuer += "/" },
	}
	for name, forge := range cases {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			attempt, answer := begin(t, c)
			forge(&attempt, &answer)
			_, err := c.Finish(t.Context(), attempt, answer)
			p.refuses(t, err, problem.BadRequest, notVerified)
		})
	}
}

func TestAnAnswerWithoutACodeAsksNobodyR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	attempt, answer := begin(t, c)
	answer.Code = ""
	_, err := c.Finish(t.Context(), attempt, answer)
	p.refuses(t, err, problem.BadRequest, notVerified)
	if p.hitsOf("/token") != 0 {
		t.Error("the token endpoint was asked for nothing")
	}
}

func TestACodeWorksOnceR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	attempt, answer := begin(t, c)
	if _, err := c.Finish(t.Context(), attempt, answer); err != nil {
		t.Fatal(err)
	}
	_, err := c.Finish(t.Context(), attempt, answer)
	p.refuses(t, err, problem.BadRequest, notVerified)

	t.Run("and not in the attempt of somebody else", func(t *testing.T) {
		_, stolen := begin(t, c)
		mine, answer := begin(t, c)
		answer.Code = stolen.Code
		_, err := c.Finish(t.Context(), mine, answer)
		p.refuses(t, err, problem.BadRequest, notVerified)
	})
}

func TestAnAttemptLastsTenMinutesR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	attempt, answer := begin(t, c)
	p.pass(10*time.Minute + time.Second)
	_, err := c.Finish(t.Context(), attempt, answer)
	p.refuses(t, err, problem.BadRequest, "This sign-in took longer than 10 minutes. Sign in again.")
	if p.hitsOf("/token") != 0 {
		t.Error("the code of a late answer was redeemed")
	}
	p.pass(-time.Second)
	if _, err := c.Finish(t.Context(), attempt, answer); err != nil {
		t.Errorf("after exactly ten minutes: %v", err)
	}
}

func TestTheIssuerParameterIsNeededWhereAnnounced(t *testing.T) { // R1, RFC 9207 section 2.4
	for _, announced := range []bool{false, true} {
		t.Run(fmt.Sprintf("announced %v", announced), func(t *testing.T) {
			p := newProvider(t)
			p.document["authorization_response_iss_parameter_supported"] = announced
			c := newClient(p)
			attempt, answer := begin(t, c)
			answer.Issuer = ""
			_, err := c.Finish(t.Context(), attempt, answer)
			if announced {
				p.refuses(t, err, problem.BadRequest, notVerified)
			} else if err != nil {
				t.Errorf("finish: %v", err)
			}
		})
	}
}

func TestAnErrorAnswerBecomesASentenceR1(t *testing.T) {
	const (
		refused   = "The identity provider refused this sign-in. Sign in again. If it is refused again, ask the administrator of your identity provider."
		busy      = "The identity provider can't sign you in right now. Sign in again in a moment."
		cancelled = "The sign-in was canceled. Sign in again to continue."
	)
	cases := []struct{ code, sentence, logged string }{
		{"access_denied", cancelled, "access_denied, AADSTS65004"},
		{"temporarily_unavailable", busy, "temporarily_unavailable"},
		{"server_error", busy, "server_error"},
		{"invalid_scope", wronglyRegistered, "invalid_scope"},
		{"<script>alert(1)</script>", refused, "an unknown error code"},
	}
	p := newProvider(t)
	c := newClient(p)
	for _, tc := range cases {
		t.Run(tc.code, func(t *testing.T) {
			attempt, answer := begin(t, c)
			answer.Error, answer.ErrorDescription = tc.code, "AADSTS65004: <b>User declined</b> "+answer.Code
			_, err := c.Finish(t.Context(), attempt, answer)
			p.refuses(t, err, problem.BadRequest, tc.sentence)
			if !strings.Contains(err.Error(), tc.logged) || strings.Contains(err.Error(), "<") {
				t.Errorf("log text = %q", err)
			}
		})
	}
	if p.hitsOf("/token") != 0 {
		t.Error("a code was redeemed after an error answer")
	}
	t.Run("but not without the state", func(t *testing.T) {
		attempt, _ := begin(t, c)
		_, err := c.Finish(t.Context(), attempt, login.Answer{Error: "access_denied"})
		p.refuses(t, err, problem.BadRequest, notVerified)
	})
}

// X3: access_denied alone says neither that the person cancelled nor that the account was refused; its description does, and the log
// has it, cleaned and without what belongs to the sign-in.
func TestARefusedAccountIsNotToldAsCancelledX3(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	const unsaid = "The sign-in was canceled, or the identity provider refused this account. It doesn't say which. Sign in again to continue. If it is refused again, ask the administrator of your identity provider."
	const cancelled = "The sign-in was canceled. Sign in again to continue."
	for _, tc := range []struct{ code, description, sentence, logged string }{
		{"access_denied", "User is not assigned to the client application.", accountRefused, `access_denied: "User is not assigned to the client application."`},
		{"access_denied", "AADSTS50105: The signed in user is not assigned\r\nTrace ID: 1", accountRefused, `access_denied, AADSTS50105: "AADSTS50105: The signed in user is not assigned  Trace ID: 1"`},
		{"access_denied", "Access denied by the user's administrator", accountRefused, "access_denied"},
		{"access_denied", "Policy evaluation failed for this request", accountRefused, "Policy evaluation failed"},
		{"login_required", "The account is locked", accountRefused, "login_required"},
		{"interaction_required", "AADSTS53003: blocked", accountRefused, "AADSTS53003"},
		{"access_denied", "", unsaid, "access_denied"},
		{"access_denied", "  ", unsaid, "access_denied"},
		{"access_denied", "The resource owner or authorization server denied the request.", unsaid, "authorization server denied"},
		{"access_denied", "The resource owner or authorization server denied the request", unsaid, "access_denied"},
		{"access_denied", "The resource owner or the authorization server denied the request. ", unsaid, "access_denied"},
		{"access_denied", "The authorization server or the resource owner denied the request.", unsaid, "access_denied"},
		{"access_denied", "The resource owner or authorization server denied the request. Make sure that the request you are making is valid. Maybe the credential or request parameters you are using are limited in scope or otherwise restricted.", unsaid, "access_denied"},
		{"access_denied", "Access denied", unsaid, "access_denied"},
		{"access_denied", "access_denied", unsaid, "access_denied"},
		{"access_denied", "The resource owner or authorization server denied the request. The account is not in the group.", accountRefused, "not in the group"},
		{"access_denied", "The resource owner or authorization server denied the request. The resource owner denied the request.", cancelled, "access_denied"},
		{"access_denied", "The request was denied by the user", cancelled, "denied by the user"},
		{"access_denied", "Access denied by the end-user.", cancelled, "end-user"},
		{"access_denied", "Authorization rejected by the resource owner", cancelled, "rejected by"},
		{"access_denied", "Consent refused by user", cancelled, "refused by"},
		{"access_denied", "The end user refused consent", cancelled, "refused consent"},
		{"access_denied", "Refused consent", cancelled, "Refused consent"},
		{"access_denied", "Consent denied", cancelled, "Consent denied"},
		{"access_denied", "Consent denied by administrator", accountRefused, "administrator"},
		{"access_denied", "Access denied by user assignment policy", accountRefused, "policy"},
		{"access_denied", "The administrator refused consent", accountRefused, "administrator"},
		{"access_denied", "User rejected: not in the allowed domain", accountRefused, "allowed domain"},
		{"access_denied", "User rejected by policy", accountRefused, "policy"},
		{"access_denied", "Access was denied by the authorization server", accountRefused, "authorization server"},
		{"access_denied", "User did not authorize the request", cancelled, "did not authorize"},
		{"access_denied", "AADB2C90091: The user has cancelled entering self-asserted information.", cancelled, "has cancelled"},
		{"access_denied", "The user denied the request", cancelled, "denied the request"},
	} {
		attempt, answer := begin(t, c)
		answer.Error, answer.ErrorDescription = tc.code, tc.description
		_, err := c.Finish(t.Context(), attempt, answer)
		p.refuses(t, err, problem.BadRequest, tc.sentence)
		if !strings.Contains(err.Error(), tc.logged) {
			t.Errorf("log text = %s, want %s in it", err, tc.logged)
		}
		if login.Whose(err) != whose.Account {
			t.Errorf("%s %q is blamed on %q", tc.code, tc.description, login.Whose(err))
		}
	}
	t.Run("and gives nothing away", func(t *testing.T) {
		attempt, answer := begin(t, c)
		answer.Error, answer.ErrorDescription = "access_denied", strings.Repeat("\u202eno ", 30)+answer.Code+" "+attempt.State+" "+attempt.Nonce+" "+attempt.Verifier
		_, err := c.Finish(t.Context(), attempt, answer)
		p.refuses(t, err, problem.BadRequest, accountRefused)
		for _, hidden := range []string{"\u202e", attempt.Verifier, attempt.Nonce} {
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("the log has %q", hidden)
			}
		}
	})
}

func TestWhatIsPrintedOfASignInHidesItR60(t *testing.T) {
	attempt := login.Attempt{State: "st-hidden", Nonce: "no-hidden", Verifier: "ve-hidden"}
	answer := login.Answer{State: "st-hidden", Code: "co-hidden"}
	who := login.Identity{IDToken: "id-hidden", Caller: access.Caller{Subject: "adele-1"}}
	type record struct {
		Attempt  login.Attempt
		Answer   login.Answer
		Identity login.Identity
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{attempt, answer, who, &attempt, record{attempt, answer, who}} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "hidden") {
				t.Errorf("%s shows %s", verb, got)
			}
		}
	}
	for _, value := range []interface{ LogValue() slog.Value }{attempt, answer, who} {
		if got := value.LogValue().String(); strings.Contains(got, "hidden") {
			t.Errorf("slog shows %s", got)
		}
	}
}
