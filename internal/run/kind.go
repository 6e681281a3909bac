package run

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Kind is one sort of run: what an item is, how it is tried, what its outcome stores, and what all of it is called.
type Kind interface {
	// Name is the kind in rows, in the queue and in the log.
	Name() string
	Words() Words
	// Target is what entries about the run as a whole are about; Subject what those about an item are about.
	Target(ctx context.Context, r Run) (audit.Target, error)
	Subject(of audit.Target, i Item) audit.Target
	// Look says what is to be done about an item, as things are now. It is asked twice: before it is the account's turn, and
	// under its turn, because whoever had it before may have changed everything. It sends nothing.
	Look(ctx context.Context, r Run, i Held) (Task, error)
}

// Words are what a kind is called.
type Words struct {
	Begun, Cancelled, Ended, Interrupted audit.Action

	Reference string // the detail by which entries name the run, where their target is another thing
	Missing   string // sentences: there is no such run,
	Over      string // it cannot be cancelled any more,
	Nothing   string // nothing was selected
}

func (w Words) missing() error { return problem.New(problem.NotFound, w.Missing) }
func (w Words) over() error    { return problem.New(problem.Conflict, w.Over) }

// None says that there is nothing to make a run of.
func (w Words) None() error { return problem.New(problem.Invalid, w.Nothing) }

// Leaver is a Kind that holds something while one of its runs is worked on, such as sessions at Microsoft.
type Leaver interface {
	// Leave is called when this process works on the run no more, whether the run is over or handed back.
	Leave(r Run)
}

// Task is what is to be done about one item.
type Task struct {
	Tenant   tenant.ID // of the item's account, as it is now
	Username string

	AppPassword bool   // what Open gives is an app password, as of an account.Account
	AdminCenter string // as of an account.Account

	Pass   account.Reason // why it is passed over; empty: it is tried
	Status verdict.Status // what is known of an item that is passed over
	Code   string
	Begun  audit.Entry // goes on the disk before the password leaves
	// Open gives the password, under the account's turn. ErrChanged says that the account is another one by now.
	Open func(ctx context.Context) (secret.Value, error)
	// Judge gives the outcome; nil: as Judge does.
	Judge func(v verdict.Verdict) (Outcome, account.Reason)
	// Store keeps the outcome of the item and what the kind has of it, all or nothing. It may be called again where the database
	// could not be used.
	Store func(ctx context.Context, i Item, v verdict.Verdict, password secret.Value) error

	// Do does what the item is about, where that is no sign-in; then nothing of the above is asked for but Pass. It is not counted as an
	// attempt, takes no turn, and must tolerate being done again: where its end is not seen, the item still waits. It returns soon
	// after ctx ends.
	Do func(ctx context.Context) Done
}

// Done is what Do came to.
type Done struct {
	Outcome Outcome // Waiting: it has to be done again later, a few times
	Reason  account.Reason
	Code    string           // what Microsoft said
	Learned *verdict.Verdict // what the gate of the tenant learns of it, such as to rest; nil: nothing
	// Store keeps the outcome of the item and what the kind has of it, as Task.Store does.
	Store func(ctx context.Context, i Item) error
}

func (t Task) key() account.Key { return account.KeyOf(t.Tenant, t.Username) }

// What a Store, or a Kind, returns when a rule of the rows themselves is broken.
var (
	ErrGone    = errors.New("run: not there, or no longer")
	ErrChanged = errors.New("run: changed by someone else")
)

// Mark names the run in an entry that is about something else.
func (r Run) Mark(e audit.Entry, w Words) audit.Entry {
	if e.Target.ID == string(r.ID) {
		return e
	}
	return e.With(w.Reference, string(r.ID))
}

// entry is what Purser writes down of a run on behalf of whoever began it.
func (r Run) entry(w Words, action audit.Action, target audit.Target) audit.Entry {
	return r.Mark(audit.Entry{Actor: r.Actor, Origin: r.Origin, Action: action, Target: target}, w)
}

// interrupted is what the activity log says of an attempt of a run whose end nobody saw.
func (r Run) interrupted(k Kind, target audit.Target) func(Item) audit.Entry {
	return func(i Item) audit.Entry {
		e := audit.Entry{Actor: audit.Itself, Action: k.Words().Interrupted, Target: k.Subject(target, i)}
		return r.Mark(e.With("username", i.Username), k.Words())
	}
}
