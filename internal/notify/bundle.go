package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/event"
)

// Limits say how long things wait. Those that are not given are the usual ones.
type Limits struct {
	// Quiet is how long no event of a topic may have come before what waits is told: accounts of a night break one after the other.
	Quiet time.Duration
	// Soon is Quiet for events of which there are never many.
	Soon time.Duration
	// Longest is how long something waits at most, though more of it keeps coming: a night, and what is asked again after it.
	Longest time.Duration
	// Calm is after how long without an event a storm is over, so that what comes then is told anew and not as more of the same.
	Calm time.Duration
	// Send is how long one attempt may take.
	Send time.Duration
}

// Usual are the limits of a Purser that runs.
var Usual = Limits{Quiet: 15 * time.Minute, Soon: 30 * time.Second, Longest: 9 * time.Hour, Calm: 12 * time.Hour, Send: time.Minute}

func (l Limits) orUsual() Limits {
	return Limits{cmp.Or(l.Quiet, Usual.Quiet), cmp.Or(l.Soon, Usual.Soon), cmp.Or(l.Longest, Usual.Longest), cmp.Or(l.Calm, Usual.Calm), cmp.Or(l.Send, Usual.Send)}
}

// updates is how many times as long as a first message one waits that adds to it.
const updates = 4

// quiet is how long a bundle waits for more.
func (l Limits) quiet(b Bundle) time.Duration {
	wait := l.Quiet
	if single[b.Kind] {
		wait = l.Soon
	}
	if b.Messages > 0 {
		wait *= updates
	}
	return wait
}

// single are kinds of which there are never many at once.
var single = map[event.Kind]bool{event.Unreachable: true, event.RoleRequested: true, event.ScanFailed: true, event.BackupFailed: true, event.LogBroken: true, event.Retirement: true}

// furthest is how far off no digest is due: one that is, was put off while the machine's clock was ahead.
const furthest = 26 * time.Hour

// some is how many events or bundles are looked at in one transaction.
const some = 200

// match settles who is told of the events that nobody has looked at. Without a rule that wants it, an event is told to nobody, ever: a new rule
// tells nobody what happened before it.
func (s *Service) match(ctx context.Context, now time.Time) error {
	for {
		untold, err := s.Store.Untold(ctx, some)
		if err != nil || len(untold) == 0 {
			return err
		}
		rules, err := s.Store.Rules(ctx)
		if err != nil {
			return err
		}
		snoozed, err := s.snoozed(ctx, untold, now)
		if err != nil {
			return err
		}
		var r Routing
		for _, e := range untold {
			r.Events = append(r.Events, e.No)
			if e.Kind == event.Recovered {
				r.Recovered = append(r.Recovered, e.Object)
			}
			if !snoozed[key(e.Object)] {
				r.Parcels = append(r.Parcels, parcels(e, rules)...)
			}
		}
		if err := s.Store.Route(ctx, r, func(b Bundle) Bundle { return s.hold(b, now) }); err != nil {
			return err
		}
	}
}

// key names an object whatever it is called.
func key(o event.Object) event.Object { return event.Object{Kind: o.Kind, ID: o.ID} }

// snoozed are the objects of events about which nobody wants to hear for a while.
func (s *Service) snoozed(ctx context.Context, events []event.Stored, now time.Time) (map[event.Object]bool, error) {
	objects := make([]event.Object, len(events))
	for i, e := range events {
		objects[i] = key(e.Object)
	}
	marks, err := s.Store.Marks(ctx, objects)
	found := map[event.Object]bool{}
	for _, m := range marks {
		found[key(m.Object)] = now.Before(m.Until)
	}
	return found, err
}

