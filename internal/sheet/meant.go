package sheet

import (
	"fmt"
	"slices"
	"strings"
)

// meant tells which of the unknown names probably mean missing ones, and how many others there are. It is empty where none does: only what
// looks like a name of ours is shown.
func meant(unknown, missing []string) string {
	var told []string
	left := slices.Sorted(slices.Values(unknown))
	for _, name := range missing {
		i := slices.IndexFunc(left, func(text string) bool { return alike(text, name) })
		if i >= 0 {
			told = append(told, quote(left[i])+" (probably "+name+")")
			left = slices.Delete(left, i, i+1)
		}
	}
	switch {
	case len(told) == 0:
		return ""
	case len(left) > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(told, ", "), len(left))
	}
	return strings.Join(told, ", ")
}

// alike reports whether a text is a name with a slip: other signs between its words, or one letter in four or fewer, two in more, that is
// wrong, missing or too many.
func alike(text, name string) bool {
	text, name = bare(text), bare(name)
	slips := 1
	if len(name) > 4 {
		slips = 2
	}
	if len(text) > len(name)+slips || len(text)+slips < len(name) { // whatever it is, it may be long
		return false
	}
	return distance(text, name) <= slips
}

func bare(name string) string { return strings.NewReplacer("_", "", "-", "", " ", "").Replace(name) }

// distance is how many bytes have to be changed, added or removed to make b of a. Two that changed places count once.
func distance(a, b string) int {
	before, row := []int(nil), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
