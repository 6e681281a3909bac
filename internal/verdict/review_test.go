package verdict_test

import (
	"testing"
	"time"

	"purser.example/internal/verdict"
)

func role(name string) verdict.Role {
	return map[string]verdict.Role{
		"SharePoint Administrator": verdict.NewRole("F28A1F50-F6E7-4571-818B-6A12F2AF6B6C", "Administrateur SharePoint"),
		"Exchange Administrator":   verdict.NewRole("29232cdf-9323-42fd-ade2-1d097af3e4de", ""),
		"Global Administrator":     verdict.NewRole(verdict.GlobalAdministrator, "Company Administrator"),
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
	cense := verdict.Need{Service: "Cense", Roles: [][]string{{"SharePoint Administrator"}, {"Exchange Administrator"}}}
	backup := verdict.Need{Service: "Cloud Backup for IaaS + PaaS", Roles: [][]string{{"Global Administrator", "Exchange Administrator"}}}
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
		{"too powerful", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("Global Administrator")}}, []string{"The account is a Global Administrator, which is more than a service account should be."}},
		{"ends soon", verdict.Verdict{Status: verdict.Valid, RolesRead: true, Roles: []verdict.Role{role("SharePoint Administrator"), role("Exchange Administrator")}, Expiry: soon}, []string{"The password expires on 2026-11-29."}},
		{"an invalid account has other worries", verdict.Verdict{Status: verdict.WrongPassword, RolesRead: true, Expiry: soon}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			warnings := c.verdict.Review(needs, now)
			if len(warnings) != len(c.want) {
				t.Fatalf("%+v, want %v", warnings, c.want)
			}
			for i, w := range warnings {
				if w.Text() != c.want[i] || w.Short() == "" {
					t.Errorf("%q (%q), want %q", w.Text(), w.Short(), c.want[i])
				}
			}
		})
	}
}
