package scan_test

import (
	"regexp"
	"strings"
	"testing"

	"purser.example/internal/scan"
)

// R56: every code has a number of the system, once, and sentences; what the guide's system numbers has its numbers.
func TestCodesAreWholeR56(t *testing.T) {
	number := regexp.MustCompile(`^(cs|ps)\d{7}$`)
	seen := map[scan.Code]bool{}
	for _, e := range scan.Explanations() {
		if !number.MatchString(string(e.Code)) || seen[e.Code] {
			t.Errorf("the code %q", e.Code)
		}
		seen[e.Code] = true
		if e.Title == "" || strings.HasSuffix(e.Title, ".") || !strings.HasSuffix(e.Cause, ".") || !strings.HasSuffix(e.Remedy, ".") {
			t.Errorf("%+v", e)
		}
		if scan.Explain(e.Code) != e {
			t.Errorf("%s is explained as another", e.Code)
		}
	}
	for _, code := range []scan.Code{"cs0000001", "cs0000002", "cs0000003", "cs0000004", "cs0000005", "ps0000001"} {
		if !seen[code] {
			t.Errorf("%s is missing", code)
		}
	}
	if e := scan.Explain("cs9999999"); e.Title == "" || !strings.HasSuffix(e.Cause, ".") {
		t.Errorf("a code of tomorrow: %+v", e)
	}
}
