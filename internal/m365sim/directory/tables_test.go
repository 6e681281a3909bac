package directory

import (
	"testing"

	"purser.example/internal/m365sim/guid"
)

// TestPlansOutsideTheTable gives a plan that the table lacks an id of its own, always the same.
func TestPlansOutsideTheTable(t *testing.T) {
	a, b := planFor("OFFICESUBSCRIPTION"), planFor("OFFICESUBSCRIPTION")
	if a != b || !guid.Valid(a.ID) || a.Name != "OFFICESUBSCRIPTION" {
		t.Errorf("%+v", a)
	}
}

// TestDataTables checks the tables for slips: ids are GUIDs.
func TestDataTables(t *testing.T) {
	for _, r := range roleTemplates {
		if !guid.Valid(r.ID) || r.Name == "" {
			t.Errorf("%+v", r)
		}
	}
	for name, p := range servicePlans {
		if !guid.Valid(p.ID) || !guid.Valid(p.SKUID) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
