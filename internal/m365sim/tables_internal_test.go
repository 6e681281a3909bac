package m365sim

import (
	"strings"
	"testing"

	"purser.example/internal/m365sim/guid"
)

// TestPlansOutsideTheTable gives a plan that the table lacks an id of its own, always the same.
func TestPlansOutsideTheTable(t *testing.T) {
	a, b := planFor("OFFICESUBSCRIPTION"), planFor("OFFICESUBSCRIPTION")
	if a != b || !guid.Valid(a.id) || a.name != "OFFICESUBSCRIPTION" {
		t.Errorf("%+v", a)
	}
}

// TestDataTables checks the tables for slips: ids are GUIDs, every row of refusals has its words.
func TestDataTables(t *testing.T) {
	for _, r := range roleTemplates {
		if !guid.Valid(r.id) || r.name == "" {
			t.Errorf("%+v", r)
		}
	}
	for name, p := range servicePlans {
		if !guid.Valid(p.id) || !guid.Valid(p.skuID) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for code, row := range aadsts {
		text := (&refusal{code: code}).text(row)
		if row.status < 400 || row.err == "" || strings.Contains(strings.Replace(text, "{EmailHidden}", "", 1), "{") {
			t.Errorf("%d: %+v", code, row)
		}
	}
	if len(aadsts) < 110 {
		t.Errorf("%d codes", len(aadsts))
	}
}
