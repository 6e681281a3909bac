package verdict

import (
	"fmt"
	"iter"
	"strings"
)

// rows gives the fields of each line of one of our own tables, without comments. A line of another width is a mistake of
// ours and stops the start.
func rows(tsv string, width int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(tsv) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			fields := strings.Split(line, "\t")
			if len(fields) != width {
				panic(fmt.Sprintf("verdict: %d fields instead of %d: %q", len(fields), width, line))
			}
			if !yield(fields) {
				return
			}
		}
	}
}
