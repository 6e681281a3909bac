package whose_test

import (
	"fmt"
	"strings"
	"testing"

	"purser.example/internal/whose"
)

// X1, X2: a status alone decides nothing; what really answered does.
func TestWhatReallyAnsweredDecides(t *testing.T) {
	for _, c := range []struct {
		name         string
		reply        whose.Reply
		fault        whose.Fault
		denied, gone bool
	}{
		{"403 in HTML", whose.Reply{HTTP: 403}, whose.Between, false, false},
		{"403 in JSON without a word", whose.Reply{HTTP: 403, JSON: true}, whose.Between, false, false},
		{"403 for want of a permission", whose.Reply{HTTP: 403, JSON: true, Word: "Authorization_RequestDenied"}, whose.App, true, false},
		{"403 of another service", whose.Reply{HTTP: 403, JSON: true, Word: "accessDenied", Marked: true}, whose.App, true, false},
		{"403 for a reason of its own", whose.Reply{HTTP: 403, JSON: true, Word: "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}, whose.Untold, false, false},
		{"404 in HTML", whose.Reply{HTTP: 404}, whose.Between, false, false},
		{"404 of the service without reason", whose.Reply{HTTP: 404, JSON: true, Word: "UnknownError"}, whose.Microsoft, false, false},
		{"404 of the object", whose.Reply{HTTP: 404, JSON: true, Word: "Request_ResourceNotFound"}, whose.Microsoft, false, true},
		{"the word with another status", whose.Reply{HTTP: 200, JSON: true, Word: "Request_ResourceNotFound"}, whose.Untold, false, false},
		{"400 of the service", whose.Reply{HTTP: 400, JSON: true, Word: "Request_BadRequest"}, whose.Purser, false, false},
		{"400 of a stranger", whose.Reply{HTTP: 400}, whose.Between, false, false},
		{"401 of the service", whose.Reply{HTTP: 401, JSON: true, Word: "InvalidAuthenticationToken"}, whose.Untold, false, false},
		{"401 of a stranger", whose.Reply{HTTP: 401}, whose.Between, false, false},
		{"503 with the service's ids", whose.Reply{HTTP: 503, Marked: true}, whose.Microsoft, false, false},
		{"503 of nobody known", whose.Reply{HTTP: 503}, whose.Untold, false, false},
		{"504 of nobody known", whose.Reply{HTTP: 504}, whose.Untold, false, false},
		{"429 of nobody known", whose.Reply{HTTP: 429, JSON: true}, whose.Untold, false, false},
		{"a redirect", whose.Reply{HTTP: 302, Marked: true}, whose.Between, false, false},
		{"a proxy that wants a sign-in", whose.Reply{HTTP: 407}, whose.Between, false, false},
		{"a page in place of an answer", whose.Reply{HTTP: 200}, whose.Between, false, false},
		{"an answer that is broken", whose.Reply{HTTP: 200, JSON: true}, whose.Untold, false, false},
	} {
		if got := c.reply.Whose(); got != c.fault || c.reply.Denied() != c.denied || c.reply.Gone() != c.gone {
			t.Errorf("%s: %s, denied %v, gone %v", c.name, got, c.reply.Denied(), c.reply.Gone())
		}
	}
}

// R62: each fault has words of its own, and what cannot be told apart says so.
func TestEveryFaultHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range append(whose.Faults(), "of a later release") {
		w := f.Words()
		if w.What == "" || !strings.HasSuffix(w.Remedy, ".") {
			t.Errorf("%s: %+v", f, w)
		}
		seen[fmt.Sprint(w)] = true
	}
	if len(seen) != len(whose.Faults()) || !strings.Contains(whose.Untold.Words().What, "Microsoft, the network, or") {
		t.Errorf("%d words for %d faults", len(seen), len(whose.Faults()))
	}
}

// X3: the word of an identity provider decides where a standard knows it, and no other does.
func TestTheWordOfAnIdentityProviderDecides(t *testing.T) {
	for word, want := range map[string]whose.Fault{
		"access_denied": whose.Account, "login_required": whose.Account, "invalid_client": whose.App, "invalid_scope": whose.App,
		"temporarily_unavailable": whose.Microsoft, "invalid_grant": whose.Untold,
	} {
		if got, known := whose.OfOAuth(word); got != want || !known {
			t.Errorf("%s: %s, %v", word, got, known)
		}
	}
	for _, word := range []string{"", "blocked_by_policy", "Access_Denied"} {
		if got, known := whose.OfOAuth(word); known {
			t.Errorf("%q is taken for %s", word, got)
		}
	}
}

// X4: every class has somebody, and one that is not known has nobody.
func TestEveryClassHasSomebody(t *testing.T) {
	for class, want := range map[string]whose.Fault{
		"wrong_credentials": whose.Account, "account_state": whose.Account, "mfa_required": whose.Tenant, "conditional_access": whose.Tenant,
		"federation": whose.Tenant, "tenant_not_found": whose.Tenant, "app_config": whose.App, "service_fault": whose.Microsoft, "unknown": whose.Untold,
		"of tomorrow": whose.Untold, "": whose.Untold,
	} {
		if got := whose.OfClass(class); got != want {
			t.Errorf("%q: %s, want %s", class, got, want)
		}
	}
}
