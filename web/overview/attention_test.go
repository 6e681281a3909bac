package overview

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/activity"
)

// R94: a backup that is missing and a log that is not shipped are told to owners alone.
func TestWhatOnlyOwnersLookAfter(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	receivers := func(context.Context) ([]activity.Receiver, error) {
		return []activity.Receiver{{Name: "syslog.contoso.com"}, {Name: "siem.contoso.com", Failing: now.Add(-time.Hour), Reason: "The connection was refused."}}, nil
	}
	missing := now.Add(-2 * time.Hour)
	h := &Handlers{Activity: activity.NewService(activity.Parts{Receivers: receivers}), Missing: func() time.Time { return missing }, Now: func() time.Time { return now }}
	by := func(r access.Role) asked {
		return asked{ctx: t.Context(), caller: access.Caller{Subject: "s1", Roles: []access.Role{r}}}
	}
	items, err := h.ownersOwn(by(access.TenantOwner))
	if err != nil || len(items) != 2 || items[0].Text != "The scheduled backup is missing" || items[0].Lines[0].At.Text != "2 hours ago" || items[1].Text != "The activity log isn't being shipped: siem.contoso.com" {
		t.Errorf("an owner reads %+v, %v", items, err)
	}
	if items, err := h.ownersOwn(by(access.ServiceAdministrator)); err != nil || len(items) != 0 {
		t.Errorf("a Service Administrator reads %+v, %v", items, err)
	}
	missing = time.Time{}
	if items, _ := h.ownersOwn(by(access.TenantOwner)); len(items) != 1 {
		t.Errorf("nothing is missing: %+v", items)
	}
}
