package tenants

import (
	"net/url"
	"strings"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

const fieldDomain = "domain"

// tenantView is what is known of one tenant (R73). What an app has not read is told as that, and not as none.
type tenantView struct {
	ID, Name, Domain, Cloud string
	Connected               words.Time
	Read                    words.Time // zero: never
	Former                  string     // what the tenant was called before; empty: nothing else that Purser knows of
	Renamed                 words.Time // when Purser read the new name
	Gone                    words.Time // when Microsoft 365 said that it is not there any more; zero: it is
	Domains                 []domainView
	DomainsRead             bool
	Licenses                []licenseView
	LicensesRead            bool
	SecurityDefaults        switchView
	LegacyAuth              switchView
	Apps                    []appView // the preferred one first; none: the tenant is known from profiles only
	Objects                 []objectsView
	CloudDomains            []cloudDomainView
	Throttles               []throttleView // of the last week, newest first
	Action                  string
	Health                  string // where its health checks are
	MayChange               bool   // the person may say where passwords go
	Typed, Wrong            string
}

// domainView is a domain of the tenant.
type domainView struct{ Name, Note string }

// licenseView is a product that the tenant has.
type licenseView struct{ Product, Used, Bought string }

// switchView is something that is on or off, as far as it is known.
type switchView struct{ Text, Note string }

// throttleView is that Microsoft asked to be left in peace.
type throttleView struct {
	At           words.Time
	Service, Who string
	Wait         string
	Times        string
}

func throttleViews(list []tenant.Throttle, now time.Time) (views []throttleView) {
	for _, t := range list {
		views = append(views, throttleView{At: words.Moment(t.At, now), Service: serviceTitle(t.Service), Who: t.Who, Wait: words.Took(t.At, t.At.Add(t.Wait)), Times: words.Counted(t.Times, "time")})
	}
	return views
}

// serviceTitle is a service of Microsoft's as people see it.
func serviceTitle(service string) string {
	if service == "sharepoint" {
		return "SharePoint"
	}
	return "Microsoft Graph"
}

// appView is an app profile of the tenant.
type appView struct {
	Name, Href string
	Tone       ui.Tone
	Status     string
	Preferred  bool
}

// objectsView is how many objects of a type scans have found.
type objectsView struct {
	Type, Count, Href string
	Read              words.Time
}

func objectViews(found []Objects, now time.Time) []objectsView {
	var list []objectsView
	for _, o := range found {
		list = append(list, objectsView{Type: o.Type, Count: words.Number(o.N), Href: o.Href, Read: words.Moment(o.Read, now)})
	}
	return list
}

// cloudDomainView is a federated domain whose passwords the cloud checks.
type cloudDomainView struct {
	Domain, By string
	At         words.Time
}

// read fills in what an app has read of the tenant.
func (v *tenantView) read(t tenant.Tenant, now time.Time) {
	v.Read, v.Gone = words.Moment(t.Read, now), words.Moment(t.Gone, now)
	if t.Facts.Former != "" {
		v.Former, v.Renamed = shown.Name(t.Facts.Former), words.Moment(t.Facts.Renaming, now)
	}
	v.DomainsRead, v.LicensesRead = t.Facts.DomainsRead(), t.Facts.Licences != nil
	for _, d := range t.Facts.Domains {
		v.Domains = append(v.Domains, domainView{Name: d.Name, Note: domainNote(d)})
	}
	for _, l := range t.Facts.Licences {
		v.Licenses = append(v.Licenses, licenseView{l.Product, words.Number(l.Used), words.Number(l.Bought)})
	}
	v.SecurityDefaults = switchOf(t.Facts.SecurityDefaults, "Any sign-in may require multifactor authentication, which a service account can't complete.", "", "Policy.Read.All")
	v.LegacyAuth = switchOf(t.Facts.LegacyAuth, "SharePoint allows legacy protocols, which app passwords need.", "SharePoint doesn't accept app passwords.", "SharePointTenantSettings.Read.All")
}

func domainNote(d tenant.Domain) string {
	notes := []string{"Managed"}
	if d.Federated {
		notes[0] = "Federated"
	}
	if d.Default {
		notes = append(notes, "default")
	}
	if d.Initial {
		notes = append(notes, "initial")
	}
	return strings.Join(notes, ", ")
}

// switchOf says how something stands; what is not known is granted by the permission.
func switchOf(on *bool, whenOn, whenOff, permission string) switchView {
	switch {
	case on == nil:
		return switchView{"Not read", "To see this, grant the app " + permission + "."}
	case *on:
		return switchView{"On", whenOn}
	default:
		return switchView{"Off", whenOff}
	}
}

func appViews(apps []appprofile.Profile) []appView {
	var list []appView
	for _, p := range apps {
		list = append(list, appView{Name: p.Called(), Href: appsHref + "/" + url.PathEscape(string(p.ID)), Tone: verdicts.AppTone(p.Status), Status: p.Status.Title(), Preferred: p.Preferred})
	}
	return list
}
