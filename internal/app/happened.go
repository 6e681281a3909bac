package app

import (
	"strconv"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/event"
	"purser.example/internal/people"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/tenant"
)

// putHappened keeps what an entry of the activity log says that people want to be told of, together with the entry (R92).
func putHappened(tx *sqlite.Tx, e audit.Entry) error {
	happened, ok := happenedBy(e)
	if !ok {
		return nil
	}
	return events.Put(tx, happened)
}

// happenedBy is the event that an entry stands for, of those that are not about an account.
func happenedBy(e audit.Entry) (event.Event, bool) {
	h := event.Event{Object: event.Object{Kind: e.Target.Kind, ID: e.Target.ID, Name: e.Target.Name}, At: e.At, Tenant: tenant.ID(e.Details["tenant"])}
	one := strconv.FormatInt(e.At.UnixMilli(), 10)
	switch {
	case e.Action == people.RoleAsked:
		h.Kind, h.Cause, h.Account = event.RoleRequested, "Role requested", e.Actor.SignIn
	case e.Action == scan.Ended && e.Details["state"] == string(scan.Failed):
		h.Kind, h.Cause, one = event.ScanFailed, e.Details["code"], e.Details["scan"]
	case e.Action == backup.Failed: // it is tried again and again: that it fails is told once a day
		h.Kind, h.Cause, one = event.BackupFailed, e.Details["reason"], e.At.Format(time.DateOnly)
		h.Object = event.Object{Kind: "backup"}
	case e.Action == activity.VerifyEnded && e.Details["state"] == string(activity.Broken):
		h.Kind, h.Cause = event.LogBroken, e.Details["reason"]
	default:
		return event.Event{}, false
	}
	h.ID = event.IDOf(h.Kind, h.Object.ID, one)
	return h, true
}
