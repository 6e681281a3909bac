package verdict

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Step is one thing to do. Command, where there is one, is a line of Microsoft Graph PowerShell that does or shows it, ready
// to be copied; Link and Href belong together.
type Step struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
	Link    string `json:"link,omitempty"`
	Href    string `json:"href,omitempty"`
}

// lookup is Microsoft's page about a code; the number follows.
const lookup = "https://login.microsoftonline.com/error?code="

//go:embed advice.json
var adviceJSON []byte

var advice = func() map[string][]Step {
	var file struct{ Advice map[string][]Step }
	if err := json.Unmarshal(adviceJSON, &file); err != nil {
		panic("verdict: advice.json: " + err.Error())
	}
	return file.Advice
}()

// steps fills the advice with the names at hand. A command or link that lacks a name it needs is left out rather than shown
// with a hole.
func (v Verdict) steps(name string, c Context) []Step {
	var list []Step
	words, commands, links := v.words(c), v.commandWords(c), v.linkWords(c)
	for _, step := range advice[name] {
		step.Text, _ = fill(step.Text, words)
		step.Command = fillWhole(step.Command, commands)
		if step.Href = fillWhole(step.Href, links); step.Href == "" {
			step.Link = ""
		}
		list = append(list, step)
	}
	return list
}

// words fills sentences; whatever is not known is called by what it is.
func (v Verdict) words(c Context) map[string]string {
	wait := "a few minutes"
	if v.RetryAfter > 0 {
		wait = inWords(v.RetryAfter)
	}
	return map[string]string{"username": or(c.Username, "the account"), "tenant": or(c.Tenant, "you selected"), "wait": wait}
}

// commandWords fills PowerShell: every word is quoted, because people typed it.
func (v Verdict) commandWords(c Context) map[string]string {
	_, domain, _ := strings.Cut(c.Username, "@")
	return map[string]string{
		"username'": quote(c.Username), "domain'": quote(domain), "app'": quote(c.App), "correlation'": quote(v.CorrelationID),
	}
}

// linkWords fills addresses. Only the admin consent page needs the tenant's login host, which the caller knows.
func (v Verdict) linkWords(c Context) map[string]string {
	links := map[string]string{"consent": c.ConsentHref, "lookup": ""}
	if number, ok := strings.CutPrefix(v.Code, "AADSTS"); ok && !familyKey.MatchString(number) {
		links["lookup"] = lookup + url.QueryEscape(number)
	}
	return links
}

// fill puts words in place of their names in braces, in one pass so that no word is read as a name, and reports whether
// every name in the text had a word.
func fill(text string, words map[string]string) (string, bool) {
	complete := true
	var pairs []string
	for name, word := range words {
		place := "{" + name + "}"
		complete = complete && (word != "" || !strings.Contains(text, place))
		pairs = append(pairs, place, word)
	}
	return strings.NewReplacer(pairs...).Replace(text), complete
}

func fillWhole(text string, words map[string]string) string {
	if filled, complete := fill(text, words); complete {
		return filled
	}
	return ""
}

// quote makes one quoted word of a text, good for PowerShell and for an OData filter alike. A text with anything that a
// username or id does not hold gets no command at all: whoever copies a line must be able to trust it.
func quote(text string) string {
	if text == "" || strings.ContainsFunc(text, strange) {
		return ""
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func strange(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("@.'-_!#^~+", r)
}

// inWords says a waiting time the way people do, rounded up.
func inWords(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds == 1:
		return "a second"
	case seconds < 120:
		return strconv.Itoa(seconds) + " seconds"
	default:
		return strconv.Itoa((seconds+59)/60) + " minutes"
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
