package graph

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
)

// FuzzFilter looks for a filter that crashes the parser or the predicate it makes.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"mail eq 'x'", "not (a ne null) or b in ('x',true)", "groupTypes/any(c:c eq 'Unified')", "startswith(displayName,'O''B') and endswith(mail,'x')", "(((", "a eq ''''"} {
		f.Add(seed)
	}
	words, err := fixture.Read(strings.NewReader(`{"tenants": [{"id": "6f1c0000-0000-4000-8000-000000000001", "initialDomain": "contoso.onmicrosoft.com",
		"users": [{"userPrincipalName": "a@contoso.com", "password": "x"}, {"userPrincipalName": "b@contoso.com", "password": "x", "servicePlans": ["SHAREPOINTENTERPRISE"]}],
		"groups": [{"displayName": "A Pool", "mail": "a-pool@contoso.com"}, {"displayName": "Team O'Brien", "mail": "team@contoso.com", "kind": "microsoft365", "team": true}]}]}`))
	if err != nil {
		f.Fatal(err)
	}
	d, err := directory.New(words, time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	tenant := d.Tenant("contoso.com")
	f.Fuzz(func(t *testing.T, text string) {
		q := query{raw: url.Values{"$filter": {text}, "$search": {text}}}
		if q.readFilter() == nil {
			q.size(q.sorted(groupList(tenant)))
		}
		if q.readSearch() == nil {
			q.size(q.sorted(userList(tenant, asUser)))
		}
	})
}
