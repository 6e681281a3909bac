package sample_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"purser.example/internal/demo/sample"
	"purser.example/internal/m365sim"
)

// X33: the groups that the README names to try are groups of the demo's tenants, and there is one to try in each that is connected.
func TestTheReadmeNamesGroupsToTry(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\w+) \\| `([^`@]+)` \\| ").FindAllStringSubmatch(string(readme), -1) {
		named[row[1]]++
		for _, one := range sample.Fixture().Tenants {
			if one.DisplayName == row[1] && !slices.ContainsFunc(one.Groups, func(g m365sim.Group) bool { return g.DisplayName == row[2] }) {
				t.Errorf("%s has no group %s", row[1], row[2])
			}
		}
	}
	for _, one := range sample.Fixture().Tenants {
		if one.Connected && named[one.DisplayName] == 0 {
			t.Errorf("the README names no group of %s: %v", one.DisplayName, named)
		}
	}
}
