package profile_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

// quick are limits for tests: nothing waits for long.
var quick = limits{
	Limits: account.Limits{
		PerTenant: 4, AtOnce: 8, Failures: 3, Rest: 20 * time.Millisecond, LongestRest: 50 * time.Millisecond, GiveUp: 300 * time.Millisecond,
		Etiquette: account.Etiquette{PerAccount: 3, PerTenant: 6, Jitter: 5 * time.Millisecond},
	},
	tries: 3, again: 10 * time.Millisecond,
}

// limits are all that bound a run.
type limits struct {
	account.Limits
	tries int
	again time.Duration
}

// validations are the runs of a house as a person meets them.
type validations struct {
	*profile.Validations
	*run.Service
}

func (v validations) Begin(ctx context.Context, caller access.Caller, origin audit.Origin, ids []profile.ID) (run.Run, error) {
	return v.Validations.Begin(ctx, caller, origin, ids)
}

func (v validations) Find(ctx context.Context, caller access.Caller, id run.ID) (run.Run, error) {
	return v.Service.Find(ctx, caller, v.Kind(), id)
}

func (v validations) Cancel(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) error {
	return v.Service.Cancel(ctx, caller, origin, v.Kind(), id)
}

func (v validations) Active(ctx context.Context, caller access.Caller) ([]run.Run, error) {
	return v.Service.Active(ctx, caller, v.Kind())
}

// runsOf joins runs anew over what is stored, as a new process does, with a validator of the test's own.
func (r *rig) runsOf(limits limits, validator account.Validator) validations {
	accounts := account.NewService(account.Parts{Store: accounts.New(r.db), Tenants: r.tenants, Apps: r.apps, Validator: validator, Limits: limits.Limits, Now: r.clock.Now})
	r.Service = profile.NewService(profiles.New(r.db), r.tenants, accounts, r.ring, profile.Settings{}, r.clock.Now)
	runs := run.NewService(run.Parts{
		Store: runs.New(r.db, nil), Accounts: accounts, Shifts: run.NewShifts(), Limits: run.Limits{Tries: limits.tries, Again: limits.again}, Now: r.clock.Now, Log: r.logger,
	})
	return validations{profile.NewValidations(r.Service, runs), runs}
}

// taken keeps what was handed to the background work, instead of working on it: the tests say when.
type taken struct{ ids []string }

func (t *taken) Enqueue(_ context.Context, _ *sql.Tx, _, id string) error {
	t.ids = append(t.ids, id)
	return nil
}

type runRig struct {
	*rig
	runs  validations
	taken *taken
}

// newRunRig makes the rig with profiles of the given users, each stored in the order of the list. Their accounts were valid then.
func newRunRig(t *testing.T, limits limits, users ...string) (*runRig, []profile.ID) {
	t.Helper()
	r := &runRig{rig: newRig(t), taken: &taken{}}
	r.db.SetQueue(r.taken)
	r.runs = r.runsOf(limits, r.validator)
	var ids []profile.ID
	for i, user := range users {
		ids = append(ids, r.plant(t, fmt.Sprintf("Profile %03d", i), user, profile.Common))
	}
	r.clock.Advance(time.Second)
	return r, ids
}

