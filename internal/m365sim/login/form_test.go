package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestTokenWantsAForm is what Microsoft makes of bodies that are not the form it wants.
func TestTokenWantsAForm(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	path := "/" + simtest.TenantID + "/oauth2/v2.0/token"
	good := url.Values{"grant_type": {"password"}, "client_id": {simtest.AppID}, "scope": {simtest.GraphDefault}, "username": {"svc@contoso.com"}, "password": {"Right-1234"}}.Encode()
	cases := map[string]struct {
		method, path, kind, body string
		code                     int
	}{
		"JSON":                              {"POST", path, "application/json", `{"grant_type": "password"}`, 900144},
		"no content type":                   {"POST", path, "", good, 900144},
		"another charset":                   {"POST", path, simtest.FormType + "; charset=latin1", good, 900144},
		"multipart":                         {"POST", path, "multipart/form-data; boundary=x", good, 900144},
		"the fields in the address":         {"POST", path + "?" + good, simtest.FormType, "", 900144},
		"a field twice":                     {"POST", path, simtest.FormType, good + "&password=x", 9002313},
		"bytes that are not UTF-8":          {"POST", path, simtest.FormType, good + "&x=%ff", 9002313},
		"an escape that is none":            {"POST", path, simtest.FormType, good + "&x=%zz", 9002313},
		"GET":                               {"GET", path + "?" + good, "", "", 900561},
		"PUT":                               {"PUT", path, simtest.FormType, good, 900561},
		"the path in capitals is the same":  {"POST", strings.ToUpper(path), simtest.FormType, good, 0},
		"a domain stands for the tenant id": {"POST", "/contoso.com/oauth2/v2.0/token", simtest.FormType, good, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var header []string
			if c.kind != "" {
				header = []string{"Content-Type", c.kind}
			}
			r := w.Do(c.method, simtest.LoginHost, c.path, c.body, header...)
			if c.code == 0 {
				if r.Status != http.StatusOK {
					t.Errorf("%d %s", r.Status, r.Body)
				}
				return
			}
			if body := r.Refusal(t); r.Status != 400 || body.Codes[0] != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}
