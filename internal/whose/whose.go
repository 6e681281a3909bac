// Package whose decides whose fault an answer is: the account's, the app's, the tenant's, Microsoft's, the network's, that of
// somebody in between, or Purser's own (R62).
//
// It is the one place that does. Two things tell: the class of the row that a code has in the table of verdicts, and, where no
// code says anything, what really answered. A status alone tells nothing: a proxy answers 403 and 404 too. What cannot be told
// apart is Untold, and its words say so. This package knows no codes, and of the wire only the errors of the standard library; whoever
// asks brings what was seen.
package whose

import (
	"net/http"
	"slices"
	"strings"
)

// Fault is who is to be looked at. It is stored with verdicts; the words are stable.
type Fault string

// The faults.
const (
	Nobody    Fault = ""          // nothing went wrong
	Account   Fault = "account"   // its name, password or state
	App       Fault = "app"       // the app registration, or what it lacks
	Tenant    Fault = "tenant"    // its policies, its federation, or that it is none
	Microsoft Fault = "microsoft" // a fault or a limit of the service itself
	Network   Fault = "network"   // there was no way to the service
	Between   Fault = "between"   // something answered that is not the service
	Purser    Fault = "purser"    // a question that cannot be answered, or that was withdrawn
	Untold    Fault = "untold"    // one of several, which cannot be told apart
)

// Faults lists all of them, for tests.
func Faults() []Fault {
	return []Fault{Account, App, Tenant, Microsoft, Network, Between, Purser, Untold}
}

// ofClass is who is to be looked at for a row of each class of the table of verdicts.
var ofClass = map[string]Fault{
	"wrong_credentials": Account, "account_state": Account,
	"mfa_required": Tenant, "conditional_access": Tenant, "federation": Tenant, "tenant_not_found": Tenant,
	"app_config": App, "service_fault": Microsoft, "unknown": Untold,
}

// OfClass decides by the class of the row that a code of the service has.
func OfClass(class string) Fault {
	if fault, known := ofClass[class]; known {
		return fault
	}
	return Untold
}

// ofWire is who is to be looked at where no answer came that is one, by the words that verdicts use for it.
var ofWire = map[string]Fault{
	"TIMEOUT": Untold, "RESET": Untold, "BAD-ANSWER": Untold,
	"NO-CONNECTION": Network, "DNS": Network, "TLS": Network, "PROXY": Between,
	"CANCELLED": Purser,
}

// OfWire decides by the word for what happened on the wire; false for a word that says something else.
func OfWire(word string) (Fault, bool) {
	fault, known := ofWire[word]
	return fault, known
}

// ofOAuth is who is to be looked at for a word of RFC 6749 sections 4.1.2.1 and 5.2 or of OpenID Connect Core 1.0 section
// 3.1.2.6, where the service is an identity provider and the app is our registration there. access_denied is the account's:
// either the person said no, or the provider said no to them.
var ofOAuth = map[string]Fault{
	"access_denied": Account, "interaction_required": Account, "login_required": Account, "account_selection_required": Account,
	"consent_required": Account, "invalid_grant": Untold,
	"invalid_client": App, "unauthorized_client": App, "unsupported_grant_type": App, "unsupported_response_type": App, "invalid_scope": App,
	"invalid_request": App, "invalid_request_uri": App, "invalid_request_object": App, "request_not_supported": App,
	"request_uri_not_supported": App, "registration_not_supported": App,
	"server_error": Microsoft, "temporarily_unavailable": Microsoft,
}

// OfOAuth decides by the word with which an identity provider refuses; false for one that no standard knows, which says nothing.
func OfOAuth(word string) (Fault, bool) {
	fault, known := ofOAuth[word]
	return fault, known
}

// Reply is an answer by what shows of it.
type Reply struct {
	HTTP   int
	JSON   bool   // it says that it is JSON
	Marked bool   // it carries the ids that the service gives to each of its answers
	Word   string // the service's own word for why it refused, in the form that it uses; empty: none
}

// genuine reports whether the service itself answered, as far as that can be seen.
func (r Reply) genuine() bool { return r.Marked || r.Word != "" }

// Whose decides by what really answered, where no code says more.
func (r Reply) Whose() Fault {
	passing := r.HTTP == http.StatusRequestTimeout || r.HTTP == http.StatusTooManyRequests || r.HTTP >= 500
	switch {
	case r.HTTP/100 == 3, r.HTTP == http.StatusProxyAuthRequired:
		return Between
	case r.genuine() && (passing || r.HTTP == http.StatusNotFound):
		return Microsoft
	case r.Denied():
		return App
	case r.genuine() && r.HTTP == http.StatusBadRequest:
		return Purser
	case r.genuine(), passing, r.HTTP/100 == 2 && r.JSON:
		return Untold
	}
	return Between
}

// denied are the words by which the services behind Microsoft Graph, and SharePoint, say that a permission is missing (Microsoft Graph, resolve
// authorization errors; each service has its own).
var denied = []string{
	"Authorization_RequestDenied", "AccessDenied", "ErrorAccessDenied", "Forbidden", "Authentication_MSGraphPermissionMissing",
	"Authentication_RequestFromUnsupportedUserRole", "Authentication_ApplicationHasNoDirectoryReadAccess", "System.UnauthorizedAccessException",
}

// Denied reports whether the service refused for want of a permission. A 403 without such a word says nothing of the kind.
func (r Reply) Denied() bool { return r.HTTP == http.StatusForbidden && r.says(denied...) }

// Gone reports whether the service knows that the object asked for does not exist. A 404 without that word says only that nothing
// was found this time (X1).
func (r Reply) Gone() bool {
	return r.HTTP == http.StatusNotFound && r.says("Request_ResourceNotFound")
}

func (r Reply) says(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, r.Word) })
}
