package verdict

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// Class is what kind of trouble a code is, such as "wrong_credentials" or "conditional_access".
type Class string

// serviceFault is the class that an HTTP status alone cannot be overruled out of.
const serviceFault Class = "service_fault"

// Rule is one row of the table: what one answer of Microsoft means. Its words are ours.
type Rule struct {
	Key    string // "50126", "suberror basic_action", "HTTP 503", "TIMEOUT"
	Class  Class
	Status Status
	Proof  Proof
	Cause  string // one sentence
	Source string // where the row comes from
	advice string
}

// Code is how people write the key: "AADSTS50126". Other keys are written as they are.
func (r Rule) Code() string {
	if _, err := strconv.Atoi(r.Key); err == nil {
		return "AADSTS" + r.Key
	}
	return r.Key
}

// Anchor is the id of the rule's place on the page of codes.
func (r Rule) Anchor() string { return strings.ReplaceAll(r.Code(), " ", "-") }

type statusRow struct {
	status                         Status
	title, headline, cause, advice string
}

var (
	//go:embed statuses.tsv
	statusesTSV string
	//go:embed codes.tsv
	codesTSV string

	statusRows       = loadStatuses(statusesTSV)
	rules, ruleByKey = loadRules(codesTSV)
)

func loadStatuses(tsv string) []statusRow {
	var list []statusRow
	for f := range rows(tsv, 5) {
		list = append(list, statusRow{Status(f[0]), f[1], f[2], f[3], f[4]})
	}
	return list
}

// row is the status's own row; an unknown status is shown as Unknown.
func (s Status) row() statusRow {
	for _, row := range statusRows {
		if row.status == s {
			return row
		}
	}
	return Unknown.row()
}

func loadRules(tsv string) ([]Rule, map[string]Rule) {
	var list []Rule
	byKey := map[string]Rule{}
	for f := range rows(tsv, 7) {
		rule := Rule{
			Key: f[0], Class: Class(f[1]), Status: Status(f[2]), Proof: parseProof(f[3]),
			advice: f[4], Cause: f[5], Source: f[6],
		}
		for _, key := range expand(f[0]) {
			if _, twice := byKey[key]; twice {
				panic("verdict: " + key + " stands twice in codes.tsv")
			}
			rule.Key = key
			byKey[key] = rule
			list = append(list, rule)
		}
	}
	return list, byKey
}

// expand turns a range of numbers into its keys, and leaves every other key alone.
func expand(key string) []string {
	var first, last int
	if n, _ := fmt.Sscanf(key, "%d-%d", &first, &last); n < 2 {
		return []string{key}
	}
	var keys []string
	for code := first; code <= last; code++ {
		keys = append(keys, strconv.Itoa(code))
	}
	return keys
}

// parseProof reads "user+ password-".
func parseProof(text string) Proof {
	var p Proof
	places := map[string]*Proven{"user": &p.User, "password": &p.Password, "policy": &p.Policy}
	for word := range strings.FieldsSeq(strings.TrimPrefix(text, "-")) {
		name, sign := word[:len(word)-1], word[len(word)-1]
		*places[name] = map[byte]Proven{'+': Proved, '-': Refuted}[sign]
	}
	return p
}

// Rules lists the whole table in the order of its file, for the page of codes and for tests.
func Rules() []Rule { return rules }
