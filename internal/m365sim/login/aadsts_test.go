package login

import (
	"strings"
	"testing"
)

// TestAADSTS checks the table of refusals for slips: every row has its words.
func TestAADSTS(t *testing.T) {
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
