package m365sim

import (
	"time"

	"purser.example/internal/m365sim/cloud"
)

// graphSignIn is a sign-in as Graph shows it.
type graphSignIn struct{ *signIn }

func asSignIn(s *signIn) object { return graphSignIn{s} }

func (s graphSignIn) objectID() string { return s.id }
func (s graphSignIn) kind() *kind      { return signInKind }

// signInStatus is microsoft.graph.signInStatus.
type signInStatus struct {
	ErrorCode         int    `json:"errorCode"`
	FailureReason     string `json:"failureReason"`
	AdditionalDetails any    `json:"additionalDetails"`
}

// The parts of a sign-in that the simulator knows nothing of.
type (
	deviceDetail struct {
		DeviceID        string `json:"deviceId"`
		DisplayName     string `json:"displayName"`
		OperatingSystem string `json:"operatingSystem"`
		Browser         string `json:"browser"`
		IsCompliant     bool   `json:"isCompliant"`
		IsManaged       bool   `json:"isManaged"`
		TrustType       string `json:"trustType"`
	}
	signInLocation struct {
		City    string `json:"city"`
		State   string `json:"state"`
		Country string `json:"countryOrRegion"`
	}
)

// signInKind lists the properties of microsoft.graph.signIn. The policies that applied are shown to those only who may read
// policies; to others they are null (Graph's signIn resource).
var signInKind = newKind("microsoft.graph.signIn", "auditLogs/signIns",
	prop("id", basic, func(s graphSignIn) any { return s.id }),
	prop("createdDateTime", basic, func(s graphSignIn) any { return s.at.UTC().Format(time.RFC3339) }),
	prop("userDisplayName", basic, func(s graphSignIn) any { return s.userName }),
	prop("userPrincipalName", basic, func(s graphSignIn) any { return s.upn }),
	prop("userId", basic, func(s graphSignIn) any { return s.userID }),
	prop("appId", basic, func(s graphSignIn) any { return s.app.AppID }),
	prop("appDisplayName", basic, func(s graphSignIn) any { return s.app.DisplayName }),
	prop("ipAddress", basic, func(s graphSignIn) any { return s.address }),
	prop("clientAppUsed", basic, func(graphSignIn) any { return "Mobile Apps and Desktop clients" }),
	prop("correlationId", basic, func(s graphSignIn) any { return s.correlationID }),
	prop("conditionalAccessStatus", basic, func(s graphSignIn) any { return s.caStatus }),
	prop("isInteractive", basic, func(graphSignIn) any { return true }),
	prop("riskDetail", basic, func(graphSignIn) any { return "none" }),
	prop("riskLevelAggregated", basic, func(graphSignIn) any { return "none" }),
	prop("riskLevelDuringSignIn", basic, func(graphSignIn) any { return "none" }),
	prop("riskState", basic, func(graphSignIn) any { return "none" }),
	prop("riskEventTypes_v2", basic, func(graphSignIn) any { return []string{} }),
	prop("resourceDisplayName", basic, func(graphSignIn) any { return "Microsoft Graph" }),
	prop("resourceId", basic, func(graphSignIn) any { return cloud.GraphAppID }),
	prop("status", basic, func(s graphSignIn) any { return signInStatus{s.code, s.reason, nil} }),
	prop("status/errorCode", onSelect, func(s graphSignIn) any { return s.code }),
	prop("deviceDetail", basic, func(graphSignIn) any { return deviceDetail{} }),
	prop("location", basic, func(graphSignIn) any { return signInLocation{} }),
	prop("appliedConditionalAccessPolicies", byDefault, func(s graphSignIn) any { return s.policies }),
).asLog()

func (g *graphCall) listSignIns() answer {
	return g.page(collection{objects: objects(g.service.signIns.newestFirst(g.tenant.ID), asSignIn), kind: signInKind})
}

func (g *graphCall) oneSignIn() answer {
	for _, s := range g.service.signIns.newestFirst(g.tenant.ID) {
		if s.id == g.path[2] {
			return g.one(graphSignIn{s})
		}
	}
	return missing(g.path[2]).answer(g.call)
}
