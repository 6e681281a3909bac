// Package verdicts shows what came of a validation, on every screen the same: how serious a status is, the code with its place in
// the help, and the verdict in full, with the cause, what is proven, what to do and what to quote (R17, R18).
package verdicts

import (
	"context"
	"net/url"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/catalogue"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// Words are what verdicts are told by.
type Words struct {
	Tenants *tenant.Service
	Apps    *appprofile.Service
	Codes   *verdict.Table // nil: the built-in table
	Now     func() time.Time
}

// Teller tells the verdicts of one request. What they name of a tenant is looked up once, however many rows there are.
type Teller struct {
	words *Words
	known map[tenant.ID]verdict.Context
}

// Begin gives the teller of a request.
func (w *Words) Begin() *Teller {
	return &Teller{words: w, known: map[tenant.ID]verdict.Context{}}
}

// tenantsHref is what pages of tenants begin with. Of a federated domain an owner may say there that the cloud checks its passwords
// (X25).
const tenantsHref = "/tenants/"

// Account is whose verdict it is, for the words of the explanation.
type Account struct {
	Username string
	Tenant   tenant.ID
	Services []string
	Saving   bool // a Save waits for the verdict
}

// Tell puts a verdict into the words and shapes of the page.
func (t *Teller) Tell(ctx context.Context, v verdict.Verdict, of Account) View {
	told := t.about(ctx, of.Tenant)
	told.Username, told.Needs, told.Saving = of.Username, needs(of.Services), of.Saving
	view := viewOf(v.Status, v.Explain(told))
	if v.Status == verdict.Federated {
		view.Steps = append(view.Steps, ui.Step{Link: "Does Microsoft 365 check this domain's passwords?", Href: tenantsHref + url.PathEscape(string(of.Tenant))})
	}
	view.whose = "Account: " + of.Username + "\nTenant: " + told.Tenant + "\n"
	return view
}

// about is what explanations of a tenant's accounts have in common. Of a tenant that cannot be read they name the id.
func (t *Teller) about(ctx context.Context, id tenant.ID) verdict.Context {
	if told, known := t.known[id]; known {
		return told
	}
	told := verdict.Context{Tenant: string(id), Now: t.words.Now(), Table: t.words.Codes}
	if found, err := t.words.Tenants.Find(ctx, id); err == nil {
		told.Tenant = found.Called()
		if app, err := t.words.Apps.Application(ctx, id); err == nil {
			told.App, told.ConsentHref = app, found.ConsentAddress(app)
		}
	}
	t.known[id] = told
	return told
}

func needs(services []string) []verdict.Need {
	var list []verdict.Need
	for s := range catalogue.Named(services) {
		list = append(list, s.Need())
	}
	return list
}
