package verdicts

import (
	"strings"

	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// Tone is how serious a status is.
func Tone(s verdict.Status) ui.Tone {
	switch s {
	case verdict.Valid:
		return ui.OK
	case verdict.NotValidated, verdict.LegacyRetired:
		return ui.Mute
	case verdict.Unknown, verdict.Unreachable, verdict.AppSetup, verdict.TenantNotFound:
		return ui.Warn
	default:
		return ui.Bad
	}
}

// toneInFull is how serious a verdict is where it stands in full: then it asks for something to be done.
func toneInFull(status verdict.Status, warned bool) ui.Tone {
	switch {
	case status == verdict.Valid && warned:
		return ui.Warn
	case status != verdict.Valid && status != verdict.NotValidated:
		return ui.Bad
	default:
		return Tone(status)
	}
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

// Quotable is a code that the help has a place for; empty for any other.
func Quotable(code string) string {
	if strings.HasPrefix(code, "AADSTS") || strings.HasPrefix(code, "HTTP ") {
		return code
	}
	return ""
}
