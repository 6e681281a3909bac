package sheet

import (
	"encoding/csv"
	"strings"
	"testing"
)

// R53: what is exported is a table that Excel reads as UTF-8, and in which nothing is a formula.
func TestATableIsWritten(t *testing.T) {
	var out strings.Builder
	w := NewWriter(&out, "Name", "Address")
	for _, field := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "＝1", "plain", "München, \"west\"", "", "a-b"} {
		if err := w.Row(field, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	if !marked || !strings.HasPrefix(text, "Name,Address\r\n'=1+1,x\r\n") {
		t.Errorf("the table begins with %q", out.String()[:24])
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Name", "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'=1", "'  =1", "'\n=1", "'＝1", "plain", "München, \"west\"", "", "a-b"} {
		if got := rows[i][0]; got != want {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
	}
}
