package docs

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// R72: docs/entra-id.md lists the permissions that Purser can use, what each enables, and no others.
func TestTheTableOfPermissionsIsTrue(t *testing.T) {
	text, err := os.ReadFile(root + "/internal/appprofile/permissions.tsv")
	must(t, err)
	var known, listed []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 7 {
			known = append(known, strings.Join([]string{fields[0], fields[1], fields[2], fields[4], fields[6]}, " | "))
		}
	}
	for _, r := range named(t, "docs/entra-id.md").table("permission", "API", "kind", "is", "enables") {
		listed = append(listed, strings.Join(append([]string{strings.Trim(r.cells[0], "`")}, r.cells[1:]...), " | "))
	}
	if len(known) < 10 || !slices.Equal(known, listed) {
		t.Errorf("docs/entra-id.md lists\n%s\nthe program uses\n%s", strings.Join(listed, "\n"), strings.Join(known, "\n"))
	}
}