// parcels sends an event to each contact once, however many rules want it told: at once where one of them does.
func parcels(e event.Stored, rules []Rule) (list []Parcel) {
	for _, r := range rules {
		if !r.wants(e.Event) {
			continue
		}
		for _, c := range r.Contacts {
			p := Parcel{Event: e.No, Contact: c, Topic: Topic{Kind: e.Kind, Tenant: e.Tenant, Cause: e.Cause}}
			if r.Morning {
				p.Topic = Topic{Morning: true, Minute: r.Minute, Zone: r.Zone}
			}
			i := slices.IndexFunc(list, func(other Parcel) bool { return other.Contact == c })
			switch {
			case i < 0:
				list = append(list, p)
			case list[i].Topic.Morning && !r.Morning:
				list[i] = p
			}
		}
	}
	return list
}

// wants reports whether the rule is for an event.
func (r Rule) wants(e event.Event) bool {
	return r.On && slices.Contains(r.Kinds, e.Kind) && (len(r.Tenants) == 0 || e.Tenant == "" || slices.Contains(r.Tenants, e.Tenant))
}

// hold says when a bundle is told that gets another event: when no more come, or after the longest time.
func (s *Service) hold(b Bundle, now time.Time) Bundle {
	if b.Due.IsZero() {
		if now.Sub(b.Last) > s.Limits.Calm {
			b.Began, b.Told, b.Messages = now, 0, 0
		}
		b.Waiting = now
	}
	b.Last = now
	if b.Morning {
		b.Due = b.morning(now)
		return b
	}
	b.Due = now.Add(s.Limits.quiet(b))
	if latest := b.Waiting.Add(s.Limits.Longest); latest.Before(b.Due) {
		b.Due = latest
	}
	return b
}

// morning is when the digest is due: at its next time, on a later day than the last one. A zone that is no longer known is UTC.
func (b Bundle) morning(now time.Time) time.Time {
	sent := b.Sent
	if sent.After(now) {
		sent = time.Time{} // the clock was ahead
	}
	at := Rule{Minute: b.Minute, Zone: b.Zone}.Schedule().Next(now, sent)
	if at.IsZero() {
		at = Rule{Minute: b.Minute, Zone: "UTC"}.Schedule().Next(now, sent)
	}
	return at
}

// mostHeaps and mostThings are how much of a bundle a message names. It counts all.
const (
	mostHeaps  = 40
	mostThings = 20
)

// flush makes letters of the bundles that are due.
func (s *Service) flush(ctx context.Context, now time.Time) error {
	for {
		due, err := s.Store.DueBundles(ctx, now, now.Add(updates*s.Limits.Quiet), now.Add(furthest), some)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, b := range due {
			if b.Due.After(now) {
				err = s.Store.Postpone(ctx, b.No, s.anew(b, now))
			} else {
				err = s.tell(ctx, b, now)
			}
			if err != nil {
				return err
			}
		}
	}
}

// anew is when a bundle is due that was put off while the clock was ahead.
func (s *Service) anew(b Bundle, now time.Time) time.Time {
	if b.Morning {
		return b.morning(now)
	}
	return now.Add(s.Limits.quiet(b))
}

// tell makes the message of a bundle, and its letters.
func (s *Service) tell(ctx context.Context, b Bundle, now time.Time) error {
	heaps, n, through, err := s.Store.Heaps(ctx, b.No, mostHeaps, mostThings)
	if err != nil {
		return err
	}
	c, err := s.Store.Contact(ctx, b.Contact)
	if errors.Is(err, ErrGone) {
		heaps, err = nil, nil
	}
	if err != nil {
		return err
	}
	var letters []Letter
	if len(heaps) > 0 {
		m, err := s.compose(ctx, c.Contact, b, heaps, n, now)
		if err != nil {
			return err
		}
		if letters, err = s.letters(ctx, c.Contact, m, now); err != nil {
			return err
		}
		b.Told += m.Count
		b.Messages++
	}
	b.Due, b.Waiting, b.Sent = time.Time{}, time.Time{}, now
	return s.Store.Post(ctx, b, through, letters)
}
