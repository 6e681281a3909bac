package sheet

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// blanksOfJSON may stand between the parts of a file in JSON.
const blanksOfJSON = " \t\r\n"

// maxDepth is how deep the values of keys that are not known may go before they are no file of ours.
const maxDepth = 32

// maxKeys is how many keys an entry may have before no more of them are kept (X37).
const maxKeys = 1000

// listReader reads a list of objects in JSON, strictly: what other readers pass over, such as a key that stands twice, would be somebody's
// password by chance. It writes the texts over the file where they have escapes, so that the fields share the file's memory and
// clearing it leaves none behind.
type listReader struct {
	layout  Layout
	columns map[string]int
	text    []byte
	at      int
	line    int
	entry   int // that is being read, from 1
}

// readList reads the objects. Each is a row: what is wrong with its values stands at it, and what is no JSON, a key that nobody knows
// and one that stands twice are mistakes of the file.
func (s *Sheet) readList(l Layout) error {
	r := &listReader{layout: l, columns: map[string]int{}, text: s.text, line: 1}
	for i, c := range l.Columns {
		r.columns[c.Name] = i
	}
	s.at = r.columns
	if !r.take('[') {
		return refuse("The file must be a list of entries. Put [ before the first entry and ] after the last one, and try again.")
	}
	if r.take(']') {
		return refuse("The file has no entries.")
	}
	for more := true; more; more = r.take(',') {
		if r.entry == l.MaxRows {
			return refusef("The file has more than %d entries. Split it into smaller ones.", l.MaxRows)
		}
		r.entry++
		row, err := r.object()
		if err != nil {
			return err
		}
		s.Rows = append(s.Rows, row)
	}
	if r.blanks(); !r.take(']') || r.blanks() != len(r.text) {
		return r.broken()
	}
	return nil
}

// broken is the answer to what is no JSON. It tells where, and nothing of what stands there.
func (r *listReader) broken() error {
	return refusef("The file isn't valid JSON in line %d, at entry %d. Correct it there, and try again.", r.line, r.entry)
}

// object reads one object.
func (r *listReader) object() (Row, error) {
	row := Row{Line: r.entry, entry: true, at: r.columns, fields: make([][]byte, len(r.layout.Columns))}
	if !r.take('{') {
		return row, r.broken()
	}
	given, unknown := map[string]bool{}, []string(nil)
	for more := !r.take('}'); more; {
		raw, ok := r.string()
		if !ok || !r.take(':') {
			return row, r.broken()
		}
		name := strings.ToLower(shown.Trim(string(raw)))
		column, known := r.columns[name]
		switch {
		case given[name] && known:
			return row, refusef("Entry %d has a key twice: %s. Delete one of them, and try again.", r.entry, quote(name))
		case given[name]: // perhaps it is no key of ours, and then nothing of it is named
			return row, refusef("Entry %d has an unknown key twice. The keys can be %s.", r.entry, r.layout.names())
		case len(given) == maxKeys:
			return row, refusef("Entry %d has more than %d keys. The keys can be %s.", r.entry, maxKeys, r.layout.names())
		}
		given[name] = true
		if known {
			ok = r.field(&row, column)
		} else {
			unknown = append(unknown, name)
			ok = r.skip(0)
		}
		if more = ok && r.take(','); !more && (!ok || !r.take('}')) {
			return row, r.broken()
		}
	}
	return r.complete(row, unknown)
}

// complete says what is wrong with an object as a whole. Where a key is missing that must be there, perhaps it is none of ours: then
// nothing of it is named but what looks like such a key.
func (r *listReader) complete(row Row, unknown []string) (Row, error) {
	var missing []string
	for i, c := range r.layout.Columns {
		if c.Required && row.fields[i] == nil && row.Mistake == "" {
			missing = append(missing, c.Name)
		}
	}
	switch {
	case len(unknown) > 0 && len(missing) > 0:
		if meant := meant(unknown, missing); meant != "" {
			return row, refusef("Entry %d has unknown keys: %s. The keys can be %s. Rename or delete the others, and try again.", row.Line, meant, r.layout.names())
		}
		return row, refusef("Entry %d has unknown keys, and none named %s. The keys can be %s.", row.Line, strings.Join(missing, ", "), r.layout.names())
	case len(unknown) > 0:
		slices.Sort(unknown)
		return row, refusef("Entry %d has unknown keys: %s. The keys can be %s. Rename or delete the others, and try again.", row.Line, few(unknown), r.layout.names())
	case len(missing) > 0:
		row.Mistake = "This entry has no " + strings.Join(missing, ", no ") + ". Add what is missing."
	}
	if row.Mistake != "" {
		row.fields = make([][]byte, len(row.fields))
	}
	return row, nil
}

// field reads the value of a column. A value of another kind is a mistake of the row; null is none at all.
func (r *listReader) field(row *Row, column int) bool {
	c := r.layout.Columns[column]
	mistake := "The value of " + c.Name + " must be a text in quotes."
	if c.List {
		mistake = "The value of " + c.Name + " must be a list of texts in quotes, or one such text."
	}
	var value []byte
	ok, fits := false, true
	switch r.blanks(); r.peek() {
	case '"':
		value, ok = r.string()
	case '[':
		if fits = c.List; fits {
			value, ok, fits = r.list()
		} else {
			ok = r.skip(0)
		}
	case 'n':
		return r.word("null")
	default:
		ok, fits = r.skip(0), false
	}
	switch {
	case !ok:
		return false
	case !fits:
		row.Mistake = mistake
	case len(value) > maxField:
		row.Mistake = refusef("The value of %s is longer than %d bytes. Shorten it.", c.Name, maxField).Error()
	case !c.Lines && bytes.ContainsAny(bytes.TrimSpace(value), "\r\n"):
		row.Mistake = "The value of " + c.Name + " has more than one line. Enter it in one."
	default:
		row.fields[column] = value
	}
	return true
}

