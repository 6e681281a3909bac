package login_test

import (
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

const appPassword = "abcdabcdabcdabcd"

// The statuses of the legacy sign-in.
const (
	legacyWrongPassword = "0x80048821"
	legacyLocked        = "0x80048823"
	legacyNoPartner     = "0x8004882a"
	legacyBlocked       = "0x8004882c"
	legacyExpired       = "0x80048831"
	legacyUnavailable   = "0x80048869"
)

// TestLegacySignIn is what an app password opens, and each way in which it does not (R34).
func TestLegacySignIn(t *testing.T) {
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"mfa": "register"`, `"mfa": "register", "appPassword": "abcdabcdabcdabcd"`, 1))
	cases := map[string]struct{ user, password, status, code string }{
		"an app password":                         {"mfa@contoso.com", appPassword, "", ""},
		"a password where no MFA is":              {"svc@contoso.com", "Right-1234", "", ""},
		"the account's own password":              {"mfa@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50076"},
		"a wrong password":                        {"mfa@contoso.com", "x", legacyWrongPassword, "AADSTS50126"},
		"an app password without MFA":             {"svc@contoso.com", appPassword, legacyWrongPassword, "AADSTS50126"},
		"the password of a federated user":        {"fed@fed.contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50126"},
		"MFA by a policy":                         {"camfa@contoso.com", "Right-1234", legacyBlocked, ""},
		"security defaults":                       {"defaults@contoso.com", "Right-1234", legacyBlocked, ""},
		"a policy that blocks":                    {"ca@contoso.com", "Right-1234", legacyBlocked, ""},
		"an expired password":                     {"expired@contoso.com", "Right-1234", legacyExpired, "AADSTS50055"},
		"a disabled account":                      {"disabled@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50057"},
		"a locked account":                        {"locked@contoso.com", "Right-1234", legacyLocked, "AADSTS50053"},
		"an outage":                               {"down@contoso.com", "Right-1234", legacyUnavailable, "AADSTS90033"},
		"a user nobody knows":                     {"nobody@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"a domain nobody knows":                   {"svc@nobody.example", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"a user of another cloud":                 {"svc@fabrikam.us", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"an app password, MFA still to be set up": {"register@contoso.com", appPassword, legacyWrongPassword, "AADSTS50126"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for path, status := range map[string]int{"/rst2.srf": 200, "/extSTS.srf": 400} {
				got, r := w.Legacy(path, "user", c.user, "password", c.password)
				switch {
				case c.status == "":
					if r.Status != 200 || !strings.HasPrefix(got.Token, "t=") || !strings.HasSuffix(got.Token, "&p=") || got.Type != "urn:passport:compact" {
						t.Errorf("%d %s", r.Status, r.Body)
					}
				case r.Status != status || got.Token != "" || got.Status != c.status || c.code != "" && (got.Value != c.status || !strings.HasPrefix(got.Text, c.code+":")) || c.code == "" && got.Type == "":
					t.Errorf("%d %s", r.Status, r.Body)
				}
			}
		})
	}
	if got, _ := w.Legacy("/rst2.srf", "user", "svc@contoso.com", "audience", "fabrikam.com"); got.Value != legacyNoPartner {
		t.Errorf("a token for somebody else: %+v", got)
	}
	for _, body := range []string{"", "<x/>", w.TokenMessage()} {
		if r := w.Do(http.MethodPost, simtest.LoginHost, "/rst2.srf", body, "Content-Type", simtest.SOAPType); r.Status != 400 {
			t.Errorf("%q: %d", body, r.Status)
		}
	}
	if r := w.Token("username", "mfa@contoso.com", "password", appPassword).Refusal(t); r.Codes[0] != 50126 {
		t.Errorf("an app password at the token endpoint: %+v", r)
	}
}
