// Package tones says how serious the states of nouns are, in the tones that all pages share.
package tones

import (
	"purser.example/internal/scan"
	"purser.example/web/ui"
)

// Scan is how serious the state of a scan is.
func Scan(s scan.State) ui.Tone {
	switch s {
	case scan.Finished:
		return ui.OK
	case scan.Exception, scan.Skipped:
		return ui.Warn
	case scan.Failed:
		return ui.Bad
	case scan.Stopped:
		return ui.Mute
	default:
		return ui.Info
	}
}
