package profiles

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// show opens the details of one profile (R11). Those of a classic MFA profile are a page of their own (R31).
func (h *Handlers) show(c echo.Context) error {
	d, err := h.Profiles.Details(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return err
	}
	if d.Kind == profile.ClassicMFA {
		return respond.Leave(c, readListQuery(c).classic(string(d.ID)), "")
	}
	strip, href, err := h.Health(c.Request().Context(), session.Caller(c), d.Profile)
	if err != nil {
		return err
	}
	return h.screen().Show(c, http.StatusOK, func(said *layout.Flash) (string, templ.Component) {
		view := h.detailsView(c, d, said)
		view.Health, view.HealthHref = strip, href
		return view.Name, detailsPane(view)
	})
}

// showVerdict gives the verdict alone, for the list that asks for it; everybody else finds it in the details.
func (h *Handlers) showVerdict(c echo.Context) error {
	query, id := readListQuery(c), c.Param("id")
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), profile.ID(id))
	if err != nil {
		return err
	}
	if !respond.ByScript(c) {
		return c.Redirect(http.StatusSeeOther, query.Address(id))
	}
	view := tipView{Name: p.Name, Href: query.Address(id), Verdict: h.tell(c, lastOf(p), p)}
	view.Verdict.Quiet = true
	return respond.Page(c, http.StatusOK, verdictTip(view))
}

// lastOf is the verdict of the last attempt, whether it told anything or not.
func lastOf(p profile.Profile) verdict.Verdict {
	if p.Failed != nil {
		return *p.Failed
	}
	return p.Verdict
}

func (h *Handlers) detailsView(c echo.Context, d profile.Details, said *layout.Flash) detailsView {
	query, id, now := readListQuery(c), string(d.ID), h.Now()
	view := detailsView{
		Said: said, Name: d.Name, Description: d.Description, Close: query.Address(), EditHref: query.Address(id, "edit"),
		ValidateAction: query.Address(id, "validate"), DeleteHref: query.With(deletePath, "id", id),
		Status: h.statusView(d.Profile), Tenant: d.TenantInfo.Called(), Domain: d.TenantInfo.InitialDomain, Cloud: d.TenantInfo.Cloud.Title(),
		Username: d.Username, Kind: d.Kind.Title(), Expires: expires(d.Profile, now), ExpiresReason: d.Verdict.Expiry.Reason,
		AdminCenter: d.AdminCenterURL, Validated: words.Moment(d.Validated, now), Version: strconv.FormatInt(d.Version, 10),
		Created: signedView{words.Moment(d.Created.At, now), d.Created.By}, Modified: signedView{words.Moment(d.Modified.At, now), d.Modified.By},
	}
	for _, s := range d.Services {
		view.Services = append(view.Services, serviceView{Value: s.ID, Name: s.Name, Needs: s.Needs})
	}
	view.Roles, view.RolesNote = roles(d)
	view.Verdict = h.latest(c, d, &view)
	view.Attempts, view.Parked, view.MostAttempts = words.Counted(d.Attempts, "attempt")+" in the last hour", d.Parked(), words.Number(h.Accounts.Etiquette().PerAccount)
	for _, v := range d.History {
		view.History = append(view.History, attemptView{At: words.Moment(v.At, now), Tone: verdicts.Tone(v.Verdict.Status), Status: v.Verdict.Status.Title(), Code: v.Verdict.Code, By: v.By})
	}
	for _, l := range d.Changes {
		view.Changes = append(view.Changes, changeView{At: words.Moment(l.At, now), By: l.Actor.Name, What: changed(string(l.Action), l.Details)})
	}
	view.UsedBy = useLinks(d.Tenant, d.Uses)
	for _, other := range d.Others {
		link := linkView{Text: "Profile " + other.Name, Href: query.Address(string(other.ID))}
		if other.Kind != d.Kind {
			link.Text += " (" + other.Kind.Title() + ")"
		}
		view.Others = append(view.Others, link)
	}
	return view
}

// latest explains the last attempt. Right after a validation it is the outcome of what was just done and takes the place of the
// message; otherwise the head of the pane says the status, and the verdict does not say it again.
func (h *Handlers) latest(c echo.Context, d profile.Details, view *detailsView) *verdicts.View {
	v := h.tell(c, lastOf(d.Profile), d.Profile)
	if said := view.Said; said != nil && said.Verdict && said.Failure == v.Failed {
		view.Said, v = nil, v.Outcome(said.Text)
	} else {
		v = v.Standing()
	}
	return &v
}

// tell explains a verdict of a profile.
func (h *Handlers) tell(c echo.Context, v verdict.Verdict, p profile.Profile) verdicts.View {
	return h.Verdicts.Begin().Tell(c.Request().Context(), v, verdicts.Account{Username: p.Username, Tenant: p.Tenant, Services: p.Services})
}

func roles(d profile.Details) (names []string, note string) {
	if !d.Verdict.RolesRead {
		return nil, rolesUnread(d.Warnings)
	}
	for _, r := range d.Verdict.Roles {
		names = append(names, shown.Name(r.Name))
	}
	if len(names) == 0 {
		note = "No directory role"
	}
	for _, w := range d.Warnings {
		if w.Kind == verdict.RoleMissing || w.Kind == verdict.TooPowerful {
			note = strings.TrimSpace(note + " " + w.Text())
		}
	}
	return names, note
}

// rolesUnread says why no roles are known, and which permission would tell (X8).
func rolesUnread(warnings []verdict.Warning) string {
	for _, w := range warnings {
		if w.Kind == verdict.RolesNotRead {
			return w.Text()
		}
	}
	return "Not read yet"
}

// changed says in a few words what an entry of the activity log says.
func changed(action string, details map[string]string) string {
	if action == string(profile.Converted) {
		return "Converted to a common profile"
	}
	if what := details["changed"]; what != "" {
		return strings.ToUpper(what[:1]) + what[1:] + " changed"
	}
	return strings.ToUpper(action[:1]) + action[1:]
}
