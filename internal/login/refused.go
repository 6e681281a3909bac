package login

import (
	"fmt"
	"regexp"
	"slices"

	"purser.example/internal/problem"
)

// knownCodes are the error codes of RFC 6749 sections 4.1.2.1 and 5.2 and of OpenID Connect Core 1.0 section 3.1.2.6. Only
// these reach the log: the field is free text, and a provider may put into it what we sent.
var knownCodes = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
	"access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable",
	"interaction_required", "login_required", "account_selection_required", "consent_required",
	"invalid_request_uri", "invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported",
}

// entraCode is the number that Microsoft Entra ID puts into its descriptions. It says more than all codes of the standard.
var entraCode = regexp.MustCompile(`AADSTS[0-9]{4,7}`)

// reason says for the log what the provider meant by an error code and its description.
func reason(code, description string) string {
	if !slices.Contains(knownCodes, code) {
		code = "an unknown error code"
	}
	if number := entraCode.FindString(description); number != "" {
		return code + ", " + number
	}
	return code
}

// refused turns the provider's error answer into a sentence.
func refused(code, description string) error {
	sentence := sentenceRefused
	switch code {
	case "access_denied":
		sentence = sentenceCancelled
	case "server_error", "temporarily_unavailable":
		sentence = sentenceBusy
	}
	return problem.Wrap(fmt.Errorf("the provider answered %s", reason(code, description)), problem.BadRequest, sentence)
}
