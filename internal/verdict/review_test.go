package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/verdict"
)

func role(name string) verdict.Role {
	return map[string]verdict.Role{
		"SharePoint Administrator": verdict.NewRole("F28A1F50-F6E7-4571-818B-6A12F2AF6B6C", "Administrateur SharePoint"),
		"Exchange Administrator":   verdict.NewRole("29232cdf-9323-42fd-ade2-1d097af3e4de", ""),
		"Global Administrator":     verdict.NewRole(verdict.GlobalAdministrator, "Company Administrator"),
		"Teams Administrator":      verdict.NewRole("69091246-20e8-4a56-aa4d-066075b2a7a8", ""),
		"Groups Administrator":     verdict.NewRole("fdd7a751-b60b-444a-984c-02652fe8fa1c", ""),
	}[name]
}

// R15, R17: roles are compared by template id, and named as we name them.
func TestRolesAreKnownByTheirTemplate(t *testing.T) {
	if got := role("SharePoint Administrator").Name; got != "SharePoint Administrator" {
		t.Errorf("named %q", got)
	}
	if got := verdict.NewRole("00000000-0000-0000-0000-000000000001", "Custom"); got.Name != "Custom" {
		t.Errorf("a role that is not in our list is named %q", got.Name)
	}
}

// R17: what the chosen services need and the account lacks, what is too much, what ends soon.
func TestReview(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	cense := verdict.Need{Service: "Cense", Roles: [][]string{{"SharePoint Administrator"}, {"Exchange Administrator"}}, Whole: true}
	backup := verdict.Need{Service: "Cloud Backup for IaaS + PaaS", Roles: [][]string{{"Global Administrator", "Exchange Administrator"}}, Whole: true}
	needs := []verdict.Need{cense, backup}
	soon := verdict.Expiry{Kind: verdict.ExpiresOn, At: now.AddDate(0, 0, 6), Warn: now.AddDate(0, 0, -8)}
	later := verdict.Expiry{Kind: verdict.ExpiresOn, At: now.AddDate(0, 0, 62), Warn: now.AddDate(0, 0, 48)}
	for _, c := range []struct {
		name    string
		verdict verdict.Verdict
		want    []string
	}{
		{"all it needs", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("SharePoint Administrator"), role("Exchange Administrator")}, Expiry: later}, nil},
		{"one role short", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("Exchange Administrator")}}, []string{"SharePoint Administrator missing for Cense."}},
		{"no role at all", verdict.Verdict{Status: verdict.Valid, RolesRead: true}, []string{
			"SharePoint Administrator missing for Cense.", "Exchange Administrator missing for Cense.",
			"Global Administrator or Exchange Administrator missing for Cloud Backup for IaaS + PaaS.",
		}},
		{"roles that were not read are not missing", verdict.Verdict{Status: verdict.Valid, Warnings: []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}}}, []string{"The roles of the account could not be read (HTTP 403)."}},
		{"too powerful", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("Global Administrator")}}, []string{"The account is a Global Administrator, which is more access than a service account should have."}},
		{"ends soon", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("SharePoint Administrator"), role("Exchange Administrator")}, Expiry: soon}, []string{"The password expires on 2026-11-29."}},
		{"more than needed", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("SharePoint Administrator"), role("Exchange Administrator"), role("Teams Administrator")}}, []string{"None of the selected services needs Teams Administrator. A service account is safer with fewer roles."}},
		{"ends soon, and more than needed", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Expiry: soon, Roles: []verdict.Role{role("SharePoint Administrator"), role("Exchange Administrator"), role("Teams Administrator"), role("Groups Administrator")}}, []string{
			"The password expires on 2026-11-29.", "None of the selected services needs Teams Administrator and Groups Administrator. A service account is safer with fewer roles.",
		}},
		{"too powerful, and more than needed", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("Global Administrator"), role("Teams Administrator")}}, []string{
			"The account is a Global Administrator, which is more access than a service account should have.", "None of the selected services needs Teams Administrator. A service account is safer with fewer roles.",
		}},
		{"an invalid account has other worries", verdict.Verdict{Status: verdict.WrongPassword, RolesRead: true, Expiry: soon}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			warnings := c.verdict.Review(needs, now)
			if len(warnings) != len(c.want) {
				t.Fatalf("%+v, want %v", warnings, c.want)
			}
			for i, w := range warnings {
				if w.Text() != c.want[i] || w.Short() == "" || len(w.Short()) > 70 {
					t.Errorf("%q (%q), want %q", w.Text(), w.Short(), c.want[i])
				}
			}
		})
	}
}

