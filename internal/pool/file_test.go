package pool_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
)

func inUTF16(text string, order binary.AppendByteOrder, mark bool) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

// R47: the file says of each row what would become of it, and touches nothing; its good rows are what a Save takes.
func TestPasswordsByFile(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.legacy(t, true, false)
	reading := r.validated(t, sites, "Pool")
	file := "app_password;username;password\r\n" +
		";POOL01@contoso.com;" + marked + "\r\n" +
		appWord + ";mfa@contoso.com;\r\n" +
		";pool02@contoso.com;\"semi;colon \"\"quoted\"\" 1\"\r\n" +
		";pool02@contoso.com;" + marked + "\r\n" +
		";stranger@contoso.com;" + marked + "\r\n" +
		"x;pool03@contoso.com;y\r\n" +
		";pool03@contoso.com\r\n" +
		";off@contoso.com;\r\n" +
		";;" + marked + "\r\n" +
		";ca@contoso.com;short\r\n"
	read, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(file))
	must(t, err)
	want := []string{"", "", "", "already in line 4", "not a member", "not both", "2 columns", "password is missing", "username is missing", "8 characters"}
	if len(read.Rows) != len(want) || read.Good() != 3 {
		t.Fatalf("%d rows, %d good: %+v", len(read.Rows), read.Good(), read.Rows)
	}
	for i, row := range read.Rows {
		if row.Line != i+2 || (want[i] == "") != (row.Mistake == "") || !strings.Contains(row.Mistake, want[i]) {
			t.Errorf("line %d: %q, want %q", row.Line, row.Mistake, want[i])
		}
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", read, read.Rows), "semi;colon") {
		t.Error("R60: a password is printed")
	}
	if p, err := r.Pool(ctx, adele, sites); err != nil || p.Number != 0 {
		t.Errorf("the dry run stored something: %+v %v", p, err)
	}
	must(t, r.sim.PatchUser("pool02@contoso.com", []byte(`{"password": "semi;colon \"quoted\" 1"}`)))
	saved := r.save(t, pool.Change{Key: sites, Reading: reading.ID, AdminURL: poolURL, Members: read.Changes()})
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 3 {
		t.Errorf("%+v", c)
	}
	if got := r.standings(t, reading.ID); got["mfa@contoso.com"] != pool.Ready || got["pool02@contoso.com"] != pool.Ready {
		t.Errorf("%v", got)
	}
	again, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(file))
	if err != nil || !again.Rows[0].Replaces || !again.Rows[1].Replaces || again.Rows[4].Replaces {
		t.Errorf("%+v %v", again.Rows, err)
	}
	r.clean(t)
}

// R47: UTF-8 and UTF-16, with and without a mark, comma and semicolon; what cannot be read says why, and never what stands there.
func TestFilesOfPasswords(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	plain := "username,password\npool01@contoso.com,Gehèim-2026!\n"
	for name, file := range map[string]string{
		"UTF-8": plain, "UTF-8 with a mark": "\ufeff" + plain, "no newline at the end": strings.TrimSuffix(plain, "\n"), "blank lines": strings.ReplaceAll(plain, "\n", "\n\n"),
		"UTF-16 LE": inUTF16(plain, binary.LittleEndian, true), "UTF-16 BE": inUTF16(plain, binary.BigEndian, true),
		"UTF-16 LE without": inUTF16(plain, binary.LittleEndian, false), "UTF-16 BE without": inUTF16(plain, binary.BigEndian, false),
		"head in capitals": strings.Replace(plain, "username,password", " UserName , PASSWORD ", 1),
		"X18: empty rows":  strings.ReplaceAll(plain, "\n", "\n,\n,,,\n"), "X19: sep=;": "sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"),
		"X20: Unicode Text": inUTF16(strings.ReplaceAll(plain, ",", "\t"), binary.LittleEndian, true), "X21: empty columns": strings.ReplaceAll(plain, "\n", ",,\n"),
		"X22: short rows": strings.Replace(plain, "password\n", "password,app_password\n", 1),
	} {
		read, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(file))
		if err != nil || len(read.Rows) != 1 || !strings.Contains(read.Rows[0].Mistake, "outside ASCII") {
			t.Errorf("%s: %+v %v", name, read.Rows, err)
		}
	}
	for name, c := range map[string]struct{ file, says string }{
		"empty":            {"", "empty"},
		"only a mark":      {"\ufeff", "empty"},
		"head only":        {"username,password\n", "no other rows"},
		"no head":          {"pool01@contoso.com," + marked + "\n", "must name the columns"},
		"unknown columns":  {"username,password,name,E-Mail\nx,y,z,a\n", `"name", "e-mail"`},
		"old line ends":    {"username,password\rpool01@contoso.com," + marked + "\rx," + marked + "\r", "line endings of the file"},
		"a column twice":   {"username,password,password\nx,y,z\n", "duplicate column"},
		"no password":      {"username\npool01@contoso.com\n", "needs a column"},
		"open quote":       {"username,password\npool01@contoso.com,\"" + marked + "\n", "line"},
		"quote in a field": {"username,password\npool01@contoso.com,a\"" + marked + "\n", "line 2"},
		"Latin-1":          {"username,password\npool01@contoso.com,Geh\xe8im-2026!\n", "UTF-8 or UTF-16"},
		"half a sign":      {inUTF16(plain, binary.LittleEndian, true) + "x", "UTF-8 or UTF-16"},
		"a spreadsheet":    {"PK\x03\x04\x00\x00", "UTF-8 or UTF-16"},
		"too large":        {"username,password\n" + strings.Repeat("x", pool.MaxImport), "8 MB"},
		"too many rows":    {"username,password\n" + strings.Repeat("a,b\n", pool.MaxImportRows+1), "rows"},
	} {
		_, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(c.file))
		if problem.KindOf(err) != problem.Invalid || !strings.Contains(problem.Message(err), c.says) || strings.Contains(err.Error(), marked) || strings.Contains(problem.Message(err), strings.ToLower(marked)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	folders := r.validated(t, pool.Key{Tenant: contoso, Class: pool.PublicFolders}, "Pool")
	if _, err := r.ReadPasswords(ctx, adele, folders.ID, strings.NewReader(plain)); problem.KindOf(err) != problem.Invalid {
		t.Errorf("public folders: %v", err)
	}
	if _, err := r.ReadPasswords(ctx, nobody, reading.ID, strings.NewReader(plain)); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("R2: %v", err)
	}
	if _, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader(pool.Template)); !strings.Contains(problem.Message(err), "no other rows") {
		t.Errorf("the template has the right head: %v", err)
	}
}

