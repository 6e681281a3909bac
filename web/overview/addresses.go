package overview

import (
	"strconv"
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
