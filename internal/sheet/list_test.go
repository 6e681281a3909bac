package sheet_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// listed are columns that JSON may have, too.
var listed = sheet.Layout{
	Columns: []sheet.Column{
		{Name: "name", Required: true}, {Name: "description", Lines: true}, {Name: "services", Required: true, List: true}, {Name: "password"},
	},
	MaxBytes: 8 << 20, MaxRows: 1000, JSON: true,
}

// R30: a list of objects is read strictly, in the encodings that other programs write, with keys in any order and case.
func TestListsOfObjects(t *testing.T) {
	plain := `[{"name": "Backup", "services": ["Fly", "Opus"], "password": "a\"b\\c\u00e8\ud83d\udd11"}, {"Services":"Fly;Opus","NAME":"=1","description":"two\nlines","password":null}]`
	want := []string{"1|Backup||Fly;Opus|a\"b\\cè\U0001f511", "2|=1|two\nlines|Fly;Opus|"}
	for name, file := range map[string]string{
		"UTF-8": plain, "UTF-8 with a mark": "\ufeff" + plain, "UTF-16 LE": inUTF16("\ufeff"+plain, binary.LittleEndian), "UTF-16 BE": inUTF16("\ufeff"+plain, binary.BigEndian),
		"UTF-16 without a mark": inUTF16(plain, binary.LittleEndian), "blanks and lines": "\r\n\t " + strings.ReplaceAll(strings.ReplaceAll(plain, ", ", " ,\r\n"), ": ", "\t:\n") + "\n\n",
	} {
		s, err := listed.Read(strings.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, lines(listed, s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if row := s.Rows[1]; row.Where() != "entry 2" || row.Has("password") || !row.Has("description") || s.Rows[0].Has("description") || row.Text("name") != "=1" {
			t.Errorf("%s: %s, %v", name, row.Where(), row)
		}
		s.Clear()
		if bytes.Contains(s.Rows[0].Field("password"), []byte("a")) {
			t.Errorf("%s: not cleared", name)
		}
	}
}

// R30: what is no list of our objects is refused with its position, and without a word of what it holds; what is wrong with one value costs
// no other entry.
func TestListsThatCannotBeRead(t *testing.T) {
	for file, says := range map[string]string{
		`{"name":"a","services":"Fly"}`: "must be a list of entries",
		`[]`:                            "no entries",
		`[{"name":"a","services":"Fly","name":"b"}]`:                                  `Entry 1 has a key twice: "name"`,
		`[{"name":"a","services":"Fly"},{"Name":"a","name":1}]`:                       `Entry 2 has a key twice: "name"`,
		`[{"name":"a","services":"Fly","secret":"` + marked + `","other":{"a":[1]}}]`: `Entry 1 has unknown keys: "other", "secret". The keys can be name, description, services, password.`,
		`[{"` + marked + `":"a","` + marked + `":"b"}]`:                               "Entry 1 has an unknown key twice.",
		`[{"nmae":"a","services":"Fly"}]`:                                             `Entry 1 has unknown keys: "nmae" (probably name). The keys can be name, description, services, password. Rename or delete the others, and try again.`, //nolint:misspell // It is the mistake that is found.
		`[{"Names":"a","_service":"Fly","` + marked + `":"b"}]`:                       `Entry 1 has unknown keys: "names" (probably name), "_service" (probably services) and 1 more. The keys can be`,
		`[{"name":"a","Ser Vices":"Fly"}]`:                                            `Entry 1 has unknown keys: "ser vices" (probably services). The keys`,
		`[{"title":"a","serves":"Fly"}]`:                                              `Entry 1 has unknown keys: "serves" (probably services) and 1 more. The keys`,
		`[{"nam":"a","named":"b","services":"Fly"}]`:                                  `Entry 1 has unknown keys: "nam" (probably name) and 1 more. The keys`,
		`[{"game":"a","lane":"b"}]`:                                                   `"game" (probably name) and 1 more. The keys`,
		`[{"lane":"b","serv":"Fly"}]`:                                                 "Entry 1 has unknown keys, and none named name, services. The keys",
		`[{"` + marked + `":"a"}]`:                                                    "Entry 1 has unknown keys, and none named name, services.",
		"[{\"name\":\"a\",\n\"services\":\"Fly\"},\n{\"name\":}]":                     "valid JSON in line 3, at entry 2",
		`[{"name":"a","services":"Fly"}] x`:                                           "valid JSON",
		`[{"name":"a","services":"Fly"},]`:                                            "valid JSON",
		`[{"name":"a","services":"Fly",}]`:                                            "valid JSON",
		`[{"name":"a" "services":"Fly"}]`:                                             "valid JSON",
		`[{'name':'a'}]`:                                                              "valid JSON",
		`[{"name":"a","services":"Fly","password":"` + marked:                         "valid JSON",
		`[{"name":"\ud83d","services":"Fly"}]`:                                        "valid JSON",
		`[{"name":"a` + "\t" + `","services":"Fly"}]`:                                 "valid JSON",
		`[` + strings.Repeat("[", 100_000):                                            "valid JSON",
		`[{"x":` + strings.Repeat("[", 100_000):                                       "valid JSON",
		`[` + strings.Repeat(`{"name":"a","services":"Fly"},`, 1001) + `]`:            "more than 1000 entries",
		"name,services\na,Fly\n[":                                                     "",
	} {
		s, err := listed.Read(strings.NewReader(file))
		if says == "" {
			if err != nil || len(s.Rows) != 2 {
				t.Errorf("%.60s: %v", file, err)
			}
			continue
		}
		if problem.KindOf(err) != problem.Invalid || !strings.Contains(problem.Message(err), says) || strings.Contains(err.Error(), "Marked") || len(err.Error()) > 400 {
			t.Errorf("%.60s: %v", file, err)
		}
	}
	s, err := listed.Read(strings.NewReader(`[{"name":1,"services":"Fly"},{"name":"b","services":["Fly",2]},{"name":"c","services":{"a":"` + marked + `"}},{"name":"d"},
		{"name":"e\nf","services":"Fly"},{"name":"` + strings.Repeat("x", 9000) + `","services":"Fly"},{"name":"g","services":[]}]`))
	if err != nil {
		t.Fatal(err)
	}
	for i, says := range []string{"value of name must be a text", "value of services must be a list of texts", "value of services must be a list of texts", "This entry has no services.", "more than one line", "longer than 8192 bytes", ""} {
		row := s.Rows[i]
		if !strings.Contains(row.Mistake, says) || (says == "") != (row.Mistake == "") || row.Mistake != "" && row.Field("name") != nil || strings.Contains(row.Mistake, "Marked") {
			t.Errorf("entry %d: %q, want %q", i+1, row.Mistake, says)
		}
	}
}

// X37: an entry of as many keys as a file has room for takes little memory, and little is said of it.
func TestAnEntryOfManyKeys(t *testing.T) {
	var file strings.Builder
	file.WriteString(`[{"name":"a","services":"Fly"`)
	for n := 0; file.Len() < listed.MaxBytes-32; n++ {
		fmt.Fprintf(&file, `,"%x":1`, n)
	}
	file.WriteString(`}]`)
	const most = 16 << 20 // the file, and a thousand keys
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := listed.Read(strings.NewReader(file.String()))
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > most+uint64(file.Len()) {
		t.Errorf("%d MB of memory", took>>20)
	}
	if problem.KindOf(err) != problem.Invalid || !strings.Contains(err.Error(), "Entry 1 has more than 1000 keys.") {
		t.Errorf("%.400v", err)
	}
}

// R30: whatever somebody calls a list, reading it ends in a sentence, or in what another reader of JSON reads there.
func FuzzReadList(f *testing.F) {
	for _, seed := range []string{
		`[{"name":"a","services":["Fly","Opus"],"password":"x"}]`, `[{"name":"\u00e8\ud83d\udd11\n\/","services":"Fly","description":null}]`, `[{"name":1.5e-3,"services":[true,false,null,{"a":[]}]}]`,
		`[{"a":{"b":[{"c":-0.1}]}}]`, `[ ]`, `[{}]`, `[{"name":"a","name":"b"}]`, "\ufeff[{\"name\":\"a\",\r\n\"services\":\"\"}]", `[{"name":"\ud800","services":""}]`, inUTF16(`[{"name":"a","services":"b"}]`, binary.LittleEndian),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		text := bytes.TrimPrefix(bytes.Clone(file), []byte("\ufeff"))
		s, err := listed.Read(bytes.NewReader(file))
		if err != nil {
			if problem.KindOf(err) != problem.Invalid || problem.Message(err) == "" || len(err.Error()) > 800 {
				t.Fatalf("%v", err)
			}
			return
		}
		if first := bytes.TrimLeft(text, " \t\r\n"); len(first) == 0 || first[0] != '[' || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
			return // it was a table, or in UTF-16
		}
		var entries []map[string]any
		if err := json.Unmarshal(text, &entries); err != nil || len(entries) != len(s.Rows) {
			t.Fatalf("%q is read: %v", text, err)
		}
		for i, row := range s.Rows {
			for _, c := range listed.Columns {
				if text, ok := entries[i][c.Name].(string); ok && row.Mistake == "" && string(row.Field(c.Name)) != text {
					t.Fatalf("entry %d: %s is %q, want %q", i+1, c.Name, row.Field(c.Name), text)
				}
			}
		}
	})
}

// R30: what a table disarms, a file that is read gives back, however it looks.
func TestDisarmedTextsComeBack(t *testing.T) {
	texts := []string{"=1+1", "'=1", "''=1", "+1", "-1", "@a", "＝1", "  =1", "' =1", "'", "''", "'a", "a'", "plain", "= ", "'-", " '=1", "a=1", "\n=1"}
	var out bytes.Buffer
	w := sheet.NewWriter(&out, "name", "description", "services")
	for _, text := range texts {
		if err := w.Row("x", text, "y"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	s, err := listed.Read(&out)
	if err != nil || len(s.Rows) != len(texts) {
		t.Fatalf("%v", err)
	}
	for i, row := range s.Rows {
		if got := strings.ReplaceAll(row.Text("description"), "\r\n", "\n"); got != texts[i] {
			t.Errorf("%q comes back as %q", texts[i], got)
		}
	}
}
