package ui

import "github.com/a-h/templ"

// The components that pages use most are made out of line. A component is a short function around a long one, and the compiler would copy
// both to each of a hundred places: 1 MB of the program, of which a page would be no faster.

// Badge states an outcome in one or two words; the style sheet puts the tone's icon before them.
//
//go:noinline
func Badge(tone Tone, text string) templ.Component { return badgeMarkup(tone, text) }

// Card is a white sheet for things that belong together.
//
//go:noinline
func Card(p CardProps) templ.Component { return cardMarkup(p) }

// EmptyState says why a list is empty and what to do; children are the actions.
//
//go:noinline
func EmptyState(p EmptyProps) templ.Component { return emptyStateMarkup(p) }

// Table is a list of things, one to a row of one line, whatever it shows: heads stay in sight, columns stay where they are, what is
// too long ends in an ellipsis. On a small screen each row is a card. Children are its rows.
//
// A list of many rows weighs what each of them does, so cells have no classes: they are known by their place and by what they hold. The
// first one names the thing. A Line is an outcome. A time or a span alone is a moment, and needs its head's words on a card in
// data-label; without them a card does not show it. What a row of one line leaves out stands in the aria-description of its link, a
// fact a line: a voice reads it, and a bubble shows it to who points to the name, comes to it by keyboard or touches the cell
// after it. data-more at a cell is how many there are besides the one that it shows.
//
//go:noinline
func Table(p TableProps) templ.Component { return tableMarkup(p) }

// ProgressBar shows work in progress. It is never an alert or a status: those tell outcomes.
//
//go:noinline
func ProgressBar(p ProgressProps) templ.Component { return progressBarMarkup(p) }

// Icon is a picture that repeats what the words beside it say; name is one of static/generate/icons.mjs. It has no words, so that no
// voice says anything of it.
//
//go:noinline
func Icon(name string) templ.Component { return iconMarkup(name) }

// Button is a native button. Its accessible name is exactly its label.
//
//go:noinline
func Button(p ButtonProps) templ.Component { return buttonMarkup(p) }

// ButtonLink goes somewhere and looks like a button. A link to a new tab says so by its icon and to a screen reader by
// its description, so that its name stays exactly its label.
//
//go:noinline
func ButtonLink(p LinkProps) templ.Component { return buttonLinkMarkup(p) }

// NewTabLink is a link in running text that opens a new tab.
//
//go:noinline
func NewTabLink(label, href string) templ.Component { return newTabLinkMarkup(label, href) }

// CopyButton appears only where script runs; without it the text can still be selected by hand.
//
//go:noinline
func CopyButton(p CopyProps) templ.Component { return copyButtonMarkup(p) }

// MessageBar shows one message; children follow the text.
//
//go:noinline
func MessageBar(p MessageProps) templ.Component { return messageBarMarkup(p) }

// Verdict shows an outcome on a neutral sheet with an edge in its tone. What failed is told openly, with nothing to unfold (R17); what
// is good keeps its details for support folded. Children follow the steps.
//
//go:noinline
func Verdict(p VerdictProps) templ.Component { return verdictMarkup(p) }

// Field is a label, a control, its help and its error. A password's value is never written, whatever the caller passes.
// Children stand below the control, such as a checklist.
//
//go:noinline
func Field(p FieldProps) templ.Component { return fieldMarkup(p) }

// Select is a native drop-down.
//
//go:noinline
func Select(p SelectProps) templ.Component { return selectMarkup(p) }

// Search is a search field whose name is exactly "Search".
//
//go:noinline
func Search(p SearchProps) templ.Component { return searchMarkup(p) }

// FactGroup is a titled group of facts in a pane; children are its list and what follows it.
//
//go:noinline
func FactGroup(id, title string) templ.Component { return factGroupMarkup(id, title) }

// Fact is one line of a list of facts (dl.facts); children are what is known.
//
//go:noinline
func Fact(name string) templ.Component { return factMarkup(name) }

// Code shows lines in a well with a button that copies them. A long text scrolls by itself, for the keyboard too.
//
//go:noinline
func Code(p CodeProps) templ.Component { return codeMarkup(p) }

// Checkbox is a native checkbox with its label.
//
//go:noinline
func Checkbox(p CheckboxProps) templ.Component { return checkboxMarkup(p) }
