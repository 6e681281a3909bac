package profiles

import (
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/catalogue"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// verdictOf says whose verdict it is, for the words of the explanation.
type verdictOf struct {
	username string
	tenant   tenant.ID
	services []string
	saving   bool
}

// verdictView puts a verdict into the words and shapes of the page (R17, R18).
func (h *Handlers) verdictView(c echo.Context, v verdict.Verdict, of verdictOf) verdictView {
	told := verdict.Context{Username: of.username, Needs: needs(of.services), Saving: of.saving, Now: h.Now(), Table: h.Codes}
	if t, err := h.Tenants.Find(c.Request().Context(), of.tenant); err == nil {
		told.Tenant = t.DisplayName
		if app, err := h.Tenants.Application(c.Request().Context(), t.ID); err == nil {
			told.App, told.ConsentHref = app, t.ConsentAddress(app)
		}
	}
	e := v.Explain(told)
	view := verdictView{Tone: tone(v.Status), Title: e.Title, Cause: strings.TrimSpace(e.Cause + " " + e.Note), Warnings: e.Warnings, Copy: e.Copy() + "Account: " + of.username + "\nTenant: " + told.Tenant + "\n"}
	switch {
	case v.Valid() && len(e.Warnings) > 0:
		view.Tone = ui.Warn
	case !v.Valid() && v.Status != verdict.NotValidated:
		view.Tone = ui.Bad
	}
	for _, f := range e.Findings {
		view.Proofs = append(view.Proofs, ui.Proof{Tone: proofTone(f.Result), Text: f.Text})
	}
	for _, s := range e.Steps {
		if s.Href == appProfilesPath && !h.AppProfiles {
			s.Link, s.Href = "", ""
		}
		view.Steps = append(view.Steps, ui.Step{Text: s.Text, Link: s.Link, Href: s.Href, Command: s.Command})
	}
	for _, d := range e.Details {
		view.Details = append(view.Details, ui.Detail{Name: d.Name, Value: d.Value})
	}
	for _, l := range e.Links {
		view.Links = append(view.Links, linkView{l.Text, l.Href})
	}
	return view
}

// appProfilesPath is the page App management, which the advice leads to.
const appProfilesPath = "/app-profiles"

func needs(services []string) []verdict.Need {
	var list []verdict.Need
	for _, s := range catalogue.Named(services) {
		list = append(list, s.Need())
	}
	return list
}

func proofTone(p verdict.Proven) ui.Tone {
	switch p {
	case verdict.Proved:
		return ui.OK
	case verdict.Refuted:
		return ui.Bad
	default:
		return ui.Mute
	}
}
