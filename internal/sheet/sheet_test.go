package sheet_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

const marked = "Marked-Secret-2026!"

var (
	passwords = sheet.Layout{
		Columns:  []sheet.Column{{Name: "username", Required: true}, {Name: "password"}, {Name: "app_password"}},
		MaxBytes: 8 << 20, MaxRows: 50_000,
	}
	profiles = sheet.Layout{
		Columns: []sheet.Column{
			{Name: "name", Required: true}, {Name: "description", Lines: true}, {Name: "username", Required: true}, {Name: "password", Required: true}, {Name: "type"},
		},
		MaxBytes: 8 << 20, MaxRows: 10_000,
	}
)

func inUTF16(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// lines shows a sheet as text: the line of each row, its fields, and what is wrong with it.
func lines(l sheet.Layout, s *sheet.Sheet) []string {
	var list []string
	for _, row := range s.Rows {
		text := fmt.Sprint(row.Line)
		for _, c := range l.Columns {
			if s.Has(c.Name) && row.Mistake == "" {
				text += "|" + string(row.Field(c.Name))
			}
		}
		if row.Mistake != "" {
			text += " " + row.Mistake
		}
		list = append(list, text)
	}
	return list
}

// X18–X23: what Excel, PowerShell and others write is read as they mean it.
func TestFilesAsOthersWriteThem(t *testing.T) {
	plain := "username,password\r\na@contoso.com,Gehèim 1\r\n"
	tabs := "username\tpassword\r\na@contoso.com\tGehèim 1\r\n"
	want := []string{"2|a@contoso.com|Gehèim 1"}
	third := []string{"3|a@contoso.com|Gehèim 1"}
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"UTF-8":                       {plain, want},
		"UTF-8 with a mark":           {"\ufeff" + plain, want},
		"UTF-16 LE":                   {inUTF16("\ufeff"+plain, binary.LittleEndian), want},
		"UTF-16 BE":                   {inUTF16("\ufeff"+plain, binary.BigEndian), want},
		"UTF-16 LE without a mark":    {inUTF16(plain, binary.LittleEndian), want},
		"UTF-16 BE without a mark":    {inUTF16(plain, binary.BigEndian), want},
		"UTF-16 beyond its first 64K": {inUTF16("\ufeffusername,password\na,\U0001f511\n", binary.LittleEndian), []string{"2|a|\U0001f511"}},
		"line ends of Unix":           {strings.ReplaceAll(plain, "\r", ""), want},
		"two CR":                      {strings.ReplaceAll(plain, "\r", "\r\r"), want},
		"no line end at the end":      {strings.TrimSuffix(plain, "\r\n"), want},
		"CR at the end":               {strings.TrimSuffix(plain, "\n"), want},
		"everything in quotes":        {"\"username\",\"password\"\n\"a\",\"p \"\"q\"\", r\"\n", []string{`2|a|p "q", r`}},
		"blanks of all kinds":         {"\u00a0username\u200b,\u3000password\ufeff\na,b\n\u00a0,\u3000\n", []string{"2|a|b"}}, // X17, X18
		"the head in capitals":        {" UserName , PASSWORD \na,b\n", []string{"2|a|b"}},
		"blanks stay":                 {"username,password\n a , b \n", []string{"2| a | b "}},
		"the type of Export-Csv":      {"#TYPE System.Management.Automation.PSCustomObject\r\n\"username\",\"password\"\r\n\"a\",\"b\"\r\n", []string{"3|a|b"}},

		"X18: rows of commas":             {"username,password\n,\na,b\n,,,,,,\n", []string{"3|a|b"}},
		"X18: rows of semicolons":         {";;\nusername;password\n;\na;b\n;\n", []string{"4|a|b"}},
		"X18: rows of empty quotes":       {"username,password\n\"\",\"\"\na,b\n\" \",\n", []string{"3|a|b"}},
		"X18: blank lines":                {"\r\n \r\nusername,password\r\n\r\na,b\r\n \t \r\n", []string{"5|a|b"}},
		"X18: rows of tabs":               {"username\tpassword\n\t\na\tb\n\t\t\t\n", []string{"3|a|b"}},
		"X18: in UTF-16":                  {inUTF16("\ufeffusername\tpassword\r\n\t\r\na\tb\r\n\t\r\n", binary.LittleEndian), []string{"3|a|b"}},
		"X19: sep=;":                      {"sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"), third},
		"X19: sep=,":                      {"sep=,\n" + plain, third},
		"X19: with a mark":                {"\ufeffsep=;\r\n" + strings.ReplaceAll(plain, ",", ";"), third},
		"X19: in capitals and quotes":     {"\"SEP=;\"\r\n" + strings.ReplaceAll(plain, ",", ";"), third},
		"X19: a tab, in UTF-16":           {inUTF16("\ufeffsep=\t\r\n"+tabs, binary.LittleEndian), third},
		"X19: a bar":                      {"sep=|\r\n" + strings.ReplaceAll(plain, ",", "|"), third},
		"X19: a rarer sign than another":  {"sep=;\nusername;password\na;b,c,d\n", []string{"3|a|b,c,d"}},
		"X20: tabs":                       {tabs, want},
		"X20: Unicode Text":               {inUTF16("\ufeff"+tabs, binary.LittleEndian), want},
		"X20: quotes in Unicode Text":     {inUTF16("\ufeffusername\tpassword\r\na\t\"p\"\"q\tr\"\r\n", binary.LittleEndian), []string{"2|a|p\"q\tr"}},
		"X20: commas within tabs":         {"username\tpassword\na\tb,c;d\n", []string{"2|a|b,c;d"}},
		"X21: empty columns behind":       {"username,password,,,\na,b,,,\n", []string{"2|a|b"}},
		"X21: not in every row":           {"username;password;;;\na;b\nc;d;\ne;f;;;\n", []string{"2|a|b", "3|c|d", "4|e|f"}},
		"X21: as many as Excel has":       {"username,password" + strings.Repeat(",", 16_382) + "\na,b" + strings.Repeat(",", 16_382) + "\n", []string{"2|a|b"}},
		"X21: empty columns between":      {",username,,password\n,a,,b\n", []string{"2|a|b"}},
		"X22: the last field is missing":  {"username,password,app_password\na,b\nc,d,\n", []string{"2|a|b|", "3|c|d|"}},
		"X22: two fields are missing":     {"username,password,app_password\na\n", []string{"2|a||"}},
		"quotes over several lines, tidy": {"username,password\n\"a\n\",b\nc,d\n", []string{"2|a\n|b", "4|c|d"}},
	} {
		s, err := passwords.Read(strings.NewReader(c.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, lines(passwords, s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// X22, X23, R47: a row that cannot be read says why, costs no other, and shows nothing of itself. Above all no password is cut off: a row
// that is longer than the head stays a mistake.
func TestRowsThatCannotBeRead(t *testing.T) {
	good := "c@contoso.com,last\n"
	for name, c := range map[string]struct {
		head, rows string
		says       []string // by line, from 2; empty: good
	}{
		"R47: a comma in a password":         {"username,password\n", "a," + marked + ",x\n", []string{"3 columns, and the header row has 2"}},
		"R47: a password ends with commas":   {"username,password\n", "a," + marked + ",,\n", []string{"delete the commas"}},
		"R47: below a column without a name": {"username,password,\n", "a," + marked + ",x\n", []string{"Column 3 of this row has no name"}},
		"R47: a blank below such a column":   {"username,password,\n", "a," + marked + ", \n", []string{"Column 3 of this row has no name"}},
		"R47: between columns":               {"username,,password\n", "a," + marked + ",x\n", []string{"Column 2 of this row has no name"}},
		"X22: a column that must be there":   {"password,username\n", marked + "\n", []string{"ends before the column username: this row has 1 column, and the header row has 2"}},
		"X22: separated by something else":   {"username,password\n", "a;" + marked + "\n", []string{"a single field. Separate its columns with commas"}},
		"X22: the whole row in quotes":       {"username,password\n", "\"a," + marked + "\"\n", []string{"don't put quotes around the whole row"}},
		"X23: a quote within a field":        {"username,password\n", "a,Mark\"ed-Secret-2026!\n", []string{"quotes in this row don't match"}},
		"X23: a quote at the end":            {"username,password\n", "a," + marked + "\"\n", []string{"quotes in this row"}},
		"X23: a quote that is never closed":  {"username,password\n", "a,\"" + marked + "\n", []string{"quotes in this row"}},
		"X23: closed too early":              {"username,password\n", "a,\"Mark\"" + marked + "\n", []string{"quotes in this row"}},
		"X23: closed in a later row":         {"username,password\n", "a,\"" + marked + "\nb,good\nd,\"x\"\n", []string{"quotes in this row", "", ""}},
		"X23: closed by another stray quote": {"username,password\n", "a,\"" + marked + "\nb,good\nd," + marked + "\"\n", []string{"quotes in this row", "", "quotes in this row"}},
		"X23: in the first field":            {"username,password\n", "\"a," + marked + "\n", []string{"quotes in this row"}},
		"X23: two of them":                   {"username,password\n", "a,\"x\nb,\"y\n", []string{"quotes in this row", "quotes in this row"}},
		"a line end of old Macs":             {"username,password\n", "a," + marked + "\rb," + marked + "\n", []string{"line endings of"}},
		"X37: a field that is too long":      {"username,password\n", "a," + strings.Repeat("x", 8193) + "\n", []string{"longer than 8192 bytes"}},
		"X37: the same in quotes":            {"username,password\n", "a,\"" + strings.Repeat("x", 8193) + "\"\n", []string{"longer than 8192 bytes"}},
		"X37: very many columns":             {"username,password\n", "a" + strings.Repeat(",x", 100_000) + "\n", []string{"100001 columns"}},
	} {
		file := c.head + c.rows + good
		switch c.head {
		case "password,username\n":
			file = c.head + c.rows + "last,c@contoso.com\n"
		case "username,,password\n":
			file = c.head + c.rows + "c@contoso.com,,last\n"
		}
		s, err := passwords.Read(strings.NewReader(file))
		if err != nil || len(s.Rows) != len(c.says)+1 {
			t.Errorf("%s: %v, %v", name, s, err)
			continue
		}
		for i, row := range s.Rows {
			says := append(c.says, "")[i]
			if row.Line != i+2 || (row.Mistake == "") != (says == "") || !strings.Contains(row.Mistake, says) || len(row.Mistake) > 300 {
				t.Errorf("%s: line %d: %q, want %q", name, row.Line, row.Mistake, says)
			}
			if strings.Contains(row.Mistake, "Mark") || row.Mistake != "" && (row.Field("username") != nil || row.Field("password") != nil) {
				t.Errorf("%s: line %d shows what stands in it", name, row.Line)
			}
		}
		if last := s.Rows[len(c.says)]; string(last.Field("password")) != "last" {
			t.Errorf("%s: the row behind it is lost", name)
		}
	}
}

// X22: a row that ends before the head says so to whoever misses a field.
func TestShortRowsSaySo(t *testing.T) {
	s, err := passwords.Read(strings.NewReader("username,password,,\na\nb,c\nd,e,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{": this row has 1 column, and the header row has 2", "", ""} {
		if got := s.Rows[i].Short(); got != want {
			t.Errorf("line %d: %q", s.Rows[i].Line, got)
		}
	}
}

// X23: where several lines may stand in a field, they do, and a quote that is not closed soon costs its row all the same.
func TestFieldsOfSeveralLines(t *testing.T) {
	long := strings.Repeat("one,two,three\r\n", 1000)
	file := "name;username;password;description\r\n" +
		"A;a@contoso.com;x;\"Backup, at night\r\nand on \"\"Sundays\"\"\"\r\n" +
		"B;b@contoso.com;\"x\r\ny\";\r\n" +
		"C;c@contoso.com;x;\"" + long +
		"D;d@contoso.com;x\r\n"
	s, err := profiles.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got := lines(profiles, s)
	if want := "2|A|Backup, at night\r\nand on \"Sundays\"|a@contoso.com|x"; got[0] != want {
		t.Errorf("%q, want %q", got[0], want)
	}
	if !strings.HasPrefix(got[1], "4 The quotes") || !strings.HasPrefix(got[3], "6 The quotes") {
		t.Errorf("%q", got[:4])
	}
	if want := "1006|D||d@contoso.com|x"; got[len(got)-1] != want {
		t.Errorf("%q, want %q", got[len(got)-1], want)
	}
}

// R47, X37, R60: what cannot be read as a whole says why, names five columns at most, and never what stands in the file.
func TestFilesThatCannotBeRead(t *testing.T) {
	many := strings.Repeat("a,b\n", passwords.MaxRows+1)
	for name, c := range map[string]struct{ file, says string }{
		"empty":                       {"", "The file is empty. Its first row must name the columns: username, password, app_password."},
		"only a mark":                 {"\ufeff", "empty"},
		"only separators":             {",,,\n,\n\n", "empty"},
		"only sep=;":                  {"sep=;\n", "empty"},
		"head only":                   {"username,password\n,,\n", "no other rows"},
		"no head":                     {"a@contoso.com," + marked + "\nb@contoso.com," + marked + "\n", "It has no column username"},
		"a head of another separator": {"sep=;\nusername,password\na," + marked + "\n", "It has no column username"},
		"unknown columns":             {"username,password,Name,E-Mail\u202e\na," + marked + ",x,y\n", `unknown columns: "name", "e-mail". The columns can be username, password, app_password.`},
		"X37: many unknown columns":   {"username" + strings.Repeat(",other column of some length", 16_000) + "\n", `"other column of some…" and 15995 more`},
		"X37: too many columns":       {"username,password" + strings.Repeat(",", 16_383) + "\n", "more than 16384 columns"},
		"a column twice":              {"username,password,PASSWORD\na," + marked + "\n", `duplicate column: "password"`},
		"a quote in the head":         {"username,pass\"word\na," + marked + "\n", "from line 1 on"},
		"no row without a quote":      {"sep=,\nusername,password\na,\"" + marked + "\nb,c\"d\n", "from line 3 on"},
		"line ends of old Macs":       {"username,password\ra@contoso.com," + marked + "\r", "line endings of"},
		"the same in quotes":          {"\"username\",\"password\"\r\"a\",\"" + marked + "\"\r", "line endings of"},
		"Latin-1":                     {"username,password\na,Geh\xe8im\n", "not text in UTF-8 or UTF-16"},
		"half a letter of UTF-16":     {inUTF16("\ufeffusername\n", binary.LittleEndian) + "x", "not text"},
		"a lone surrogate":            {inUTF16("\ufeffusername\n", binary.LittleEndian) + "\x00\xd8a\x00", "not text"},
		"a surrogate at the end":      {inUTF16("\ufeffusername\n", binary.BigEndian) + "\xd8\x00", "not text"},
		"a workbook":                  {"PK\x03\x04\x14\x00\x06\x00", "an Excel workbook"},
		"too large":                   {"username,password\n" + strings.Repeat("x", passwords.MaxBytes), "larger than 8 MB"},
		"X37: too many rows":          {"username,password\n" + many, "more than 50000 rows"},
		"X37: too many bad rows":      {"username,password\n" + strings.ReplaceAll(many, ",", "\""), "more than 50000 rows"},
	} {
		_, err := passwords.Read(strings.NewReader(c.file))
		if problem.KindOf(err) != problem.Invalid || !strings.Contains(problem.Message(err), c.says) || len(err.Error()) > 400 || strings.Contains(strings.ToLower(err.Error()), strings.ToLower(marked)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A head without a name is none, also where no column must be there.
func TestHeadsWithoutAName(t *testing.T) {
	l := sheet.Layout{Columns: []sheet.Column{{Name: "username"}}, MaxBytes: 1 << 20, MaxRows: 10}
	for _, file := range []string{"\ufeff\ufeff\na\n", strings.Repeat("x", 9000) + "\na\n"} {
		if _, err := l.Read(strings.NewReader(file)); !strings.Contains(problem.Message(err), "must name the columns: username.") {
			t.Errorf("%v", err)
		}
	}
}

// A file arrives in pieces, and may break off; then it is no file.
func TestFilesInPieces(t *testing.T) {
	file := "username,password\n" + strings.Repeat("a@contoso.com,x\n", 10_000)
	s, err := passwords.Read(iotest.OneByteReader(strings.NewReader(file)))
	if err != nil || len(s.Rows) != 10_000 {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := passwords.Read(iotest.TimeoutReader(strings.NewReader(file))); err == nil || problem.KindOf(err) == problem.Invalid {
		t.Errorf("broken off: %v", err)
	}
}

// R60: nothing of a cleared sheet is left.
func TestClear(t *testing.T) {
	for _, file := range []string{"username,password\na,\"" + marked + "\"\"\"\n", inUTF16("username,password\na,"+marked+"\n", binary.LittleEndian)} {
		s, err := passwords.Read(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		held := s.Rows[0].Field("password")
		if !strings.HasPrefix(string(held), marked) {
			t.Fatalf("%q", held)
		}
		if s.Clear(); strings.Trim(string(held), "\x00") != "" {
			t.Errorf("%q is left", held)
		}
	}
}
