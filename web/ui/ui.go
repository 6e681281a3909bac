// Package ui holds the plain components that every page is built from: values in, HTML out.
//
// A component knows nothing of the domain, of requests or of addresses; it owns its markup, its accessible names and
// the class names that the style sheets of package static give a look to. Components take a props struct beyond two
// values. Ids are derived from names and never random, so that the same page is the same bytes.
package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Tone says how serious something is. It chooses colour and icon together, because colour alone tells some people nothing.
type Tone string

// The tones, from good to neutral.
const (
	OK   Tone = "ok"
	Warn Tone = "warn"
	Bad  Tone = "bad"
	Info Tone = "info"
	Mute Tone = "mute"
)

// icon is the tone's icon; an unset tone is a neutral one.
func (t Tone) icon() string { return string(t.known()) }

// class is the style of anything that shows the tone.
func (t Tone) class() string { return "tone-" + string(t.known()) }

func (t Tone) known() Tone {
	switch t {
	case OK, Warn, Bad, Info:
		return t
	default:
		return Mute
	}
}

// InPart is the message of work of which not everything was done: a warning where something was, an error where nothing was. It is
// heard as an alert either way, because something is left to do.
func InPart(done int, title, text string) MessageProps {
	tone := Warn
	if done == 0 {
		tone = Bad
	}
	return MessageProps{Tone: tone, Role: "alert", Title: title, Text: text}
}

// Kind is the weight of a button. One Primary a view.
type Kind string

// The kinds; the zero value is an outlined button.
const (
	Default Kind = ""
	Primary Kind = "primary"
	Subtle  Kind = "subtle"
	Danger  Kind = "danger"
)

func (k Kind) class() string {
	if k == Default {
		return "button"
	}
	return "button button-" + string(k)
}

// either is value, or fallback where there is none.
func either(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// described joins the ids of the texts that describe a control: its help and its error, each only if it is shown.
func described(id, help, errorText string) string {
	var ids []string
	if help != "" {
		ids = append(ids, id+"-help")
	}
	if errorText != "" {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}

// Address is a username, domain or host that may break after its signs when a column is narrow, and nowhere else. It is
// not a template, because a template would put blanks where the parts meet.
func Address(text string) templ.Component {
	parts := breakable(text)
	for i, part := range parts {
		parts[i] = templ.EscapeString(part)
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(parts, "<wbr>"))
		return err
	})
}

// breakable cuts text after an at sign and after each dot but the last, and keeps the signs: "svc@", "contoso.com". An
// ending alone on a line would read like a word of its own.
func breakable(text string) []string {
	var parts []string
	from := 0
	for at, sign := range text {
		if sign == '@' || sign == '.' && strings.Contains(text[at+1:], ".") {
			parts = append(parts, text[from:at+1])
			from = at + 1
		}
	}
	return append(parts, text[from:])
}

// control is what every form control says about itself to assistive technology. Required is announced and not enforced
// by the browser: the server's sentence beside the field is the one message for everybody, and it can be read again.
func control(id string, required bool, help, errorText string) templ.Attributes {
	attributes := templ.Attributes{"id": id}
	if required {
		attributes["aria-required"] = "true"
	}
	if text := described(id, help, errorText); text != "" {
		attributes["aria-describedby"] = text
	}
	if errorText != "" {
		attributes["aria-invalid"] = "true"
	}
	return attributes
}
