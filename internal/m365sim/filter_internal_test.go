package m365sim

import (
	"net/url"
	"testing"
)

// FuzzFilter looks for a filter that crashes the parser or the predicate it makes.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{"mail eq 'x'", "not (a ne null) or b in ('x',true)", "groupTypes/any(c:c eq 'Unified')", "startswith(displayName,'O''B') and endswith(mail,'x')", "(((", "a eq ''''"} {
		f.Add(seed)
	}
	s := mustNew(f, `{"tenants": [{"id": "`+tenantID+`", "initialDomain": "contoso.onmicrosoft.com", "users": [{"userPrincipalName": "a@contoso.com", "password": "x"}],
		"groups": [{"displayName": "A", "mail": "a-pool@contoso.com"}, {"displayName": "B", "kind": "microsoft365"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		q := query{raw: url.Values{"$filter": {text}, "$search": {text}}}
		if q.readFilter() == nil {
			q.pick(objects(s.dir.tenants[0].groups))
		}
		if q.readSearch() == nil {
			q.pick(objects(s.dir.tenants[0].users))
		}
	})
}