// plant stores a profile as if it had been validated, whatever Microsoft would say of it now.
func (r *rig) plant(t *testing.T, name, user string, kind profile.Kind) profile.ID {
	t.Helper()
	p := profile.Profile{
		ID: profile.ID("id-" + strings.ReplaceAll(name, " ", "-")), Kind: kind, Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Version: 1,
		Created: account.Stamp{At: r.clock.Now(), By: "Adele"}, Modified: account.Stamp{At: r.clock.Now(), By: "Adele"},
		Status: verdict.Valid, Verdict: verdict.Verdict{Status: verdict.Valid, At: r.clock.Now()}, Validated: r.clock.Now(),
	}
	sealed, err := r.ring.Seal(secret.FromString(marked), profile.PasswordRecord(p))
	if err != nil {
		t.Fatal(err)
	}
	if err := profiles.New(r.db).Create(ctx, p, sealed, profile.Validation{At: r.clock.Now(), By: "Adele", Verdict: p.Verdict}, nil); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func (r *runRig) begin(t *testing.T, ids []profile.ID) run.ID {
	t.Helper()
	made, err := r.runs.Begin(ctx, adele, here, ids)
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (r *runRig) outcomes(t *testing.T, id run.ID) map[run.Outcome]int {
	t.Helper()
	made, err := r.runs.Find(ctx, adele, id)
	if err != nil {
		t.Fatal(err)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil {
		t.Fatal(err)
	}
	counted := map[run.Outcome]int{}
	for _, i := range items {
		counted[i.Outcome]++
	}
	if made.State.Over() && len(items) < profile.PageSize && fmt.Sprint(counted) != fmt.Sprint(made.Counts) {
		t.Errorf("kept counts %v, counted %v", made.Counts, counted)
	}
	return made.Counts
}

// attempts counts the token requests of each user.
func (r *rig) tried(t *testing.T) map[string]int {
	t.Helper()
	counted := map[string]int{}
	for _, req := range r.sim.Requests() {
		if req.GrantType == "password" {
			counted[req.Username]++
		}
	}
	return counted
}

func repeated(counted map[string]int) []string {
	var users []string
	for user, n := range counted {
		if n > 1 {
			users = append(users, fmt.Sprintf("%s %d times", user, n))
		}
	}
	slices.Sort(users)
	return users
}

// R11: each profile of a run gets its verdict, and the profile the status.
func TestARunValidatesEach(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser, "blocked@contoso.com", "disabled@contoso.com", "fault@contoso.com")
	id := r.begin(t, append(ids, "not-there"))
	if len(r.taken.ids) != 1 || r.taken.ids[0] != string(id) {
		t.Fatalf("handed over: %v", r.taken.ids)
	}
	if got := r.outcomes(t, id); got[run.Waiting] != 4 {
		t.Fatalf("before: %v", got)
	}
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	got := r.outcomes(t, id)
	if got[run.Confirmed] != 1 || got[run.Rejected] != 2 || got[run.NotReached] != 1 {
		t.Errorf("outcomes %v", got)
	}
	made, _ := r.runs.Find(ctx, adele, id)
	if made.State != run.Finished || made.Ended.IsZero() || made.Done() != 4 {
		t.Errorf("run %+v", made)
	}
	for i, want := range []verdict.Status{verdict.Valid, verdict.PolicyBlocked, verdict.AccountBlocked, verdict.Valid} {
		p, err := r.Find(ctx, adele, ids[i])
		if err != nil || p.Status != want {
			t.Errorf("%s is %s, want %s (%v)", p.Username, p.Status, want, err)
		}
	}
	if unreached, _ := r.Find(ctx, adele, ids[3]); unreached.Failed == nil {
		t.Error("R62: the attempt that told nothing left no trace")
	}
	if again := repeated(r.tried(t)); len(again) != 0 && !slices.Equal(again, []string{"fault@contoso.com 9 times"}) {
		t.Errorf("tried more than once: %v", again) // 503 may be repeated: three times by the client, three times by the run
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	if strings.Contains(r.log.String(), marked) {
		t.Error("R60: the log holds a password")
	}
}

// R11: what a run does not try, and why it says so.
func TestARunPassesOver(t *testing.T) {
	r, ids := newRunRig(t, quick, "blocked@contoso.com", "svc-other@contoso.com", goodUser, "disabled@contoso.com", "locked@contoso.com")
	ids = append(ids, r.plant(t, "Classic", "mfa@contoso.com", profile.ClassicMFA))
	set := func(id profile.ID, status verdict.Status) {
		p, err := profiles.New(r.db).Profile(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		v := verdict.Verdict{Status: status, Code: "AADSTS50126", At: r.clock.Now()}
		if err := profiles.New(r.db).Validated(ctx, p, profile.Validation{At: v.At, By: "Adele", Verdict: v}, audit.Entry{}); err != nil {
			t.Fatal(err)
		}
	}
	set(ids[1], verdict.WrongPassword)
	set(ids[4], verdict.AccountLocked)
	r.clock.Advance(time.Second)
	id := r.begin(t, ids)
	r.clock.Advance(time.Second)
	set(ids[2], verdict.Valid) // somebody else was faster
	if _, err := r.Delete(ctx, adele, here, []profile.Seen{{ID: ids[3], Version: 1}}); err != nil {
		t.Fatal(err)
	}
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil {
		t.Fatal(err)
	}
	want := []account.Reason{"", account.Parked, profile.Already, run.Gone, account.Locked, profile.NoCenter}
	for i, item := range items {
		if item.Reason != want[i] || (want[i] == "") != (item.Outcome == run.Rejected) {
			t.Errorf("%s: %s %q, want %q", item.Username, item.Outcome, item.Reason, want[i])
		}
	}
	if tried := r.tried(t); len(tried) != 1 || tried["blocked@contoso.com"] != 1 {
		t.Errorf("tried: %v", tried)
	}
	// Tried as soon as somebody wants it, for one profile (R11), and again by a run once the account is not locked any more.
	if _, err := r.Validate(ctx, adele, here, ids[1]); err != nil {
		t.Error(err)
	}
	r.clock.Advance(time.Hour)
	second := r.begin(t, ids[4:5])
	if err := r.runs.Work(ctx, second); err != nil || r.outcomes(t, second)[run.Rejected] != 1 {
		t.Errorf("after the lockout: %v %v", r.outcomes(t, second), err)
	}
}

// R62: a run that was cut off goes on, and does not repeat an attempt that may have counted.
func TestARunGoesOnWithoutASecondAttempt(t *testing.T) {
	users := manyUsers(30)
	r, ids := newRunRig(t, quick, users...)
	id := r.begin(t, ids)
	r.slow(t, 50*time.Millisecond)
	// What a process that dies leaves behind: some are done, some are being tried, the rest waits. The journal knows of all
	// that were sent.
	dying, die := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(dying, id) }()
	waitFor(t, func() bool { return len(r.tried(t)) >= 8 })
	die()
	if err := <-done; !errors.Is(err, run.ErrHandedBack) {
		t.Fatalf("ended with %v", err)
	}
	before := r.outcomes(t, id)
	if before[run.Trying] != 0 || before[run.Waiting] == 0 || before[run.Waiting] == len(users) {
		t.Fatalf("after a graceful stop: %v", before)
	}
	waiting, err := runs.New(r.db, nil).Waiting(ctx, id, contoso, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.New(r.db, nil).Try(ctx, run.Run{ID: id}, waiting[0].No, account.Key{}, audit.Entry{Action: profile.ValidationBegun}); err != nil {
		t.Fatal(err)
	}
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	after := r.outcomes(t, id)
	if after[run.Interrupted] != 1 || after[run.Waiting] != 0 || after[run.Rejected]+after[run.Confirmed] != len(users)-1 {
		t.Errorf("after going on: %v", after)
	}
	if again := repeated(r.tried(t)); len(again) > 0 {
		t.Errorf("tried twice: %v", again)
	}
	if tried := r.tried(t); tried[waiting[0].Username] != 0 {
		t.Error("an attempt that may have counted was repeated")
	}
	// The person decides about those.
	second, err := r.runs.Again(ctx, adele, here, id)
	if err != nil || second.Total != 1 {
		t.Errorf("again: %+v %v", second, err)
	}
}

// R62: the bound for each tenant holds, whatever the runs.
func TestARunIsBoundedPerTenant(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(24)...)
	r.slow(t, 30*time.Millisecond)
	first, second := r.begin(t, ids[:12]), r.begin(t, ids[12:])
	most := 0
	done := make(chan error, 2)
	for _, id := range []run.ID{first, second} {
		go func() { done <- r.runs.Work(ctx, id) }()
	}
	for range 2 {
		for over := false; !over; {
			select {
			case err := <-done:
				if over = true; err != nil {
					t.Fatal(err)
				}
			case <-time.After(2 * time.Millisecond):
				most = max(most, r.outcomes(t, first)[run.Trying]+r.outcomes(t, second)[run.Trying])
			}
		}
	}
	if most > quick.PerTenant || most < 2 {
		t.Errorf("%d at once, want at most %d and more than one", most, quick.PerTenant)
	}
}

// R62: an outage ends in a few failures and not in one for each profile; what had not been tried says so.
func TestAnOutageIsNotMetWithAStorm(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(40)...)
	r.faults(t, m365sim.Fault{PathPrefix: "/common/UserRealm", Reset: true})
	id := r.begin(t, ids)
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	got := r.outcomes(t, id)
	if got[run.NotReached] != len(ids) {
		t.Errorf("outcomes %v", got)
	}
	if n := len(r.tried(t)); n != 0 {
		t.Errorf("%d passwords sent into an outage", n)
	}
	requests := len(r.sim.Requests())
	if requests > len(ids) {
		t.Errorf("%d requests in an outage for %d profiles", requests, len(ids))
	}
	p, err := r.Find(ctx, adele, ids[0])
	if err != nil || p.Status != verdict.Valid {
		t.Errorf("the former status did not stay: %s %v", p.Status, err)
	}
}

// R62: Retry-After holds for everything of the tenant, and an attempt that Microsoft turned away is made again.
func TestAThrottledTenantIsAskedAgainLater(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(6)...)
	r.faults(t, m365sim.Fault{PathPrefix: "/" + contoso + "/oauth2", Status: 429, RetryAfter: "6", Times: new(1)})
	id := r.begin(t, ids)
	began := time.Now()
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	if got := r.outcomes(t, id); got[run.NotReached] != 0 || got[run.Rejected]+got[run.Confirmed] != 6 {
		t.Errorf("outcomes %v", got)
	}
	if took := time.Since(began); took < 6*time.Second {
		t.Errorf("it took %s: Retry-After was not kept", took)
	}
}

// R11: cancelling ends what waits, and lets what is under way come to its end.
func TestCancel(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(30)...)
	id := r.begin(t, ids)
	r.slow(t, 50*time.Millisecond)
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, id) }()
	changes, stop := r.runs.Watch(id)
	defer stop()
	<-changes
	waitFor(t, func() bool { return len(r.tried(t)) > 0 })
	if err := r.runs.Cancel(ctx, adele, here, id); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	made, err := r.runs.Find(ctx, adele, id)
	if err != nil || made.State != run.Cancelled || made.Counts[run.Trying]+made.Counts[run.Waiting] != 0 || made.Counts[run.Dropped] == 0 {
		t.Errorf("%+v %v", made, err)
	}
	if tried := len(r.tried(t)); tried+made.Counts[run.Dropped] != len(ids) {
		t.Errorf("%d tried, %d dropped of %d", tried, made.Counts[run.Dropped], len(ids))
	}
	if err := r.runs.Cancel(ctx, adele, here, id); problem.KindOf(err) != problem.Conflict {
		t.Errorf("a second time: %v", err)
	}
	// One that was cancelled before its turn came.
	early := r.begin(t, ids)
	if err := r.runs.Cancel(ctx, adele, here, early); err != nil {
		t.Fatal(err)
	}
	if err := r.runs.Work(ctx, early); err != nil || r.outcomes(t, early)[run.Dropped] != len(ids) {
		t.Errorf("cancelled before its turn: %v %v", r.outcomes(t, early), err)
	}
}

