package account

import (
	"strings"

	"purser.example/internal/secret"
)

// PasswordRule is one line of the checklist (R16).
type PasswordRule struct {
	ID     string // what the page's script knows the rule by
	Text   string
	Refuse bool // a password that breaks it cannot be meant: the protocol cannot carry it, or Microsoft never accepts it
	broken func(password []byte) bool
}

// allowed are the signs of the guide's table, beside letters and digits.
const allowed = "@#$%^&*-_!+=[]{}"

// passwordRules are those of the guide, as far as they still hold: Microsoft now accepts up to 256 characters and more
// signs, so those deviations are advice.
var passwordRules = []PasswordRule{
	{"short", "8 characters or more", true, func(p []byte) bool { return len(p) < 8 }},
	{"long", "256 characters or fewer", true, func(p []byte) bool { return len(p) > 256 }},
	{"ascii", "No characters outside ASCII", true, func(p []byte) bool { return some(p, func(c byte) bool { return c > 0x7f }) }},
	{"control", "No control characters", true, func(p []byte) bool { return some(p, func(c byte) bool { return c < ' ' || c == 0x7f }) }},
	{"ends", "No space at the start or end", true, func(p []byte) bool { return len(p) > 0 && (p[0] == ' ' || p[len(p)-1] == ' ') }},
	{"kinds", "Three of: a–z, A–Z, 0–9, symbols", false, func(p []byte) bool { return kinds(p) < 3 }},
	{"characters", "Only letters, digits and @ # $ % ^ & * - _ ! + = [ ] { }", false, func(p []byte) bool {
		return some(p, func(c byte) bool {
			return c > ' ' && c < 0x7f && !letter(c) && !digit(c) && !strings.ContainsRune(allowed, rune(c))
		})
	}},
	{"blanks", "No spaces", false, func(p []byte) bool { return some(p, func(c byte) bool { return c == ' ' }) }},
	{"sixteen", "16 characters or fewer", false, func(p []byte) bool { return len(p) > 16 }},
	{"dot", "No dot right before an @", false, func(p []byte) bool { return strings.Contains(string(p), ".@") }},
}

// PasswordRules lists the rules; strict turns every piece of advice into a refusal (PURSER_PASSWORD_RULES).
func PasswordRules(strict bool) []PasswordRule {
	rules := append([]PasswordRule(nil), passwordRules...)
	for i := range rules {
		rules[i].Refuse = rules[i].Refuse || strict
	}
	return rules
}

// PasswordRules lists the checklist as the operator wants it.
func (s *Service) PasswordRules() []PasswordRule { return PasswordRules(s.settings.StrictPasswords) }

// CheckPassword says which rule refuses a password that somebody typed, so that it is never sent (R16); empty for none.
func (s *Service) CheckPassword(v secret.Value) string {
	return s.checkPassword(v, ", so Purser didn't send it to Microsoft 365. Enter one that follows the rules.")
}

// CheckFilePassword is CheckPassword of one that stands in a file.
func (s *Service) CheckFilePassword(v secret.Value) string {
	return s.checkPassword(v, ". Correct it in the file. If it is the account's password, change it in Microsoft 365 first.")
}

func (s *Service) checkPassword(v secret.Value, then string) string {
	if v.Empty() {
		return "Enter the password of the account."
	}
	for _, rule := range s.PasswordRules() {
		if rule.Refuse && rule.broken(v.Reveal()) {
			return "This password breaks the rule “" + rule.Text + "”" + then
		}
	}
	return ""
}

// CheckAppPassword says why a text cannot be an app password; empty where it can.
func CheckAppPassword(password secret.Value) string {
	text := password.Reveal()
	if len(text) > 256 {
		return "Enter an app password of up to 256 characters."
	}
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return "Enter the app password as Microsoft shows it, without spaces: only letters, digits, and symbols."
		}
	}
	return ""
}

func kinds(p []byte) int {
	n := 0
	for _, is := range []func(byte) bool{lower, upper, digit, symbol} {
		if some(p, is) {
			n++
		}
	}
	return n
}

func some(p []byte, is func(byte) bool) bool {
	for _, c := range p {
		if is(c) {
			return true
		}
	}
	return false
}

func lower(c byte) bool  { return c >= 'a' && c <= 'z' }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return lower(c) || upper(c) }
func symbol(c byte) bool { return c > ' ' && c < 0x7f && !letter(c) && !digit(c) }
