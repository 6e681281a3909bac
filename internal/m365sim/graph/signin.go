package graph

import (
	"slices"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/signin"
)

// signIn is a sign-in as Graph shows it.
type signIn struct{ *signin.Entry }

func asSignIn(s *signin.Entry) object { return signIn{s} }

func (s signIn) objectID() string { return s.ID }
func (s signIn) kind() *kind      { return signInKind }

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
	prop("id", basic, func(s signIn) any { return s.ID }),
	prop("createdDateTime", basic, func(s signIn) any { return s.At.UTC().Format(time.RFC3339) }),
	prop("userDisplayName", basic, func(s signIn) any { return s.UserName }),
	prop("userPrincipalName", basic, func(s signIn) any { return s.UPN }),
	prop("userId", basic, func(s signIn) any { return s.UserID }),
	prop("appId", basic, func(s signIn) any { return s.AppID }),
	prop("appDisplayName", basic, func(s signIn) any { return s.AppName }),
	prop("ipAddress", basic, func(s signIn) any { return s.Address }),
	prop("clientAppUsed", basic, func(signIn) any { return "Mobile Apps and Desktop clients" }),
	prop("correlationId", basic, func(s signIn) any { return s.CorrelationID }),
	prop("conditionalAccessStatus", basic, func(s signIn) any { return s.ConditionalAccess }),
	prop("isInteractive", basic, func(signIn) any { return true }),
	prop("riskDetail", basic, func(signIn) any { return "none" }),
	prop("riskLevelAggregated", basic, func(signIn) any { return "none" }),
	prop("riskLevelDuringSignIn", basic, func(signIn) any { return "none" }),
	prop("riskState", basic, func(signIn) any { return "none" }),
	prop("riskEventTypes_v2", basic, func(signIn) any { return []string{} }),
	prop("resourceDisplayName", basic, func(signIn) any { return "Microsoft Graph" }),
	prop("resourceId", basic, func(signIn) any { return cloud.GraphAppID }),
	prop("status", basic, func(s signIn) any { return signInStatus{s.Code, s.Reason, nil} }),
	prop("status/errorCode", onSelect, func(s signIn) any { return s.Code }),
	prop("deviceDetail", basic, func(signIn) any { return deviceDetail{} }),
	prop("location", basic, func(signIn) any { return signInLocation{} }),
	prop("appliedConditionalAccessPolicies", byDefault, func(s signIn) any { return s.Policies }),
).asLog()

// signedIn are the sign-ins that have reached the log, newest first.
func (g *request) signedIn() []*signin.Entry {
	delay := time.Duration(g.tenant.SignInLogDelayMs) * time.Millisecond
	return slices.DeleteFunc(g.service.signIns.NewestFirst(g.tenant.ID), func(e *signin.Entry) bool { return delay > 0 && g.At.Sub(e.At) < delay })
}

func (g *request) listSignIns() call.Answer {
	return g.page(collection{list: listOf(objects(g.signedIn(), asSignIn)), kind: signInKind})
}

func (g *request) oneSignIn() call.Answer {
	for _, s := range g.signedIn() {
		if s.ID == g.path[2] {
			return g.one(signIn{s})
		}
	}
	return missing(g.path[2]).answer(g.Call)
}
