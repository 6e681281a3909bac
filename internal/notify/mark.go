package notify

import (
	"context"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// Standing is something that is broken now.
type Standing struct {
	Object  event.Object
	Tenant  tenant.ID
	Account string
	Cause   string
	Since   time.Time
}

// Acknowledge says that somebody knows that something is broken: nobody is reminded of it until it works again.
func (s *Service) Acknowledge(ctx context.Context, caller access.Caller, origin audit.Origin, o event.Object, because string) error {
	return s.mark(ctx, caller, origin, Mark{Object: o, Acknowledged: true, Because: because}, Acknowledged)
}

// mostSnooze is how long something is snoozed at most.
const mostSnooze = 366 * 24 * time.Hour

// Snooze says that nobody wants to hear of something until then, whatever becomes of it.
func (s *Service) Snooze(ctx context.Context, caller access.Caller, origin audit.Origin, o event.Object, until time.Time, because string) error {
	if now := s.Now(); !until.After(now) || until.Sub(now) > mostSnooze {
		return problem.Field(FieldUntil, "Enter a day to come, within a year.")
	}
	return s.mark(ctx, caller, origin, Mark{Object: o, Until: until.UTC(), Because: because}, Snoozed)
}

// mostBecause is how long a reason may be.
const mostBecause = 200

func (s *Service) mark(ctx context.Context, caller access.Caller, origin audit.Origin, m Mark, action audit.Action) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	m.Because, m.By, m.At = shown.Trim(m.Because), caller.Called(), s.moment()
	if len([]rune(m.Because)) > mostBecause || strings.ContainsAny(m.Because, "\r\n") {
		return problem.Field(FieldBecause, "Enter one line of up to 200 characters, or leave this empty.")
	}
	e := audit.By(caller, origin, action, markTarget(m.Object))
	if m.Because != "" {
		e = e.With("because", m.Because)
	}
	if !m.Until.IsZero() {
		e = e.With("until", m.Until.Format(time.DateOnly))
	}
	return s.Store.SetMark(ctx, m, e)
}

func markTarget(o event.Object) audit.Target {
	return audit.Target{Kind: o.Kind, ID: o.ID, Name: o.Name}
}

// Withdraw takes back what somebody acknowledged or snoozed.
func (s *Service) Withdraw(ctx context.Context, caller access.Caller, origin audit.Origin, o event.Object) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	return s.Store.RemoveMark(ctx, o, audit.By(caller, origin, Withdrawn, markTarget(o)))
}

// Marks gives what somebody acknowledged or snoozed of some objects, without what holds no longer.
func (s *Service) Marks(ctx context.Context, caller access.Caller, objects []event.Object) (map[event.Object]Mark, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	list, err := s.Store.Marks(ctx, objects)
	found := map[event.Object]Mark{}
	for _, m := range list {
		if m.Acknowledged || s.Now().Before(m.Until) {
			found[key(m.Object)] = m
		}
	}
	return found, err
}

const (
	// again is how often people who want to be reminded are.
	again = 7 * 24 * time.Hour
	// late is how long after its time a reminder still is one: what Purser missed by more is left to the next week.
	late = 48 * time.Hour
)

// Remind tells of what has been broken for another week, and of what was snoozed until now and is still broken, unless somebody acknowledged
// it. It is called every hour; what it told stands in the events, so that it tells nothing twice.
func (s *Service) Remind(ctx context.Context) error {
	now := s.moment()
	return s.Standing(ctx, func(list []Standing) error {
		events, err := s.reminders(ctx, list, now)
		if err != nil || len(events) == 0 {
			return err
		}
		return s.Events.Put(ctx, events...)
	})
}

func (s *Service) reminders(ctx context.Context, list []Standing, now time.Time) (events []event.Event, err error) {
	objects := make([]event.Object, len(list))
	for i, b := range list {
		objects[i] = key(b.Object)
	}
	marks, err := s.Store.Marks(ctx, objects)
	if err != nil {
		return nil, err
	}
	marked := map[event.Object]Mark{}
	for _, m := range marks {
		marked[key(m.Object)] = m
	}
	for _, b := range list {
		m := marked[key(b.Object)]
		if m.Acknowledged || now.Before(m.Until) {
			continue
		}
		from := b.Since.Add(again)
		if m.Until.After(b.Since) {
			from = m.Until
		}
		weeks := int64(now.Sub(from) / again)
		if passed := now.Sub(from.Add(time.Duration(weeks) * again)); passed >= 0 && passed < late {
			events = append(events, event.Event{
				ID:   event.IDOf(event.StillBroken, b.Object.Kind, b.Object.ID, stamp(from), strconv.FormatInt(weeks, 10)),
				Kind: event.StillBroken, Tenant: b.Tenant, Object: b.Object, Account: b.Account, Cause: b.Cause, At: now,
				Facts: []event.Fact{{Name: "Broken since", Value: clock(b.Since)}},
			})
		}
	}
	return events, nil
}

func stamp(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }
