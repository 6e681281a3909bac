package pool

import (
	"context"
	"errors"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// CheckRun is the Name of checks as a kind of run.
const CheckRun = "pool_check"

// check is the kind of run that tries the new passwords and app passwords which one Save brought (R43, R34): an item is a member, it holds the password,
// and its outcome is the member's credential.
type check struct{ *Service }

// Checks is checks of new passwords as a kind of run.
func (s *Service) Checks() run.Kind { return check{s} }

// Scope is how rows name the pool that something belongs to.
func (k Key) Scope() string { return string(k.Tenant) + "/" + string(k.Class) }

// KeyOf is the pool of a scope, such as that of a check.
func KeyOf(scope string) Key {
	t, class, _ := strings.Cut(scope, "/")
	return Key{tenant.ID(t), Class(class)}
}

// Name implements run.Kind.
func (check) Name() string { return CheckRun }

// Words implements run.Kind.
func (check) Words() run.Words {
	return run.Words{
		Begun: CheckBegun, Cancelled: CheckCancelled, Ended: CheckEnded, Interrupted: CutOff, Reference: "check",
		Missing: "This password check does not exist.",
		Over:    "This password check is already over or being canceled.",
		Nothing: "There is nothing left to check.",
	}
}

// Target implements run.Kind.
func (k check) Target(ctx context.Context, r run.Run) (audit.Target, error) {
	key := KeyOf(r.Scope)
	t, err := k.tenants.Find(ctx, key.Tenant)
	return target(t, key.Class), err
}

// Subject implements run.Kind.
func (check) Subject(of audit.Target, _ run.Item) audit.Target { return of }

// Look implements run.Kind.
func (k check) Look(ctx context.Context, r run.Run, i run.Held) (run.Task, error) {
	of, err := k.Target(ctx, r)
	if err != nil {
		return run.Task{}, err
	}
	entry := func(action audit.Action) audit.Entry {
		return r.Mark(audit.Entry{Actor: r.Actor, Origin: r.Origin, Action: action, Target: of}.With("username", i.Username), k.Words())
	}
	note := i.Note
	task := run.Task{
		Tenant: i.Tenant, Username: i.Username,
		Begun: entry(PasswordBegun),
		Open:  func(context.Context) (secret.Value, error) { return k.password(r, i) },
		Judge: func(v verdict.Verdict) (run.Outcome, account.Reason) { return judgePassword(UserID(i.Subject), v) },
		Store: func(ctx context.Context, i run.Item, v verdict.Verdict, password secret.Value) error {
			return k.conclude(ctx, r, run.Held{Item: i, Note: note}, v, password, account.Told(entry(PasswordEnded), v))
		},
	}
	if noteOf(note).App {
		p, err := k.store.Pool(ctx, KeyOf(r.Scope))
		if err != nil {
			return run.Task{}, err
		}
		task.AppPassword, task.AdminCenter = true, strings.TrimPrefix(p.AdminURL, "https://")
	}
	return task, nil
}

// password opens the new password of an item. One that does not open waits for nothing.
func (k check) password(r run.Run, i run.Held) (secret.Value, error) {
	v, err := k.ring.Open(i.Sealed, ItemRecord(r, i))
	if errors.Is(err, secret.ErrDamaged) {
		return v, problem.Wrap(err, problem.Altered, "This password check was changed outside of Purser, so the password was not sent to Microsoft.")
	}
	return v, err
}

// judgePassword says what a verdict means for the new password of a member.
func judgePassword(user UserID, v verdict.Verdict) (run.Outcome, account.Reason) {
	switch {
	case (v.Valid() || v.Status == verdict.LegacyRetired) && v.UserID != "" && !strings.EqualFold(v.UserID, string(user)):
		// The username belongs to another account by now, which is no member: its password is not stored for this one.
		return run.Skipped, run.Gone
	case v.Status == verdict.LegacyRetired && v.Proof.Password == verdict.Proved:
		return run.Warned, "" // it is the right one, and what it belongs to is turned off
	case v.Status == verdict.AccountLocked, v.Status == verdict.LegacyRetired: // tells nothing of the password
		return run.NotReached, ""
	default:
		return run.Judge(v), ""
	}
}

// conclude stores the outcome, and a password that Microsoft accepted as the member's credential and at the account's other places. An app password has no
// other place: each is made for one program.
func (k check) conclude(ctx context.Context, r run.Run, i run.Held, v verdict.Verdict, password secret.Value, e audit.Entry) error {
	i.Verdict = &v
	kind, field := "password", FieldPassword
	if noteOf(i.Note).App {
		kind, field = "app password", FieldAppPassword
	}
	by := account.Stamp{At: v.At, By: r.By()}
	var sealed []byte
	var renewals []account.Renewal
	if i.Outcome.Accepted() {
		var err error
		if sealed, err = k.ring.Seal(password, PasswordRecord(KeyOf(r.Scope), UserID(i.Subject), i.Username, field)); err != nil {
			return err
		}
	}
	if i.Outcome == run.Confirmed && field == FieldPassword {
		var err error
		if renewals, err = k.renewals(ctx, r, i, v, password, by, e); err != nil {
			return err
		}
	}
	return k.store.Concluded(ctx, r, i.Item, sealed, by, renewals, func(kept bool) audit.Entry {
		switch {
		case !i.Outcome.Accepted():
			return e.With(kind, "not stored")
		case !kept:
			return e.With(kind, "not stored, because another one came")
		}
		return e.With(kind, "stored")
	})
}

// itemRecord is what the new password of an item is bound to: it must not be sent for another account, or kept for another member, because
// somebody wrote into the database (X43), nor an account's own as if it were an app password, or the other way round. Table and field are
// those of the first version.
func itemRecord(r run.Run, i run.Item, note itemNote) secret.Record {
	record := formerItemRecord(r.ID, i.No)
	facts := []string{r.Scope, i.Subject, string(i.Tenant), strings.ToLower(i.Username)}
	if note.App {
		facts = append(facts, "app password")
	}
	record.Facts = secret.FactsOf(facts...)
	return record
}

// ItemRecord is itemRecord of an item as rows have it.
func ItemRecord(r run.Run, i run.Held) secret.Record { return itemRecord(r, i.Item, noteOf(i.Note)) }

func formerItemRecord(id run.ID, no int) secret.Record {
	return secret.Record{Table: "pool_check_item", ID: itemID(id, no), Field: "pending"}
}
