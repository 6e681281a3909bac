package doctor

import (
	"fmt"
	"io"
	"strings"
)

// Write writes the report for people: a line for each finding, what to do below it, and a summary.
func (r Report) Write(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		about := f.Check
		if f.About != "" {
			about += " " + f.About
		}
		fmt.Fprintf(&b, "%-8s %s: %s\n", f.Status, about, f.Says)
		if f.Remedy != "" {
			fmt.Fprintf(&b, "         %s\n", f.Remedy)
		}
	}
	fmt.Fprintf(&b, "\n%d ok, %s, %d wrong\n", r.OK, counted(r.Warnings, "warning"), r.Wrong)
	if len(r.NotChecked) > 0 {
		fmt.Fprintf(&b, "Not checked, because they need a setting that is missing or wrong: %s\n", strings.Join(r.NotChecked, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
