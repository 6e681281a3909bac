package contract

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
)

// TestFederatedAccount takes the long way: what the federation server offers, an assertion from it, a token for that.
func TestFederatedAccount(t *testing.T) {
	w := newWorld(t)
	result, err := signIn(t, w.client(t, appID, tenantID), "anna@fed.contoso.com", password)
	if err != nil {
		t.Fatal(err)
	}
	if status, me := w.get(t, result.AccessToken, "/me"); status != http.StatusOK || me["userPrincipalName"] != "anna@fed.contoso.com" {
		t.Errorf("%d %v", status, me)
	}
	want := []string{
		"GET /{tenant}/v2.0/.well-known/openid-configuration", "GET /common/UserRealm/anna@fed.contoso.com",
		"GET /adfs/services/trust/mex", "POST /adfs/services/trust/13/usernamemixed",
		"POST /{tenant}/oauth2/v2.0/token urn:ietf:params:oauth:grant-type:saml1_1-bearer", "GET /v1.0/me",
	}
	if got := w.asked(t); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestFederatedRefusal is refused by the federation server, with a SOAP fault, and never gets to the token endpoint.
func TestFederatedRefusal(t *testing.T) {
	w := newWorld(t)
	_, err := signIn(t, w.client(t, appID, tenantID), "anna@fed.contoso.com", "Wrong-1234")
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok || call.Resp.StatusCode != http.StatusInternalServerError || !strings.Contains(call.Error(), "FailedAuthentication") {
		t.Fatal(err)
	}
	if got := w.asked(t); got[len(got)-1] != "POST /adfs/services/trust/13/usernamemixed" {
		t.Errorf("%q", got)
	}
	t.Run("by the cloud, after the federation server", func(t *testing.T) {
		w.change(t, "users/anna@fed.contoso.com", `{"accountEnabled": false}`)
		_, err := signIn(t, w.client(t, appID, tenantID), "anna@fed.contoso.com", password)
		if got := refused(t, err); !slices.Equal(got.Codes, []int{50057}) {
			t.Errorf("%+v", got)
		}
	})
}
