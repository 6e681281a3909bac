package microsoft_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
)

const peopleFixture = `{"tenants":[{"id":"` + tenantID + `","displayName":"Contoso","initialDomain":"contoso.onmicrosoft.com","domains":[{"id":"contoso.com"}],
	"apps":[{"appId":"a0000000-0000-4000-8000-000000000001","clientSecret":"` + clientSecret + `"}],
	"users":[{"id":"0b000000-0000-4000-8000-0000000000a1","userPrincipalName":"uma@contoso.com","displayName":"Uma O'Brien \"Ü\" + Co"},
		{"userPrincipalName":"guest@contoso.com","displayName":"Umar Guest","userType":"Guest"},{"userPrincipalName":"off@contoso.com","displayName":"Zoë Off","accountEnabled":false}],
	"groups":[{"id":"0b000000-0000-4000-8000-0000000000b1","displayName":"Inner","kind":"security","members":["uma@contoso.com"]},
		{"id":"0b000000-0000-4000-8000-0000000000b2","displayName":"Outer","mail":"outer@contoso.com","kind":"mailEnabledSecurity","memberGroups":["0b000000-0000-4000-8000-0000000000b1"]},
		{"id":"0b000000-0000-4000-8000-0000000000b3","displayName":"Another","mail":"another@contoso.com","kind":"mailEnabledSecurity"}],
	"generate":{"users":20000,"first":1,"upn":"u%05d@contoso.com","password":"Gen-%05d!","group":"Big pool"}}]}`

// peopleOf opens the directory of the simulator for the app itself.
func peopleOf(t *testing.T) (*m365sim.Simulator, *microsoft.Directory) {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(peopleFixture))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := m365sim.New(fixture, m365sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	client := microsoft.New(microsoft.Config{Simulator: serve(t, sim), Patience: time.Millisecond})
	d, err := client.ReadAsApp(context.Background(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: "a0000000-0000-4000-8000-000000000001", Secret: secret.FromString(clientSecret)})
	if err != nil {
		t.Fatal(err)
	}
	return sim, d
}

// R5: people are found by a word of the name or the beginning of an address, whatever signs are in it, and come with what marks them.
func TestPeopleAreLookedUpR5(t *testing.T) {
	_, d := peopleOf(t)
	for text, want := range map[string]string{
		"uma": "guest@contoso.com guest uma@contoso.com", "o'brien": "uma@contoso.com", `"ü"`: "uma@contoso.com", "+ co": "uma@contoso.com", "UMA@": "guest@contoso.com guest uma@contoso.com",
		"zoë": "off@contoso.com off", "nobody": "", `\`: "", "u00017@": "u00017@contoso.com",
	} {
		found, err := d.PeopleLike(context.Background(), text)
		var got []string
		for _, p := range found {
			about := p.Username
			if p.Guest {
				about += " guest"
			}
			if !p.Enabled {
				about += " off"
			}
			got = append(got, about)
		}
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s finds %v, %v", text, got, err)
		}
	}
	if found, err := d.PeopleLike(context.Background(), "u0"); err != nil || len(found) != 10 {
		t.Errorf("of many, %d are found, %v", len(found), err)
	}
}

// R7: which groups somebody is in is read from the person, nested ones too, and costs the same however many are in a group.
func TestGroupsOfSomebodyR7(t *testing.T) {
	sim, d := peopleOf(t)
	ctx := context.Background()
	big, err := d.GroupsNamed(ctx, "Big pool")
	if err != nil || len(big) != 1 {
		t.Fatalf("%v, %v", big, err)
	}
	member, err := d.PeopleLike(ctx, "u19999@")
	if err != nil || len(member) != 1 {
		t.Fatalf("%v, %v", member, err)
	}
	groups := []string{"0b000000-0000-4000-8000-0000000000b1", "0b000000-0000-4000-8000-0000000000b2", "0b000000-0000-4000-8000-0000000000b3", big[0].ID}
	for user, want := range map[string][]string{"0b000000-0000-4000-8000-0000000000a1": groups[:2], member[0].ID: groups[3:]} {
		before := len(sim.Requests())
		in, err := d.GroupsOf(ctx, user, groups)
		slices.Sort(in)
		if err != nil || fmt.Sprint(in) != fmt.Sprint(want) {
			t.Errorf("%s is in %v, %v", user, in, err)
		}
		if asked := len(sim.Requests()) - before; asked != 1 {
			t.Errorf("%d requests", asked)
		}
	}
	if _, err := d.GroupsOf(ctx, "0b000000-0000-4000-8000-00000000dead", groups); err == nil {
		t.Error("somebody who is not there is in no group, without a word")
	} else if f, _ := microsoft.FailureOf(err); !f.Gone {
		t.Errorf("not there: %v", err)
	}
	if err := sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/users", Status: 503}}); err != nil {
		t.Fatal(err)
	}
	if in, err := d.GroupsOf(ctx, member[0].ID, groups); err == nil {
		t.Errorf("while Microsoft is down: %v", in)
	}
}