// R47, X22, X23: a row that cannot be read costs no other, and says what to do; a password is never cut off. R60: neither such a row nor
// a password that stands in the wrong column is shown.
func TestARowOfPasswordsThatCannotBeRead(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	read, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader("username,password,app_password\n"+
		"pool01@contoso.com,\""+marked+"\n"+
		"pool02@contoso.com,"+marked+",x,\n"+
		"pool02@contoso.com;"+marked+"\n"+
		marked+",pool02@contoso.com\n"+
		"P@"+marked+" x,pool02@contoso.com\n"+
		"pool02@contoso.com\n"+
		",,\n"+
		"pool03@contoso.com,"+marked+"\n"))
	must(t, err)
	want := []string{"quotes in this row", "4 columns, and the header row has 3", "a single field", "not a username", "not a username", "password is missing: this row has 1 column, and the header row has 3", ""}
	if len(read.Rows) != len(want) || read.Good() != 1 || string(read.Changes()[0].Password.Reveal()) != marked {
		t.Fatalf("%+v", read.Rows)
	}
	for i, row := range read.Rows {
		if (want[i] == "") != (row.Mistake == "") || !strings.Contains(row.Mistake, want[i]) || strings.Contains(row.Username+row.Mistake, "Marked") {
			t.Errorf("line %d: %q %q, want %q", row.Line, row.Username, row.Mistake, want[i])
		}
	}
}

// R47, R60: nothing of the file, and no password that was saved, is on the disk in the clear.
func TestNothingTouchesTheDiskInTheClear(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	read, err := r.ReadPasswords(ctx, adele, reading.ID, strings.NewReader("username,password,app_password\npool01@contoso.com,"+marked+",\nmfa@contoso.com,,"+appWord+"\n"))
	must(t, err)
	saved := r.save(t, pool.Change{Key: sites, Reading: reading.ID, AdminURL: poolURL, Members: read.Changes()})
	look := func(when string) {
		t.Helper()
		files, err := os.ReadDir(r.folder(t))
		must(t, err)
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(r.folder(t), f.Name()))
			must(t, err)
			if strings.Contains(string(b), marked) || strings.Contains(string(b), appWord) {
				t.Errorf("R60: %s holds a password %s", f.Name(), when)
			}
		}
	}
	look("while it waits")
	r.work(t, saved.Check)
	look("when it is stored")
}

func (r *rig) folder(t testing.TB) string {
	t.Helper()
	return filepath.Dir(string(column(t, r, "SELECT file FROM pragma_database_list WHERE name = 'main'")))
}

// Whatever somebody calls a CSV, reading it ends, with a sentence or with rows, each of which is good or says why not.
func FuzzReadPasswords(f *testing.F) {
	for _, seed := range []string{
		"username,password,app_password\r\npool01@contoso.com,secret,\r\n", "\ufeffusername;app_password\npool01@contoso.com;abc\n", "username,password\n\"a\"\"b\",\"c\nd\"\n",
		"username,password\na\n", "username,,\n", "\xff\xfeu\x00", "\xfe\xff\x00u", "username,username\n", ";;;\n", "username,password\n\"", "\x00", "username,password\r\r\n",
		"sep=;\nusername;password\n;\na;b\n", "username,password,,\na,b,,\nc\n", "username\tpassword\na\tb\n", "username,password\na,\"b\npool01@contoso.com,c\n", "username,password\npool01@contoso.com,a,b\n",
	} {
		f.Add([]byte(seed))
	}
	roster := map[string]pool.Member{"pool01@contoso.com": {User: "u1"}}
	f.Fuzz(func(t *testing.T, file []byte) {
		read, err := pool.JudgeFile(file, roster)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid || problem.Message(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(read.Rows) == 0 || len(read.Changes()) != read.Good() || read.Good() > len(roster) {
			t.Fatalf("%d rows, %d good", len(read.Rows), read.Good())
		}
		for _, row := range read.Rows {
			if row.Mistake == "" && (row.User == "" || row.Line < 2) {
				t.Fatalf("%+v", row)
			}
		}
		for _, c := range read.Changes() {
			for _, b := range c.Password.Reveal() {
				if b < ' ' || b > '~' {
					t.Fatalf("a password that cannot be sent is good: %q", c.Password.Reveal())
				}
			}
		}
	})
}
