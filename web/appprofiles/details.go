package appprofiles

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// show opens the details of one app profile.
func (h *Handlers) show(c echo.Context) error {
	d, err := h.Apps.BeforeDelete(c.Request().Context(), session.Caller(c), appprofile.ID(c.Param("id")))
	if err != nil {
		return err
	}
	t, err := h.Tenants.Find(c.Request().Context(), d.Tenant)
	if err != nil {
		return err
	}
	return h.screen().Show(c, http.StatusOK, func(said *layout.Flash) (string, templ.Component) {
		view := h.detailsView(c, d, t, said)
		return view.Name, detailsPane(view)
	})
}

func (h *Handlers) detailsView(c echo.Context, d appprofile.Doomed, t tenant.Tenant, said *layout.Flash) detailsView {
	query, p, id, now := readListQuery(c), d.Profile, string(d.ID), h.Now()
	view := detailsView{
		Said: said, Name: p.Called(), Close: query.Address(), EditHref: query.Address(id, "edit"), CheckAction: query.Address(id, "check"), DeleteHref: query.With(deletePath, "id", id),
		Status: statusOf(p), Tenant: t.Called(), TenantHref: tenants.Address(t.ID), Domain: t.InitialDomain, Cloud: t.Cloud.Title(), Gone: !t.Gone.IsZero(),
		Application: p.ApplicationID, Preferred: p.Preferred, Siblings: t.Apps, PreferAction: query.Address(id, "prefer"),
		Checked: words.Moment(p.Checked, now), Created: signedOf(p.Created, now), Modified: signedOf(p.Modified, now),
		Credentials: credentialViews(p, query, now), Permissions: permissionViews(p), Grant: grantOf(p, t), Last: d.Last, Uses: useWords(d.Uses),
	}
	if len(p.Credentials) == 1 && p.Kind() != appprofile.Public {
		view.AddHref = query.Address(id, "credentials", "new")
	}
	if p.Status == appprofile.PermissionsMissing {
		view.Lacking = lacking(p)
	}
	h.tell(p, &view)
	return view
}

// tell puts what stands in the way into the view. Right after a check it is the outcome of what was just done and takes the place of the
// message.
func (h *Handlers) tell(p appprofile.Profile, view *detailsView) {
	if p.Finding.Cause == "" {
		return
	}
	title := "Microsoft 365 refused the app profile"
	if p.Status != appprofile.Invalid {
		title = "The app profile cannot be used yet"
	}
	v := h.Verdicts.App(title, p.Finding)
	if p.Finding.NeedsConsent() {
		v = consentable(v, view.Grant.Consent)
	}
	if p.Status != appprofile.Invalid {
		v.Tone = ui.Warn
	}
	v.Quiet = view.Said == nil || !view.Said.Verdict
	if !v.Quiet {
		view.Said = nil
	}
	view.Verdict = &v
}

func signedOf(s appprofile.Stamp, now time.Time) signedView {
	return signedView{words.Moment(s.At, now), s.By}
}

func credentialViews(p appprofile.Profile, query listQuery, now time.Time) []credentialView {
	var list []credentialView
	used, _ := p.Used(now)
	several := len(p.Credentials) > 1
	for _, c := range p.Credentials {
		view := credentialView{
			Title: c.Kind.Title(), Code: c.Code, Expires: dueOf(c.Kind, c.Ending(now), now), Thumbprint: c.Thumbprint(), Thumbprint2: c.Thumbprint256(), Added: signedOf(c.Added, now),
		}
		view.Tone, view.Standing = standingOf(c)
		if c.Made {
			view.Title = "Certificate made by Purser"
		}
		if ending := c.Ending(now); ending.Near() {
			view.Ending = endingWords(ending)
		}
		if c.PEM() != nil {
			view.DownloadHref = listPath + "/" + string(p.ID) + "/certificates/" + string(c.ID) + certificateSuffix
		}
		if several {
			view.Used = c.ID == used.ID
			view.RemoveHref = query.Address(string(p.ID), "credentials", string(c.ID), "remove")
		}
		list = append(list, view)
	}
	return list
}

func standingOf(c appprofile.Credential) (ui.Tone, string) {
	switch {
	case c.Kind == appprofile.Public:
		return ui.Mute, "No credential"
	case c.Standing == appprofile.Accepted:
		return ui.OK, "Accepted"
	case c.Standing == appprofile.Refused:
		return ui.Bad, "Refused"
	case c.Made:
		return ui.Warn, "Not uploaded yet"
	default:
		return ui.Mute, "Not checked yet"
	}
}

func endingWords(e appprofile.Ending) string {
	if e.Ended {
		return "It has expired."
	}
	return "It expires soon. Add another credential first."
}

// certificateSuffix is the end of the address of a certificate: portals take files of that name.
const certificateSuffix = ".cer"

// certificate gives the public part of a certificate for a download.
func (h *Handlers) certificate(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	id, named := strings.CutSuffix(c.Param("file"), certificateSuffix)
	for _, held := range p.Credentials {
		if named && string(held.ID) == id && held.PEM() != nil {
			c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="purser-`+held.Thumbprint()[:8]+certificateSuffix+`"`)
			return c.Blob(http.StatusOK, "application/x-pem-file", held.PEM())
		}
	}
	return problem.New(problem.NotFound, "This certificate no longer exists.")
}

// prefer makes Purser take this app profile of its tenant's.
func (h *Handlers) prefer(c echo.Context) error {
	p, err := h.find(c)
	if err == nil {
		err = h.Apps.Prefer(c.Request().Context(), session.Caller(c), session.Origin(c), p.ID)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, readListQuery(c).Address(string(p.ID)), "Purser now prefers "+p.Called()+" for its tenant.")
}
