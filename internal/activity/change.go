package activity

import (
	"maps"
	"slices"
	"strings"

	"purser.example/internal/audit"
)

// Change is what one fact was before and after.
type Change struct{ Name, Before, After string }

// Fact is something else that an entry tells.
type Fact struct{ Name, Value string }

// Changes are what the entry changed, by name: each detail that has a former one beside it. The others are facts.
func Changes(e audit.Entry) (changes []Change, facts []Fact) {
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		if of, former := strings.CutPrefix(name, audit.Former); former {
			if _, there := e.Details[of]; there {
				continue
			}
		}
		if now, whole := e.Details["after"]; whole && name == "before" { // all that was changed, in one text
			changes = append(changes, Change{"All", shownText(e.Details[name]), shownText(now)})
			continue
		} else if _, told := e.Details["before"]; told && name == "after" {
			continue
		}
		before, changed := e.Details[audit.Former+name]
		if !changed {
			facts = append(facts, Fact{shownText(name), shownText(e.Details[name])})
			continue
		}
		changes = append(changes, Change{shownText(name), shownText(before), shownText(e.Details[name])})
	}
	return changes, facts
}
