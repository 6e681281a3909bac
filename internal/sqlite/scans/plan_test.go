package scans_test

import (
	"regexp"
	"strings"
	"testing"

	"purser.example/internal/scan"
)

// indexes are those that the plans of a view must name, by sort.
var indexes = map[scan.Column]string{
	scan.ByName: "scan_objects_by_name", scan.ByType: "scan_objects_by_name", scan.ByFirst: "scan_objects_by_first", scan.ByLast: "scan_objects_by_last",
}

// readsTable finds a step that reads objects without an index.
var readsTable = regexp.MustCompile(`(?m)^SCAN (scan_objects|o|f)$`)

// R53: no view of the objects, in whatever order, reads the whole table, and a walk begins where the last page ended and sorts nothing but
// the page: SQLite merges the shelves as it goes.
func TestEveryViewOfTheObjectsHasItsPlan(t *testing.T) {
	types := []scan.Type{scan.Sites, scan.OneDrive, scan.Users}
	db, store := scanning(t, types...)
	fill(t, db, store, 6000, types...)
	const walked, gathered = false, true
	for name, view := range map[string]struct {
		query  scan.ObjectQuery
		gather bool
	}{
		"everything":    {scan.ObjectQuery{}, walked},
		"gone too":      {scan.ObjectQuery{State: scan.Any}, walked},
		"a tenant":      {scan.ObjectQuery{Tenant: contoso}, walked},
		"a type":        {scan.ObjectQuery{Type: scan.Sites}, walked},
		"by grant":      {scan.ObjectQuery{Grant: []scan.GrantState{scan.NotGranted, scan.Granted}}, walked},
		"a broad term":  {scan.ObjectQuery{Text: "contoso"}, walked},
		"one letter":    {scan.ObjectQuery{Text: "o"}, walked},
		"a narrow term": {scan.ObjectQuery{Text: "000123"}, gathered},
		"two letters":   {scan.ObjectQuery{Text: "9 "}, gathered},
	} {
		for sort, index := range indexes {
			for _, down := range []bool{false, true} {
				q := view.query
				q.Sort, q.Down, q.Limit = sort, down, 50
				first, err := store.Objects(ctx, q)
				must(t, err)
				for _, after := range []string{"", first.Next} {
					q.After = after
					plans, err := store.Explain(ctx, q)
					must(t, err)
					if len(plans) == 0 {
						t.Errorf("%s by %s has no plan", name, sort)
					}
					for _, plan := range plans {
						walk, _, _ := strings.Cut(plan, "SEARCH l USING")
						switch {
						case readsTable.MatchString(plan):
							t.Errorf("%s by %s reads the whole table:\n%s", name, sort, plan)
						case view.gather && !strings.Contains(plan, "SCAN n VIRTUAL TABLE"):
							t.Errorf("%s by %s is not gathered:\n%s", name, sort, plan)
						case view.gather:
						case !strings.Contains(walk, index+" (shelf=?") || strings.Count(plan, "TEMP B-TREE") > 1:
							t.Errorf("%s by %s, down %v, after %q is not walked by %s:\n%s", name, sort, down, after, index, plan)
						case after != "" && !strings.Contains(walk, "place)") && !strings.Contains(walk, "place>?)") && !strings.Contains(walk, "place<?)"):
							t.Errorf("%s by %s, down %v does not begin where the last page ended:\n%s", name, sort, down, plan)
						}
					}
				}
			}
		}
	}
}
