package verdict

import (
	"slices"
	"testing"

	"purser.example/internal/catalogue"
)

// R15: every role that a service of the catalogue needs is one that we can recognize; otherwise it would always be missing.
func TestTheCataloguesRolesAreKnown(t *testing.T) {
	for _, service := range catalogue.Services(true) {
		for _, name := range append(slices.Concat(service.Roles...), service.Sometimes...) {
			if roleIDs[name] == "" {
				t.Errorf("%s needs %q, which is in no list", service.Name, name)
			}
		}
	}
}

// Every piece of advice is given by somebody, and what is given exists.
func TestAdviceIsUsed(t *testing.T) {
	used := map[string]bool{"-": true, "": true}
	for _, rule := range builtin.rules {
		used[rule.advice] = true
	}
	for _, row := range statusRows {
		used[row.advice] = true
	}
	for name := range advice {
		if !used[name] {
			t.Errorf("nobody gives the advice %q", name)
		}
	}
	for name := range used {
		if name != "-" && name != "" && len(advice[name]) == 0 {
			t.Errorf("the advice %q is missing", name)
		}
	}
}