// R61, R62: nothing is asked of Microsoft that cannot be written down, and a run goes on when the disk has room again.
func TestARunWaitsForTheDisk(t *testing.T) {
	for name, breaker := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			r, ids := newRunRig(t, quick, manyUsers(8)...)
			id := r.begin(t, ids)
			mend := breaker(t, r.db)
			done := make(chan error, 1)
			go func() { done <- r.runs.Work(ctx, id) }()
			select {
			case err := <-done:
				if problem.KindOf(err) != problem.Unavailable {
					t.Fatalf("ended with %v", err)
				}
			case <-time.After(700 * time.Millisecond):
			}
			if n := len(r.tried(t)); n > 0 {
				t.Errorf("%d sign-ins that nothing knows of", n)
			}
			mend()
			if err := r.runs.Work(ctx, id); err != nil {
				t.Fatal(err)
			}
			waitFor(t, func() bool { return r.outcomes(t, id)[run.Waiting]+r.outcomes(t, id)[run.Trying] == 0 })
			if again := repeated(r.tried(t)); len(again) > 0 {
				t.Errorf("tried twice: %v", again)
			}
		})
	}
}

// R2: without the right, nobody learns of runs.
func TestRunsNeedTheRight(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser)
	id := r.begin(t, ids)
	calls := map[string]func(access.Caller) error{
		"begin": func(c access.Caller) error { _, err := r.runs.Begin(ctx, c, here, ids); return err },
		"matching": func(c access.Caller) error {
			_, err := r.runs.BeginMatching(ctx, c, here, profile.Query{}, "all")
			return err
		},
		"find":  func(c access.Caller) error { _, err := r.runs.Find(ctx, c, id); return err },
		"items": func(c access.Caller) error { _, _, err := r.runs.Items(ctx, c, run.ItemQuery{Run: id}); return err },
		"list": func(c access.Caller) error {
			_, _, err := r.runs.List(ctx, c, run.Query{Kind: profile.ValidationRun})
			return err
		},
		"active": func(c access.Caller) error { _, err := r.runs.Active(ctx, c); return err },
		"cancel": func(c access.Caller) error { return r.runs.Cancel(ctx, c, here, id) },
		"again":  func(c access.Caller) error { _, err := r.runs.Again(ctx, c, here, id); return err },
	}
	for name, call := range calls {
		if err := call(nobody); problem.KindOf(err) != problem.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// R11: all that match, however many pages that is; a run of nothing is refused, and leaves nothing waiting.
func TestARunOfAllThatMatch(t *testing.T) {
	r, _ := newRunRig(t, quick, manyUsers(60)...)
	made, err := r.runs.BeginMatching(ctx, adele, here, profile.Query{Text: "profile 00"}, "all that match profile 00")
	if err != nil || made.Total != 10 {
		t.Fatalf("%d, %v", made.Total, err)
	}
	if made, err = r.runs.BeginMatching(ctx, adele, here, profile.Query{Sort: profile.ByExpires, Down: true}, "all"); err != nil || made.Total != 60 {
		t.Fatalf("%d, %v", made.Total, err)
	}
	if _, err := r.runs.BeginMatching(ctx, adele, here, profile.Query{Text: "nobody is called that"}, "none"); problem.KindOf(err) != problem.Invalid {
		t.Errorf("nothing: %v", err)
	}
	active, err := r.runs.Active(ctx, adele)
	if err != nil || len(active) != 2 {
		t.Errorf("%d active, %v", len(active), err)
	}
	if err := runs.New(r.db, nil).Prepare(ctx, run.Run{ID: "left-behind", Kind: profile.ValidationRun, State: run.Preparing, Begun: r.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := r.runs.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if left, err := r.runs.Find(ctx, adele, "left-behind"); err != nil || left.State != run.Cancelled {
		t.Errorf("left behind: %+v %v", left, err)
	}
}

// R11: a person's own validation and a run never try one account at the same time.
func TestARunWaitsForAPerson(t *testing.T) {
	patient := quick
	patient.again, patient.tries = 100*time.Millisecond, 20
	r, ids := newRunRig(t, patient, goodUser)
	r.slow(t, 150*time.Millisecond)
	id := r.begin(t, ids)
	done := make(chan error, 1)
	go func() {
		_, err := r.Validate(ctx, adele, here, ids[0])
		done <- err
	}()
	waitFor(t, func() bool { return len(r.sim.Requests()) > 0 })
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil || r.tried(t)[goodUser] == 0 || r.tried(t)[goodUser] > 2 {
		t.Errorf("%+v %v %v", items, r.tried(t), err)
	}
}

// manyUsers are accounts that the simulator does not know: each attempt ends with a verdict about the account.
func manyUsers(n int) []string {
	var users []string
	for i := range n {
		users = append(users, fmt.Sprintf("svc-%03d@contoso.com", i))
	}
	return users
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatal("did not happen")
}

// answered counts the sign-ins with a password that Microsoft has answered.
func (r *rig) answered() (n int) {
	for _, made := range r.sim.Requests() {
		if made.GrantType == "password" && made.Status != 0 {
			n++
		}
	}
	return n
}

// slow makes every token request take that long.
func (r *rig) slow(t *testing.T, d time.Duration) {
	t.Helper()
	r.faults(t, m365sim.Fault{PathPrefix: "/" + contoso + "/oauth2", DelayMs: int(d.Milliseconds())})
}

func (r *rig) faults(t *testing.T, list ...m365sim.Fault) {
	t.Helper()
	if err := r.sim.SetFaults(list); err != nil {
		t.Fatal(err)
	}
}

// R62: what nobody waits for keeps to its etiquette: so many attempts an account and a tenant in an hour, none with a password
// that was refused. Whatever a person begins is bound to one attempt at a time only.
func TestWhatNobodyWaitsForKeepsItsEtiquette(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(9)...)
	first := ids[0]
	for range quick.Etiquette.PerAccount { // a person's own, which count for the account too
		if _, err := r.Validate(ctx, adele, here, first); err != nil {
			t.Fatal(err)
		}
	}
	if d, err := r.Details(ctx, adele, first); err != nil || d.Attempts != quick.Etiquette.PerAccount || d.Parked() {
		t.Errorf("details tell of %d attempts, parked %v (%v)", d.Attempts, d.Parked(), err)
	}
	r.clock.Advance(time.Second)
	made, err := r.runs.BeginUnattended(ctx, profile.Query{}, "Every profile")
	if err != nil || made.By() != "Purser" {
		t.Fatal(made.By(), err)
	}
	if err := r.runs.Work(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: made.ID})
	if err != nil {
		t.Fatal(err)
	}
	why := map[account.Reason]int{}
	for _, i := range items {
		why[i.Reason]++
	}
	// Three were made before; the tenant's share of six leaves three, however many were under way together.
	if why[account.Often] != 1 || why[""] != 3 || why[account.Budget] != 5 {
		t.Errorf("reasons %v", why)
	}
	// An hour later the share is there again, and a person's run never asks for one.
	r.clock.Advance(time.Hour + time.Second)
	if again, err := r.runs.BeginUnattended(ctx, profile.Query{Text: "profile 000"}, "One"); err != nil || r.runs.Work(ctx, again.ID) != nil || r.outcomes(t, again.ID)[run.Rejected] != 1 {
		t.Errorf("an hour later: %v %v", r.outcomes(t, again.ID), err)
	}
	r.clock.Advance(time.Second)
	attended := r.begin(t, ids)
	if err := r.runs.Work(ctx, attended); err != nil || r.outcomes(t, attended)[run.Rejected] != len(ids) {
		t.Errorf("a person's run: %v %v", r.outcomes(t, attended), err)
	}
}

// R62: whether a profile is tried is decided when it is its turn: what somebody found out meanwhile counts.
func TestARunLooksAgainWhenItIsItsTurn(t *testing.T) {
	slow := quick
	slow.PerTenant, slow.Etiquette = 8, account.Etiquette{PerAccount: 100, PerTenant: 100, Jitter: time.Second}
	r, ids := newRunRig(t, slow, manyUsers(8)...)
	made, err := r.runs.BeginUnattended(ctx, profile.Query{}, "Every profile")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, made.ID) }()
	waitFor(t, func() bool {
		now, err := r.runs.Find(ctx, adele, made.ID)
		return err == nil && now.State == run.Running
	})
	time.Sleep(20 * time.Millisecond) // all of them have been looked at, and wait for their moment
	r.clock.Advance(time.Second)
	for _, id := range ids {
		if _, err := r.Validate(ctx, adele, here, id); err != nil && problem.KindOf(err) != problem.Conflict {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		d, err := r.Details(ctx, adele, id)
		if err != nil || len(d.History) > 2 && d.History[0].By == "Purser" {
			t.Errorf("%s was tried again right after a person had: %+v %v", d.Name, d.History, err)
		}
	}
}

