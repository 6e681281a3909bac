package graph_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestGraphPaging(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Big)
	token := w.AsApp(simtest.AppID, "good-secret")
	group := w.Get(token, "/v1.0/groups?$filter=displayName%20eq%20'Big%20pool'").List(t, "id")[0]
	walk := func(t *testing.T, first string, between func(page int)) (names []string, pages int) {
		t.Helper()
		next := first
		for next != "" {
			r := w.Get(token, next)
			names = append(names, r.List(t, "userPrincipalName")...)
			var body struct {
				Next string `json:"@odata.nextLink"`
			}
			r.Decode(t, &body)
			if next = body.Next; next != "" {
				u, err := url.Parse(next)
				if err != nil || u.Host != simtest.GraphHost || u.Scheme != "https" {
					t.Fatalf("nextLink %s", next)
				}
				next = u.RequestURI()
			}
			pages++
			if between != nil {
				between(pages)
			}
		}
		return names, pages
	}
	t.Run("20,000 members come on 21 pages, each once", func(t *testing.T) {
		names, pages := walk(t, "/v1.0/groups/"+group+"/transitiveMembers/microsoft.graph.user?$select=id,userPrincipalName&$top=999", nil)
		if slices.Sort(names); len(slices.Compact(names)) != 20000 || pages != 21 {
			t.Errorf("%d names on %d pages", len(names), pages)
		}
	})
	t.Run("a page holds 100 unless asked", func(t *testing.T) {
		if got := w.Get(token, "/v1.0/users").List(t, "id"); len(got) != 100 {
			t.Errorf("%d", len(got))
		}
	})
	t.Run("removals between pages lose nobody else", func(t *testing.T) {
		names, _ := walk(t, "/v1.0/groups/"+group+"/members?$top=999", func(page int) {
			if page == 1 {
				for _, upn := range []string{"u00001@contoso.com", "u00002@contoso.com"} {
					if err := w.Sim.DeleteUser(upn); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
		if len(names) != 20000 {
			t.Errorf("%d names", len(names))
		}
	})
	t.Run("a page size of nonsense is refused", func(t *testing.T) {
		for _, top := range []string{"0", "1000", "-1", "x"} {
			if r := w.Get(token, "/v1.0/users?$top="+top); r.Status != 400 {
				t.Errorf("$top=%s: %d", top, r.Status)
			}
		}
		for _, token2 := range []string{"x", "RFNwdAoAAQ!!", "RFNwdAoAAQ"} {
			if r := w.Get(token, "/v1.0/users?$skiptoken="+token2); r.Status != 400 {
				t.Errorf("$skiptoken=%s: %d", token2, r.Status)
			}
		}
	})
	t.Run("a small page size of the fixture holds for $top too", func(t *testing.T) {
		small := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `{"tenants"`, `{"pageSize": 2, "tenants"`, 1))
		r := small.Get(small.AsApp(simtest.AppID, "good-secret"), "/v1.0/users?$top=999&$count=true", "ConsistencyLevel", "eventual")
		if body := r.Object(t); len(body["value"].([]any)) != 2 || body["@odata.count"] != 22.0 || !strings.Contains(body["@odata.nextLink"].(string), "$top=999") {
			t.Errorf("%v", body)
		}
	})
	t.Run("asked on this machine, links stay on this machine", func(t *testing.T) {
		r := w.Do(http.MethodGet, "", "/v1.0/users?$top=1", "", "Authorization", "Bearer "+token)
		if next := r.Object(t)["@odata.nextLink"].(string); !strings.HasPrefix(next, w.URL+"/v1.0/users?") {
			t.Error(next)
		}
	})
}
