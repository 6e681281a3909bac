package federation_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

const mexPath = "/adfs/services/trust/mex"

// TestMetadataExchange reads what the federation server offers, and that its addresses lead back to it.
func TestMetadataExchange(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	r := w.Do(http.MethodGet, simtest.FederatedHost, mexPath, "", "Content-Type", "application/xml; charset=utf-8")
	var doc struct {
		Ports []struct {
			Name    string `xml:"name,attr"`
			Address string `xml:"EndpointReference>Address"`
		} `xml:"service>port"`
	}
	if err := xml.Unmarshal([]byte(r.Body), &doc); err != nil || r.Status != http.StatusOK || len(doc.Ports) != 3 {
		t.Fatalf("%v %d %+v", err, r.Status, doc)
	}
	if doc.Ports[2].Address != "https://"+simtest.FederatedHost+simtest.Trust13Path || doc.Ports[1].Address != "https://"+simtest.FederatedHost+simtest.Trust2005Path {
		t.Errorf("%+v", doc)
	}
	if r := w.Do(http.MethodGet, "", mexPath, ""); !strings.Contains(r.Body, w.URL+simtest.Trust13Path) {
		t.Errorf("on this machine: %d %s", r.Status, r.Body)
	}
	for host, want := range map[string]int{"sts.contoso.com": 421, "evil.example": 421, simtest.FederatedHost: 404} {
		if r := w.Do(http.MethodGet, host, "/adfs/ls", ""); r.Status != want {
			t.Errorf("%s: %d", host, r.Status)
		}
	}
}

// TestFederationServerOfTheFixture answers at the addresses that a fixture gives.
func TestFederationServerOfTheFixture(t *testing.T) {
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"authenticationType": "Federated"`,
		`"authenticationType": "Federated", "federationMetadataUrl": "https://adfs.corp.example/mex", "activeAuthUrl": "https://adfs.corp.example/2005/active"`, 1))
	if r := w.Do(http.MethodGet, "adfs.corp.example", "/mex", ""); r.Status != 200 || !strings.Contains(r.Body, "https://adfs.corp.example"+simtest.Trust13Path) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Do(http.MethodPost, "adfs.corp.example", "/2005/active", w.TokenMessage("trust", simtest.Trust2005), "Content-Type", simtest.SOAPType); r.Status != 200 || !strings.Contains(r.Body, simtest.Trust2005) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// TestUsernameMixed is each way in which a federation server says no.
func TestUsernameMixed(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	cases := map[string]struct {
		path   string
		change []string
		fault  string
	}{
		"a right password":              {simtest.Trust13Path, nil, ""},
		"in the older version":          {simtest.Trust2005Path, []string{"trust", simtest.Trust2005}, ""},
		"a wrong password":              {simtest.Trust13Path, []string{"password", "x"}, "FailedAuthentication"},
		"a user nobody knows":           {simtest.Trust13Path, []string{"user", "nobody@fed.contoso.com"}, "FailedAuthentication"},
		"a user of a managed domain":    {simtest.Trust13Path, []string{"user", "svc@contoso.com"}, "FailedAuthentication"},
		"no user":                       {simtest.Trust13Path, []string{"user", ""}, "InvalidSecurity"},
		"a request of yesterday":        {simtest.Trust13Path, []string{"expires", "2026-11-22T14:02:11Z"}, "InvalidSecurity"},
		"a request of tomorrow":         {simtest.Trust13Path, []string{"created", "2026-11-24T14:02:11Z"}, "InvalidSecurity"},
		"the other version's message":   {simtest.Trust2005Path, nil, "InvalidSecurity"},
		"a token for somebody else":     {simtest.Trust13Path, []string{"audience", "urn:other"}, "InvalidScope"},
		"a name with a markup of XML":   {simtest.Trust13Path, []string{"user", "&lt;x&gt;@fed.contoso.com"}, "FailedAuthentication"},
		"a name in letters of any case": {simtest.Trust13Path, []string{"user", "FED@fed.contoso.com"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := w.Trust(c.path, w.TokenMessage(c.change...))
			if c.fault == "" && r.Status != http.StatusOK || c.fault != "" && (r.Status != 500 || !strings.Contains(r.Body, ":"+c.fault+"<")) || r.Header.Get("Content-Type") != simtest.SOAPType {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	if r := w.Do(http.MethodPost, simtest.FederatedHost, simtest.Trust13Path, w.TokenMessage(), "Content-Type", "text/xml"); r.Status != http.StatusUnsupportedMediaType {
		t.Errorf("not SOAP 1.2: %d", r.Status)
	}
	if r := w.Do(http.MethodGet, simtest.FederatedHost, simtest.Trust13Path, ""); r.Status != 405 || r.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d", r.Status)
	}
	w.Sim.ResetRequests()
	w.Trust(simtest.Trust13Path, w.TokenMessage())
	if e := w.Sim.Requests()[0]; e.Host != simtest.FederatedHost || e.Path != simtest.Trust13Path || e.Username != simtest.FederatedUser || e.Status != 200 {
		t.Errorf("in the journal: %+v", e)
	}
}
