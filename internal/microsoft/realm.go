package microsoft

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"purser.example/internal/verdict"
)

// realm asks how the domain of the username signs in, before a password leaves us (Microsoft, user realm). It returns true when
// Microsoft itself checks the password in this cloud; otherwise the verdict is final. The address of a federated domain's
// own sign-in stands in the answer and is not used: Purser sends passwords to Microsoft only.
func (s *signIn) realm(ctx context.Context) (verdict.Verdict, bool) {
	a, err := s.client.askPatiently(ctx, &s.patience, request{
		host: s.hosts.login, path: "/common/UserRealm/" + url.PathEscape(s.account.Username) + "?api-version=1.0",
	})
	if err != nil {
		return s.failed("user realm", a, err), false
	}
	s.time = a.time()
	if a.status != http.StatusOK {
		return s.refused("user realm", a), false
	}
	var body struct {
		AccountType string `json:"account_type"`
		Cloud       string `json:"cloud_instance_name"`
	}
	if err := a.decode(&body); err != nil {
		return s.failed("user realm", a, err), false
	}
	if s.hosts.elsewhere(body.Cloud) {
		return s.found(verdict.RealmOtherCloud, a), false
	}
	switch strings.ToLower(body.AccountType) {
	case "managed":
		return verdict.Verdict{}, true
	case "federated":
		return s.found(verdict.RealmFederated, a), false
	case "unknown":
		return s.found(verdict.RealmUnknown, a), false
	default:
		return s.failed("user realm", a, noAnswer(verdict.BadAnswer, "no account type that is known")), false
	}
}
