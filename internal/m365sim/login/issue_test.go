package login

import (
	"slices"
	"testing"

	"purser.example/internal/m365sim/permission"
)

// TestRolesOfAnApp are all that there are unless the fixture names some, or none.
func TestRolesOfAnApp(t *testing.T) {
	if got := ofFixture(nil, permission.All); !slices.Equal(got, permission.All) {
		t.Errorf("left out: %v", got)
	}
	if got := ofFixture([]string{}, permission.All); got == nil || len(got) != 0 {
		t.Errorf("none: %v", got)
	}
	if got := among([]string{"User.Read", "Sites.Read.All"}, sharePointRoles); !slices.Equal(got, []string{"Sites.Read.All"}) {
		t.Errorf("at SharePoint: %v", got)
	}
}
