package profile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"purser.example/internal/catalogue"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
)

// What may be typed, in characters.
const (
	MaxName        = 120
	MaxDescription = 1000
	MaxUsername    = 113 // 64 before the @, 48 after it: Microsoft's limits for a user principal name
)

// The names of a draft's fields, as problems name them.
const (
	FieldName        = "name"
	FieldDescription = "description"
	FieldTenant      = "tenant"
	FieldServices    = "services"
	FieldUsername    = "username"
	FieldPassword    = "password"

	FieldAdminCenterURL = "admin_center_url"
)

// tidy removes what nobody means: blanks around texts, services named twice. The password stays as it was typed.
func (d Draft) tidy(offered []catalogue.Service) Draft {
	d.Name = shown.Line(d.Name)
	d.Description = shown.Trim(strings.ReplaceAll(d.Description, "\r\n", "\n"))
	d.Username, d.AdminCenterURL = shown.Trim(d.Username), shown.Trim(d.AdminCenterURL)
	var services []string
	for _, s := range offered {
		if slices.Contains(d.Services, s.ID) {
			services = append(services, s.ID)
		}
	}
	if len(services) == distinct(d.Services) {
		d.Services = services
	}
	return d
}

func distinct(list []string) int {
	return len(slices.Compact(slices.Sorted(slices.Values(list))))
}

// check lists every mistake of a tidied draft but those of the password.
func (d Draft) check(offered []catalogue.Service) []problem.FieldError {
	var wrong []problem.FieldError
	add := func(field, message string) {
		if message != "" {
			wrong = append(wrong, problem.FieldError{Field: field, Message: message})
		}
	}
	add(FieldName, checkName(d.Name))
	add(FieldDescription, checkDescription(d.Description))
	if d.Tenant == "" {
		add(FieldTenant, "Select the tenant of the account.")
	}
	add(FieldServices, checkServices(d.Services, offered))
	add(FieldUsername, checkUsername(d.Username))
	return wrong
}

func checkName(name string) string {
	switch {
	case shown.Bare(name) == "":
		return "Enter a name for the profile."
	case !utf8.ValidString(name) || strings.ContainsFunc(name, shown.Unprintable):
		return "Enter a name without control characters."
	case utf8.RuneCountInString(name) > MaxName:
		return "Enter a name of at most 120 characters."
	}
	return ""
}

func checkDescription(text string) string {
	allowed := func(r rune) bool { return r == '\n' || r == '\t' }
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !allowed(r) && shown.Unprintable(r) }):
		return "Enter a description without control characters."
	case utf8.RuneCountInString(text) > MaxDescription:
		return "Enter a description of at most 1,000 characters."
	}
	return ""
}

func checkServices(ids []string, offered []catalogue.Service) string {
	if len(ids) == 0 {
		return "Select at least one service."
	}
	for _, id := range ids {
		if !slices.ContainsFunc(offered, func(s catalogue.Service) bool { return s.ID == id }) {
			return "Select services from the list only."
		}
	}
	return ""
}

func checkUsername(username string) string {
	const example = "Enter the full username, such as svc-backup@contoso.onmicrosoft.com."
	local, domain, found := strings.Cut(username, "@")
	switch {
	case username == "":
		return "Enter the username of the account."
	case len(username) > MaxUsername:
		return "Enter a username of at most 113 characters."
	case !found || local == "" || strings.Contains(domain, "@") || !strings.Contains(strings.Trim(domain, "."), ".") || strings.HasPrefix(domain, "."):
		return example
	case strings.ContainsFunc(username, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "Enter a username of letters, digits, and common symbols, without spaces. " + example
	case strings.ContainsAny(username, `\"<>()[]:;,/?`):
		return example
	}
	return ""
}
