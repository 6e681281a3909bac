package pools

import (
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/retirement"
	"purser.example/internal/run"
	"purser.example/internal/shown"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// panelView shows one pool as its form has it.
func (h *Handlers) panelView(c echo.Context, tell *verdicts.Teller, saved pool.Pool, f *poolForm, current bool) (panelView, error) {
	class := saved.Class
	view := panelView{
		Class: string(class), Title: class.Title(), Current: current, Href: pageAddress(saved.Key), Holdings: class.Holdings(), Retired: retired(class, h.Now()),
		Group: f.group, Suggest: address(suggestPath, "tenant", string(saved.Tenant), "tab", string(class)), Errors: map[string]string{},
		Objects: f.objects, AdminURL: f.url, Passwords: class.NeedsPasswords(),
	}
	if f.clear {
		view.Clearing = "The group, its members and their passwords are removed from this pool with the next Save. " + afterClear(saved)
	}
	counts := pool.Counts{}
	if f.reading != "" {
		r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), f.reading)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return view, err
		}
		if err != nil || r.Key != saved.Key {
			f.reading = ""
			view.Errors[pool.FieldGroup] = "The list of members is no longer there. Select Validate again."
		} else {
			counts = r.Counts
			found := h.foundView(c, r)
			view.Found = &found
			if view.Users, err = h.usersView(c, tell, r, f); err != nil {
				return view, err
			}
		}
	}
	view.URLNeeded = counts.MFA > 0
	for _, row := range f.rows {
		view.URLNeeded = view.URLNeeded || row.mfa
	}
	of, err := h.Tenants.Find(c.Request().Context(), saved.Tenant)
	if err != nil {
		return view, err
	}
	view.URLDoubt = h.Pools.Doubt(of, f.url)
	if of.Apps == 0 {
		view.Connect = tenants.ConnectAddress(of.ID)
	}
	if view.Loses, err = h.losesView(c, saved, f, counts); err != nil {
		return view, err
	}
	if view.Chain, err = h.chainView(c, saved); err != nil {
		return view, err
	}
	view.Counted, view.CountedAt = h.countedWords(saved)
	view.Enough = enough(saved, f, counts)
	view.Drift = h.driftView(c, saved, f)
	view.Hidden = f.hidden()
	if view.Versions, err = h.versionsView(c, saved); err != nil {
		return view, err
	}
	view.Check, err = h.checkNote(c, saved.Key)
	return view, err
}

// retired is what has become of the class's objects.
func retired(class pool.Class, now time.Time) string {
	if class == pool.Project {
		return retirement.Of(retirement.ProjectOnline).Stands(now) + " This pool stays for tenants that still have project sites."
	}
	return ""
}

// hidden is what the form carries along of the pool, beside what can be typed.
func (p *poolForm) hidden() []hiddenView {
	list := []hiddenView{
		{fieldSeen, strconv.FormatInt(p.seen, 10)},
		{fieldNamed, p.named},
		{fieldReading, string(p.reading)},
		{fieldDrift, string(p.drift)},
		{fieldWas + "-" + fieldReading, string(p.was.reading)},
		{fieldWas + "-" + fieldURL, p.was.url},
		{fieldWas + "-" + fieldObjects, p.was.objects},
	}
	if p.clear {
		list = append(list, hiddenView{fieldClear, "yes"})
	}
	for i := range list {
		list[i].Name += "-" + string(p.key.Class)
	}
	return list
}

func (h *Handlers) foundView(c echo.Context, r pool.Reading) foundView {
	g := r.Group
	view := foundView{Class: string(r.Key.Class), Kind: g.Kind.Title(), Members: "It has " + words.Counted(r.Counts.Members, "member") + "."}
	view.Rule = shown.Name(g.Rule)
	if g.Mail != "" {
		view.About = append(view.About, g.Mail)
	}
	if g.Team {
		view.About = append(view.About, "belongs to a team")
	}
	if g.Dynamic {
		view.About = append(view.About, "dynamic: members follow a rule and can't be added by hand")
	}
	switch r.State {
	case pool.ReadingRuns:
		view.Events = readingsPath + "/" + url.PathEscape(string(r.ID)) + "/events"
		view.Read = words.Counted(r.Counts.Members, "member") + " so far"
	case pool.ReadingFailed:
		view.Failure = words.Either(r.Failure, "Reading the members did not finish.") + " The members read so far are shown and can't be saved. Select Validate to read them again."
	}
	if r.State == pool.ReadingDone {
		view.Remark = r.Remark()
	}
	view.Count, view.Tone = usable(r.Counts, r.State)
	h.leftOut(c, r, &view)
	return view
}

// leftOut names what the group holds that cannot be a member. It is a remark: where it cannot be read, the number stands alone.
func (h *Handlers) leftOut(c echo.Context, r pool.Reading, view *foundView) {
	if r.Counts.LeftOut == 0 {
		return
	}
	view.LeftOut = words.Counted(r.Counts.LeftOut, "object") + " of the group can't join the pool"
	others, err := h.Pools.LeftOut(c.Request().Context(), session.Caller(c), r.ID)
	if err != nil {
		h.Log.WarnContext(c.Request().Context(), "what a group holds beside users is not shown", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		return
	}
	for _, o := range others {
		text := o.Kind.Title() + ": " + words.Either(shown.Name(o.Name), o.ID)
		switch o.Kind {
		case pool.NestedGroup:
			text += " (its members are listed)"
		case pool.HiddenGroup:
			text += " (its members may be missing: Purser needs the permission " + pool.ReadHidden + " to see them)"
		}
		view.Others = append(view.Others, text)
	}
	if more := r.Counts.LeftOut - len(others); more > 0 {
		view.More = "and " + words.Number(more) + " more"
	}
}

// checkNote tells of the last check; nil for none.
func (h *Handlers) checkNote(c echo.Context, key pool.Key) (*checkNote, error) {
	checks, _, err := h.Runs.List(c.Request().Context(), session.Caller(c), run.Query{Kind: h.Pools.Checks().Name(), Scope: key.Scope(), Limit: 1})
	if err != nil || len(checks) == 0 {
		return nil, err
	}
	check := checks[0]
	note := &checkNote{Href: checkPath(check.ID), Runs: !check.State.Over()}
	if note.Runs {
		note.Text = "Checking " + words.Counted(check.Total, "password") + ": " + words.Number(check.Done()) + " done."
	} else {
		note.Text, note.Begun = "Last password check: ", words.Moment(check.Begun, h.Now())
	}
	return note, nil
}
