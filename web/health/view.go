package health

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// placeView is the checks of one profile, or of one member of a pool.
type placeView struct {
	Name, Kind   string
	Back, BackTo string
	Strip        ui.StripProps
	Checks       []checkView // newest first
	Change       *changeView // nil: the account isn't broken
	Known        knownView
	Freeze       freezeView
	Quiet        quietView
}

// checkView is one check.
type checkView struct {
	At   words.Time
	Tone ui.Tone
	Text string
}

// changeView is what changed before an account broke.
type changeView struct {
	Good, Bad words.Time // the last good check, zero for none; and the first bad one
	Facts     []factView
}

// factView is one thing that changed, or that was so.
type factView struct {
	At   words.Time // zero: no moment is known
	Text string
}

// freezeView is the way to turn checks off and on.
type freezeView struct {
	Frozen string // "frozen until …"; empty: they are on
	Action string // what the address begins with; freeze or resume follows, and then the query
	Query  string
	typed
}

func (h *Handlers) profileView(c echo.Context, t typed) (placeView, error) {
	d, err := h.Profiles.Details(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return placeView{}, err
	}
	of, view, err := h.subjectView(c, profileSubject(d.Profile), t)
	if err != nil {
		return placeView{}, err
	}
	view.Change, err = h.change(c, profilePast(d, of))
	return view, err
}

// tenantView is the checks of one tenant.
type tenantView struct {
	Name, Back, Action string
	Off                bool
	Next, Night        words.Time
	Total, Pace, Left  string
	Tally              []tallyView
	Freeze             freezeView
	typed
}

// tallyView is how many accounts the last check found so.
type tallyView struct {
	Tone       ui.Tone
	Text, Many string
}

func (h *Handlers) tenantView(c echo.Context, t typed) (tenantView, error) {
	ctx, caller, now := c.Request().Context(), session.Caller(c), h.Now()
	of, err := h.Tenants.Find(ctx, tenant.ID(c.Param("id")))
	if err != nil {
		return tenantView{}, err
	}
	plan, frozen, err := h.Watch.Plan(ctx, caller, of.ID)
	if err != nil {
		return tenantView{}, err
	}
	tally, err := h.Watch.Tally(ctx, caller, of.ID)
	if err != nil {
		return tenantView{}, err
	}
	view := tenantView{
		Name: of.Called(), Back: tenantsPath + "/" + string(of.ID), Action: ofTenant(of.ID), Off: !h.Watch.On, Next: words.Moment(plan.Next, now), Night: words.Moment(plan.Night, now),
		Total: words.Counted(plan.Total, "account"), Pace: plan.Pace.String(), Freeze: freezeView{Action: ofTenant(of.ID), typed: t}, typed: t,
	}
	if plan.Left > 0 {
		view.Left = words.Counted(plan.Left, "account") + " didn't fit into the last night without asking Microsoft 365 too often. They come first in the next one."
	}
	if t.Errors == nil {
		view.Time, view.Zone = plan.Clock(), plan.Zone
	}
	if frozen != nil {
		view.Freeze.Frozen = "Frozen " + freeze(*frozen)
	}
	for _, each := range []struct {
		of   watch.Outcome
		tone ui.Tone
		text string
	}{{watch.Good, ui.OK, "Valid"}, {watch.Bad, ui.Bad, "Refused"}, {watch.Unknown, ui.Warn, "Couldn't be checked"}, {watch.Skipped, ui.Mute, "Skipped"}, {"", ui.Mute, "Not checked yet"}} {
		if n := tally[each.of]; n > 0 {
			view.Tally = append(view.Tally, tallyView{each.tone, each.text, words.Number(n)})
		}
	}
	return view, nil
}
