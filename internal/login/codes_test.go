package login_test

import (
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

const (
	cannotNow     = "The identity provider can't sign you in right now. Sign in again in a moment."
	tenantRefuses = "Something in your organization blocks this sign-in, such as a policy. Signing in again is unlikely to help. Ask the administrator of your identity provider, and quote the reference below. Purser's log has the provider's response."
)

// X4: the class of Microsoft's code decides before the word it comes with, where the browser comes back and at the token endpoint. The
// word decides where the code tells nothing.
func TestTheClassOfMicrosoftsCodeDecidesX4(t *testing.T) {
	codes := func(cfg *login.Config) { cfg.Codes = verdict.Builtin().Whose }
	for _, tc := range []struct {
		class, word, code string
		callback, token   whose.Fault
	}{
		{"wrong_credentials", "invalid_grant", "AADSTS50034", whose.Account, whose.Account},
		{"account_state", "invalid_grant", "AADSTS50057", whose.Account, whose.Account},
		{"account_state, too late", "invalid_grant", "AADSTS70008", whose.Untold, whose.Untold},
		{"mfa_required", "interaction_required", "AADSTS50076", whose.Tenant, whose.Tenant},
		{"conditional_access", "interaction_required", "AADSTS53003", whose.Tenant, whose.Tenant},
		{"conditional_access, a family", "access_denied", "AADSTS530099", whose.Tenant, whose.Tenant},
		{"app_config", "invalid_grant", "AADSTS700016", whose.App, whose.App},
		{"app_config", "invalid_client", "AADSTS7000215", whose.App, whose.App},
		{"app_config, of one person", "access_denied", "AADSTS50105", whose.Account, whose.Account},
		{"app_config, of one person", "invalid_grant", "AADSTS50105", whose.Account, whose.Account},
		{"app_config, of a code of nonsense", "invalid_grant", "AADSTS9002313", whose.Untold, whose.Untold},
		{"tenant_not_found", "invalid_tenant", "AADSTS90002", whose.Tenant, whose.Tenant},
		{"federation", "access_denied", "AADSTS50107", whose.Tenant, whose.Tenant},
		{"service_fault", "invalid_grant", "AADSTS90055", whose.Microsoft, whose.Microsoft},
		{"service_fault", "interaction_required", "AADSTS90033", whose.Microsoft, whose.Microsoft},
		{"service_fault", "invalid_client", "AADSTS50196", whose.Microsoft, whose.Microsoft},
		{"unknown", "login_required", "AADSTS50058", whose.Account, whose.Account},
		{"no row", "invalid_grant", "AADSTS99999", whose.Untold, whose.Untold},
		{"no row", "interaction_required", "AADSTS99999", whose.Account, whose.Account},
		{"longer than any", "temporarily_unavailable", "AADSTS7000215123", whose.Microsoft, whose.Microsoft},
	} {
		t.Run(tc.class+" "+tc.word+" "+tc.code, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p, codes)
			description := tc.code + ": no. Trace ID: 1"
			attempt, answer := begin(t, c)
			back := answer
			back.Error, back.ErrorDescription = tc.word, description
			_, err := c.Finish(t.Context(), attempt, back)
			p.refuses(t, err, problem.BadRequest, map[whose.Fault]string{
				whose.Account: accountRefused, whose.Tenant: tenantRefuses, whose.App: wronglyRegistered, whose.Microsoft: cannotNow,
				whose.Untold: "The identity provider refused this sign-in. Sign in again. If it is refused again, ask the administrator of your identity provider.",
			}[tc.callback])
			if login.Whose(err) != tc.callback {
				t.Errorf("where the browser comes back: blamed on %q, want %q", login.Whose(err), tc.callback)
			}

			p.instead("/token", func(w http.ResponseWriter, _ *http.Request) {
				p.answer(w, http.StatusBadRequest, map[string]any{"error": tc.word, "error_description": description})
			})
			_, err = c.Finish(t.Context(), attempt, answer)
			kind, sentence := problem.BadRequest, notVerified
			switch tc.token {
			case whose.Account:
				sentence = accountRefused
			case whose.Tenant:
				sentence = tenantRefuses
			case whose.App:
				kind, sentence = problem.Upstream, wronglyRegistered
			case whose.Microsoft:
				kind, sentence = problem.Upstream, notAnswered
			}
			p.refuses(t, err, kind, sentence)
			if login.Whose(err) != tc.token || login.SetUpWrongly(err) != (tc.token == whose.App) {
				t.Errorf("at the token endpoint: blamed on %q, want %q", login.Whose(err), tc.token)
			}
			if number := tc.code[:min(len(tc.code), len("AADSTS999999999"))]; len(tc.code) < 15 && !strings.Contains(err.Error(), number) {
				t.Errorf("the log lacks the code: %v", err)
			}
		})
	}
}
