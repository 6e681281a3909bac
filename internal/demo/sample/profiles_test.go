package sample_test

import (
	"maps"
	"strings"
	"testing"

	"purser.example/internal/audit"
	"purser.example/internal/demo/sample"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

// The steps build on one another, because making the profiles is the slow part.
func TestProfiles(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	r.makeProfiles(t)
	t.Run("show every status", r.showEveryStatus)
	t.Run("have a real past", r.haveARealPast)
	t.Run("leave the accounts to try by hand alone", func(t *testing.T) { r.tryAll(t) })
	t.Run("are not made twice by a restart", r.areNotMadeTwice)
}

// R10, R11, R62: the list of the demo shows every status that a stored profile can have, and attempts that could not tell.
func (r *rig) showEveryStatus(t *testing.T) {
	all := r.details(t)
	counts, failed, tenants := map[verdict.Status]int{}, map[verdict.Status]int{}, map[string]int{}
	for _, p := range all {
		counts[p.Status]++
		tenants[p.TenantInfo.DisplayName]++
		if p.Failed != nil {
			failed[p.Failed.Status]++
		}
	}
	want := map[verdict.Status]int{
		verdict.Valid: 29, verdict.WrongPassword: 3, verdict.AccountBlocked: 2, verdict.MFARequired: 2, verdict.PolicyBlocked: 1,
		verdict.PasswordExpired: 1, verdict.AccountNotFound: 1, verdict.AccountLocked: 1, verdict.Federated: 1, verdict.Unknown: 1,
		verdict.NotValidated: 2, // the classic MFA profiles
	}
	if !maps.Equal(counts, want) {
		t.Errorf("statuses %v, want %v", counts, want)
	}
	if want := map[verdict.Status]int{verdict.Unreachable: 2, verdict.AppSetup: 1}; !maps.Equal(failed, want) {
		t.Errorf("failed attempts %v, want %v", failed, want)
	}
	if want := map[string]int{"Contoso": 27, "Fabrikam": 17}; !maps.Equal(tenants, want) {
		t.Errorf("tenants %v, want %v", tenants, want)
	}
	if err := r.db.VerifyActivity(t.Context()); err != nil {
		t.Errorf("the activity log does not hold: %v", err)
	}
}

// R61: the past is real: every profile was valid once, and every later verdict came from the simulator.
func (r *rig) haveARealPast(t *testing.T) {
	stories := map[string]string{}
	soon, warned := 0, 0
	for _, p := range r.details(t) {
		if p.Kind == profile.ClassicMFA {
			if len(p.History) != 0 {
				t.Errorf("%s was validated", p.Name) // an import brings it as it was (R30)
			}
			continue
		}
		var told []string
		for i, v := range p.History {
			told = append(told, string(p.History[len(p.History)-1-i].Verdict.Status))
			if v.By != "Demo setup" || v.Verdict.CorrelationID == "" || v.At.IsZero() {
				t.Errorf("%s: a validation by %q at %s without a trace", p.Name, v.By, v.At)
			}
		}
		stories[p.Name] = strings.Join(told, " ")
		if !strings.HasPrefix(stories[p.Name], "valid") {
			t.Errorf("%s was not valid at first: %s", p.Name, stories[p.Name])
		}
		warned += min(len(p.Warnings), 1)
		for _, w := range p.Warnings {
			if w.Kind == verdict.ExpiresSoon {
				soon++
			}
		}
	}
	for name, want := range map[string]string{
		"Backup – Europe":          "valid",
		"Migration wave 4":         "valid account-blocked valid",
		"Fabrikam – Old backup":    "valid wrong-password valid wrong-password",
		"Adatum – Backup":          "valid federated",
		"Portal – Suppliers":       "valid app-setup",
		"Fabrikam – Replication":   "valid wrong-password unreachable",
		"Records – Import":         "valid unreachable",
		"Policies – Pilot":         "valid account-not-found",
		"Archiving – Subsidiaries": "valid unknown",
	} {
		if stories[name] != want {
			t.Errorf("%s: %q, want %q", name, stories[name], want)
		}
	}
	if soon < 3 || warned < 6 {
		t.Errorf("%d passwords end soon and %d profiles have a warning; a list should show some", soon, warned)
	}
}

// A demo that keeps its data starts with a fresh simulator, where the stories must have happened too.
func (r *rig) areNotMadeTwice(t *testing.T) {
	before := r.details(t)
	r.restartSimulator(t)
	r.makeProfiles(t)
	after := r.details(t)
	if len(after) != len(before) {
		t.Fatalf("%d profiles after %d", len(after), len(before))
	}
	for i, p := range after {
		if p.ID != before[i].ID || len(p.History) != len(before[i].History) {
			t.Errorf("%s was made or validated again", p.Name)
		}
		if p.Kind == profile.ClassicMFA {
			continue
		}
		v, err := r.profiles.Validate(t.Context(), sample.Caller(), audit.Origin{}, p.ID)
		if err != nil || v.Status.AboutAccount() && v.Status != p.Status {
			t.Errorf("%s is %s in the list and now %s, %v", p.Name, p.Status, v.Status, err)
		}
	}
}

// Without the tenants nothing can be made, and the error says which profile it was.
func TestProfilesNeedTheTenants(t *testing.T) {
	r := newRig(t)
	err := sample.Profiles(t.Context(), r.profiles, r.sim, sample.Caller())
	if err == nil || !strings.Contains(err.Error(), "make the profile Backup – Europe") {
		t.Errorf("err = %v", err)
	}
	if _, counts, err := r.profiles.List(t.Context(), sample.Caller(), profile.Query{}); err != nil || counts.All != 0 {
		t.Errorf("%d profiles, %v", counts.All, err)
	}
}

// A newcomer waits for this at every start of the demo.
func BenchmarkProfiles(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := newRig(b)
		b.StartTimer()
		r.connect(b)
		r.makeProfiles(b)
	}
}
