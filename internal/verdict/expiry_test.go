package verdict_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"purser.example/internal/verdict"
)

// R10, R17: a password ends by the account's own setting, else by the policy of its domain.
func TestExpiryOf(t *testing.T) {
	changed := time.Date(2026, 8, 30, 9, 14, 22, 0, time.UTC)
	days := func(n int) *int { return &n }
	contoso := verdict.Domain{Name: "contoso.com", Root: true, ValidityDays: days(90), NoticeDays: days(14)}
	domains := []verdict.Domain{
		contoso,
		{Name: "eu.contoso.com", ValidityDays: days(10)},
		{Name: "plain.example", Root: true},
		{Name: "contoso.onmicrosoft.com", Root: true, ValidityDays: days(math.MaxInt32)},
		{Name: "fed.example", Root: true, Federated: true, ValidityDays: days(90)},
		{Name: "odd.example", Root: true, ValidityDays: days(30), NoticeDays: days(45)},
		{Name: "negative.example", Root: true, ValidityDays: days(-1)},
	}
	for _, c := range []struct {
		name     string
		password verdict.Password
		domains  []verdict.Domain
		kind     verdict.ExpiryKind
		at, warn string
		reason   string
	}{
		{"by the domain's policy", verdict.Password{Username: "svc@Contoso.com", Changed: changed}, domains, verdict.ExpiresOn, "2026-11-28", "2026-11-14", "valid for 90 days"},
		{"a subdomain follows its root", verdict.Password{Username: "svc@eu.contoso.com", Changed: changed}, domains, verdict.ExpiresOn, "2026-11-28", "2026-11-14", "contoso.com"},
		{"a subdomain that is not listed too", verdict.Password{Username: "svc@us.contoso.com", Changed: changed}, domains, verdict.ExpiresOn, "2026-11-28", "2026-11-14", "contoso.com"},
		{"left out means 90 and 14 days", verdict.Password{Username: "svc@plain.example", Changed: changed}, domains, verdict.ExpiresOn, "2026-11-28", "2026-11-14", "90 days"},
		{"the largest number means never", verdict.Password{Username: "svc@contoso.onmicrosoft.com", Changed: changed}, domains, verdict.ExpiresNever, "", "", "do not expire"},
		{"the account's own setting", verdict.Password{Username: "svc@contoso.com", Changed: changed, Policies: "DisableStrongPassword, DisablePasswordExpiration"}, domains, verdict.ExpiresNever, "", "", "set to never expire"},
		{"the account's setting without any domain", verdict.Password{Username: "svc@contoso.com", Policies: "DisablePasswordExpiration"}, nil, verdict.ExpiresNever, "", "", "set to never expire"},
		{"another setting does not count", verdict.Password{Username: "svc@contoso.com", Changed: changed, Policies: "None"}, domains, verdict.ExpiresOn, "2026-11-28", "2026-11-14", "90 days"},
		{"a synchronized account", verdict.Password{Username: "svc@contoso.com", Changed: changed, Synced: true}, domains, verdict.ExpiresElsewhere, "", "", "Active Directory"},
		{"a federated domain", verdict.Password{Username: "svc@fed.example", Changed: changed}, domains, verdict.ExpiresElsewhere, "", "", "identity provider"},
		{"domains that could not be read", verdict.Password{Username: "svc@contoso.com", Changed: changed}, nil, verdict.ExpiryUnknown, "", "", "Domain.Read.All"},
		{"a domain that is none of the tenant's", verdict.Password{Username: "svc@other.example", Changed: changed}, domains, verdict.ExpiryUnknown, "", "", "not among the tenant's domains"},
		{"a change that was not told", verdict.Password{Username: "svc@contoso.com"}, domains, verdict.ExpiryUnknown, "", "", "last changed"},
		{"a notice longer than the validity", verdict.Password{Username: "svc@odd.example", Changed: changed}, domains, verdict.ExpiresOn, "2026-09-29", "2026-08-30", "30 days"},
		{"a validity that makes no sense", verdict.Password{Username: "svc@negative.example", Changed: changed}, domains, verdict.ExpiryUnknown, "", "", ""},
		{"a username without a domain", verdict.Password{Username: "svc", Changed: changed}, domains, verdict.ExpiryUnknown, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := verdict.ExpiryOf(c.password, c.domains)
			if e.Kind != c.kind || !strings.Contains(e.Reason, c.reason) || e.Known() != (c.kind != verdict.ExpiryUnknown) {
				t.Errorf("%+v", e)
			}
			if day(e.At) != c.at || day(e.Warn) != c.warn {
				t.Errorf("ends %s, warns from %s", day(e.At), day(e.Warn))
			}
		})
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
