package m365sim

import (
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/signin"
)

// graphSignIn is a sign-in as Graph shows it.
type graphSignIn struct{ *signin.Entry }

func asSignIn(s *signin.Entry) object { return graphSignIn{s} }

func (s graphSignIn) objectID() string { return s.ID }
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
	prop("id", basic, func(s graphSignIn) any { return s.ID }),
	prop("createdDateTime", basic, func(s graphSignIn) any { return s.At.UTC().Format(time.RFC3339) }),
	prop("userDisplayName", basic, func(s graphSignIn) any { return s.UserName }),
	prop("userPrincipalName", basic, func(s graphSignIn) any { return s.UPN }),
	prop("userId", basic, func(s graphSignIn) any { return s.UserID }),
	prop("appId", basic, func(s graphSignIn) any { return s.AppID }),
	prop("appDisplayName", basic, func(s graphSignIn) any { return s.AppName }),
	prop("ipAddress", basic, func(s graphSignIn) any { return s.Address }),
	prop("clientAppUsed", basic, func(graphSignIn) any { return "Mobile Apps and Desktop clients" }),
	prop("correlationId", basic, func(s graphSignIn) any { return s.CorrelationID }),
	prop("conditionalAccessStatus", basic, func(s graphSignIn) any { return s.ConditionalAccess }),
	prop("isInteractive", basic, func(graphSignIn) any { return true }),
	prop("riskDetail", basic, func(graphSignIn) any { return "none" }),
	prop("riskLevelAggregated", basic, func(graphSignIn) any { return "none" }),
	prop("riskLevelDuringSignIn", basic, func(graphSignIn) any { return "none" }),
	prop("riskState", basic, func(graphSignIn) any { return "none" }),
	prop("riskEventTypes_v2", basic, func(graphSignIn) any { return []string{} }),
	prop("resourceDisplayName", basic, func(graphSignIn) any { return "Microsoft Graph" }),
	prop("resourceId", basic, func(graphSignIn) any { return cloud.GraphAppID }),
	prop("status", basic, func(s graphSignIn) any { return signInStatus{s.Code, s.Reason, nil} }),
	prop("status/errorCode", onSelect, func(s graphSignIn) any { return s.Code }),
	prop("deviceDetail", basic, func(graphSignIn) any { return deviceDetail{} }),
	prop("location", basic, func(graphSignIn) any { return signInLocation{} }),
	prop("appliedConditionalAccessPolicies", byDefault, func(s graphSignIn) any { return s.Policies }),
).asLog()

func (g *graphCall) listSignIns() call.Answer {
	return g.page(collection{objects: objects(g.service.signIns.NewestFirst(g.tenant.ID), asSignIn), kind: signInKind})
}

func (g *graphCall) oneSignIn() call.Answer {
	for _, s := range g.service.signIns.NewestFirst(g.tenant.ID) {
		if s.ID == g.path[2] {
			return g.one(graphSignIn{s})
		}
	}
	return missing(g.path[2]).answer(g.Call)
}
