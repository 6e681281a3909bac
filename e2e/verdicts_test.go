package e2e

import (
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/verdict"
)

// R17, R18, R62: each status of the catalogue is explained on the profile's own page: what happened, what to do, what to quote, and
// Copy details copies it. The statuses that no sign-in of today can lead to are stored as an import or an older release left them.
func TestEveryStatusIsExplained(t *testing.T) {
	t.Parallel()
	h, p := withAccounts(t, views[0])
	const user = "svc-backup@contoso.com"
	contoso := "/6f1c0000-0000-4000-8000-000000000001"
	patch := func(body string) func() error {
		return func() error { return h.Sim.PatchUser(user, []byte(body)) }
	}
	fault := func(f m365sim.Fault) func() error {
		return func() error { return h.Sim.SetFaults([]m365sim.Fault{f}) }
	}
	seen := map[verdict.Status]bool{}
	for _, c := range []struct {
		status      verdict.Status
		code, words string
		arrange     func() error // nil: stored as it is
		unsaid      bool         // no correlation id: nobody was asked
	}{
		{status: verdict.Valid, words: "The account is valid", arrange: patch(`{}`)},
		{status: verdict.WrongPassword, code: "AADSTS50126", words: "wrong", arrange: patch(`{"password": "Changed-Meanwhile-1"}`)},
		{status: verdict.AccountNotFound, code: "AADSTS50034", words: "does not exist in the selected tenant", arrange: patch(`{"signInError": 50034}`)},
		{status: verdict.AccountBlocked, code: "AADSTS50057", words: "can't sign in", arrange: patch(`{"accountEnabled": false}`)},
		{status: verdict.AccountLocked, code: "AADSTS50053", words: "locked", arrange: patch(`{"signInError": 50053}`)},
		{status: verdict.PasswordExpired, code: "AADSTS50055", words: "expired", arrange: patch(`{"signInError": 50055}`)},
		{status: verdict.MFARequired, code: "AADSTS50076", words: policySentence, arrange: patch(`{"mfa": "perUser"}`)},
		{status: verdict.PolicyBlocked, code: "AADSTS53003", words: policySentence, arrange: patch(`{"signInError": {"code": 53003, "policy": "Block all but managed devices"}}`)},
		{status: verdict.AppSetup, code: "AADSTS65001", words: "keeps its earlier status", arrange: patch(`{"signInError": 65001}`)},
		{status: verdict.TenantNotFound, code: "AADSTS90002", words: "tenant", arrange: fault(m365sim.Fault{PathPrefix: contoso, Status: 400, Body: `{"error":"invalid_request","error_codes":[90002],"trace_id":"0e1fae0c-9d6a-4a52-b6a3-6f1b0a9d1200","correlation_id":"5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"}`})},
		{status: verdict.Federated, code: "REALM-FEDERATED", words: "another identity provider", arrange: fault(m365sim.Fault{PathPrefix: "/common/UserRealm", Status: 200, Body: `{"ver":"1.0","account_type":"Federated","domain_name":"contoso.com"}`})},
		{status: verdict.Unreachable, code: "HTTP 503", words: "not the account's fault", arrange: fault(m365sim.Fault{PathPrefix: contoso, Status: 503, Body: "<html>Service unavailable</html>"})},
		{status: verdict.Unknown, code: "AADSTS599999", words: "not in Purser's table", arrange: patch(`{"signInError": 599999}`)},
		{status: verdict.LegacyRetired, code: "LEGACY-RETIRED", words: "legacy"},
		{status: verdict.NotValidated, words: "haven't been tried yet", unsaid: true},
	} {
		seen[c.status] = true
		t.Run(string(c.status), func(t *testing.T) {
			if err := h.Sim.PatchUser(user, []byte(`{"password": "`+password+`", "signInError": 0, "mfa": "none", "accountEnabled": true}`)); err != nil {
				t.Fatal(err)
			}
			h.Sim.ResetFaults()
			id := h.plant(t, "Profile "+c.status.Title(), user, c.status, c.code, c.arrange != nil)
			p.Goto("/service-accounts/" + string(id))
			if c.arrange != nil {
				if err := c.arrange(); err != nil {
					t.Fatal(err)
				}
				p.ByRole("dialog", "").ByRole("button", "Validate").Click()
				role := "alert"
				if c.status == verdict.Valid {
					role = "status"
				}
				p.ByRole(role, "").Wait()
			}
			if c.status == verdict.Valid {
				p.ByText("Details for support").Click() // folded where nobody has to quote them
			}
			said := p.ByRole("dialog", "").Text()
			for _, want := range []string{c.code, c.words, c.status.Title()} {
				if !strings.Contains(said, want) {
					t.Errorf("the page lacks %q:\n%s", want, said)
				}
			}
			if !c.unsaid && !strings.Contains(said, "Correlation ID") {
				t.Errorf("no correlation id:\n%s", said)
			}
			if steps := p.ByRole("dialog", "").ByRole("listitem", "").Count(); c.status != verdict.Valid && steps == 0 {
				t.Error("nothing to do about it")
			}
			p.ByRole("button", "Copy details").Click()
			p.ByText("Copied").Wait()
			fine(p, "verdict-"+string(c.status))
			p.Goto("/service-accounts")
			p.ByLabel("Search").Fill("")
			p.Press("Control+V")
			copied := p.ByLabel("Search").Value()
			if !strings.Contains(copied, c.code) || !c.unsaid && !strings.Contains(copied, "Correlation ID: ") {
				t.Errorf("copied %q", copied)
			}
			if strings.Contains(said+copied, password) {
				t.Error("R60: the password is on the page")
			}
		})
	}
	for _, status := range verdict.Statuses() {
		if !seen[status] {
			t.Errorf("no page shows %s", status)
		}
	}
}

