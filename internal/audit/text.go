package audit

import (
	"maps"
	"slices"
	"strings"
)

// replacement stands for what is no text.
const replacement = "\ufffd"

// Texts are all texts of the entry but its details, in the order in which the MAC covers them.
func (e *Entry) Texts() [10]*string {
	return [10]*string{
		&e.Actor.Issuer, &e.Actor.Subject, &e.Actor.Name, &e.Actor.SignIn, (*string)(&e.Action),
		&e.Target.Kind, &e.Target.ID, &e.Target.Name, &e.Origin.Request, &e.Origin.Address,
	}
}

// clean gives the entry as the log takes it: texts, and nothing that a store would give back as something else. The details are
// kept as JSON, which cannot hold other bytes than UTF-8, and an entry that comes back changed looks like tampering.
func (e Entry) clean() Entry {
	for _, text := range e.Texts() {
		*text = clean(*text)
	}
	if !cleanDetails(e.Details) {
		details := make(map[string]string, len(e.Details))
		for _, name := range slices.Sorted(maps.Keys(e.Details)) {
			details[unused(details, clean(name))] = clean(e.Details[name])
		}
		e.Details = details
	}
	return e
}

func cleanDetails(details map[string]string) bool {
	for name, value := range details {
		if clean(name) != name || clean(value) != value {
			return false
		}
	}
	return true
}

// clean replaces what is not UTF-8, lone surrogates among it, and NUL, at which some readers of a database end a text.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, replacement), "\x00", replacement)
}

// unused makes the name differ from those that are there: two names must not become one and lose a fact.
func unused(details map[string]string, name string) string {
	for {
		if _, taken := details[name]; !taken {
			return name
		}
		name += replacement
	}
}