// R62: what Microsoft asked for holds, whatever it answers to those that were under way at the time, and for a run that somebody
// begins meanwhile.
func TestRetryAfterIsKept(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(6)...)
	r.faults(t,
		m365sim.Fault{PathPrefix: "/" + contoso + "/oauth2", Status: 429, RetryAfter: "6", Times: new(1)},
		m365sim.Fault{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 300},
	)
	first, second := r.begin(t, ids[:4]), r.begin(t, ids[4:])
	done := make(chan error, 2)
	go func() { done <- r.runs.Work(ctx, first) }()
	waitFor(t, func() bool { return r.outcomes(t, first)[run.Rejected] == 3 })
	go func() { done <- r.runs.Work(ctx, second) }()
	if err := errors.Join(<-done, <-done); err != nil || len(r.tried(t)) != 6 {
		t.Errorf("afterwards: %v %v", r.tried(t), err)
	}
	var begun []time.Time // of attempts, in the order of their arrival; the first four were together
	for _, made := range r.sim.Requests() {
		if made.GrantType == "password" {
			begun = append(begun, made.Time)
		}
	}
	if len(begun) < 5 || begun[4].Sub(begun[0]) < 6*time.Second {
		t.Errorf("tried before the time that Microsoft asked for: %v", begun)
	}
}

