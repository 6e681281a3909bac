package permission_test

import (
	"slices"
	"testing"

	"purser.example/internal/m365sim/permission"
)

// TestWhatAFixtureGives is all that there is unless it names some, or none; each of Graph and SharePoint has its own.
func TestWhatAFixtureGives(t *testing.T) {
	for name, c := range map[string]struct{ got, want []string }{
		"of Graph, left out":           {permission.AtGraph(nil), permission.All},
		"of Graph, none":               {permission.AtGraph([]string{}), []string{}},
		"of Graph, some":               {permission.AtGraph([]string{"User.Read", "AllSites.FullControl", "Other.Read"}), []string{"User.Read", "Other.Read"}},
		"of SharePoint, left out":      {permission.AtSharePoint(nil, permission.SharePointScopes), []string{"AllSites.FullControl", "TermStore.ReadWrite.All"}},
		"of SharePoint, roles of some": {permission.AtSharePoint([]string{"User.Read", "Sites.Read.All"}, permission.SharePointRoles), []string{"Sites.Read.All"}},
		"of SharePoint, scopes":        {permission.AtSharePoint([]string{"User.Read", "AllSites.FullControl"}, permission.SharePointScopes), []string{"AllSites.FullControl"}},
	} {
		if c.got == nil || !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v", name, c.got)
		}
	}
}
