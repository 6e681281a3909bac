package pool

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"purser.example/internal/problem"
)

// maxUsername is how long a username may be in a file, in bytes.
const maxUsername = 1024

// fileRow is a row of a file of passwords as it stands there.
type fileRow struct {
	line                    int
	username, password, app string
	mistake                 string
}

// The columns of the file.
const (
	columnUsername = "username"
	columnPassword = "password"
	columnApp      = "app_password"
)

// readFile reads a file of passwords: UTF-8 or UTF-16, comma or semicolon, quoted as RFC 4180 says, columns in any order by their
// head. Errors are about the file as a whole; a row with a mistake of its own has it.
func readFile(file io.Reader) ([]fileRow, error) {
	raw, err := io.ReadAll(io.LimitReader(file, MaxImport+1))
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	if len(raw) > MaxImport {
		return nil, unreadable("The file is larger than 8 MB. Split it into smaller ones.")
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, unreadable("The file is empty. Its first line names the columns: username, password, app_password.")
	}
	if err != nil {
		return nil, misquoted(err)
	}
	if strings.Contains(strings.Join(head, ""), "\r") {
		// A file of the old sort is one long line, so that passwords stand in its head: nothing of it is shown.
		return nil, unreadable("The lines of the file do not end as they should. Save it as CSV UTF-8, and try again.")
	}
	at, err := columns(head)
	if err != nil {
		return nil, err
	}
	return readRows(r, at, len(head))
}

func readRows(r *csv.Reader, at map[string]int, width int) ([]fileRow, error) {
	var rows []fileRow
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, misquoted(err)
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, fileRowOf(record, at, width, line))
		if len(rows) > MaxImportRows {
			return nil, unreadable(fmt.Sprintf("The file has more than %d rows. Split it into smaller ones.", MaxImportRows))
		}
	}
	if len(rows) == 0 {
		return nil, unreadable("The file has a head and no rows.")
	}
	return rows, nil
}

func fileRowOf(record []string, at map[string]int, width, line int) fileRow {
	row := fileRow{line: line}
	field := func(name string) string {
		if i, there := at[name]; there && i < len(record) {
			return record[i]
		}
		return ""
	}
	row.username, row.password, row.app = strings.TrimSpace(field(columnUsername)), field(columnPassword), field(columnApp)
	if len(record) != width {
		// Without this, a password with a comma in it that nobody quoted would be cut off and sent.
		row.mistake = fmt.Sprintf("This row has %d columns, and the head has %d. Put fields with a comma or a semicolon in quotes.", len(record), width)
	}
	if len(row.username) > maxUsername || strings.ContainsFunc(row.username, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		row.username, row.mistake = "", "This is no username."
	}
	return row
}

// columns finds where each column stands.
func columns(head []string) (map[string]int, error) {
	at := map[string]int{}
	var unknown, twice []string
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, there := at[name]; there {
			twice = append(twice, name)
		}
		if !slices.Contains([]string{columnUsername, columnPassword, columnApp}, name) {
			unknown = append(unknown, shorten(name))
		}
		at[name] = i
	}
	_, username := at[columnUsername]
	_, password := at[columnPassword]
	_, app := at[columnApp]
	switch {
	case !username:
		// Perhaps the file has no head, so that passwords stand here: nothing of the line is shown.
		return nil, unreadable("The first line of the file must name the columns: username, password, app_password. It has no column username.")
	case len(unknown) > 0:
		return nil, unreadable("The file has columns that are not known: " + strings.Join(unknown, ", ") + ". Known are username, password and app_password.")
	case len(twice) > 0:
		return nil, unreadable("The file has a column twice: " + strings.Join(twice, ", ") + ".")
	case !password && !app:
		return nil, unreadable("The file needs a column password or app_password.")
	}
	return at, nil
}

// shorten quotes the name of an unknown column, which may be anything.
func shorten(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, name))
	if len(runes) > 20 {
		return `"` + string(runes[:20]) + `…"`
	}
	return `"` + string(runes) + `"`
}

func unreadable(sentence string) error { return problem.New(problem.Invalid, sentence) }

// misquoted says where the file breaks the rules of quoting; the parser's own text may hold what stands there.
func misquoted(err error) error {
	line := 0
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		line = p.Line
	}
	return problem.Wrap(err, problem.Invalid, fmt.Sprintf("The file cannot be read from line %d on: a quote is not closed, or stands inside a field that has none around it. Put such fields in quotes, and double the quotes within.", line))
}

// separator is what the head is separated by.
func separator(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		return ';'
	}
	return ','
}

// decode gives the file as UTF-8 without a mark at its beginning.
func decode(raw []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(raw, []byte{0xef, 0xbb, 0xbf}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		raw, order = raw[2:], binary.LittleEndian
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		raw, order = raw[2:], binary.BigEndian
	case len(raw) > 1 && raw[1] == 0: // the head is ASCII, so this is no text of one byte a letter
		order = binary.LittleEndian
	case len(raw) > 1 && raw[0] == 0:
		order = binary.BigEndian
	}
	text := bytes.Clone(raw)
	if order != nil {
		if len(raw)%2 != 0 {
			return nil, errEncoding
		}
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = order.Uint16(raw[2*i:])
		}
		text = []byte(string(utf16.Decode(units)))
		clear(units)
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errEncoding
	}
	return text, nil
}

var errEncoding = problem.New(problem.Invalid, "The file is no text in UTF-8 or UTF-16. Save it as CSV UTF-8, and try again.")
