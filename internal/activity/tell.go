package activity

import (
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/shown"
)

// unknown tells an entry whose action this version doesn't know.
const unknown = "{who} did something that this version of Purser doesn't know: {action}."

// Tell tells an entry in a sentence. Names in it are made fit to be shown.
func Tell(l audit.Link) string {
	words, known := Told[l.Action]
	if !known {
		return fill(unknown, l)
	}
	return fill(words.Sentence, l)
}

// fill puts what the entry has into a sentence.
func fill(sentence string, l audit.Link) string {
	var told strings.Builder
	for sentence != "" {
		open := strings.IndexByte(sentence, '[')
		if open < 0 {
			open = len(sentence)
		}
		text, _ := filled(sentence[:open], l)
		told.WriteString(text)
		if open == len(sentence) {
			break
		}
		end := open + strings.IndexByte(sentence[open:], ']')
		if part, whole := filled(sentence[open+1:end], l); whole {
			told.WriteString(part)
		}
		sentence = sentence[end+1:]
	}
	return told.String()
}

// filled reports whether everything that the text asks for was there.
func filled(text string, l audit.Link) (string, bool) {
	var told strings.Builder
	for whole := true; ; {
		before, rest, more := strings.Cut(text, "{")
		told.WriteString(before)
		if !more {
			return told.String(), whole
		}
		name, after, _ := strings.Cut(rest, "}")
		value := valueOf(name, l)
		told.WriteString(value)
		whole, text = whole && value != "", after
	}
}

func valueOf(name string, l audit.Link) string {
	switch name {
	case "who":
		return Who(l.Actor)
	case "object":
		return Object(l.Target)
	case "action":
		return shownText(string(l.Action))
	default:
		return shownText(l.Details[name])
	}
}

// Who is what a person is called; somebody who was not signed in has no name.
func Who(a audit.Actor) string {
	switch name, signIn := shownText(a.Name), shownText(a.SignIn); {
	case name != "":
		return name
	case signIn != "":
		return signIn
	case a.Subject != "":
		return shownText(a.Subject)
	default:
		return "Someone who wasn't signed in"
	}
}

// Object is what something is called: by its name, or by its kind where it has none.
func Object(t audit.Target) string {
	switch {
	case t.Name != "":
		return shownText(t.Name)
	case t.ID != "" && t.Kind != "":
		return shownText(t.Kind + " " + t.ID)
	case t.Kind != "":
		return shownText(t.Kind)
	default:
		return "Purser"
	}
}

// shownText is a text of an entry as people may see it: anybody may have written it.
func shownText(text string) string { return shown.Name(text) }
