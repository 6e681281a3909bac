package pool_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
)

// tamper writes into the database behind Purser's back.
func (r *rig) tamper(t testing.TB, statement string) {
	t.Helper()
	must(t, r.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(statement)
		return err
	}))
}

// hindered works a check whose passwords nothing can be said about, and wants each kept for another time.
func (r *rig) hindered(t *testing.T, id run.ID, outcome run.Outcome, why account.Reason) {
	t.Helper()
	if c := r.work(t, id); !c.State.Over() || c.Counts[outcome] != 1 {
		t.Fatalf("%+v", c)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil || items[0].Reason != why || items[0].Tries != 0 || len(r.tried()) != 0 {
		t.Errorf("%+v %v, tried %v", items, err, r.tried())
	}
}

// X43: a check of a tenant whose app profile was altered outside of Purser ends and keeps the passwords; the log tells once.
func TestACheckOverAnAlteredAppProfile(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	r.tamper(t, `UPDATE app_profiles SET application_id = 'a0000000-0000-4000-8000-000000000099'`)
	r.hindered(t, saved.Check, run.NotReached, account.AppAltered)
	if n := strings.Count(r.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("%d errors in the log\n%s", n, r.log)
	}
	r.clock.Advance(10 * time.Minute) // the directory that is open serves no longer
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); !errors.Is(err, appprofile.ErrAltered) || problem.KindOf(err) != problem.Altered {
		t.Errorf("Validate: %v", err)
	}
	r.tamper(t, `UPDATE app_profiles SET application_id = '`+appID+`'`)
	if _, err := r.again(saved.Check); err != nil {
		t.Fatal(err)
	}
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 1 {
		t.Errorf("again: %+v", c)
	}
}

// X43: a new password that was altered before its check is not sent, nor waited for.
func TestACheckOfAnAlteredPassword(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	r.tamper(t, `UPDATE run_items SET username = 'pool02@contoso.com'`)
	r.hindered(t, saved.Check, run.Skipped, account.Altered)
}

// Issue 13: a pool of a tenant whose last app profile was deleted says so; a check keeps its passwords until there is one.
func TestAPoolOfATenantWithoutAnAppProfile(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	known, err := r.apps.Known(ctx, contoso)
	must(t, err)
	must(t, r.apps.Delete(ctx, adele, here, known[0].ID, known[0].Called()))
	r.hindered(t, saved.Check, run.NotReached, account.NoApp)
	r.clock.Advance(10 * time.Minute)
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); !errors.Is(err, appprofile.ErrNone) || problem.KindOf(err) != problem.Invalid {
		t.Errorf("Validate: %v", err)
	}
	if log := r.log.String(); strings.Contains(log, "level=ERROR") {
		t.Error(log)
	}
	r.connect(t, "App-Secret-2026!")
	if _, err := r.again(saved.Check); err != nil {
		t.Fatal(err)
	}
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 1 {
		t.Errorf("again: %+v", c)
	}
}

// R72: consent that is taken away after a group was read is told by the next reading: when the token that was kept has ended, and when
// Microsoft does not take it any more.
func TestAReadingSaysThatConsentWasTakenAway(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *rig){
		"the token has ended": func(_ *testing.T, r *rig) { r.clock.Advance(2 * time.Hour) },
		"the token is refused": func(t *testing.T, r *rig) {
			must(t, r.sim.RotateKeys()) // what was signed before is refused from now on
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, fixture("", ""))
			if reading := r.validated(t, sites, "Pool"); reading.State != pool.ReadingDone {
				t.Fatalf("%+v", reading)
			}
			must(t, r.sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "`+appID+`", "secrets": [{"value": "App-Secret-2026!", "expires": "+180d"}], "permissions": [], "consented": false}]}`)))
			end(t, r)
			_, err := r.Validate(ctx, adele, here, sites, "Pool")
			if says := problem.Message(err); problem.KindOf(err) != problem.Upstream || !strings.Contains(says, "the permission GroupMember.Read.All is missing") || !strings.Contains(says, "admin consent") {
				t.Errorf("%v: %s", problem.KindOf(err), says)
			}
		})
	}
}
