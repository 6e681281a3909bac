// Package places says where people find what Purser tells of, so that a page, a notification and the bell lead to the same place. It knows
// addresses and no page.
package places

import (
	"net/url"
	"strings"

	"purser.example/internal/event"
	"purser.example/internal/horizon"
	"purser.example/internal/tenant"
	"purser.example/web/retirements"
)

// Pool is the account pool of a class of a tenant.
func Pool(of tenant.ID, class string) string {
	return "/classic/account-pool?" + url.Values{"tenant": {string(of)}, "tab": {class}}.Encode()
}

// Horizon is where people do something about what is broken or ends; empty: nowhere in Purser.
func Horizon(kind horizon.Kind, object string) string {
	switch kind {
	case horizon.ProfilePassword, horizon.Profile:
		return "/service-accounts/" + url.PathEscape(object)
	case horizon.MemberPassword, horizon.Member:
		of, rest, _ := strings.Cut(object, "/")
		class, _, _ := strings.Cut(rest, "/")
		return Pool(tenant.ID(of), class)
	case horizon.ClientSecret, horizon.AppCertificate, horizon.App:
		return "/app-profiles/" + url.PathEscape(object)
	case horizon.Retirement:
		return retirements.HelpPath
	}
	return ""
}

// Place is a page, and what people call it: "the profile".
type Place struct{ Path, Called string }

// ofKinds are where all that happens of a kind is found, whatever it happened to.
var ofKinds = map[event.Kind]Place{
	event.RoleRequested: {"/people", "People"},
	event.ScanFailed:    {"/scan-profiles", "Auto discovery"},
	event.LogBroken:     {"/activity", "the activity log"},
	event.BackupFailed:  {"/activity?action=backup+failed", "the activity log"},
	event.Drifted:       {"/health/drift", "Drift"},
}

// ofObjects are the kinds of what something happens to, as the activity log calls them.
var ofObjects = map[string]struct {
	kind   horizon.Kind
	called string
}{"profile": {horizon.Profile, "the profile"}, "pool member": {horizon.Member, "the account pool"}, "app profile": {horizon.App, "the app profile"}}

// Event is where people find what happened to an object. What has no place of its own is on Health and expiry.
func Event(k event.Kind, o event.Object) Place {
	if place, there := ofKinds[k]; there {
		return place
	}
	if of, there := ofObjects[o.Kind]; there && o.ID != "" {
		return Place{Horizon(of.kind, o.ID), of.called}
	}
	if o.Kind == "tenant" && o.ID != "" {
		return Place{"/tenants/" + url.PathEscape(o.ID) + "/health", "the health checks"}
	}
	return Place{"/health", "Health and expiry"}
}
