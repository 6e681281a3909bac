package profiles

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/catalogue"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/words"
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
		told.Tenant = t.Called()
		if app, err := h.Tenants.Application(c.Request().Context(), t.ID); err == nil {
			told.App, told.ConsentHref = app, t.ConsentAddress(app)
		}
	}
	e := v.Explain(told)
	props := words.Verdict(v.Status, e)
	view := verdictView{Tone: props.Tone, Title: props.Title, Cause: props.Cause, Warnings: e.Warnings, Copy: props.Copy + "Account: " + of.username + "\nTenant: " + told.Tenant + "\n", Proofs: props.Proofs, Steps: props.Steps, Details: props.Details}
	for _, l := range e.Links {
		view.Links = append(view.Links, linkView{l.Text, l.Href})
	}
	return view
}

func needs(services []string) []verdict.Need {
	var list []verdict.Need
	for _, s := range catalogue.Named(services) {
		list = append(list, s.Need())
	}
	return list
}
