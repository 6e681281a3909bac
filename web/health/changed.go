package health

import (
	"cmp"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/drift"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/web/session"
	"purser.example/web/words"
)

// profilePast is what Purser keeps of how a profile broke. Validations that somebody asked for count like checks.
func profilePast(d profile.Details, of watch.Health) past {
	p := past{account: account.KeyOf(d.Tenant, d.Username), good: of.Watched.Good, bad: of.Watched.Bad, now: d.Verdict}
	if d.Verdict.Valid() {
		return past{}
	}
	for _, v := range d.History { // newest first
		if v.Verdict.Valid() && !v.At.After(p.bad) {
			p.last = v.Verdict
			if v.At.After(p.good) {
				p.good = v.At
			}
			break
		}
		if !v.Verdict.Valid() && v.Verdict.Status.AboutAccount() && v.At.Before(p.bad) && v.At.After(p.good) {
			p.bad = v.At
		}
	}
	for _, l := range slices.Backward(d.Changes) {
		p.edits = append(p.edits, edit{l.At, l.Actor.Name + " edited the profile" + edited(l.Details["changed"])})
	}
	return p
}

// change is what Purser keeps of the time between the last check that found an account good and the first that found it bad. nil: it is
// not bad.
func (h *Handlers) change(c echo.Context, p past) (*changeView, error) {
	if p.bad.IsZero() {
		return nil, nil
	}
	now := h.Now()
	facts, err := h.between(c, p)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(facts, func(a, b edit) int { return cmp.Compare(a.at.UnixMilli(), b.at.UnixMilli()) })
	view := &changeView{Good: words.Moment(p.good, now), Bad: words.Moment(p.bad, now)}
	for _, f := range facts {
		view.Facts = append(view.Facts, factView{words.Moment(f.at, now), f.text})
	}
	for _, policy := range p.now.Blame.Policies {
		view.Facts = append(view.Facts, factView{Text: "The policy “" + shown.Name(policy.Name) + "” stood in the way."})
	}
	return view, nil
}

// between are the facts of that time, each with its moment.
func (h *Handlers) between(c echo.Context, p past) (facts []edit, err error) {
	in := func(at time.Time) bool { return at.After(p.good) && !at.After(p.bad) }
	for _, e := range p.edits {
		if in(e.at) {
			facts = append(facts, e)
		}
	}
	if e := p.last.Expiry; e.Kind == verdict.ExpiresOn && in(e.At) {
		facts = append(facts, edit{e.At, "The password reached its end, as the tenant's password policy has it."})
	}
	apps, err := h.Apps.OfTenant(c.Request().Context(), session.Caller(c), p.account.Tenant)
	if err != nil {
		return nil, err
	}
	for _, app := range apps {
		if in(app.Modified.At) {
			facts = append(facts, edit{app.Modified.At, app.Modified.By + " changed the app profile " + app.Name + "."})
		}
	}
	seen, err := h.Drift.Between(c.Request().Context(), session.Caller(c), p.account, p.good.Add(settling), p.bad.Add(settling))
	for _, s := range seen {
		facts = append(facts, inMicrosoft(s))
	}
	return facts, err
}

// settling is how long after a check what else was read of the account belongs to it.
const settling = time.Minute

// inMicrosoft is what was seen to be another way in Microsoft 365. Of a password Microsoft says when it was changed.
func inMicrosoft(s drift.Seen) edit {
	if at := (drift.Facts{drift.Password: drift.SetOf(s.Item)}).PasswordAt(); s.Topic == drift.Password && !at.IsZero() {
		return edit{at, s.Title() + "."}
	}
	return edit{s.At, "Seen in Microsoft 365: " + s.Title() + "."}
}

func edited(what string) string {
	if what == "" {
		return "."
	}
	return ": " + what + "."
}
