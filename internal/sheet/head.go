package sheet

import (
	"fmt"
	"slices"
	"strings"

	"purser.example/internal/shown"
)

// head is the first row, which names the columns.
type head struct {
	at    map[string]int // where in the fields of a Row a column is
	named []place        // the columns with a name, from the left
	whole int            // all columns, those without a name among them
	lines []bool         // for each of all columns: a field may have several lines
}

// place is a column with a name.
type place struct {
	Column
	index int // among all columns
}

// head reads the names. Columns without one may stand anywhere, as Excel leaves them behind the table (X21), as long as nothing stands
// below them.
func (l Layout) head(r *reader, rec record) (head, error) {
	switch {
	case rec.fault == badLine:
		// A file of old Macs is one long line, so that passwords stand in its head: nothing of it is shown.
		return head{}, refuse("The line endings of the file aren't valid. Save it as CSV UTF-8, and try again.")
	case rec.fault == badQuotes:
		return head{}, refuseQuotes(rec.line, r.separator)
	case rec.count > maxColumns:
		return head{}, refusef("The first row of the file has more than %d columns. Delete those that you do not need, and try again.", maxColumns)
	}
	h := head{at: map[string]int{}, whole: rec.count, lines: make([]bool, rec.count)}
	var unknown, twice []string
	for i, field := range rec.spans {
		name := strings.ToLower(shown.Trim(string(r.value(field))))
		known := slices.IndexFunc(l.Columns, func(c Column) bool { return c.Name == name })
		_, there := h.at[name]
		switch {
		case name == "":
		case known < 0:
			unknown = append(unknown, name)
		case there:
			twice = append(twice, name)
		default:
			h.at[name], h.lines[i] = len(h.named), l.Columns[known].Lines
			h.named = append(h.named, place{l.Columns[known], i})
		}
	}
	return h, l.judge(h, unknown, twice)
}

// judge says what is wrong with a head. Perhaps it is none, so that passwords stand in it: where a column is missing nothing is named.
func (l Layout) judge(h head, unknown, twice []string) error {
	for _, c := range l.Columns {
		if _, there := h.at[c.Name]; c.Required && !there {
			return refusef("The first row of the file must name the columns: %s. It has no column %s.", l.names(), c.Name)
		}
	}
	if len(h.named)+len(unknown) == 0 {
		return refusef("The first row of the file must name the columns: %s.", l.names())
	}
	if len(unknown) > 0 {
		return refusef("The file has unknown columns: %s. The columns can be %s. Rename or delete the others, and try again.", few(unknown), l.names())
	}
	if len(twice) > 0 {
		return refusef("The file has a duplicate column: %s. Delete one of them, and try again.", few(twice))
	}
	return nil
}

// maxNamed is how many of a file's columns a sentence names.
const maxNamed = 5

// few quotes names that may be anything, and may be many.
func few(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), maxNamed)] {
		quoted = append(quoted, quote(name))
	}
	list := strings.Join(quoted, ", ")
	if more := len(names) - len(quoted); more > 0 {
		return fmt.Sprintf("%s and %d more", list, more)
	}
	return list
}

func quote(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if shown.Odd(r) {
			return -1
		}
		return r
	}, name))
	if len(runes) > 20 {
		return `"` + string(runes[:20]) + `…"`
	}
	return `"` + string(runes) + `"`
}
