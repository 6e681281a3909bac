package verdicts

import (
	"strings"

	"purser.example/internal/appprofile"
	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// Tone is how serious a status is.
func Tone(s verdict.Status) ui.Tone {
	switch s {
	case verdict.Valid:
		return ui.OK
	case verdict.NotValidated:
		return ui.Mute
	case verdict.Unknown, verdict.Unreachable, verdict.AppSetup, verdict.TenantNotFound, verdict.LegacyRetired:
		return ui.Warn
	default:
		return ui.Bad
	}
}

// ToneOf is the tone of an account in its rows and of its verdict in full alike: one that is valid and lacks something asks for
// attention.
func ToneOf(s verdict.Status, warned bool) ui.Tone {
	if s == verdict.Valid && warned {
		return ui.Warn
	}
	return Tone(s)
}

func toneOf(p verdict.Proven) ui.Tone {
	switch p {
	case verdict.Proved:
		return ui.OK
	case verdict.Refuted:
		return ui.Bad
	default:
		return ui.Mute
	}
}

// AppTone is how serious the status of an app profile is.
func AppTone(s appprofile.Status) ui.Tone {
	switch s {
	case appprofile.Active:
		return ui.OK
	case appprofile.PermissionsMissing:
		return ui.Warn
	case appprofile.Invalid:
		return ui.Bad
	default:
		return ui.Mute
	}
}

// Quotable is a code that the help has a place for; empty for any other.
func Quotable(code string) string {
	if strings.HasPrefix(code, "AADSTS") || strings.HasPrefix(code, "HTTP ") {
		return code
	}
	return ""
}