// R62: what fails together counts as one failure where it is about the length of a rest.
func TestARestBeginsShort(t *testing.T) {
	limits := quick
	limits.PerTenant, limits.Rest, limits.LongestRest, limits.GiveUp = 8, time.Second, 30*time.Second, time.Minute
	r, ids := newRunRig(t, limits, manyUsers(8)...)
	r.faults(t, m365sim.Fault{PathPrefix: "/common/UserRealm", Reset: true})
	id := r.begin(t, ids)
	stopping, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(stopping, id) }()
	made, err := r.runs.Find(ctx, adele, id)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(r.runs.Resting(made)) > 0 })
	longest := time.Duration(0)
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		longest = max(longest, time.Until(r.runs.Resting(made)[contoso]))
	}
	if longest > 2*limits.Rest {
		t.Errorf("eight failures at once led to a rest of %s", longest)
	}
	stop()
	if err := <-done; !errors.Is(err, run.ErrHandedBack) {
		t.Error(err)
	}
}

// R61: what Microsoft has answered is stored when the disk has room again, though somebody cancelled the run meanwhile.
func TestCancellingLosesNoVerdict(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(8)...)
	id := r.begin(t, ids)
	r.slow(t, time.Second)
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, id) }()
	waitFor(t, func() bool { return len(r.tried(t)) == quick.PerTenant })
	if err := r.runs.Cancel(ctx, adele, here, id); err != nil {
		t.Fatal(err)
	}
	mend := sqlitetest.FillDisk(t, r.db)
	waitFor(t, func() bool { return r.answered() == quick.PerTenant }) // from now on there is something to write down
	mend()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := r.outcomes(t, id); got[run.Rejected] != quick.PerTenant || got[run.Dropped] != len(ids)-quick.PerTenant {
		t.Errorf("outcomes %v", got)
	}
}

