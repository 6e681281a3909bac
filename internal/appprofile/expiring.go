package appprofile

import (
	"context"
	"time"

	"purser.example/internal/expiry"
)

// Marks are the days before its end on which a credential is told about (R74).
var Marks = []int{30, 14, 7, 1}

// Ending says how near the end of a credential is.
type Ending struct {
	At    time.Time // zero: not known, or never
	Days  int       // whole days left, rounded up; 0 or less: it has ended
	Mark  int       // the smallest of Marks that has been reached; 0: none
	Ended bool
}

// Near reports whether people are to be told.
func (e Ending) Near() bool { return e.Ended || e.Mark > 0 }

// Ending tells how near the end of the credential is at a time.
func (c Credential) Ending(now time.Time) Ending {
	if c.Expires.IsZero() {
		return Ending{}
	}
	e := Ending{At: c.Expires, Ended: c.ended(now)}
	const day = 24 * time.Hour
	left := c.Expires.Sub(now)
	e.Days = int(left / day)
	if left > 0 && left%day > 0 {
		e.Days++
	}
	for _, mark := range Marks {
		if !e.Ended && left <= time.Duration(mark)*day {
			e.Mark = mark
		}
	}
	return e
}

// Ending tells of the profile's credentials the one that ends first, of those that are of use: beside one that Microsoft accepts and that
// goes on, one that ends is being replaced.
func (p Profile) Ending(now time.Time) Ending {
	c, ok := p.Used(now)
	if !ok {
		return Ending{}
	}
	return c.Ending(now)
}

// Expiries implements expiry.Source: of each app profile the end of the credential that Purser uses, where it is known.
func (s *Service) Expiries(ctx context.Context) ([]expiry.Date, error) {
	kinds := map[Kind]expiry.Kind{Secret: expiry.ClientSecret, Certificate: expiry.AppCertificate}
	listed, err := s.store.Profiles(ctx, Filter{})
	if err != nil {
		return nil, err
	}
	var ends []expiry.Date
	for _, p := range listed {
		if c, ok := p.Used(s.now()); ok && !c.Expires.IsZero() {
			ends = append(ends, expiry.Date{Kind: kinds[c.Kind], At: c.Expires, Of: expiry.Object{ID: string(p.ID), Tenant: string(p.Tenant), Name: p.Called()}})
		}
	}
	return ends, nil
}
