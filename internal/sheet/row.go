package sheet

import (
	"bytes"
	"fmt"

	"purser.example/internal/problem"
)

// row is what a record says below a head. A record with a mistake gives no field: nobody knows which of them is the password.
func (h head) row(r *reader, rec record) Row {
	row := Row{Line: rec.line, Mistake: h.mistake(r, rec)}
	if row.Mistake != "" {
		return row
	}
	row.at, row.fields = h.at, make([][]byte, len(h.named))
	for i, column := range h.named {
		if column.index < rec.count {
			row.fields[i] = r.value(rec.spans[column.index])
		}
	}
	if rec.count < h.width() {
		row.short = ": " + h.compare(rec)
	}
	return row
}

// width is the number of columns up to the last that has a name.
func (h head) width() int { return h.named[len(h.named)-1].index + 1 }

// mistake says why a record is no row, or nothing. Without the rules about its length a password with a comma in it that nobody
// quoted would be cut off and sent (R47).
func (h head) mistake(r *reader, rec record) string {
	sign := signOf(r.separator)
	switch {
	case rec.fault == badQuotes:
		return fmt.Sprintf("The quotes in this row don't match. Put quotes around a field that contains %s, and write each quote inside it twice.", sign.orQuote())
	case rec.fault == badLine:
		return "The line endings of this row aren't valid. Save the file as CSV UTF-8, and try again."
	case rec.fault == longField:
		return fmt.Sprintf("A field of this row is longer than %d bytes. Shorten it.", maxField)
	case rec.count > h.whole:
		return fmt.Sprintf("This row has %d columns, and the header row has %d. Put quotes around a field that contains a %s, or delete the %ss after the last field.", rec.count, h.whole, sign, sign)
	case rec.count == 1 && h.whole > 1 && bytes.ContainsAny(r.text[rec.spans[0].from:rec.spans[0].to], ",;\t"):
		return fmt.Sprintf("This row is a single field. Separate its columns with %ss as in the header row, and don't put quotes around the whole row.", sign)
	}
	for i, field := range rec.spans {
		if field.from < field.to && !h.has(i) {
			return fmt.Sprintf("Column %d of this row has no name in the header row. Put quotes around a field that contains a %s, or name the column.", i+1, sign)
		}
	}
	for _, column := range h.named {
		if column.Required && column.index >= rec.count {
			return fmt.Sprintf("This row ends before the column %s: %s. Add what is missing.", column.Name, h.compare(rec))
		}
	}
	return ""
}

// has reports whether the column at an index has a name.
func (h head) has(index int) bool {
	for _, column := range h.named {
		if column.index == index {
			return true
		}
	}
	return false
}

func (h head) compare(rec record) string {
	columns := "columns"
	if rec.count == 1 {
		columns = "column"
	}
	return fmt.Sprintf("this row has %d %s, and the header row has %d", rec.count, columns, h.width())
}

// sign is what people call a separator.
type sign string

func signOf(separator byte) sign {
	switch separator {
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	default:
		return "separator"
	}
}

func (s sign) orQuote() string { return fmt.Sprintf("a quote or a %s", string(s)) }

func refuse(sentence string) error { return problem.New(problem.Invalid, sentence) }

func refusef(format string, args ...any) error { return refuse(fmt.Sprintf(format, args...)) }

func refuseQuotes(line int, separator byte) error {
	return refusef("The file cannot be read from line %d on, because its quotes don't match. Put quotes around a field that contains %s, write each quote inside it twice, and try again.", line, signOf(separator).orQuote())
}
