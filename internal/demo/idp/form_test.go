package idp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// X38: a form that cannot be read is told as that, and not as a wrong password; nobody is signed in by what was readable of it.
func TestAFormThatCannotBeReadX38(t *testing.T) {
	p := newParty(t, nil)
	page := p.signInPage(t, p.client)
	const typed = "application/x-www-form-urlencoded"
	right := url.Values{"email": {"adele@contoso.com"}, "password": {password}}.Encode()
	for name, tc := range map[string]struct {
		kind, body string
		status     int
	}{
		"a bad escape":       {typed, right + "&more=%zz", http.StatusBadRequest},
		"a semicolon":        {typed, right + ";more=1", http.StatusBadRequest},
		"too long":           {typed, right + "&more=" + strings.Repeat("a", 32<<10), http.StatusRequestEntityTooLarge},
		"no boundary":        {"multipart/form-data", right, http.StatusBadRequest},
		"parts that are cut": {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nadele", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			for _, address := range []string{page, p.oauth.Endpoint.TokenURL} {
				req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(tc.body)))
				req.Header.Set("Content-Type", tc.kind)
				req.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(clientSecret))
				res := send(t, p.client, req)
				if res.StatusCode != tc.status || strings.Contains(res.body, "is wrong") || strings.Contains(res.body, "zz") || !strings.Contains(res.body, "could not be read") {
					t.Errorf("%s answers %s\n%s", address, res.Status, res.body)
				}
			}
		})
	}
	if strings.Contains(p.logs.String(), password) {
		t.Error("the log has the password")
	}
}