// R11: every profile of a run that is over has its outcome, also one whose verdict could not be stored; the log says why.
func TestARunLeavesNothingOpen(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(3)...)
	if err := r.db.Pragma(ctx, `CREATE TRIGGER refused BEFORE INSERT ON validations WHEN new.profile_id = 'id-Profile-001' BEGIN SELECT RAISE(ABORT, 'no'); END`); err != nil {
		t.Fatal(err)
	}
	id := r.begin(t, ids)
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	made, err := r.runs.Find(ctx, adele, id)
	if err != nil || made.State != run.Finished || made.Done() != 3 || made.Counts[run.Interrupted] != 1 {
		t.Errorf("%+v %v", made, err)
	}
	if !strings.Contains(r.log.String(), "outcome of a run not stored") {
		t.Error("the log does not say why")
	}
}

// panicker is a validator with a mistake in it.
type panicker struct{ account.Validator }

func (p panicker) Validate(ctx context.Context, a account.Account) verdict.Verdict {
	if a.Username == "svc-001@contoso.com" {
		panic("a mistake of ours")
	}
	return p.Validator.Validate(ctx, a)
}

// R62: a mistake of ours over one profile ends neither Purser nor the run, and leads to no second attempt.
func TestARunSurvivesAMistake(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(3)...)
	r.runs = r.runsOf(quick, panicker{r.validator})
	id := r.begin(t, ids)
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	if got := r.outcomes(t, id); got[run.Interrupted] != 1 || got[run.Rejected] != 2 {
		t.Errorf("outcomes %v", got)
	}
	if _, err := r.Service.Validate(ctx, adele, here, ids[0]); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.log.String(), "a mistake of ours") {
		t.Error("the log does not tell of it")
	}
}