// plant makes a profile: one that Microsoft 365 confirms, or one that is stored with the status as it is.
func (h *house) plant(t *testing.T, name, user string, status verdict.Status, code string, valid bool) profile.ID {
	t.Helper()
	const contoso = "6f1c0000-0000-4000-8000-000000000001"
	if valid {
		adele := access.Caller{Issuer: "test", Subject: "adele", Name: "Adele Vance", Roles: []access.Role{access.ServiceAdministrator}}
		p, err := h.App.Profiles.Create(t.Context(), adele, audit.Origin{}, profile.Draft{
			Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Password: secret.FromString(password),
		})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	at := time.Now().UTC().Add(-time.Hour)
	v := verdict.Verdict{Status: status, Code: code, Rule: strings.TrimPrefix(code, "AADSTS"), At: at, CorrelationID: "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"}
	if status == verdict.NotValidated {
		v = verdict.Verdict{Status: status}
	}
	stamp := account.Stamp{At: at, By: "Adele Vance"}
	p := profile.Profile{
		ID: profile.ID("planted-" + string(status)), Kind: profile.Common, Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user,
		Version: 1, Created: stamp, Modified: stamp, Status: status, Verdict: v, Validated: v.At,
	}
	if err := profiles.New(h.App.DB).Create(t.Context(), p, []byte("sealed"), profile.Validation{At: at, By: stamp.By, Verdict: v}, nil); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// R17: the list shows the same verdict beside the row, without leaving it, by mouse and by keyboard.
func TestTheVerdictBesideARow(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[2]} {
		t.Run(v.name, func(t *testing.T) {
			h, p := withAccounts(t, v)
			h.plant(t, "Beside", "svc-backup@contoso.com", verdict.WrongPassword, "AADSTS50126", false)
			p.Goto("/service-accounts")
			p.ByRole("link", "Wrong password").Click()
			tip := p.ByRole("dialog", "Verdict")
			tip.Wait()
			tip.ByRole("button", "Copy details").Wait()
			if said := tip.Text(); !strings.Contains(said, "AADSTS50126") || !strings.Contains(said, "Correlation ID") {
				t.Errorf("beside the row: %q", said)
			}
			fine(p, "verdict-beside")
			p.Press("Escape")
			if tip.Visible() {
				t.Error("Escape does not close it")
			}
			if focused := p.Focused(); !strings.Contains(focused, "Wrong password") {
				t.Errorf("the focus went to %s", focused)
			}
			p.Press("Enter")
			tip.Wait()
			tip.ByRole("link", "Open the profile").Click()
			p.ByRole("heading", "Beside").Wait()
			if tip.Visible() {
				t.Error("it stays over the details")
			}
		})
	}
	t.Run("without script it leads to the details", func(t *testing.T) {
		h, p := withAccounts(t, views[4])
		id := h.plant(t, "Beside", "svc-backup@contoso.com", verdict.WrongPassword, "AADSTS50126", false)
		p.Goto("/service-accounts")
		status := p.Boxes("#selection td>p>a")[0] // over which the link of the row reaches
		if err := p.Page.Mouse().Click(status.Left+status.Width/2, status.Top+status.Height/2); err != nil {
			t.Fatal(err)
		}
		p.WaitPath("/service-accounts/" + string(id))
	})
}
