package m365sim

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
)

// graphFailure is an error of Graph.
type graphFailure struct {
	status        int
	code, message string
	challenge     string // WWW-Authenticate, or empty
	retryAfter    string // Retry-After, or empty
}

func (g *graphCall) fail(status int, code, message string) call.Answer {
	return (&graphFailure{status: status, code: code, message: message}).answer(g.Call)
}

// answer writes the failure as Graph does.
func (f *graphFailure) answer(c *call.Call) call.Answer {
	type inner struct {
		Date     string `json:"date"`
		Request  string `json:"request-id"`
		ClientID string `json:"client-request-id"`
	}
	type details struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Inner   inner  `json:"innerError"`
	}
	a := call.JSON(f.status, "application/json", map[string]details{"error": {
		f.code, f.message, inner{c.At.UTC().Format("2006-01-02T15:04:05"), c.TraceID, c.CorrelationID},
	}})
	a.Set("WWW-Authenticate", f.challenge)
	a.Set("Retry-After", f.retryAfter)
	return a
}

// unauthenticated is the refusal of a token.
func unauthenticated(message string) *graphFailure {
	return &graphFailure{
		status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message,
		challenge: `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="` + cloud.GraphAppID + `"`,
	}
}

func forbidden() *graphFailure {
	return &graphFailure{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

// isLog says whether the route leads to a log or a report.
func (r *graphRoute) isLog() bool {
	return strings.HasPrefix(r.path, "auditLogs/") || strings.HasPrefix(r.path, "reports/")
}

// denied is the refusal of a caller who lacks the route's permission; each service behind Graph words it in its own way.
func (r *graphRoute) denied() *graphFailure {
	switch {
	case r.isLog():
		return &graphFailure{status: http.StatusForbidden, code: "Authentication_MSGraphPermissionMissing", message: "Calling principal does not have required MSGraph permissions " + r.app}
	case strings.HasPrefix(r.path, "identity/"), strings.HasPrefix(r.path, "policies/"):
		return &graphFailure{status: http.StatusForbidden, code: "AccessDenied", message: "You cannot perform the requested operation, required scopes are missing in the token."}
	}
	if strings.HasPrefix(r.path, "sites/") {
		return &graphFailure{status: http.StatusForbidden, code: "accessDenied", message: "Access denied"}
	}
	return forbidden()
}

func missing(what string) *graphFailure {
	return &graphFailure{
		status: http.StatusNotFound, code: "Request_ResourceNotFound",
		message: "Resource '" + what + "' does not exist or one of its queried reference-property objects are not present.",
	}
}

// unsupported is the refusal of a query that needs what the request does not say, or that Graph does not have.
func unsupported(message string) *graphFailure {
	return &graphFailure{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: message}
}

func badQuery(message string) *graphFailure {
	return &graphFailure{status: http.StatusBadRequest, code: "BadRequest", message: message}
}
