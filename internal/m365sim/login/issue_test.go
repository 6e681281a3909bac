package login

import (
	"slices"
	"testing"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/permission"
)

// TestRolesOfAnApp are all that there are unless the fixture names some, or none.
func TestRolesOfAnApp(t *testing.T) {
	if got := rolesOf(&directory.App{}); !slices.Equal(got, permission.All) {
		t.Errorf("left out: %v", got)
	}
	if got := rolesOf(&directory.App{App: fixture.App{Permissions: []string{}}}); len(got) != 0 {
		t.Errorf("none: %v", got)
	}
}
