package microsoft

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// Account is what a validation needs.
type Account struct {
	Tenant   TenantRef
	App      App
	Username string
	Password secret.Value
	// Correlation is the id that the sign-in is found by in the tenant's log: a UUID, made up where it is empty.
	Correlation string

	// AppPassword says that the password is an app password, which goes over the legacy protocol only (R34). Only Validate takes one.
	AppPassword bool
	AdminCenter string // host of the SharePoint Online admin center, in lower case, for an app password
}

// TenantRef says where the account lives.
type TenantRef struct {
	ID            string // GUID; the initial domain serves where it is not known yet
	InitialDomain string
	Cloud         Cloud
	// CloudDomains are the federated domains whose passwords Microsoft's cloud checks, in lower case: an owner said so (X25).
	CloudDomains []string
}

// checks reports whether Microsoft's cloud checks the passwords of the username's domain though it is federated.
func (t TenantRef) checks(username string) bool {
	_, domain, _ := strings.Cut(username, "@")
	return slices.Contains(t.CloudDomains, strings.ToLower(domain))
}

func (t TenantRef) name() string {
	if t.ID != "" {
		return t.ID
	}
	return t.InitialDomain
}

// App is the app registration that Purser signs in with. A public client has neither a secret nor a certificate.
type App struct {
	ID          string
	Profile     string       // by which Forget finds its tokens
	Secret      secret.Value // the client secret, or the private key of the certificate as PKCS #8
	Certificate []byte       // DER; nil for a client secret
}

// signIn is one validation under way.
type signIn struct {
	client   *Client
	account  Account
	hosts    hosts
	patience patience
	lasting  bool      // a refresh token is asked for
	time     time.Time // Microsoft's own, when it was last asked; zero: it has not told
}

// Validate signs in to Microsoft 365 once with the account's password and reads what the account is (R17). Every failure is
// a verdict too. The password leaves at most once, except that a request which Microsoft throttled or could not serve is
// repeated within the client's patience (R62). An app password goes the legacy way (R34). What cannot be read after a token was given costs a warning, not validity.
func (c *Client) Validate(ctx context.Context, account Account) verdict.Verdict {
	ctx, cancel := context.WithTimeout(ctx, c.totalTimeout)
	defer cancel()
	s := &signIn{client: c, account: account, patience: patience{left: c.patience}}
	v := s.validate(ctx)
	v.At = c.now().UTC()
	return v
}

func (s *signIn) validate(ctx context.Context) verdict.Verdict {
	if s.account.AppPassword {
		return s.legacy(ctx)
	}
	v, token := s.enter(ctx)
	if v.Valid() {
		s.readAccount(ctx, token.token, &v)
	} else {
		s.blame(ctx, &v)
	}
	return v
}

// enter signs in and no more.
func (s *signIn) enter(ctx context.Context) (verdict.Verdict, bearer) {
	var known bool
	if s.hosts, known = s.account.Tenant.Cloud.hosts(); !known {
		return s.client.codes.Fail(verdict.CloudUnknown), bearer{}
	}
	v, managed := s.realm(ctx)
	if !managed && (v.Rule != verdict.RealmFederated || !s.account.Tenant.checks(s.account.Username)) {
		return v, bearer{}
	}
	v, token := s.token(ctx)
	v.CloudChecked = !managed
	return v, token
}
