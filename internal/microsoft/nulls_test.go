package microsoft_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// X47: what is null or missing is not a value: neither off, nor none, nor for ever.
func TestSecurityDefaultsThatAreNotToldAreNotOff(t *testing.T) {
	for _, body := range []string{`{"isEnabled":null}`, `{}`, `{"isEnabled":"true"}`} {
		fixture, err := m365sim.Read(strings.NewReader(blameFixture("", false)))
		if err != nil {
			t.Fatal(err)
		}
		sim, err := m365sim.New(fixture, m365sim.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/policies/identitySecurityDefaults", Status: 200, Body: m365sim.Verbatim(body)}}); err != nil {
			t.Fatal(err)
		}
		v := microsoft.New(microsoft.Config{Simulator: serve(t, sim)}).Validate(t.Context(), accountOf("mfa@contoso.onmicrosoft.com", "Right-1!"))
		if cause := v.Explain(verdict.Context{}).Cause; len(v.Blame.Policies) > 0 || v.Blame.NotAsked != verdict.BadAnswer || strings.Contains(cause, "set on the account itself") {
			t.Errorf("%s: %+v, %q", body, v.Blame, cause)
		}
	}
}

// X47: members without a list of plans have not been read, and one username that no sign-in can be made with costs itself alone.
func TestMembersThatCameInPart(t *testing.T) {
	s := newStandIn(t)
	s.says["/v1.0/groups/g1/members?"] = says(200, `{"value":[
		{"@odata.type":"#microsoft.graph.user","id":"1","userPrincipalName":"a@contoso.com","accountEnabled":true,"assignedPlans":null},
		{"@odata.type":"#microsoft.graph.user","id":"2","userPrincipalName":"b@contoso.com","accountEnabled":true,"assignedPlans":[]},
		{"@odata.type":"#microsoft.graph.user","id":"3","userPrincipalName":"c c@contoso.com","accountEnabled":true,"assignedPlans":[]},
		{"@odata.type":"#microsoft.graph.user","id":"4"}]}`)
	all, err := s.members(t)
	if err != nil || len(all) != 4 || all[0].Read || !all[1].Read || !all[2].Odd || all[3].Odd || all[3].Username != "" {
		t.Errorf("%+v %v", all, err)
	}
}

// X47: how long a token lives is believed where it can be, for a day at most, and for some minutes otherwise.
func TestHowLongATokenLives(t *testing.T) {
	for text, want := range map[string]time.Duration{
		`3600`: time.Hour, `"3600"`: time.Hour, `null`: 5 * time.Minute, `0`: 5 * time.Minute, `-1`: 5 * time.Minute, `"soon"`: 5 * time.Minute, `[]`: 5 * time.Minute,
		`1e9`: 24 * time.Hour, `99999999999999999999`: 24 * time.Hour, `1e999`: 5 * time.Minute,
	} {
		s := newStandIn(t)
		s.says["/"+tenantID] = says(200, `{"token_type":"Bearer","access_token":"x.y.z","expires_in":`+text+`}`)
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		client := s.client(func(cfg *microsoft.Config) { cfg.Now = func() time.Time { return now } })
		d, err := client.ReadAsApp(context.Background(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: "app", Secret: secret.FromString(clientSecret)})
		if err != nil || d.Ends().Sub(now) != want {
			t.Errorf("%s: %v %v", text, d, err)
		}
	}
}
