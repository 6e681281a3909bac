package profile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	otherUser = "svc-other@contoso.com"
	theApp    = "a0000000-0000-4000-8000-000000000001"
)

// connect gives the tenant an app profile as it had one before.
func (r *rig) connect(t *testing.T) {
	t.Helper()
	err := r.apps.Connect(ctx, adele, here, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}, appprofile.App{ApplicationID: theApp})
	if err != nil {
		t.Fatal(err)
	}
}

// disconnect deletes the tenant's only app profile.
func (r *rig) disconnect(t *testing.T) {
	t.Helper()
	known, err := r.apps.Known(ctx, contoso)
	if err != nil || len(known) != 1 {
		t.Fatalf("%d app profiles, %v", len(known), err)
	}
	if err := r.apps.Delete(ctx, adele, here, known[0].ID, known[0].Called()); err != nil {
		t.Fatal(err)
	}
}

// tamper writes into the database behind Purser's back.
func (r *rig) tamper(t *testing.T, statement string) {
	t.Helper()
	err := r.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// worked works a run to its end, which comes without a pause, and gives its items.
func (r *runRig) worked(t *testing.T, id run.ID) []run.Item {
	t.Helper()
	ends, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := r.runs.Work(ends, id); err != nil {
		t.Fatalf("the run does not end: %v", err)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// Issue 13: a run over a tenant whose last app profile was deleted says so at once, as a fault of no account and of no program, and
// Validate again takes the profiles once there is one.
func TestARunOverATenantWithoutAnAppProfile(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser, otherUser)
	r.disconnect(t)
	id := r.begin(t, ids)
	for _, i := range r.worked(t, id) {
		if i.Outcome != run.NotReached || i.Reason != account.NoApp || i.Tries != 0 {
			t.Errorf("%+v", i)
		}
	}
	if log := r.log.String(); strings.Contains(log, "level=ERROR") || len(r.tried(t)) != 0 {
		t.Errorf("tried %v\n%s", r.tried(t), log)
	}
	if p, err := r.Find(ctx, adele, ids[0]); err != nil || p.Status != verdict.Valid {
		t.Errorf("%+v %v", p, err)
	}
	r.connect(t)
	again, err := r.runs.Again(ctx, adele, here, id)
	if err != nil {
		t.Fatal(err)
	}
	r.worked(t, again.ID)
	if got := r.outcomes(t, again.ID); got[run.Confirmed]+got[run.Warned] != 2 {
		t.Errorf("again: %v", got)
	}
}

// X43: a run over a tenant whose app profile was altered outside of Purser ends, sends nothing, and the log tells once.
func TestARunOverAnAlteredAppProfile(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser, otherUser)
	r.tamper(t, `UPDATE app_profiles SET application_id = 'a0000000-0000-4000-8000-000000000099'`)
	for _, i := range r.worked(t, r.begin(t, ids)) {
		if i.Outcome != run.NotReached || i.Reason != account.AppAltered || i.Tries != 0 {
			t.Errorf("%+v", i)
		}
	}
	if n := strings.Count(r.log.String(), "level=ERROR"); n != 1 || !strings.Contains(r.log.String(), "changed outside of Purser") || len(r.tried(t)) != 0 {
		t.Errorf("tried %v, %d errors in the log\n%s", r.tried(t), n, r.log.String())
	}
}

// X43: so does a run over a profile that was altered itself; the others are validated.
func TestARunOverAnAlteredProfile(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser, otherUser)
	r.tamper(t, fmt.Sprintf(`UPDATE profiles SET username = 'disabled@contoso.com', username_key = 'disabled@contoso.com' WHERE id = '%s'`, ids[1]))
	items := r.worked(t, r.begin(t, ids))
	if i := items[1]; i.Outcome != run.Skipped || i.Reason != account.Altered || i.Tries != 0 {
		t.Errorf("%+v", i)
	}
	if i := items[0]; i.Outcome != run.Confirmed && i.Outcome != run.Warned {
		t.Errorf("%+v", i)
	}
	if n := strings.Count(r.log.String(), "level=ERROR"); n != 1 || r.tried(t)["disabled@contoso.com"] != 0 {
		t.Errorf("tried %v, %d errors in the log\n%s", r.tried(t), n, r.log.String())
	}
}

// Issue 13: Save and Validate say beside the tenant that it has no app profile, and send nothing.
func TestATenantWithoutAnAppProfile(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser)
	r.disconnect(t)
	_, validated := r.Validate(ctx, adele, here, ids[0])
	_, saved := r.Create(ctx, adele, here, draft(as(otherUser), named("Second")))
	for name, err := range map[string]error{"Validate": validated, "Save": saved} {
		if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != profile.FieldTenant || !strings.Contains(fields[0].Message, "no app profile") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.tried(t)) != 0 {
		t.Error("a password was sent")
	}
}

// R72, R62: consent that is taken away after a validation is told by the next one, and leaves the account's status as it was.
func TestAValidationSaysThatConsentWasTakenAway(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	if err := r.sim.PatchTenant(string(contoso), []byte(`{"apps": [{"appId": "`+theApp+`", "consented": false}]}`)); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(2 * time.Hour)
	v, err := r.Validate(ctx, adele, here, p.ID)
	if err != nil || v.Status != verdict.AppSetup || v.Code != "AADSTS65001" {
		t.Fatalf("%+v %v", v, err)
	}
	now, err := r.Find(ctx, adele, p.ID)
	if err != nil || now.Status != p.Status || now.Failed == nil || now.Failed.Status != verdict.AppSetup {
		t.Errorf("%+v %v", now, err)
	}
}
