package appprofiles

import (
	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/web/ui"
)

// permissionViews are all permissions that Purser can use, those that are needed first.
func permissionViews(p appprofile.Profile) []permissionView {
	var needed, optional []permissionView
	for _, held := range p.Permissions() {
		view := permissionView{
			Name: held.Name, API: held.API.Title(), Type: held.Type.Title(), Enables: held.Enables, Needed: held.Needed, Holding: held.Holding, Tone: holdingTone(held), Todo: todo(held, p),
		}
		if held.Needed {
			needed = append(needed, view)
		} else {
			optional = append(optional, view)
		}
	}
	return append(needed, optional...)
}

func holdingTone(held appprofile.Held) ui.Tone {
	switch {
	case held.Holding == appprofile.Granted:
		return ui.OK
	case held.Holding == appprofile.Missing && held.Needed:
		return ui.Bad
	default:
		return ui.Mute
	}
}

// todo says what is to be done about a permission; empty for nothing.
func todo(held appprofile.Held, p appprofile.Profile) string {
	kind := "an application permission"
	if held.Type == appprofile.Delegated {
		kind = "a delegated permission"
	}
	kind += " of " + held.API.Title()
	switch {
	case held.Holding == appprofile.Granted:
		return ""
	case held.Holding == appprofile.Missing && held.Needed:
		return "Add it as " + kind + " and grant admin consent."
	case held.Holding == appprofile.Missing:
		return "If you want this, add it as " + kind + " and grant admin consent."
	case p.Kind() == appprofile.Public:
		return "Look under API permissions of the app registration. Purser can't see the permissions of a public client."
	case p.Status == appprofile.NotChecked || p.Status == appprofile.Invalid:
		return "Select Check when Microsoft 365 accepts the app profile."
	default:
		return "Look under API permissions, or grant the app Directory.Read.All and select Check."
	}
}

// grantOf is the help to grant what is missing, filled in for this app and this tenant.
func grantOf(p appprofile.Profile, t tenant.Tenant) grantView {
	lines := appprofile.Registration{Name: p.Called(), Tenant: t.InitialDomain, Cloud: t.Cloud, None: p.Kind() == appprofile.Public}
	for _, c := range p.Credentials {
		if len(c.Public) > 0 {
			lines.Public = c.Public
		}
	}
	return grantView{
		Consent: p.ConsentAddress(t), Needed: appprofile.RequiredResourceAccess(true), All: appprofile.RequiredResourceAccess(false), PowerShell: appprofile.PowerShell(lines),
	}
}
