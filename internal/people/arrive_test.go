package people_test

import (
	"testing"

	"purser.example/internal/people"
)

// R9: the first Tenant Owner to sign in is the primary owner, whether the claim or somebody here made them one. Nobody comes to it by a
// break-glass link.
func TestTheFirstOwnerIsThePrimaryOne(t *testing.T) {
	r := newRig(t)
	r.arrive(caller("admin", admin))
	r.arrive(caller("megan", owner))
	r.arrive(caller("second", owner))
	r.arrive(caller("megan", owner))
	page, err := r.List(ctx, glass, people.Query{})
	r.must(err)
	primary := 0
	for _, p := range page.Rows {
		if p.Primary {
			primary++
			if p.Name != "megan" {
				t.Errorf("%s is the primary owner", p.Name)
			}
		}
	}
	if primary != 1 {
		t.Errorf("%d primary owners", primary)
	}
	if e := r.newest(1)[0]; e.Action != people.OwnerSet || e.Target.Name != "megan" {
		t.Errorf("the log says %+v", e.Entry)
	}
}

// R7: with Microsoft Entra ID, somebody is recognized by tenant and object id, though the provider calls them by another subject since, or
// comes by another issuer.
func TestSomebodyIsRecognizedByTheirObject(t *testing.T) {
	r := newRig(t)
	megan := caller("megan", none)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here))
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, admin))
	id := r.id(megan)

	renamed := caller("megan.bowen", none)
	renamed.Subject, renamed.Issuer = "another app's subject", "https://login.microsoftonline.us/"+string(contoso)+"/v2.0"
	now, err := r.Arrive(ctx, people.Arrival{Caller: renamed, Tenant: contoso, Object: object(1)}, here)
	if err != nil || now.Caller.Role() != admin || r.id(renamed) != id {
		t.Errorf("by the object: %q, %v", now.Caller.Role(), err)
	}
	if got := r.role(megan); got != none {
		t.Errorf("the subject of before still has %q", got)
	}
}

// R7: an address decides nothing. Whoever comes with the one of somebody else, who was given a role, has none: another object, another
// subject, another issuer.
func TestAnAddressInheritsNothing(t *testing.T) {
	r := newRig(t)
	megan := caller("megan", none)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here))
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, admin))

	successor := caller("megan", none)
	successor.Subject = "a new colleague with the address of before"
	elsewhere := caller("megan", none)
	elsewhere.Issuer = "https://idp.fabrikam.com"
	for name, who := range map[string]people.Arrival{
		"another object":               {Caller: successor, Tenant: contoso, Object: object(2)},
		"another subject":              {Caller: successor},
		"another issuer":               {Caller: elsewhere},
		"the object of another tenant": {Caller: elsewhere, Tenant: "6f1c0000-0000-4000-8000-000000000002", Object: object(1)},
	} {
		now, err := r.Arrive(ctx, who, here)
		if err != nil || now.Caller.Role() != none {
			t.Errorf("%s: %q, %v", name, now.Caller.Role(), err)
		}
	}
	if got := r.role(megan); got != admin {
		t.Errorf("megan has %q", got)
	}
}
