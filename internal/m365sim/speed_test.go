package m365sim_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// BenchmarkToken is one password sign-in without the network: nearly all of it is the RSA signature.
func BenchmarkToken(b *testing.B) {
	s := simtest.MustNew(b, simtest.Big)
	form := url.Values{"grant_type": {"password"}, "client_id": {simtest.AppID}, "scope": {simtest.GraphDefault}, "username": {"u15000@contoso.com"}, "password": {"Gen-15000!"}}.Encode()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodPost, "http://login.microsoftonline.com/contoso.com/oauth2/v2.0/token", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
		}
	})
}

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
