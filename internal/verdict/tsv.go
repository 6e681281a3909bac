package verdict

import (
	"fmt"
	"iter"
	"strings"
)

// lines gives the fields of each line of a table with the line's number, without comments and empty lines. Files that were
// edited elsewhere are read too: with a byte order mark, or with line ends of Windows.
func lines(tsv string) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		number := 0
		for line := range strings.Lines(strings.TrimPrefix(tsv, "\ufeff")) {
			number++
			line = strings.TrimRight(line, "\r\n")
			if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(number, strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// rows gives the fields of each line of one of our own tables. A line of another width is a mistake of ours and stops the
// start.
func rows(tsv string, width int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for number, fields := range lines(tsv) {
			if len(fields) != width {
				panic(fmt.Sprintf("verdict: line %d: %d fields instead of %d", number, len(fields), width))
			}
			if !yield(fields) {
				return
			}
		}
	}
}
