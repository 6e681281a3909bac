package sheet

import "bytes"

// reader finds the rows of a text, and where their fields stand. It copies nothing and keeps count, so that neither eight million
// commas nor eight million line ends cost more than looking at them.
type reader struct {
	text      []byte
	separator byte
	stops     [256]bool // what a field without quotes does not hold
	at, line  int       // where the next row begins
	spans     []span
}

// record is a row as it stands in the text.
type record struct {
	line  int
	spans []span // of the first fields, valid until the next row is read
	count int    // of all fields
	blank bool   // nothing stands between the separators
	fault fault
}

// span is where a field stands, without the quotes around it.
type span struct {
	from, to int
	doubled  bool // there are quotes in it, each twice
}

// fault is why a row cannot be read.
type fault int

const (
	noFault   fault = iota
	badQuotes       // a quote that opens no field, or one that none closes
	badLine         // a line end that neither Windows nor Unix writes
	longField
)

// newReader finds what the columns are separated by, and where the head begins.
func newReader(text []byte) *reader {
	r := &reader{text: text, line: 1}
	first := text[:r.lineAfter(0)]
	separator, ok := told(first)
	if ok || bytes.HasPrefix(bytes.TrimLeft(first, `"`), []byte("#TYPE ")) { // of Export-Csv in Windows PowerShell
		r.skipLine(0)
	}
	if !ok {
		separator = guess(text[r.at:])
	}
	r.separator = separator
	for _, stop := range []byte{separator, '\n', '\r', '"'} {
		r.stops[stop] = true
	}
	return r
}

// told reads the line sep=; that Excel takes and others write (X19).
func told(line []byte) (separator byte, ok bool) {
	line = bytes.Trim(bytes.TrimRight(line, "\r\n"), `"`)
	if len(line) < 5 || !bytes.EqualFold(line[:4], []byte("sep=")) {
		return 0, false
	}
	separator = line[4]
	letter := 'a' <= separator|0x20 && separator|0x20 <= 'z' || '0' <= separator && separator <= '9'
	sign := separator > ' ' && separator < 0x7f && separator != '"' && !letter
	return separator, (sign || separator == '\t') && len(bytes.Trim(line[5:], "\",;\t ")) == 0
}

// guess takes what there is most of in the first row, outside quotes.
func guess(text []byte) byte {
	for line := range bytes.Lines(text) {
		var commas, semicolons, tabs int
		quoted := false
		for _, b := range line {
			switch {
			case b == '"':
				quoted = !quoted
			case quoted:
			case b == ',':
				commas++
			case b == ';':
				semicolons++
			case b == '\t':
				tabs++
			}
		}
		switch {
		case len(bytes.Trim(line, "\",;\t \r\n")) == 0: // this is no row yet
		case tabs > commas && tabs > semicolons:
			return '\t'
		case semicolons > commas:
			return ';'
		default:
			return ','
		}
	}
	return ','
}

// next finds the next row that is one: rows of nothing but separators and blanks are not (X18). It keeps the first fields, so many at
// most. lines says by column where a field may have several lines.
func (r *reader) next(keep int, lines []bool) (record, bool) {
	for r.at < len(r.text) {
		if end, after := r.endAt(r.at); end == rowEnds {
			r.at, r.line = after, r.line+1
			continue
		}
		if rec := r.record(keep, lines); !rec.blank {
			return rec, true
		}
	}
	return record{}, false
}

// record reads one row. Where it cannot be read it ends with the line on which it begins, so that a stray quote costs no other (X23).
func (r *reader) record(keep int, lines []bool) record {
	rec := record{line: r.line, spans: r.spans[:0], blank: true}
	begin := r.at
	limit := min(r.lineAfter(begin)+maxField, len(r.text))
	for at, end := begin, fieldEnds; end == fieldEnds; rec.count++ {
		several := rec.count < len(lines) && lines[rec.count]
		var field span
		field, at, end, rec.fault = r.field(at, limit, several)
		if rec.fault != noFault {
			rec.blank = false
			r.spans = rec.spans
			r.skipLine(begin)
			return rec
		}
		rec.blank = rec.blank && len(bytes.TrimSpace(r.text[field.from:field.to])) == 0
		if rec.count < keep {
			rec.spans = append(rec.spans, field)
		}
		r.at = at
	}
	r.line += bytes.Count(r.text[begin:r.at], []byte("\n"))
	r.spans = rec.spans
	return rec
}

func (r *reader) skipLine(begin int) {
	r.at = r.lineAfter(begin)
	r.line++
}

// lineAfter is where the line after a place begins.
func (r *reader) lineAfter(at int) int {
	if i := bytes.IndexByte(r.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(r.text)
}

// ending is what stands at a place of the text.
type ending int

const (
	fieldEnds ending = iota
	rowEnds
	oldLineEnds // CR alone, as on old Macs
	goesOn
)

// endAt says what stands at a place, and where it is over. Any number of CR may stand before LF: some write two.
func (r *reader) endAt(at int) (ending, int) {
	switch {
	case at == len(r.text):
		return rowEnds, at
	case r.text[at] == r.separator:
		return fieldEnds, at + 1
	case r.text[at] == '\n':
		return rowEnds, at + 1
	case r.text[at] != '\r':
		return goesOn, at
	}
	for at < len(r.text) && r.text[at] == '\r' {
		at++
	}
	if at == len(r.text) {
		return rowEnds, at
	}
	if r.text[at] == '\n' {
		return rowEnds, at + 1
	}
	return oldLineEnds, at
}

// field reads the field that begins at a place: where it stands, where the next one begins, and whether there is one. A field in quotes
// must be closed before the limit.
func (r *reader) field(from, limit int, several bool) (span, int, ending, fault) {
	if from < len(r.text) && r.text[from] == '"' {
		return r.quoted(from, limit, several)
	}
	at := from
	for at < len(r.text) && !r.stops[r.text[at]] {
		at++
	}
	switch end, after := r.endAt(at); {
	case end == oldLineEnds:
		return span{}, 0, end, badLine
	case end == goesOn:
		return span{}, 0, end, badQuotes
	case at-from > maxField:
		return span{}, 0, end, longField
	default:
		return span{from: from, to: at}, after, end, noFault
	}
}

func (r *reader) quoted(from, limit int, several bool) (span, int, ending, fault) {
	field := span{from: from + 1}
	at := from + 1
	for {
		i := -1
		if at < limit {
			i = bytes.IndexByte(r.text[at:limit], '"')
		}
		if i < 0 {
			return span{}, 0, goesOn, badQuotes
		}
		at += i + 1
		if at == len(r.text) || r.text[at] != '"' {
			break
		}
		field.doubled = true
		at++
	}
	field.to = at - 1
	inside := r.text[field.from:field.to]
	switch end, after := r.endAt(at); {
	case end == oldLineEnds:
		return span{}, 0, end, badLine
	case end == goesOn, !several && bytes.ContainsAny(bytes.TrimSpace(inside), "\r\n"):
		return span{}, 0, end, badQuotes
	case len(inside) > maxField:
		return span{}, 0, end, longField
	default:
		return field, after, end, noFault
	}
}

// value is what a field says. It writes over the text where quotes stand twice, so a row is read once only.
func (r *reader) value(field span) []byte {
	b := r.text[field.from:field.to:field.to]
	if !field.doubled {
		return b
	}
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	return b[:n:n]
}
