package control_test

import (
	"net/http"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// X51: the page of another site steers nothing and reads nothing, by whatever name it finds its way here. Programs and the address
// bar do.
func TestOtherSitesSteerNothing(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	host := w.URL[len("http://"):]
	port := host[len("127.0.0.1"):]
	for name, c := range map[string]struct {
		host   string
		header []string
		want   int
	}{
		"a program":                       {"", nil, http.StatusNoContent},
		"the address bar":                 {"", []string{"Sec-Fetch-Site", "none"}, http.StatusNoContent},
		"by its other name":               {"localhost" + port, nil, http.StatusNoContent},
		"by its other address":            {"[::1]" + port, nil, http.StatusNoContent},
		"a page of its own":               {"", []string{"Sec-Fetch-Site", "same-origin", "Origin", w.URL}, http.StatusNoContent},
		"another site":                    {"", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://fabrikam.com"}, http.StatusForbidden},
		"another site, a link":            {"", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, http.StatusForbidden},
		"another port":                    {"", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, http.StatusForbidden},
		"another site, an old browser":    {"", []string{"Origin", "https://fabrikam.com"}, http.StatusForbidden},
		"a page without a site":           {"", []string{"Origin", "null"}, http.StatusForbidden},
		"a foreign name that leads here":  {"fabrikam.com" + port, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://fabrikam.com" + port}, http.StatusForbidden},
		"a name that begins like this":    {"127.0.0.1.fabrikam.com" + port, nil, http.StatusForbidden},
		"localhost below a foreign name":  {"localhost.fabrikam.com" + port, nil, http.StatusForbidden},
		"a foreign name without its port": {"fabrikam.com", nil, http.StatusForbidden},
	} {
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			want := c.want
			if method == http.MethodGet && want == http.StatusNoContent {
				want = http.StatusOK
			}
			if r := w.Do(method, c.host, "/_sim/requests", "", c.header...); r.Status != want {
				t.Errorf("%s, %s: %d %s", name, method, r.Status, r.Body)
			}
		}
	}
}