// list reads a list of texts as one text with semicolons between them, which has room where the list stood. fits is false where
// something else is in it.
func (r *listReader) list() (value []byte, ok, fits bool) {
	begin := r.at
	end := begin
	r.at++
	if r.take(']') {
		return r.text[begin:begin:begin], true, true
	}
	fits = true
	for more := true; more; more = r.take(',') {
		if r.blanks(); r.peek() != '"' {
			fits = false
			if !r.skip(1) {
				return nil, false, false
			}
			continue
		}
		text, ok := r.string()
		if !ok {
			return nil, false, false
		}
		if end > begin {
			r.text[end] = ';'
			end++
		}
		end += copy(r.text[end:], text)
	}
	return r.text[begin:end:end], r.take(']'), fits
}

// peek is the next byte; 0 at the end, which no text holds.
func (r *listReader) peek() byte {
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// blanks passes over what stands between parts, and gives the place behind it. Line ends stand nowhere else.
func (r *listReader) blanks() int {
	for r.at < len(r.text) && strings.IndexByte(blanksOfJSON, r.text[r.at]) >= 0 {
		if r.text[r.at] == '\n' {
			r.line++
		}
		r.at++
	}
	return r.at
}

// take passes over a sign, if it is the next.
func (r *listReader) take(sign byte) bool {
	if r.blanks(); r.peek() != sign {
		return false
	}
	r.at++
	return true
}

// word passes over a word, if it is the next.
func (r *listReader) word(word string) bool {
	there := bytes.HasPrefix(r.text[r.at:], []byte(word))
	if there {
		r.at += len(word)
	}
	return there
}

// string reads a text in quotes.
func (r *listReader) string() ([]byte, bool) {
	if !r.take('"') {
		return nil, false
	}
	begin, end := r.at, r.at
	for {
		switch b := r.peek(); {
		case b == '"':
			r.at++
			return r.text[begin:end:end], true
		case b < ' ': // the end, too
			return nil, false
		case b == '\\':
			letter, ok := r.escape()
			if !ok {
				return nil, false
			}
			end += utf8.EncodeRune(r.text[end:], letter) // an escape is longer than what it stands for
		default:
			r.text[end] = b
			end++
			r.at++
		}
	}
}

// escapes are those of one letter, each with what it stands for.
const (
	escapes = `"\/bfnrt`
	escaped = "\"\\/\b\f\n\r\t"
)

// escape reads what begins with a backslash. Half a letter is refused: a sign put in its place would change a password.
func (r *listReader) escape() (rune, bool) {
	r.at++
	if i := strings.IndexByte(escapes, r.peek()); i >= 0 {
		r.at++
		return rune(escaped[i]), true
	}
	letter, ok := r.unit()
	if !ok || !utf16.IsSurrogate(letter) {
		return letter, ok
	}
	if r.peek() != '\\' {
		return 0, false
	}
	r.at++
	half, ok := r.unit()
	letter = utf16.DecodeRune(letter, half)
	return letter, ok && letter != utf8.RuneError
}

// unit reads u and four digits.
func (r *listReader) unit() (rune, bool) {
	if r.peek() != 'u' || len(r.text)-r.at < 5 {
		return 0, false
	}
	var unit rune
	for _, digit := range r.text[r.at+1 : r.at+5] {
		value := strings.IndexByte("0123456789abcdef", digit|0x20)
		if value < 0 || digit < '0' {
			return 0, false
		}
		unit = unit<<4 | rune(value) //nolint:gosec // A digit is below 16.
	}
	r.at += 5
	return unit, true
}

// skip passes over a value of any kind.
func (r *listReader) skip(depth int) bool {
	if depth == maxDepth {
		return false
	}
	r.blanks()
	switch r.peek() {
	case '"':
		_, ok := r.string()
		return ok
	case '{', '[':
		return r.skipAll(depth)
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	default:
		return r.number()
	}
}

// skipAll passes over a list, or over an object.
func (r *listReader) skipAll(depth int) bool {
	end, object := byte(']'), r.peek() == '{'
	if object {
		end = '}'
	}
	r.at++
	if r.take(end) {
		return true
	}
	for more := true; more; more = r.take(',') {
		if object {
			if _, ok := r.string(); !ok || !r.take(':') {
				return false
			}
		}
		if !r.skip(depth + 1) {
			return false
		}
	}
	return r.take(end)
}

// number passes over a number.
func (r *listReader) number() bool {
	if r.peek() == '-' {
		r.at++
	}
	if r.peek() == '0' {
		r.at++
	} else if !r.digits() {
		return false
	}
	if r.peek() == '.' {
		r.at++
		if !r.digits() {
			return false
		}
	}
	if r.peek()|0x20 == 'e' {
		r.at++
		if r.peek() == '+' || r.peek() == '-' {
			r.at++
		}
		return r.digits()
	}
	return true
}

func (r *listReader) digits() bool {
	begin := r.at
	for r.peek() >= '0' && r.peek() <= '9' {
		r.at++
	}
	return r.at > begin
}
