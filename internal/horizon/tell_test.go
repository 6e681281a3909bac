package horizon_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/expiry"
	"purser.example/internal/horizon"
	"purser.example/internal/retirement"
)

// book keeps events once each, as a store does.
type book []event.Event

func (b *book) Put(_ context.Context, events ...event.Event) error {
	for _, e := range events {
		if !slices.ContainsFunc(*b, func(other event.Event) bool { return other.ID == e.ID }) {
			*b = append(*b, e)
		}
	}
	return nil
}

// R92: what ends is told at 30, 14, 7 and 1 days, once each, however often it is looked for and whatever the clock does; what is found late is
// told by the step that it has come to; and what is put off is told anew.
func TestWhatEndsIsToldAtItsStepsR92(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	end, late := now.AddDate(0, 0, 40), now.AddDate(0, 0, 10)
	dates := []expiry.Date{{Kind: expiry.ClientSecret, At: end, Of: expiry.Object{ID: "a1", Tenant: "t1", Name: "Purser"}}, {Kind: expiry.TLSCertificate, At: late, Of: expiry.Object{ID: "h1", Name: "purser.contoso.com"}}}
	gone := retirement.Retirement{ID: "r1", What: "App passwords", Steps: []retirement.Step{{Day: retirement.Day{Time: now.AddDate(0, 0, 6).Truncate(24 * time.Hour)}, What: "It ends."}}}
	clock := now
	s := &horizon.Service{Store: nothing{}, Sources: []expiry.Source{dated(func() []expiry.Date { return dates })}, Retirements: []retirement.Retirement{gone}, Now: func() time.Time { return clock }}
	var told book
	look := func(d time.Duration) {
		t.Helper()
		for until := clock.Add(d); clock.Before(until); clock = clock.Add(10 * time.Minute) {
			if err := s.Tell(t.Context(), &told); err != nil {
				t.Fatal(err)
			}
		}
	}
	look(20 * 24 * time.Hour)
	clock = clock.Add(-24 * time.Hour)
	look(22 * 24 * time.Hour)
	var got []string
	for _, e := range told {
		got = append(got, fmt.Sprintf("%s %s %s %s %s", e.At.Format(time.DateOnly), e.Kind, e.Tenant, e.Object.Name, e.Cause))
	}
	slices.Sort(got)
	want := []string{
		"2026-10-28 ending  purser.contoso.com Purser's certificate ends in 14 days", "2026-10-31 retirement  App passwords Microsoft retires it in 7 days",
		"2026-11-04 ending  purser.contoso.com Purser's certificate ends in 7 days", "2026-11-06 retirement  App passwords Microsoft retires it in 1 day",
		"2026-11-10 ending  purser.contoso.com Purser's certificate ends in 1 day", "2026-11-11 ending t1 Purser Client secret ends in 30 days", "2026-11-27 ending t1 Purser Client secret ends in 14 days",
		"2026-12-04 ending t1 Purser Client secret ends in 7 days", "2026-12-10 ending t1 Purser Client secret ends in 1 day",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%s", strings.Join(got, "\n"))
	}
	dates[0].At = clock.AddDate(0, 0, 29)
	look(time.Hour)
	if len(told) != len(want)+1 {
		t.Errorf("%d more", len(told)-len(want))
	}
}

// nothing is a store that has nothing.
type nothing struct{ horizon.Store }

func (nothing) Endings(context.Context, horizon.Query) ([]horizon.Ending, error) { return nil, nil }

type dated func() []expiry.Date

func (s dated) Expiries(context.Context) ([]expiry.Date, error) { return s(), nil }
