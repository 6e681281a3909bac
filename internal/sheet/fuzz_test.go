package sheet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// seeds are the inputs of the findings, and others that are near them.
func seeds() []string {
	return []string{
		"username,password,app_password\r\na@contoso.com,secret,\r\n", "\ufeffusername;app_password\na;abc\n", "username,password\n\"a\"\"b\",\"c\nd\"\n",
		"username,password\n,,\n,\na,b\n",                                                           // X18
		"sep=;\r\nusername;password\r\na;b\r\n", "\"sep=\t\"\nusername\tpassword\na\tb\n", "sep=\n", // X19
		inUTF16("\ufeffusername\tpassword\r\na\tb\r\n", binary.LittleEndian), inUTF16("\ufeffusername\tpassword\r\na\tb\r\n", binary.BigEndian), // X20
		"username,password,,,\na,b,,,\n", ",username,,password\n,a,,b\n", // X21
		"username,password,app_password\na\nb,c\n", "password,username\na\n", // X22
		"username,password\na,\"b\nc,d\n", "username,password\na\"b,c\nd,e\n", "username,password\n\"a,b\nc,d\n\"e\",f\n", // X23
		"username" + strings.Repeat(",", 20_000), "username,password\na" + strings.Repeat(",", 20_000), "username" + strings.Repeat(",x", 100), // X37
		"username,password\na," + strings.Repeat("x", 9000) + "\nb,c\n", "username,password\na,\"" + strings.Repeat("x\n", 9000) + "\nb,c\n", // X37
		"username,password\ra,b\r", "username,password\r\r\n", "#TYPE x\nusername\na\n", "\xff\xfeu\x00", "\xfe\xff\x00u", "PK\x03\x04", "\x00", ";;;\n", "username\n\"\"\"a\n\"\"\"",
	}
}

// Whatever somebody calls a table, reading it ends: with a short sentence that has nothing of the file in it, or with rows, each of which
// can be read or says why not.
func FuzzRead(f *testing.F) {
	for _, seed := range seeds() {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		l := passwords
		l.MaxRows = 200
		s, err := l.Read(bytes.NewReader(file))
		if err != nil {
			if problem.KindOf(err) != problem.Invalid || problem.Message(err) == "" || len(err.Error()) > 600 {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(s.Rows) == 0 || len(s.Rows) > l.MaxRows || !s.Has("username") {
			t.Fatalf("%d rows", len(s.Rows))
		}
		line := 0
		for _, row := range s.Rows {
			if row.Line <= line || len(row.Mistake) > 300 || row.Mistake != "" && row.Field("username") != nil {
				t.Fatalf("after line %d: %+v", line, row)
			}
			line = row.Line
			for _, c := range l.Columns {
				if !utf8.Valid(row.Field(c.Name)) || len(row.Field(c.Name)) > 8192 {
					t.Fatalf("line %d: %q", row.Line, row.Field(c.Name))
				}
			}
		}
	})
}

// strictly are two columns that may hold anything, as RFC 4180 has them.
var strictly = sheet.Layout{Columns: []sheet.Column{{Name: "username", Required: true, Lines: true}, {Name: "password", Lines: true}}, MaxBytes: 1 << 20, MaxRows: 1000}

// R47: what a strict reader of RFC 4180 takes without a mistake says the same here: no field is cut off, none moves into another column.
func likeRFC4180(t *testing.T, rows string) {
	t.Helper()
	strict := csv.NewReader(strings.NewReader(rows))
	strict.FieldsPerRecord = 2
	records, err := strict.ReadAll()
	if err != nil {
		return
	}
	var want, got [][]string
	for _, record := range records {
		if strings.TrimSpace(record[0]+record[1]) != "" {
			want = append(want, record)
		}
	}
	if s, err := strictly.Read(strings.NewReader("username,password\n" + rows)); err == nil {
		for _, row := range s.Rows {
			got = append(got, []string{string(row.Field("username")), string(row.Field("password"))})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (-want +got):\n%s", rows, diff)
	}
}

func FuzzLikeRFC4180(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rows string) {
		if !strings.ContainsAny(rows, "\r\x00") && utf8.ValidString(rows) && len(rows) < 8000 { // elsewhere the two differ on purpose
			likeRFC4180(t, rows)
		}
	})
}

// Every text of six signs that matter is tried, because they are where a reader goes wrong.
func TestLikeRFC4180(t *testing.T) {
	var try func(begin string, more int)
	try = func(begin string, more int) {
		likeRFC4180(t, begin)
		for _, sign := range []string{"a", ",", `"`, "\n", " "} {
			if more > 0 {
				try(begin+sign, more-1)
			}
		}
	}
	try("", 6)
}
