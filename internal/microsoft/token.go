package microsoft

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// token asks for a token with username and password (Microsoft, OAuth 2.0 resource owner password credentials): the validation itself. It asks for no refresh
// token, which somebody would have to protect, unless hosts of SharePoint are to be asked afterwards. The token is empty unless the verdict is valid.
func (s *signIn) token(ctx context.Context) (verdict.Verdict, bearer) {
	form, err := s.tokenForm()
	if err != nil {
		return s.failed("token request", answer{}, err), bearer{}
	}
	defer form.wipe()
	a, err := s.client.askPatiently(ctx, &s.patience, request{
		host: s.hosts.login, path: tokenPath(s.account.Tenant), form: form, again: s.account.App.renewing(s.tokenForm), correlation: s.account.Correlation,
	})
	v, token := s.tokenVerdict(a, err)
	v.Attempted = form.sent()
	return v, token
}

// scopeOf asks for all that was consented to at a host; lasting, for a refresh token too.
func scopeOf(host string, lasting bool) string {
	if lasting {
		return "https://" + host + "/.default offline_access"
	}
	return "https://" + host + "/.default"
}

// tokenPath is where tokens of the tenant are asked for.
func tokenPath(t TenantRef) string { return "/" + url.PathEscape(t.name()) + "/oauth2/v2.0/token" }

func (s *signIn) tokenForm() (*form, error) {
	pairs := [][]byte{
		[]byte("client_id"), []byte(s.account.App.ID),
		[]byte("grant_type"), []byte("password"),
		[]byte("scope"), []byte(scopeOf(s.hosts.graph, s.lasting)),
		[]byte("username"), []byte(s.account.Username),
		[]byte("password"), s.account.Password.Reveal(),
	}
	proof, err := s.client.proof(s.hosts, s.account.Tenant, s.account.App)
	if err != nil {
		return nil, err
	}
	return newForm(append(pairs, proof...)...), nil
}

func (s *signIn) tokenVerdict(a answer, err error) (verdict.Verdict, bearer) {
	if err != nil {
		return s.failed("token request", a, err), bearer{}
	}
	if a.status != http.StatusOK {
		return s.refused("token request", a), bearer{}
	}
	var body tokenBody
	if err := a.decode(&body); err != nil {
		return s.failed("token request", a, err), bearer{}
	}
	token, err := body.bearer(s.client.now())
	if err != nil {
		return s.failed("token request", a, err), bearer{}
	}
	v := about(a)
	v.Status = verdict.Valid
	v.Proof = verdict.Proof{User: verdict.Proved, Password: verdict.Proved, Policy: verdict.Proved}
	return v, token
}

// tokenBody is what the token endpoint answers.
type tokenBody struct {
	Type  string `json:"token_type"`
	Token string `json:"access_token"`
	Lives lives  `json:"expires_in"`
	Next  string `json:"refresh_token"`
}

// lives is how many seconds a token lives. Some answer with text (Microsoft, legacy v1 endpoints); what cannot be one is a short
// life, so that a token is not used beyond its own and not asked for with every question (X47).
type lives int

const (
	shortLife lives = 5 * 60
	longLife  lives = 24 * 60 * 60
)

// UnmarshalJSON implements json.Unmarshaler.
func (l *lives) UnmarshalJSON(text []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	if err != nil || !(n > 0) {
		*l = shortLife
		return nil
	}
	*l = lives(min(n, float64(longLife)))
	return nil
}

// bearer is a token of one host, and when it ends.
type bearer struct {
	token secret.Value
	ends  time.Time
	next  secret.Value // the refresh token; empty unless it was asked for
}

func (b tokenBody) bearer(now time.Time) (bearer, error) {
	if !strings.EqualFold(b.Type, "Bearer") || !usable(b.Token) {
		return bearer{}, noAnswer(verdict.BadAnswer, "no token that can be used")
	}
	got := bearer{token: secret.FromString(b.Token), ends: now.Add(time.Duration(cmp.Or(b.Lives, shortLife)) * time.Second)}
	if usable(b.Next) {
		got.next = secret.FromString(b.Next)
	}
	return got, nil
}

// usable reports whether a token can stand in a header.
func usable(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
