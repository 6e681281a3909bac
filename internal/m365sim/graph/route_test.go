package graph

import (
	"strings"
	"testing"

	"purser.example/internal/m365sim/permission"
)

// TestRoutesNamePermissions looks every permission of the routes up in the table.
func TestRoutesNamePermissions(t *testing.T) {
	for _, route := range routes {
		for _, name := range strings.Fields(strings.Trim(route.user, noPeople) + " " + strings.Trim(route.app, noApps)) {
			if !permission.Known(name) {
				t.Errorf("%s: %s", route.path, name)
			}
		}
	}
}
