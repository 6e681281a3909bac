package profiles

import "purser.example/web/ui"

// fieldAll says that a command is meant for all that match, not for selected rows.
const fieldAll = "all"

// confirmView asks whether all that match shall be validated.
type confirmView struct {
	Action    string // a POST address
	Close     string
	Count     string
	AtLeast   bool // there are more than Count
	One       bool
	Selection string // which, in words
	Hidden    []ui.Hidden
}
