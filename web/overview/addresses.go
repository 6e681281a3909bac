package overview

import (
	"net/url"
	"strconv"
	"strings"

	"purser.example/internal/horizon"
)

// Where the page leads. The pages of others read their own filters.
const (
	profilesPath = "/service-accounts"
	appsPath     = "/app-profiles"
	poolsPath    = "/classic/account-pool"
	tenantsPath  = "/tenants"
	scansPath    = "/scans"
	scanProfiles = "/scan-profiles"
	runsPath     = profilesPath + "/validations"
	peoplePath   = "/people"
	activityPath = "/activity"
	healthPath   = "/health"
	noticesPath  = "/settings/notifications"
)

// brokenLink is where what is broken is listed, and endsLink what ends, the first one first.
func brokenLink(a asked) string { return a.link(healthPath) }

func endsLink(a asked, days int) string { return a.link(healthPath, "window", strconv.Itoa(days)) }

// objectLink is where something is that is broken or ends; empty for nowhere.
func objectLink(kind horizon.Kind, object string) string {
	switch kind {
	case horizon.Profile, horizon.ProfilePassword:
		return profilesPath + "/" + url.PathEscape(object)
	case horizon.Member, horizon.MemberPassword:
		tenant, rest, _ := strings.Cut(object, "/")
		class, _, _ := strings.Cut(rest, "/")
		return poolsPath + "?" + url.Values{"tenant": {tenant}, "tab": {class}}.Encode()
	case horizon.App, horizon.ClientSecret, horizon.AppCertificate:
		return appsPath + "/" + url.PathEscape(object)
	}
	return ""
}
