package horizon_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/access"
	"purser.example/internal/expiry"
	"purser.example/internal/horizon"
	"purser.example/internal/problem"
	"purser.example/internal/retirement"
)

var (
	now    = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	adele  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Roles: []access.Role{access.ServiceAdministrator}}
	nobody = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2"}
)

// store is one that has what a test gives it.
type store struct {
	endings []horizon.Ending
	counts  []horizon.Count
	failing []horizon.Failing
}

func (s store) Endings(_ context.Context, q horizon.Query) ([]horizon.Ending, error) {
	var list []horizon.Ending
	for _, e := range s.endings {
		if ((q.After == horizon.Place{}) || e.Place().Compare(q.After) > 0) && ((q.Before == horizon.Place{}) || e.Place().Compare(q.Before) < 0) {
			list = append(list, e)
		}
	}
	return list[:min(len(list), q.Limit)], nil
}
func (s store) Breaks(context.Context, horizon.Query) ([]horizon.Break, error) { return nil, nil }
func (s store) Counts(context.Context, time.Time) ([]horizon.Count, error)     { return s.counts, nil }

func (s store) Failing(context.Context) ([]horizon.Failing, error)           { return s.failing, nil }
func (s store) Days(context.Context, horizon.Query) ([]horizon.OnDay, error) { return nil, nil }

type source func() ([]expiry.Date, error)

func (s source) Expiries(context.Context) ([]expiry.Date, error) { return s() }

func in(days int) time.Time { return now.AddDate(0, 0, days) }

func service(s store) *horizon.Service {
	return &horizon.Service{Store: s, Now: func() time.Time { return now }, Retirements: retirement.All(), Sources: []expiry.Source{
		source(func() ([]expiry.Date, error) {
			return []expiry.Date{
				{Kind: expiry.ClientSecret, At: in(3), Of: expiry.Object{ID: "a1", Tenant: "t1", Name: "Fly"}},
				{Kind: expiry.AppCertificate, At: in(-2), Of: expiry.Object{ID: "a2", Tenant: "t2", Name: "Opus"}},
			}, nil
		}),
		source(func() ([]expiry.Date, error) {
			return []expiry.Date{{Kind: expiry.TLSCertificate, At: in(7), Of: expiry.Object{ID: "tls", Name: "purser.contoso.com"}}}, nil
		}),
	}}
}

// R91: what the store keeps and what others know is one list in the order of time, page by page, with the retirements that are to come.
func TestWhatEndsIsOneListR91(t *testing.T) {
	s := service(store{endings: []horizon.Ending{
		{Kind: horizon.ProfilePassword, Object: "p1", Tenant: "t1", At: in(3), What: "Backup"}, {Kind: horizon.ProfilePassword, Object: "p2", Tenant: "t2", At: in(40), What: "Archive"},
	}})
	var all []string
	q := horizon.Query{Limit: 2}
	for {
		page, err := s.Endings(t.Context(), adele, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Rows {
			all = append(all, string(e.Kind)+" "+e.Object)
			q.After = e.Place()
		}
		if !page.Later {
			break
		}
	}
	want := []string{
		"app_certificate a2", "client_secret a1", "profile_password p1", "tls_certificate tls", "retirement legacy-sign-in/2026-02-16", "profile_password p2",
	}
	before, err := s.Endings(t.Context(), adele, horizon.Query{Limit: 2, Before: horizon.Place{At: in(7), Kind: horizon.TLSCertificate, Object: "tls"}})
	if err != nil || len(before.Rows) != 2 || before.Rows[0].Object != "a1" || before.Rows[1].Object != "p1" || !before.Earlier || !before.Later {
		t.Errorf("the page before: %+v %v", before, err)
	}
	if diff := cmp.Diff(want, all[:min(len(want), len(all))]); diff != "" {
		t.Error(diff)
	}
	for _, later := range all[len(want):] {
		if later[:11] != "retirement " {
			t.Errorf("behind them: %s", later)
		}
	}
	page, err := s.Endings(t.Context(), adele, horizon.Query{Tenant: "t1", Kinds: []horizon.Kind{horizon.AppCertificate, horizon.ClientSecret, horizon.TLSCertificate}, To: in(7)})
	if err != nil || len(page.Rows) != 3 { // the fake gives both of its own
		t.Errorf("of a tenant: %+v %v", page, err)
	}
}

// R91: windows count whole days, what has ended is not to come, and what is of no tenant is of all.
func TestTheSummaryCountsR91(t *testing.T) {
	s := service(store{
		counts:  []horizon.Count{{Kind: horizon.ClientSecret, Tenant: "t1", Ended: 1, Within: [4]int{0, 0, 2, 2}}, {Kind: horizon.ProfilePassword, Tenant: "t2"}},
		failing: []horizon.Failing{{Kind: horizon.Profile, Tenant: "t1", Status: "wrong-password", N: 4}, {Kind: horizon.App, Tenant: "t2", Status: "invalid", N: 1}},
	})
	s.Retirements = nil
	sum, err := s.Summary(t.Context(), adele)
	if err != nil {
		t.Fatal(err)
	}
	want := []horizon.Count{
		{Kind: horizon.ClientSecret, Tenant: "t1", Ended: 1, Within: [4]int{1, 1, 3, 3}},
		{Kind: horizon.AppCertificate, Tenant: "t2", Ended: 1},
		{Kind: horizon.TLSCertificate, Within: [4]int{1, 1, 1, 1}},
	}
	if diff := cmp.Diff(want, sum.Counts); diff != "" {
		t.Error(diff)
	}
	if sum.Broken() != 5 || sum.Ended() != 2 || sum.Within() != [4]int{2, 2, 4, 4} {
		t.Errorf("in all: %d %d %v", sum.Broken(), sum.Ended(), sum.Within())
	}
	if of := sum.In("t2"); of.Broken() != 1 || of.Ended() != 1 || of.Within() != [4]int{1, 1, 1, 1} {
		t.Errorf("of a tenant: %d %d %v", of.Broken(), of.Ended(), of.Within())
	}
	if of := sum.In("t1", horizon.ClientSecret); of.Broken() != 0 || of.Within() != [4]int{1, 1, 3, 3} {
		t.Errorf("of a kind: %d %v", of.Broken(), of.Within())
	}
}

// R2: whoever has no role reads nothing, and what failed is not taken for nothing.
func TestWhoMayReadIt(t *testing.T) {
	s := service(store{})
	_, endings := s.Endings(t.Context(), nobody, horizon.Query{})
	_, breaks := s.Breaks(t.Context(), nobody, horizon.Query{})
	_, days := s.Days(t.Context(), nobody, horizon.Query{})
	_, summary := s.Summary(t.Context(), nobody)
	for _, err := range []error{endings, breaks, days, summary} {
		if problem.KindOf(err) != problem.Forbidden {
			t.Errorf("err = %v", err)
		}
	}
	s.Sources = append(s.Sources, source(func() ([]expiry.Date, error) { return nil, errors.New("no answer") }))
	_, endings = s.Endings(t.Context(), adele, horizon.Query{})
	_, days = s.Days(t.Context(), adele, horizon.Query{})
	_, summary = s.Summary(t.Context(), adele)
	if slices.Contains([]error{endings, days, summary}, nil) {
		t.Errorf("a source that fails: %v %v %v", endings, days, summary)
	}
}
