package pool_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
)

// R41, R42: members come with what the page shows, nested ones once, and what cannot be a member is named and left out.
func TestValidateListsTheMembers(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.profile(t, "Backup", "pool01@contoso.com")
	reading := r.validated(t, sites, "pool@contoso.com")
	if reading.State != pool.ReadingDone || reading.Group.Kind != pool.MailEnabledSecurity || reading.Group.Name != "Pool" {
		t.Fatalf("%+v", reading)
	}
	if reading.Counts.Members != 7 || reading.Counts.LeftOut != 5 {
		t.Errorf("counts %+v", reading.Counts)
	}
	members := r.rows(t, pool.Query{Reading: reading.ID})
	if m := members["pool01@contoso.com"]; m.Name != "Pool 01" || !m.Enabled || m.Nested || !slices.Equal(m.Products, []string{"SharePoint Online"}) || m.ProfileName != "Backup" || m.Standing != pool.NoPassword {
		t.Errorf("%+v", m)
	}
	if m := members["pool03@contoso.com"]; !m.Nested || m.Profile != "" {
		t.Errorf("R41: the member of the inner group: %+v", m)
	}
	if m := members["off@contoso.com"]; m.Enabled || m.Standing != pool.Disabled {
		t.Errorf("%+v", m)
	}
	project := r.validated(t, pool.Key{Tenant: contoso, Class: pool.Project}, "Pool")
	if m := r.rows(t, pool.Query{Reading: project.ID})["pool01@contoso.com"]; len(m.Products) != 0 {
		t.Errorf("R42: licences that do not matter for the class: %v", m.Products)
	}
	others, err := r.LeftOut(ctx, adele, reading.ID)
	must(t, err)
	var text []string
	for _, o := range others {
		text = append(text, string(o.Kind)+" "+o.Name)
	}
	if got := strings.Join(text, ", "); got != "contact Partner, device PC 7, group Inner, guest Guest, service-principal App" {
		t.Errorf("left out: %s", got)
	}
	r.clean(t)
}

// R41: what is refused says why.
func TestValidateRefuses(t *testing.T) {
	r := newRig(t, fixture("", ""))
	for _, c := range []struct{ text, says string }{
		{"", "Enter the name"},
		{strings.Repeat("x", 257), "up to 256"},
		{"No such group", "no group with that name"},
		{"nobody@contoso.com", "no group with that name"},
		{"00000000-0000-4000-8000-000000000099", "no group with that name"},
		{"List", "distribution list"},
		{"list@contoso.com", "distribution list"},
		{"Twice", "Several groups"},
		{"' or displayName ne '", "no group with that name"},
	} {
		_, err := r.Validate(ctx, adele, here, sites, c.text)
		if problem.KindOf(err) != problem.Invalid || !strings.Contains(fieldOf(err, pool.FieldGroup), c.says) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
	_, err := r.Validate(ctx, adele, here, sites, "Twice")
	ambiguous, ok := errors.AsType[*pool.Ambiguous](err)
	if !ok || len(ambiguous.Choices) != 2 || ambiguous.Choices[0].Kind.Usable() == ambiguous.Choices[1].Kind.Usable() {
		t.Fatalf("choices %+v", ambiguous)
	}
	// The choice is found by its id.
	for _, g := range ambiguous.Choices {
		if g.Kind.Usable() && r.validated(t, sites, g.ID).Counts.Members != 1 {
			t.Error("the chosen group has one member")
		}
	}
	if _, err := r.Validate(ctx, nobody, here, sites, "Pool"); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("R2: %v", err)
	}
	if _, err := r.Validate(ctx, adele, here, pool.Key{Tenant: contoso, Class: "mail"}, "Pool"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a class that is not there: %v", err)
	}
	if _, err := r.Validate(ctx, adele, here, pool.Key{Tenant: "other", Class: pool.Sites}, "Pool"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a tenant that is not there: %v", err)
	}
}

// R41: names as they come, kinds, dynamic groups, suggestions.
func TestGroupsAreFound(t *testing.T) {
	r := newRig(t, fixture("", ""))
	if reading := r.validated(t, sites, "  O'Brien & Co "); reading.Group.Kind != pool.Microsoft365 || reading.Counts.Members != 1 {
		t.Errorf("%+v", reading)
	}
	if reading := r.validated(t, sites, "By rule"); !reading.Group.Dynamic || !strings.Contains(reading.Group.Rule, "department") || reading.Group.Kind != pool.Security {
		t.Errorf("%+v", reading.Group)
	}
	if reading := r.validated(t, sites, "Nobody"); reading.State != pool.ReadingDone || reading.Counts.Members != 0 {
		t.Errorf("%+v", reading)
	}
	for text, want := range map[string]int{"Tw": 2, "o'b": 1, "obrien@": 1, "zzz": 0, " ": 0} {
		found, err := r.Suggest(ctx, adele, here, contoso, text)
		if err != nil || len(found) != want {
			t.Errorf("%q: %v %v", text, found, err)
		}
	}
}

