package graph_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestGraphFilterAndSearch(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	cases := []struct {
		name, query string
		eventual    bool
		want        []string // nil: refused
	}{
		{"by address, in either case", `$filter=mail eq 'AOS-pool@contoso.com'`, false, []string{"AOS Pool"}},
		{"by name with a quote", `$filter=displayName eq 'Team O''Brien'`, false, []string{"Team O'Brien"}},
		{"two of one name", `$filter=displayName eq 'Same name'`, false, []string{"Same name", "Same name"}},
		{"by the beginning of a name", `$filter=startswith(displayName,'aos')`, false, []string{"AOS Pool"}},
		{"by name or address", `$filter=displayName eq 'List' or (mail eq 'nested@contoso.com' and mailEnabled eq true)`, false, []string{"Nested", "List"}},
		{"by type", `$filter=groupTypes/any(c:c eq 'Unified')`, false, []string{"Team O'Brien"}},
		{"teams", `$filter=resourceProvisioningOptions/Any(x:x eq 'Team')`, false, []string{"Team O'Brien"}},
		{"by list", `$filter=id in ('` + simtest.PoolID + `','x')`, false, []string{"AOS Pool"}},
		{"nobody", `$filter=mail eq null and securityEnabled eq false`, false, []string{}},
		{"ne without the header", `$filter=mail ne null`, false, nil},
		{"ne without $count", `$filter=mail ne null`, true, nil},
		{"ne with both", `$filter=mail ne null&$count=true`, true, []string{"AOS Pool", "Nested", "Team O'Brien", "List"}},
		{"not with both", `$filter=not startswith(displayName,'S')&$count=true`, true, []string{"AOS Pool", "Nested", "Team O'Brien", "List"}},
		{"endswith with both", `$filter=endswith(mail,'-pool@contoso.com')&$count=true`, true, []string{"AOS Pool"}},
		{"search without the header", `$search="displayName:pool"`, false, nil},
		{"search by word", `$search="displayName:po"`, true, []string{"AOS Pool"}},
		{"search by several", `$search="displayName:same" OR "mail:list"`, true, []string{"Same name", "Same name", "List"}},
		{"search for both", `$search="displayName:aos" AND "mail:list"`, true, []string{}},
		{"search without quotes", `$search=displayName:pool`, true, nil},
		{"sorted", `$orderby=displayName desc&$top=2`, false, []string{"Team O'Brien", "Same name"}},
		{"sorted and filtered without the header", `$orderby=displayName&$filter=mailEnabled eq true`, false, nil},
		{"count without the header", `$count=true`, false, nil},
		{"a property that groups lack", `$filter=userPrincipalName eq 'x'`, false, nil},
		{"a property that groups lack in $select", `$select=userPrincipalName`, false, nil},
		{"an empty $select", `$select=`, false, nil},
		{"an open quote", `$filter=mail eq 'x`, false, nil},
		{"half a filter", `$filter=mail eq`, false, nil},
		{"a filter of nothing", `$filter=`, false, nil},
		{"a value without quotes", `$filter=mail eq x`, false, nil},
		{"more than a filter", `$filter=mail eq 'x' 'y'`, false, nil},
		{"an option that does not exist", `$where=x`, false, nil},
		{"an option twice", `$top=1&$top=2`, false, nil},
		{"expand", `$expand=members`, false, nil},
		{"options without their dollar sign", `filter=mail eq 'list@contoso.com'`, false, []string{"List"}},
		{"parameters of somebody else", `x=y&$top=1`, false, []string{"AOS Pool"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var header []string
			if c.eventual {
				header = []string{"ConsistencyLevel", "eventual"}
			}
			query := strings.NewReplacer(" ", "%20", `"`, "%22").Replace(c.query)
			r := w.Get(token, "/v1.0/groups?"+query, header...)
			if c.want == nil {
				if r.Status != 400 {
					t.Errorf("%d %s", r.Status, r.Body)
				}
				return
			}
			if got := r.List(t, "displayName"); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	t.Run("groups are counted with the header only", func(t *testing.T) {
		if r := w.Get(token, "/v1.0/groups/$count"); r.Status != 400 || r.GraphCode(t) != "Request_BadRequest" {
			t.Errorf("%d %s", r.Status, r.Body)
		}
		if r := w.Get(token, "/v1.0/groups/$count", "ConsistencyLevel", "eventual"); r.Body != "6" {
			t.Errorf("%s", r.Body)
		}
		if r := w.Get(token, "/v1.0/groups/$count?$filter=groupTypes/any(c:c%20eq%20'Unified')", "ConsistencyLevel", "eventual"); r.Body != "1" {
			t.Errorf("%s", r.Body)
		}
	})
}
