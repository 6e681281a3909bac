// Package chart draws numbers as pictures, on the server: SVG whose places stand in attributes and whose colors are classes of the style
// sheet, so that the strict policy holds, both schemes and paper have their own, and nobody needs script (R94). Each picture has its numbers
// as text beside it, for voices, for paper, and for whoever wants to know exactly.
//
// It owns scales, places and the markup of a picture. What is counted, what it is called and where it leads is for the screens.
package chart

import (
	"strconv"
	"strings"
)

// Shade is the color of a series, by what it means.
type Shade string

// The shades. Plain is of what is neither good nor bad.
const (
	OK    Shade = "ok"
	Warn  Shade = "warn"
	Bad   Shade = "bad"
	Mute  Shade = "mute"
	Plain Shade = "plain"
)

// class is what the style sheet knows the shade by.
func (s Shade) class() string { return "chart-" + string(s) }

// Series is one kind of what a picture counts.
type Series struct {
	Label string // "Refused"
	Shade Shade
}

// Column is one bar of Columns, with a number for each series.
type Column struct {
	Label  string // "November 23"
	Values []int
	Href   string // what it counts; empty for nowhere
}

// Columns is a picture of bars side by side, each of its series upon one another.
type Columns struct {
	ID      string // of the page's own
	Title   string // what the picture shows: "Health checks of the last 30 nights"
	Summary string // the same in numbers, in a sentence: "2,400 good, 12 refused"
	Head    string // what a column is: "Night"
	Series  []Series
	Columns []Column
	Lines   bool     // the numbers unfold as lines, on a page whose table is another one
	Axis    []string // words below the first column, the last one, and between them at equal distances
}

// rect is one bar of a picture. Its places are those of the picture's own box.
type rect struct{ X, Y, Width, Height, Class string }

// stack is a column as it is drawn.
type stack struct {
	Told  string // "November 23: 40 good, 2 refused"
	Rects []rect
}

const (
	height = 100 // of a picture, in units of its box
	pitch  = 20  // from one column to the next
	broad  = 16  // how broad a column is
	least  = 3   // how high something is at least, so that it can be seen
)

func (c Columns) box() string {
	return "0 0 " + strconv.Itoa(max(len(c.Columns), 1)*pitch) + " " + strconv.Itoa(height)
}

// Top is the number that the height of the picture stands for: the least of 1, 2 and 5, with noughts, that nothing exceeds.
func (c Columns) Top() int {
	highest := 1
	for _, column := range c.Columns {
		highest = max(highest, sum(column.Values))
	}
	for step := 1; ; step *= 10 {
		for _, top := range []int{step, 2 * step, 5 * step} {
			if top >= highest {
				return top
			}
		}
	}
}

// stacks draws the columns that have something.
func (c Columns) stacks() []stack {
	top := c.Top()
	var list []stack
	for i, column := range c.Columns {
		if sum(column.Values) == 0 {
			continue
		}
		s := stack{Told: c.told(column)}
		below := 0
		for n, part := range lengths(column.Values, top, height, least) {
			if part > 0 {
				below += part
				s.Rects = append(s.Rects, rect{strconv.Itoa(i*pitch + (pitch-broad)/2), strconv.Itoa(height - below), strconv.Itoa(broad), strconv.Itoa(part), c.Series[n].Shade.class()})
			}
		}
		list = append(list, s)
	}
	return list
}

// told is a column in words.
func (c Columns) told(of Column) string {
	var parts []string
	for n, v := range of.Values {
		if v > 0 {
			parts = append(parts, number(v)+" "+strings.ToLower(c.Series[n].Label))
		}
	}
	return of.Label + ": " + strings.Join(parts, ", ")
}

// filled are the columns that have something, which is all that a table need say.
func (c Columns) filled() (list []Column) {
	for _, column := range c.Columns {
		if sum(column.Values) > 0 {
			list = append(list, column)
		}
	}
	return list
}

// present are the series of which there is something.
func (c Columns) present() (list []Series) {
	for n, s := range c.Series {
		for _, column := range c.Columns {
			if column.Values[n] > 0 {
				list = append(list, s)
				break
			}
		}
	}
	return list
}

// Part is one of the parts of a Share.
type Part struct {
	Label string
	Value int
	Shade Shade
	Href  string // what it counts; empty for nowhere
}

// Share is a bar whose parts make up a whole. Its numbers stand below it in sight.
type Share struct {
	ID      string // of the page's own
	Title   string // "Profiles by status"
	Summary string // "42 profiles"
	Parts   []Part
}

const (
	whole = 1000 // the width of a bar, in units of its box
	thick = 10
	slim  = 8 // the width of a part at least
)

// rects draws the parts that have something, side by side.
func (s Share) rects() (list []rect) {
	values := make([]int, len(s.Parts))
	for i, p := range s.Parts {
		values[i] = p.Value
	}
	from := 0
	for i, length := range lengths(values, max(sum(values), 1), whole, slim) {
		if length > 0 {
			list = append(list, rect{strconv.Itoa(from), "0", strconv.Itoa(length), strconv.Itoa(thick), s.Parts[i].Shade.class()})
			from += length
		}
	}
	return list
}

// lengths are those of the parts of a bar, of which all is as long as full. What is something is never shorter than at least; the longest
// part gives what that takes.
func lengths(values []int, all, full, least int) []int {
	list := make([]int, len(values))
	passed, before := 0, 0
	for i, v := range values {
		passed += max(v, 0)
		end := int(float64(passed) / float64(all) * float64(full))
		list[i], before = end-before, end
	}
	for i, v := range values {
		if short := least - list[i]; v > 0 && short > 0 {
			list[i] += short
			if at := longest(list); list[at]-short >= least {
				list[at] -= short
			}
		}
	}
	return fitting(list, full)
}

// fitting takes from the longest part what is too much.
func fitting(list []int, full int) []int {
	if over := sum(list) - full; over > 0 {
		list[longest(list)] -= over
	}
	return list
}

func longest(list []int) (at int) {
	for i, length := range list {
		if length > list[at] {
			at = i
		}
	}
	return at
}

func sum(values []int) (n int) {
	for _, v := range values {
		n += max(v, 0)
	}
	return n
}
