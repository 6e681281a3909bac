package sheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"
)

// Writer writes a table for programs that people open it with: UTF-8 with a mark, so that Excel reads it as that, quoted as RFC 4180 says,
// a row at a time. What a program would take for a formula is disarmed, because what stands in a table may come from anybody.
type Writer struct {
	rows *csv.Writer
	err  error // the first there was
}

// mark is the byte order mark.
const mark = "\ufeff"

// NewWriter begins a table with its head.
func NewWriter(out io.Writer, head ...string) *Writer {
	w := &Writer{rows: csv.NewWriter(out)}
	w.rows.UseCRLF = true
	if _, w.err = io.WriteString(out, mark); w.err == nil {
		w.err = w.rows.Write(head)
	}
	return w
}

// Row writes one row. Of errors the first stays, and every call tells it.
func (w *Writer) Row(fields ...string) error {
	if w.err != nil {
		return w.err
	}
	for i, field := range fields {
		fields[i] = disarmed(field)
	}
	w.err = w.rows.Write(fields)
	return w.err
}

// Flush hands on what was written so far.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.rows.Flush()
		w.err = w.rows.Error()
	}
	return w.err
}

// disarmed is a field that no program takes for a formula: an apostrophe stands before a sign that begins one, also where blanks or lines
// stand before it, which programs leave out. One that looks as if it had been disarmed already gets an apostrophe more, so that rearmed
// gives every field back as it was.
func disarmed(field string) string {
	if armed(field) {
		return "'" + field
	}
	return field
}

// rearmed is a field as it was before it was disarmed.
func rearmed(field string) string {
	if bare, ok := strings.CutPrefix(field, "'"); ok && armed(field) {
		return bare
	}
	return field
}

// armed reports whether a sign that begins a formula stands in a field behind nothing but apostrophes and blanks.
func armed(field string) bool {
	begins := strings.TrimLeft(strings.TrimLeft(field, "'"), " \u00a0\n")
	first, _ := utf8.DecodeRuneInString(begins)
	return begins != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first)
}
