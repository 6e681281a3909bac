package login

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/whose"
)

// entraCode is the number that Microsoft Entra ID puts into its descriptions. It says more than all codes of the standard.
var entraCode = regexp.MustCompile(`\bAADSTS[0-9]{4,9}\b`)

// byWord are the codes of which the class does not tell at sign-in, because a row is about an app that signs in by itself: there, nobody
// declines anything, or comes with a code that is none.
var byWord = []string{"AADSTS65004", "AADSTS9002313"}

// unassigned is the code of somebody who may not use this app, which is the app's to mend only where it signs in by itself.
const unassigned = "AADSTS50105"

// ofCode decides by the code in a description, whatever word it comes with: invalid_grant is Microsoft's word for nearly everything (X4).
func (c *Client) ofCode(description string) (whose.Fault, bool) {
	switch code := entraCode.FindString(description); {
	case code == "", slices.Contains(byWord, code):
		return whose.Untold, false
	case code == unassigned:
		return whose.Account, true
	default:
		fault := c.cfg.Codes(code)
		return fault, fault != whose.Untold && fault != whose.Nobody
	}
}

// reason says for the log what the token endpoint meant by an error code and its description. Only the codes of the standards reach
// the log: the fields are free text, and a provider may put into them what we sent, which is the code, the verifier and the secret.
func reason(code, description string) string {
	if _, known := whose.OfOAuth(code); !known {
		code = "an unknown error code"
	}
	if number := entraCode.FindString(description); number != "" {
		return code + ", " + number
	}
	return code
}

// standing are the sentences that say nothing: RFC 6749 section 4.1.2.1 has one for both who may have said no, which providers send as it
// is, some with a second one behind it; others repeat the word.
var standing = regexp.MustCompile(`(?i)\b(the )?(resource owner|end[- ]?user|user) or (the )?authori[sz]ation server (has )?denied the request\b|` +
	`\b(the )?authori[sz]ation server or (the )?(resource owner|end[- ]?user|user) (has )?denied the request\b|` +
	`\bmake sure that the request you are making is valid\. maybe the credential or request parameters you are using are limited in scope or otherwise restricted\b|` +
	`^\W*(the )?(access|request|authori[sz]ation)([ _](was|is|has been))?[ _]denied\W*$`)

// words are what is left of a description without the sentences that say nothing; empty where it says no more.
func words(description string) string {
	return strings.Trim(standing.ReplaceAllString(description, ""), " \t\r\n.:;,")
}

const (
	refusing = `(cancell?ed|declined|denied|aborted|rejected|refused)`
	self     = `(the )?(resource owner|end[- ]?user|user|person|owner)`
	// ends keeps "by the user's administrator" and "by user policy" out.
	ends = `(\s*$|\s*[.,;:!)"]|\s+(on|in|at|and|because|during|while|when)\b)`
)

// own are the ways in which providers say that it was the person who said no: Microsoft Entra ID (AADSTS65004), Azure AD B2C,
// Auth0, and those that speak plainly.
var own = regexp.MustCompile(`(?i)AADSTS65004|AADB2C90091|did not authorize the request|` +
	`\b(user|person|owner) (has )?(cancell?ed|declined|denied|aborted)\b|` +
	`\b(user|person|owner) (has )?(rejected|refused) (the|this|your|to|it|consent|access|authori[sz]ation|permission)\b|` +
	`\b` + refusing + ` by ` + self + ends + `|` +
	`\b` + refusing + ` (to )?consent\b|\bconsent (was |has been )?` + refusing + ends + `|\b(user|person|owner) did not (give |grant )?consent\b`)

// others said no, and not the person: "user rejected by policy", "the administrator refused consent".
var others = regexp.MustCompile(`(?i)\b(user|person|owner) ((was|is|has been) )?` + refusing + ` by\b|` +
	`\b(admin|administrator|server|policy|organi[sz]ation) (has )?` + refusing + `\b`)

// cancelled reports whether a description says that the person themselves said no.
func cancelled(description string) bool {
	text := words(description)
	return own.MatchString(text) && !others.MatchString(text)
}

// refused turns the provider's error answer into a sentence, and into what the log is to say of it. A code of Microsoft's goes before the
// word. access_denied means that the person said no or that the provider said no to them; the description tells which, and where there is
// none it cannot be told (X3).
func (c *Client) refused(attempt Attempt, answer Answer) error {
	fault, _ := whose.OfOAuth(answer.Error)
	byCode, coded := c.ofCode(answer.ErrorDescription)
	sentence := ""
	switch {
	case answer.Error == "access_denied" && cancelled(answer.ErrorDescription):
		sentence = sentenceCancelled
	case coded:
		fault = byCode
	case answer.Error == "access_denied" && words(answer.ErrorDescription) == "":
		sentence = sentenceUnsaid
	}
	if fault == whose.Nobody {
		fault = whose.Untold
	}
	sentence = cmp.Or(sentence, refusals[fault], sentenceRefused)
	return blamed{fault, sentence, problem.Wrap(errors.New(said(attempt, answer)), problem.BadRequest, sentence)}
}

// refusals are what a person reads of a refusal, by whose fault it was.
var refusals = map[whose.Fault]string{
	whose.Account: sentenceAccount, whose.Tenant: sentenceTenant, whose.App: sentenceRegistration, whose.Microsoft: sentenceBusy,
}

// unmarked takes the signs of markup out of a text: a log may be read in a browser.
var unmarked = strings.NewReplacer("<", "", ">", "")

// said is the provider's refusal for the log, what it says for people included: that tells an administrator what to do. It is cleaned
// and bounded, and what belongs to this sign-in is taken out of it (R60).
func said(attempt Attempt, answer Answer) string {
	text := "the provider answered " + reason(answer.Error, answer.ErrorDescription)
	if answer.ErrorDescription == "" {
		return text
	}
	clean := scrubbed(errors.New(unmarked.Replace(shown.Name(answer.ErrorDescription))), attempt.State, attempt.Nonce, attempt.Verifier, answer.Code)
	return fmt.Sprintf("%s: %q", text, clean.Error())
}