// R15: a role is called more than needed only where every chosen service says all that it may need.
func TestWhatIsNotNeededIsSaidOnlyWhereThatIsKnown(t *testing.T) {
	valid := verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("SharePoint Administrator"), role("Teams Administrator")}}
	sharePoint := [][]string{{"SharePoint Administrator"}}
	unread := valid
	unread.RolesRead = false
	for name, c := range map[string]struct {
		verdict verdict.Verdict
		needs   []verdict.Need
		short   string
	}{
		"all is known":                     {valid, []verdict.Need{{Service: "A", Roles: sharePoint, Whole: true}}, "Teams Administrator not needed"},
		"needed for some features":         {valid, []verdict.Need{{Service: "A", Sometimes: []string{"SharePoint Administrator", "Teams Administrator"}, Whole: true}}, ""},
		"needed by another service":        {valid, []verdict.Need{{Service: "A", Roles: sharePoint, Whole: true}, {Service: "B", Sometimes: []string{"Teams Administrator"}, Whole: true}}, ""},
		"no service needs any":             {valid, []verdict.Need{{Service: "A", Whole: true}}, "2 roles not needed"},
		"one service may need more":        {valid, []verdict.Need{{Service: "A", Roles: sharePoint, Whole: true}, {Service: "B"}}, ""},
		"no service is chosen":             {valid, nil, ""},
		"the account's roles are not read": {unread, []verdict.Need{{Service: "A", Roles: sharePoint, Whole: true}}, ""},
	} {
		warnings := c.verdict.Review(c.needs, time.Time{})
		if c.short == "" && len(warnings) > 0 || c.short != "" && (len(warnings) != 1 || warnings[0].Short() != c.short || warnings[0].Kind != verdict.RoleNotNeeded) {
			t.Errorf("%s: %+v", name, warnings)
		}
	}
}

// R15, R17: licences are read by their plans, and one that a service needs is missed; a plan that only prepares for a mailbox is none.
func TestLicences(t *testing.T) {
	products := verdict.Products([]string{
		"113feb6c-3fe4-4440-bddc-54d774bf0318", "5DBE027F-2339-4123-9542-606e4d348a72", "c7699d2e-19aa-44de-8edf-1736da088ca1", "57ff2da0-773e-42df-b2af-ffb7a2317929", "unheard of",
	})
	if !slices.Equal(products, []string{"Microsoft Teams", "SharePoint Online"}) {
		t.Errorf("%q", products)
	}
	needs := []verdict.Need{{Service: "Backup", Licences: []verdict.Licence{{Product: "Exchange Online", For: "public folders"}}}}
	for name, c := range map[string]struct {
		licence  verdict.Proven
		products []string
		text     string
		finding  string
	}{
		"missing":  {verdict.Proved, products, "Backup needs a license for Exchange Online (public folders), which the account doesn't have.", "Licensed: Microsoft Teams, SharePoint Online"},
		"none":     {verdict.Refuted, nil, "Backup needs a license for Exchange Online (public folders), which the account doesn't have.", "No license"},
		"there":    {verdict.Proved, []string{"Exchange Online"}, "", "Licensed: Exchange Online"},
		"of other": {verdict.Proved, nil, "Backup needs a license for Exchange Online (public folders), which the account doesn't have.", "Licensed"},
		"not read": {verdict.NotRead, nil, "", "Roles not read"},
	} {
		v := verdict.Verdict{Status: verdict.Valid, Proof: verdict.Proof{User: verdict.Proved, Licence: c.licence}, Products: c.products}
		e := v.Explain(verdict.Context{Needs: needs})
		if got := strings.Join(e.Warnings, " "); got != c.text {
			t.Errorf("%s: %q", name, got)
		}
		if got := e.Findings[len(e.Findings)-1].Text; got != c.finding {
			t.Errorf("%s: finding %q", name, got)
		}
		if warnings := v.Review(needs, time.Time{}); c.text != "" && warnings[0].Short() != "No Exchange Online license" {
			t.Errorf("%s: %q", name, warnings[0].Short())
		}
	}
}