// R61, R62: without a client secret a valid profile's account reads, by one attempt for many questions, which is in the activity log.
func TestAProfileReadsWhereTheAppCannot(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.connect(t, "")
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); !strings.Contains(problem.Message(err), "User.Read.All") {
		t.Fatalf("nobody can read: %v", err)
	}
	r.profile(t, "Reader", "svc-reader@contoso.com")
	r.sim.ResetRequests()
	if reading := r.validated(t, sites, "Pool"); reading.Counts.Members != 7 {
		t.Errorf("%+v", reading)
	}
	for _, text := range []string{"P", "Po", "Poo"} {
		if found, err := r.Suggest(ctx, adele, here, contoso, text); err != nil || len(found) != 1 {
			t.Fatalf("%v %v", found, err)
		}
	}
	if n := r.tried()["svc-reader@contoso.com"]; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
	if r.acted(t, profile.Lent) != 1 || r.acted(t, profile.LentBack) != 1 {
		t.Error("R61: the use of the password is not in the activity log")
	}
	r.clean(t)
}

// R62: a password that Microsoft refuses is not tried again to read with.
func TestAReaderWhosePasswordWasRefusedIsNotTriedAgain(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.connect(t, "")
	p := r.profile(t, "Reader", "svc-reader@contoso.com")
	must(t, r.sim.PatchUser("svc-reader@contoso.com", []byte(`{"password": "Another-2026!"}`)))
	r.sim.ResetRequests()
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "Reader") {
		t.Errorf("%v", err)
	}
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Invalid {
		t.Errorf("no valid profile is left: %v", err)
	}
	if n := r.tried()["svc-reader@contoso.com"]; n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
	if now, err := r.profiles.Find(ctx, adele, p.ID); err != nil || now.Status == p.Status {
		t.Errorf("the profile is still %s %v", now.Status, err)
	}
}

