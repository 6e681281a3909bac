package tenants

import (
	"net/url"

	"purser.example/internal/tenant"
	"purser.example/web/ui"
)

// Connect is what a link to ConnectAddress is called.
const Connect = "Create app profile"

// ForTenant is the parameter by which the form of a new app profile opens for a tenant.
const ForTenant = "for"

// ConnectAddress is where a tenant gets an app profile, such as one whose last one was deleted.
func ConnectAddress(id tenant.ID) string {
	return appsHref + "/new?" + url.Values{ForTenant: {string(id)}}.Encode()
}

// Option is a tenant to choose, by name and domain. One that has no app profile says so: it can be chosen all the same, because what is
// stored of it is still shown by it, and whoever chooses it is told what to do.
func Option(t tenant.Tenant, selected bool) ui.Option {
	label := t.Called() + " (" + t.InitialDomain + ")"
	if t.Apps == 0 {
		label += " – no app profile"
	}
	return ui.Option{Value: string(t.ID), Label: label, Selected: selected}
}
