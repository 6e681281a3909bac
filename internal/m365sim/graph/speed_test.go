package graph_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// BenchmarkMembersPage is one page of 999 members of a group of 20,000.
func BenchmarkMembersPage(b *testing.B) {
	world := simtest.NewWorld(b, simtest.Big)
	token := world.AsApp(simtest.AppID, "good-secret")
	group := world.Get(token, "/v1.0/groups?$filter=displayName%20eq%20'Big%20pool'").List(b, "id")[0]
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, "http://graph.microsoft.com/v1.0/groups/"+group+"/members?$top=999&$select=id,displayName,userPrincipalName,accountEnabled", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		world.Sim.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}
