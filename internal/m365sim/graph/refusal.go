package graph

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
)

// refusal is an error of Graph.
type refusal struct {
	status        int
	code, message string
	challenge     string // WWW-Authenticate, or empty
	retryAfter    string // Retry-After, or empty
}

func (g *request) fail(status int, code, message string) call.Answer {
	return (&refusal{status: status, code: code, message: message}).answer(g.Call)
}

// answer writes the refusal as Graph does.
func (r *refusal) answer(c *call.Call) call.Answer {
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
	a := call.JSON(r.status, "application/json", map[string]details{"error": {
		r.code, r.message, inner{c.At.UTC().Format("2006-01-02T15:04:05"), c.TraceID, c.CorrelationID},
	}})
	a.Set("WWW-Authenticate", r.challenge)
	a.Set("Retry-After", r.retryAfter)
	return a
}

// unauthenticated is the refusal of a token.
func unauthenticated(message string) *refusal {
	return &refusal{
		status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message,
		challenge: `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="` + cloud.GraphAppID + `"`,
	}
}

// forbidden is the refusal of a caller who may not do what is asked.
func forbidden() *refusal {
	return &refusal{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

// isLog says whether the route leads to a log or a report of Microsoft Entra ID.
func (r *route) isLog() bool {
	return strings.HasPrefix(r.path, "auditLogs/") || strings.HasPrefix(r.path, "reports/authenticationMethods/")
}

// isUsage says whether the route leads to a report of Microsoft 365 about what is in use.
func (r *route) isUsage() bool { return strings.HasPrefix(r.path, "reports/get") }

// noUsage is how the service behind those reports refuses.
func noUsage() *refusal {
	return &refusal{status: http.StatusForbidden, code: "UnknownError", message: `{"error":{"code":"S2SUnauthorized","message":"Invalid permission."}}`}
}

// denied is the refusal of a caller who lacks the route's permission; each service behind Graph words it in its own way.
func (r *route) denied() *refusal {
	switch {
	case r.isUsage():
		return noUsage()
	case r.isLog():
		return &refusal{status: http.StatusForbidden, code: "Authentication_MSGraphPermissionMissing", message: "Calling principal does not have required MSGraph permissions " + r.app}
	case strings.HasPrefix(r.path, "identity/"), strings.HasPrefix(r.path, "policies/"):
		return &refusal{status: http.StatusForbidden, code: "AccessDenied", message: "You cannot perform the requested operation, required scopes are missing in the token."}
	}
	if strings.HasPrefix(r.path, "sites") || strings.HasSuffix(r.path, "/drive") {
		return &refusal{status: http.StatusForbidden, code: "accessDenied", message: "Access denied"}
	}
	return forbidden()
}

// missing is the refusal of an id or a name that leads nowhere.
func missing(what string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: "Request_ResourceNotFound",
		message: "Resource '" + what + "' does not exist or one of its queried reference-property objects are not present.",
	}
}

// unsupported is the refusal of a query that needs what the request does not say, or that Graph does not have.
func unsupported(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "Request_UnsupportedQuery", message: message}
}

// badQuery is the refusal of a request that is not well formed.
func badQuery(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "BadRequest", message: message}
}
