package verdict

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// width is the number of columns of codes.tsv: key, class, status, proof, advice, cause, source.
const width = 7

// parseRules reads a table of codes and lists what is wrong with it, a sentence for each mistake. ours are the rows that
// they are laid over; nil for the table itself.
func parseRules(tsv string, ours map[string]Rule) (list []Rule, mistakes []string) {
	lineOf := map[string]int{}
	for number, fields := range lines(tsv) {
		wrong := func(sentence string) { mistakes = append(mistakes, fmt.Sprintf("line %d: %s", number, sentence)) }
		if len(fields) != width {
			wrong(fmt.Sprintf("has %d columns instead of %d, separated by tabs.", len(fields), width))
			continue
		}
		rule, sentences := parseRule(fields)
		keys, bad := expand(fields[0])
		for _, sentence := range append(bad, sentences...) {
			wrong(sentence)
		}
		for _, key := range keys {
			rule.Key = key
			if first, twice := lineOf[key]; twice {
				wrong(fmt.Sprintf("%s stands in line %d already.", key, first))
				continue
			}
			lineOf[key] = number
			if ours != nil {
				for _, sentence := range misplaced(rule, ours) {
					wrong(sentence)
				}
			}
			list = append(list, rule)
		}
	}
	return list, mistakes
}

// parseRule reads the columns of one line; the keys are left to expand.
func parseRule(f []string) (Rule, []string) {
	proof, mistakes := parseProof(f[3])
	rule := Rule{Line: f[0], Class: Class(f[1]), Status: Status(f[2]), Proof: proof, advice: f[4], Cause: f[5], Source: f[6]}
	wrong := func(format string, values ...any) { mistakes = append(mistakes, fmt.Sprintf(format, values...)) }
	statuses, known := statusesOf[rule.Class]
	switch {
	case !known:
		wrong("the class %q is none; choose one of %s.", rule.Class, strings.Join(classes(), ", "))
	case !rule.Status.Known():
		wrong("the status %q is none.", rule.Status)
	case !slices.Contains(statuses, rule.Status):
		wrong("the class %s does not lead to the status %s.", rule.Class, rule.Status)
	case rule.Status == LegacyRetired && (!legacyKey(f[0]) || strings.HasPrefix(f[0], appKey)):
		wrong("only the legacy protocol's own rows lead to the status legacy-retired: a fault of Microsoft's never changes an account's status.")
	case rule.Status == Unreachable && proof != Proof{}:
		wrong("an answer that says nothing about the account proves nothing; write - as proof.")
	case proof.Password == Refuted && rule.Status != WrongPassword:
		wrong("only the status wrong-password refutes the password.")
	}
	if rule.advice == "-" {
		rule.advice = ""
	} else if len(advice[rule.advice]) == 0 {
		wrong("the advice %q is none.", rule.advice)
	}
	for name, text := range map[string]string{"cause": rule.Cause, "source": rule.Source} {
		if !readable(text) {
			wrong("the %s must be a text of 1 to 300 characters.", name)
		}
	}
	slices.Sort(mistakes)
	return rule, mistakes
}

// appKey begins the key of a row for a number that asks for something else where an app password was tried.
const appKey = "app "

// legacyKey reports whether a row is one of the legacy protocol, which app passwords belong to.
func legacyKey(key string) bool {
	return psfKey.MatchString(key) || strings.HasPrefix(key, appKey) || slices.Contains([]string{Retired, LegacyFault, NoAdminCenter, OtherAdminCenter}, key)
}

// readable reports whether a text can be shown as it is.
func readable(text string) bool {
	n := utf8.RuneCountInString(text)
	return strings.TrimSpace(text) == text && n > 0 && n <= 300 && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, shown.Odd)
}

var (
	wordKey = regexp.MustCompile(`^(suberror|error) [a-z_]{1,64}$`)
	httpKey = regexp.MustCompile(`^HTTP ([1-5][0-9]{2}|[3-5]xx)$`)
	psfKey  = regexp.MustCompile(`^0x[0-9A-F]{8}$`)
	byApp   = regexp.MustCompile(`^` + appKey + `[1-9][0-9]{4,8}$`)
	ownKey  = regexp.MustCompile(`^(claims [a-z]+|[A-Z]+(-[A-Z]+)*)$`)
	// familyKey is all numbers that begin alike, three digits or more, and end in up to two that Microsoft has yet to give out.
	familyKey = regexp.MustCompile(`^[1-9][0-9]{2,6}x{1,2}$`)
)

// longestRange keeps a slip of the pen, such as 50000-500000, from filling the page of codes.
const longestRange = 1000

// expand turns numbers and ranges such as "50001,50010-50012" into their keys, and leaves every other key alone.
func expand(text string) (keys, mistakes []string) {
	if wordKey.MatchString(text) || httpKey.MatchString(text) || psfKey.MatchString(text) || byApp.MatchString(text) || ownKey.MatchString(text) || familyKey.MatchString(text) {
		return []string{text}, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, last := number(from), number(to)
		if first == 0 || last < first || last-first >= longestRange {
			return nil, []string{fmt.Sprintf("the key %q is none; write numbers such as 50126, or a word of the table such as HTTP 503.", text)}
		}
		for code := first; code <= last; code++ {
			keys = append(keys, strconv.Itoa(code))
		}
	}
	return keys, nil
}

// number reads a code; 0 for whatever is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 999999999 || strconv.Itoa(n) != text {
		return 0
	}
	return n
}

// misplaced says what a row of the operator's may not do: what happens on the wire keeps its status, because it never says
// anything about an account (R62), and words of our own cannot be made up.
func misplaced(r Rule, ours map[string]Rule) []string {
	kept, known := ours[r.Key]
	switch {
	case httpKey.MatchString(r.Key) || r.Key == "error "+busy:
		if r.Class != serviceFault || r.Status != Unreachable {
			return []string{r.Key + " says nothing about an account; its class is service_fault, its status unreachable."}
		}
	case ownKey.MatchString(r.Key) && !known:
		return []string{r.Key + " is no word of Purser's."}
	case ownKey.MatchString(r.Key) && (r.Class != kept.Class || r.Status != kept.Status || r.Proof != kept.Proof):
		return []string{fmt.Sprintf("%s is a word of Purser's, which keeps its class %s, its status %s and its proof.", r.Key, kept.Class, kept.Status)}
	}
	return nil
}

// parseProof reads "user+ password-"; "-" is none.
func parseProof(text string) (Proof, []string) {
	var p Proof
	if text == "-" {
		return p, nil
	}
	for word := range strings.SplitSeq(text, " ") {
		place, sign := map[string]*Proven{"user": &p.User, "password": &p.Password, "policy": &p.Policy}[strings.TrimRight(word, "+-")], Refuted
		if strings.HasSuffix(word, "+") {
			sign = Proved
		}
		if place == nil || *place != NotRead || strings.TrimRight(word, "+-") != word[:len(word)-1] {
			return Proof{}, []string{fmt.Sprintf("the proof %q is none; write user, password and policy with + or - behind each, or - alone.", text)}
		}
		*place = sign
	}
	return p, nil
}