// R41, R62: what is missing or fails is said in a sentence, and a reading that fails is no list to save.
func TestReadingFails(t *testing.T) {
	r := newRig(t, fixture("", ""))
	must(t, r.sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "`+appID+`", "displayName": "Purser", "permissions": ["User.Read.All"], "secrets": [{"value": "App-Secret-2026!"}]}]}`)))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "GroupMember.Read.All") {
		t.Errorf("without the permission: %v", err)
	}
	must(t, r.sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "`+appID+`", "displayName": "Purser", "permissions": ["GroupMember.Read.All"], "secrets": [{"value": "App-Secret-2026!"}]}]}`)))
	r.clock.Advance(10 * time.Minute)
	if reading := r.validated(t, sites, "Pool"); reading.State != pool.ReadingFailed || !strings.Contains(reading.Failure, "User.Read.All") {
		t.Errorf("without names: %+v", reading)
	}
	must(t, r.sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "`+appID+`", "displayName": "Purser", "secrets": [{"value": "App-Secret-2026!"}]}]}`)))
	r.connect(t, "wrong")
	r.clock.Advance(10 * time.Minute)
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "AADSTS7000215") {
		t.Errorf("with a wrong secret: %v", err)
	}
	r.connect(t, "App-Secret-2026!")
	r.clock.Advance(10 * time.Second) // a failure holds for a moment
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 403}}))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream {
		t.Errorf("403: %v", err)
	}
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Reset: true}}))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "RESET") {
		t.Errorf("a lost answer: %v", err)
	}
	r.clean(t)
}

// bigGroup is a fixture with so many generated users in "Big pool".
func bigGroup(users, pageSize, latency int) string {
	text := fixture("", "")
	text = strings.Replace(text, `"displayName": "Contoso",`, fmt.Sprintf(`"displayName": "Contoso", "latencyMs": %d, "generate": {"users": %d, "first": 1, "upn": "u%%05d@contoso.com", "password": "Gen-%%05d!", "group": "Big pool"},`, latency, users), 1)
	return strings.TrimSuffix(text, "}") + fmt.Sprintf(`, "pageSize": %d}`, pageSize)
}

// R62: throttling and lost answers in the middle of a long list cost time and nothing else.
func TestALongListSurvivesTroubleInTheMiddle(t *testing.T) {
	r := newRig(t, bigGroup(500, 50, 0))
	must(t, r.sim.SetFaults([]m365sim.Fault{
		{PathPrefix: "/v1.0/groups/", Status: 429, RetryAfter: "0.05", Times: new(6)},
		{PathPrefix: "/v1.0/groups/", Status: 503, RetryAfter: "0.05", Times: new(1)},
		{PathPrefix: "/v1.0/groups/", Reset: true, Times: new(1)},
		{PathPrefix: "/v1.0/groups/", Status: 502, Times: new(1)},
	}))
	if reading := r.validated(t, sites, "Big pool"); reading.State != pool.ReadingDone || reading.Counts.Members != 500 {
		t.Errorf("%+v", reading)
	}
}

// R41: a reading that was cut off is read anew by the background work, whole and once.
func TestAReadingIsReadAnewAfterARestart(t *testing.T) {
	r := newRig(t, bigGroup(500, 50, 5))
	reading, err := r.Validate(ctx, adele, here, sites, "Big pool")
	must(t, err)
	if r.taken.kind[string(reading.ID)] != "group_read" {
		t.Fatal("the reading was not handed to the background work")
	}
	waitFor(t, func() bool { got, _ := r.Reading(ctx, adele, reading.ID); return got.Counts.Members >= 100 })
	// A graceful stop ends what this process reads.
	stopping, stop := contextWithCancel()
	stop()
	if err := r.Read(stopping, reading.ID); !errors.Is(err, run.ErrHandedBack) {
		t.Fatalf("ended with %v", err)
	}
	if got, _ := r.Reading(ctx, adele, reading.ID); got.State != pool.ReadingRuns || got.Counts.Members == 500 {
		t.Fatalf("it came to its end: %+v", got)
	}
	must(t, r.sim.DeleteUser("u00003@contoso.com"))
	r.start()
	must(t, r.Read(ctx, reading.ID))
	got := r.whole(t, reading.ID)
	if got.State != pool.ReadingDone || got.Counts.Members != 499 || len(r.rows(t, pool.Query{Reading: reading.ID})) != 499 {
		t.Errorf("%+v", got)
	}
	must(t, r.Read(ctx, reading.ID)) // again: nothing to do
}

// Whoever validates again and again leaves no heap of lists behind, and what is saved stays. What somebody else may still be typing
// for stays for two hours.
func TestReadingsThatNobodySavedGo(t *testing.T) {
	r := newRig(t, fixture("", ""))
	saved := r.validated(t, sites, "Pool")
	r.save(t, r.change(t, saved.ID, nil))
	second := r.validated(t, sites, "Pool")
	for range 5 {
		r.validated(t, sites, "Pool")
	}
	if _, err := r.Reading(ctx, adele, second.ID); err != nil {
		t.Errorf("somebody's list went while they typed: %v", err)
	}
	r.clock.Advance(3 * time.Hour)
	r.validated(t, sites, "Pool")
	waitFor(t, func() bool {
		_, err := r.Reading(ctx, adele, second.ID)
		return problem.KindOf(err) == problem.NotFound
	})
	if got, err := r.Reading(ctx, adele, saved.ID); err != nil || got.Counts.Members != 7 {
		t.Errorf("what is saved went: %+v %v", got, err)
	}
	if _, err := r.Save(ctx, adele, here, r.change(t, second.ID, nil)); !strings.Contains(fieldOf(err, pool.FieldGroup), "Validate the group again") {
		t.Errorf("%v", err)
	}
}

// What this process reads for somebody stops with it, says nothing of a failure, and is read anew by the next start.
func TestAReadingIsHandedBack(t *testing.T) {
	r := newRig(t, bigGroup(500, 50, 20))
	reading, err := r.Validate(ctx, adele, here, sites, "Big pool")
	must(t, err)
	r.shifts.HandBack()
	if got, err := r.Reading(ctx, adele, reading.ID); err != nil || got.State != pool.ReadingRuns || got.Counts.Members == 500 {
		t.Errorf("it came to its end: %+v %v", got, err)
	}
	if err := r.Read(ctx, reading.ID); !errors.Is(err, run.ErrHandedBack) {
		t.Errorf("read on after the stop: %v", err)
	}
	r.start()
	must(t, r.Read(ctx, reading.ID))
	if got, err := r.Reading(ctx, adele, reading.ID); err != nil || got.State != pool.ReadingDone || got.Counts.Members != 500 {
		t.Errorf("after the next start: %+v %v", got, err)
	}
}