// R62: profiles may share an account. A run tries it through the next of them only where the one before was confirmed.
func TestProfilesOfOneAccount(t *testing.T) {
	r, ids := newRunRig(t, quick, "blocked@contoso.com", "Blocked@contoso.com", "blocked@contoso.com", goodUser, goodUser)
	id := r.begin(t, append(ids, ids...)) // each once, however often it was sent
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	got := r.outcomes(t, id)
	if got[run.Rejected] != 1 || got[run.Confirmed] != 2 || got[run.Skipped] != 2 {
		t.Errorf("outcomes %v", got)
	}
	tried := r.tried(t)
	if tried["blocked@contoso.com"]+tried["Blocked@contoso.com"] != 1 || tried[goodUser] != 2 {
		t.Errorf("tried %v", tried)
	}
	skipped, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: id, Outcome: run.Skipped})
	if err != nil || skipped[0].Reason != run.Shared {
		t.Errorf("%+v %v", skipped, err)
	}
}

// R62: an attempt whose end nobody saw is not repeated through another profile of the account either.
func TestAnInterruptedAccountIsLeftAlone(t *testing.T) {
	r, ids := newRunRig(t, quick, "svc-000@contoso.com", "SVC-000@contoso.com")
	id := r.begin(t, ids)
	if err := runs.New(r.db, nil).Try(ctx, run.Run{ID: id}, 1, account.Key{}, audit.Entry{Action: profile.ValidationBegun}); err != nil {
		t.Fatal(err)
	}
	if err := r.runs.Work(ctx, id); err != nil {
		t.Fatal(err)
	}
	if got := r.outcomes(t, id); got[run.Interrupted] != 1 || got[run.Skipped] != 1 || len(r.tried(t)) != 0 {
		t.Errorf("outcomes %v, tried %v", got, r.tried(t))
	}
}

