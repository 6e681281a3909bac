// Package sheet reads the tables that people bring as files, the way Excel, PowerShell and others write them, for every noun that
// takes such a file.
//
// A noun tells by a Layout which columns it knows. What is wrong with the file as a whole comes back as one sentence; what is wrong with
// a row stands at that row and costs no other. Neither ever holds what stands in the file, because passwords do. The one exception are
// names of columns that are not known: five at most, and only where the head has the columns that it must have, so that it is one.
//
// What is right about a field is the noun's business, and so is what becomes of it.
package sheet

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// Layout is what a noun takes.
type Layout struct {
	Columns  []Column
	MaxBytes int // in whole megabytes
	MaxRows  int
	JSON     bool // a list of objects in JSON is taken, too, with the columns as keys
}

// Column is a column that a noun knows. Files have their columns in any order.
type Column struct {
	Name string // in lower case; case does not matter in a file
	// Required columns must stand in the head, and no row may end before them. Others may be left out of the head, and their fields at
	// the end of a row; both are then empty.
	Required bool
	// Lines allows several lines in a field, in quotes. Elsewhere they mean that a quote was not closed.
	Lines bool
	// List allows a list of texts in JSON, which then reads as one field with semicolons between them.
	List bool
}

// The limits of every file. They are checked while the file is read, so that what is beyond them costs nothing.
const (
	// maxColumns is how many columns Excel has, which writes them all where somebody formatted a whole row.
	maxColumns = 16_384
	// maxField is how long a field may be, in bytes, and how far a row may go on behind its first line.
	maxField = 8192
)

// Sheet is a table as it was read. Its fields share one piece of memory, so that Clear leaves none of them behind.
type Sheet struct {
	Rows []Row
	at   map[string]int
	text []byte
}

// Row is one row below the head, or one object of a list.
type Row struct {
	Line    int    // in the file, from 1, where the row begins; the number of an object in its list
	Mistake string // a sentence that says why the row cannot be read, and what to do; such a row has no fields
	short   string
	at      map[string]int
	fields  [][]byte
	entry   bool // it is an object of a list
}

// Where says in words where the row stands in its file.
func (r Row) Where() string {
	if r.entry {
		return "entry " + strconv.Itoa(r.Line)
	}
	return "line " + strconv.Itoa(r.Line)
}

// Has reports whether the head has the column.
func (s *Sheet) Has(column string) bool {
	_, there := s.at[column]
	return there
}

// Clear overwrites every field.
func (s *Sheet) Clear() { clear(s.text) }

// Field is what stands in a column, exactly, until the sheet is cleared; empty where the row or the head ends before it.
func (r Row) Field(column string) []byte {
	i, there := r.at[column]
	if !there || i >= len(r.fields) {
		return nil
	}
	return r.fields[i]
}

// Has reports whether the row says anything of a column: the head has it, or the object has its key with another value than null.
func (r Row) Has(column string) bool {
	i, there := r.at[column]
	return there && (!r.entry || r.fields[i] != nil)
}

// Text is what stands in a column of names and words, as it was before a Writer disarmed it. Secrets are read by Field: no Writer wrote
// them.
func (r Row) Text(column string) string {
	if r.entry {
		return string(r.Field(column))
	}
	return rearmed(string(r.Field(column)))
}

// Short goes on with a sentence about an empty field where the row ends before the head does, which may be the reason; empty elsewhere.
func (r Row) Short() string { return r.short }

// Read reads a file. It returns problem.Invalid for one that cannot be read as a whole, with a sentence that says what to do.
func (l Layout) Read(file io.Reader) (*Sheet, error) {
	raw, err := Receive(file, l.MaxBytes)
	if err != nil {
		return nil, err
	}
	text, err := decode(raw)
	if err != nil {
		clear(raw)
		return nil, err
	}
	s, read := &Sheet{text: text}, (*Sheet).read
	if first := bytes.TrimLeft(text, blanksOfJSON); l.JSON && len(first) > 0 && (first[0] == '[' || first[0] == '{') {
		read = (*Sheet).readList
	}
	if err := read(s, l); err != nil {
		s.Clear()
		return nil, err
	}
	return s, nil
}

func (s *Sheet) read(l Layout) error {
	r := newReader(s.text)
	first, ok := r.next(maxColumns, nil)
	if !ok {
		return refuse("The file is empty. Its first row must name the columns: " + l.names() + ".")
	}
	h, err := l.head(r, first)
	if err != nil {
		return err
	}
	s.at = h.at
	misquoted := 0
	for {
		rec, ok := r.next(h.whole, h.lines)
		switch {
		case !ok && len(s.Rows) == 0:
			return refuse("The file has a header row but no other rows.")
		case !ok && misquoted == len(s.Rows):
			return refuseQuotes(s.Rows[0].Line, r.separator)
		case !ok:
			return nil
		case len(s.Rows) == l.MaxRows:
			return refusef("The file has more than %d rows. Split it into smaller ones.", l.MaxRows)
		}
		if rec.fault == badQuotes {
			misquoted++
		}
		s.Rows = append(s.Rows, h.row(r, rec))
	}
}

func (l Layout) names() string {
	var names []string
	for _, c := range l.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
