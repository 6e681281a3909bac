package watch

import (
	"context"
	"strconv"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/verdict"
)

// eventsOf are what a check tells of a place: that its account broke, or that it works again. A place that was never good breaks, too, with
// the first check that finds it bad; so does one whose password somebody's validation had refused, which nobody else was told of.
func eventsOf(w Watched, c Check, found account.Checkup) []event.Event {
	switch wrong := c.Outcome == Bad || c.Reason == account.Parked; {
	case wrong && w.Bad.IsZero():
		return []event.Event{w.event(event.Broken, c.At, c, found.Name, since("Last signed in", w.Good))}
	case c.Outcome == Good && !w.Bad.IsZero():
		return []event.Event{w.event(event.Recovered, w.Bad, c, found.Name, since("Broken since", w.Bad))}
	}
	return nil
}

// event is what happened to a place. from tells one break from the next.
func (w Watched) event(k event.Kind, from time.Time, c Check, name string, facts []event.Fact) event.Event {
	return event.Event{
		ID:   event.IDOf(k, w.Place.Kind, w.Place.ID, strconv.FormatInt(from.UnixMilli(), 10)),
		Kind: k, Tenant: w.Tenant, Object: event.Object{Kind: w.Place.Kind, ID: w.Place.ID, Name: name}, Account: w.Account,
		Cause: c.cause(), At: c.At, Facts: facts,
	}
}

// cause is what a check came to, in the words that all that came to it share.
func (c Check) cause() string {
	title := c.Status.Title()
	switch {
	case c.Reason == account.Parked:
		return verdict.WrongPassword.Title()
	case c.Status == "" && c.Reason != "":
		return "Not checked (" + string(c.Reason) + ")"
	case c.Code != "":
		return title + " (" + c.Code + ")"
	}
	return title
}

func since(name string, at time.Time) []event.Fact {
	if at.IsZero() {
		return nil
	}
	return []event.Fact{{Name: name, Value: at.UTC().Format("January 2, 2006 15:04 UTC")}}
}

// judge tells once of a night that is over and in which nobody could tell how any account of the tenant is: of the tenant, and not of each
// account, because the accounts may be well. What a former process told has the same id.
func (s *Service) judge(ctx context.Context, p Plan, now time.Time) error {
	over := p.Night.Add(length)
	if p.Night.IsZero() || now.Before(over) || now.After(over.Add(beyond)) || s.judged[p.Tenant].Equal(p.Night) {
		return nil
	}
	n, mostly, err := s.Store.Unreached(ctx, p.Tenant, p.Night)
	if err != nil {
		return err
	}
	if n > 0 {
		of, err := s.Tenants.Find(ctx, p.Tenant)
		if err != nil {
			return err
		}
		if err := s.Events.Put(ctx, event.Event{
			ID:   event.IDOf(event.Unreachable, string(p.Tenant), strconv.FormatInt(p.Night.UnixMilli(), 10)),
			Kind: event.Unreachable, Tenant: p.Tenant, Object: event.Object{Kind: "tenant", ID: string(p.Tenant), Name: of.DisplayName}, Cause: mostly.cause(), At: over,
			Facts: []event.Fact{{Name: "Accounts", Value: strconv.Itoa(n)}},
		}); err != nil {
			return err
		}
	}
	s.judged[p.Tenant] = p.Night
	return nil
}
