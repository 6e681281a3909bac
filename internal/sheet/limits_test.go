package sheet_test

import (
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"purser.example/internal/problem"
)

// floods are files of a size that cost a reader of tables most.
func floods(size int) map[string]func() string {
	full := func(begin, text string) string { return begin + strings.Repeat(text, (size-len(begin))/len(text)) }
	const head = "username,password\n"
	return map[string]func() string{
		"a head of commas":          func() string { return full("username,password", ",") },
		"nothing but commas":        func() string { return full("", ",") },
		"a head of names":           func() string { return full("username,password", ",x") },
		"a row of commas":           func() string { return full(head+"a", ",") },
		"a row of nothing":          func() string { return full(head, ",") },
		"a row of fields":           func() string { return full(head+"a,b", ",c") },
		"one long field":            func() string { return full(head+"a,", "x") },
		"one long field in quotes":  func() string { return full(head+"a,\"", "x") },
		"one field of quotes":       func() string { return full(head+"a,\"", `""`) },
		"line ends":                 func() string { return full(head, "\n") },
		"CR":                        func() string { return full(head, "\r") },
		"CR, each within a row":     func() string { return full(head, "a\rb\n") },
		"short rows":                func() string { return full(head, "a,b\n") },
		"rows of quotes":            func() string { return full(head, "\"\n") },
		"rows that open a quote":    func() string { return full(head, "a,\"x\n") },
		"rows that open and double": func() string { return full(head, "\"\"\"a\n") },
		"wide rows": func() string {
			return full("username,password"+strings.Repeat(",", 16_000)+"\n", "a"+strings.Repeat(",", 16_000)+"\n")
		},
		"UTF-16": func() string {
			return inUTF16("\ufeff"+full("username\tpassword\n", "a@contoso.com\tx\n")[:size/2-2], binary.LittleEndian)
		},
		"signs of three bytes": func() string {
			return inUTF16("\ufeff"+strings.Repeat("\u20ac", size/2-2), binary.LittleEndian)
		},
	}
}

// X37: however a file is filled, reading it takes little memory, and what is said of it is short.
func TestFloods(t *testing.T) {
	for name, flood := range floods(1 << 20) {
		readFlood(t, name, flood())
	}
	large := floods(passwords.MaxBytes)
	for _, name := range []string{"a head of commas", "a row of commas", "short rows"} {
		readFlood(t, name+", 8 MB", large[name]())
	}
}

func readFlood(t *testing.T, name, file string) {
	t.Helper()
	const most = 64 << 20 // 8 MB of file, and 50,000 rows, each with what is wrong with it
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := passwords.Read(strings.NewReader(file))
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("%s: %d MB of memory", name, took>>20)
	}
	if err != nil && (problem.KindOf(err) != problem.Invalid || len(err.Error()) > 400) {
		t.Errorf("%s: %d bytes: %.400s", name, len(err.Error()), err)
	}
	if err == nil && len(s.Rows) > passwords.MaxRows {
		t.Errorf("%s: %d rows", name, len(s.Rows))
	}
}

// BenchmarkFloods tells how long such files take.
func BenchmarkFloods(b *testing.B) {
	for name, flood := range floods(passwords.MaxBytes) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			file := flood()
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = passwords.Read(strings.NewReader(file))
			}
		})
	}
}

// BenchmarkRead reads the largest file that is taken: 50,000 rows in 8 MB.
func BenchmarkRead(b *testing.B) {
	file := "username,password,app_password\r\n" + strings.Repeat("pool.account.of.contoso@contoso.onmicrosoft.com,\""+strings.Repeat("x", 100)+"\"\"\",\r\n", passwords.MaxRows)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if s, err := passwords.Read(strings.NewReader(file)); err != nil || len(s.Rows) != passwords.MaxRows {
			b.Fatal(err)
		}
	}
}
