package places_test

import (
	"testing"

	"purser.example/internal/event"
	"purser.example/internal/horizon"
	"purser.example/web/places"
)

// R91, R92: whatever tells of something leads to where it is.
func TestWhatHappenedLeadsToItsPlace(t *testing.T) {
	for _, c := range []struct {
		kind   event.Kind
		object event.Object
		want   string
	}{
		{event.Broken, event.Object{Kind: "profile", ID: "p/1"}, "/service-accounts/p%2F1"},
		{event.Broken, event.Object{Kind: "pool member", ID: "t1/sites/u1"}, "/classic/account-pool?tab=sites&tenant=t1"},
		{event.Ending, event.Object{Kind: "app profile", ID: "a1"}, "/app-profiles/a1"},
		{event.Unreachable, event.Object{Kind: "tenant", ID: "t1"}, "/tenants/t1/health"},
		{event.Drifted, event.Object{Kind: "drift", ID: "roles"}, "/health/drift"},
		{event.RoleRequested, event.Object{Kind: "person", ID: "x"}, "/people"},
		{event.Ending, event.Object{Kind: "certificate"}, "/health"},
		{event.Broken, event.Object{Kind: "profile"}, "/health"},
	} {
		if got := places.Event(c.kind, c.object); got.Path != c.want || got.Called == "" {
			t.Errorf("%s of %v leads to %+v, want %q", c.kind, c.object, got, c.want)
		}
	}
	if got := places.Horizon(horizon.TLSCertificate, ""); got != "" {
		t.Errorf("a certificate of Purser's own leads to %q", got)
	}
}