// R62: a refused password stays parked when the account is locked in between: nobody has changed the password.
func TestALockoutDoesNotUnparkAPassword(t *testing.T) {
	r, ids := newRunRig(t, quick, goodUser)
	for _, step := range []struct {
		patch  string
		status verdict.Status
		parked bool
	}{
		{`{"password": "Changed-Meanwhile-1"}`, verdict.WrongPassword, true},
		{`{"signInError": 50053}`, verdict.AccountLocked, true},
		{`{"signInError": 50057}`, verdict.AccountBlocked, true},
		{`{"signInError": 53003, "password": "` + marked + `"}`, verdict.PolicyBlocked, false},
		{`{"signInError": 50053}`, verdict.AccountLocked, false},
	} {
		if err := r.sim.PatchUser(goodUser, []byte(step.patch)); err != nil {
			t.Fatal(err)
		}
		if v, err := r.Validate(ctx, adele, here, ids[0]); err != nil || v.Status != step.status {
			t.Fatal(v.Status, err)
		}
		if d, err := r.Details(ctx, adele, ids[0]); err != nil || d.Parked() != step.parked {
			t.Errorf("%s: parked %v (%v)", step.status, d.Parked(), err)
		}
	}
}

// R11: the pages of a run lead back the way they came, whatever the filter.
func TestPagesOfARun(t *testing.T) {
	r, ids := newRunRig(t, quick, manyUsers(2*profile.PageSize+10)...)
	id := r.begin(t, ids)
	for no := 1; no <= len(ids); no += 20 { // some leave the filter
		if err := runs.New(r.db, nil).Settle(ctx, run.Run{ID: id}, run.Item{No: no, Outcome: run.Skipped}); err != nil {
			t.Fatal(err)
		}
	}
	for _, outcome := range []run.Outcome{"", run.Waiting} {
		starts := []int{0}
		for {
			q := run.ItemQuery{Run: id, Outcome: outcome, After: starts[len(starts)-1]}
			items, more, err := r.runs.Items(ctx, adele, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(starts) > 1 {
				if before, err := r.runs.Previous(ctx, adele, q); err != nil || before != starts[len(starts)-2] {
					t.Errorf("%q: the page before %d begins after %d, want %d (%v)", outcome, q.After, before, starts[len(starts)-2], err)
				}
			}
			if !more {
				break
			}
			starts = append(starts, items[len(items)-1].No)
		}
		if len(starts) != 3 {
			t.Errorf("%q: pages begin after %v", outcome, starts)
		}
	}
}
