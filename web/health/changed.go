package health

import (
	"context"
	"slices"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/web/words"
)

// changed is what Purser keeps of the time between the last check that found an account good and the first that found it bad. nil: it is not
// bad. Validations that somebody asked for count like checks.
func (h *Handlers) changed(ctx context.Context, caller access.Caller, d profile.Details, of watch.Health) (*changeView, error) {
	bad := of.Watched.Bad
	if bad.IsZero() || d.Verdict.Valid() {
		return nil, nil
	}
	good, last := of.Watched.Good, verdict.Verdict{}
	for _, v := range d.History { // newest first
		if v.Verdict.Valid() && !v.At.After(bad) {
			last = v.Verdict
			if v.At.After(good) {
				good = v.At
			}
			break
		}
		if !v.Verdict.Valid() && v.Verdict.Status.AboutAccount() && v.At.Before(bad) && v.At.After(good) {
			bad = v.At
		}
	}
	now := h.Now()
	view := &changeView{Good: words.Moment(good, now), Bad: words.Moment(bad, now)}
	between := func(at time.Time) bool { return at.After(good) && !at.After(bad) }
	add := func(at time.Time, text string) {
		view.Facts = append(view.Facts, factView{words.Moment(at, now), text})
	}
	for _, l := range slices.Backward(d.Changes) {
		if between(l.At) {
			add(l.At, l.Actor.Name+" edited the profile"+edited(l.Details["changed"]))
		}
	}
	if e := last.Expiry; e.Kind == verdict.ExpiresOn && between(e.At) {
		add(e.At, "The password reached its end, as the tenant's password policy has it.")
	}
	for _, p := range d.Verdict.Blame.Policies {
		add(time.Time{}, "The policy “"+shown.Name(p.Name)+"” stood in the way.")
	}
	apps, err := h.Apps.OfTenant(ctx, caller, d.Tenant)
	if err != nil {
		return nil, err
	}
	for _, app := range apps {
		if between(app.Modified.At) {
			add(app.Modified.At, app.Modified.By+" changed the app profile "+app.Name+".")
		}
	}
	return view, nil
}

func edited(what string) string {
	if what == "" {
		return "."
	}
	return ": " + what + "."
}
