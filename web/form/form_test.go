package form_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/form"
)

const secret = "Marked-Secret-2026!"

func sent(body io.Reader, kind, query string) echo.Context {
	r := httptest.NewRequest(http.MethodPost, "/?"+query, body)
	r.Header.Set("Content-Type", kind)
	return echo.New().NewContext(r, httptest.NewRecorder())
}

func field(name, value string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

// One reader reads both kinds of form, and the address behind them.
func TestValues(t *testing.T) {
	for name, c := range map[string]echo.Context{
		"plain":      sent(strings.NewReader("name=a%26b&id=1&id=2"), "application/x-www-form-urlencoded; charset=utf-8", "id=3"),
		"multipart":  sent(strings.NewReader(field("name", "a&b")+field("id", "1")+field("id", "2")+"--x--\r\n"), "multipart/form-data; boundary=x", "id=3"),
		"with files": sent(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"name\"; filename=\"a\"\r\n\r\nfile\r\n"+field("name", "a&b")+field("id", "1")+field("id", "2")+"--x--\r\n"), "multipart/form-data; boundary=x", "id=3"),
	} {
		values, err := form.Values(c)
		if err != nil || values.Get("name") != "a&b" || !slices.Equal(values["id"], []string{"1", "2", "3"}) {
			t.Errorf("%s: %v %v", name, values, err)
		}
	}
	if values, err := form.Values(sent(strings.NewReader(`{"name":"a"}`), "application/json", "")); err != nil || len(values) != 0 {
		t.Errorf("another type has no fields: %v %v", values, err)
	}
}

// X38: what cannot be read is the sender's mistake or too much, and nothing of it is repeated.
func TestWhatIsNoFormIsRefused(t *testing.T) {
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for name, c := range map[string]struct {
		body, kind, query string
		want              problem.Kind
	}{
		"a bad escape":              {"password=" + secret + "%zz", plain, "", problem.BadRequest},
		"a bad escape in a name":    {secret + "%zz=1", plain, "", problem.BadRequest},
		"a semicolon":               {"password=" + secret + ";a=1", plain, "", problem.BadRequest},
		"a bad escape in the query": {"", plain, "password=" + secret + "%zz", problem.BadRequest},
		"many fields":               {strings.Repeat("a=1&", 10_000) + "password=" + secret, plain, "", problem.TooLarge},
		"many fields of nothing":    {strings.Repeat("&", 1<<16), plain, "", problem.TooLarge},
		"a damaged type":            {"a=1", "multipart/form-data; boundary=\"" + secret, "", problem.BadRequest},
		"no boundary":               {field("password", secret), "multipart/form-data", "", problem.BadRequest},
		"another boundary":          {field("password", secret), "multipart/form-data; boundary=y", "", problem.BadRequest},
		"many parts":                {strings.Repeat(field("a", secret), 1001) + "--x--\r\n", parts, "", problem.TooLarge},
		"a damaged head":            {"--x\r\n" + secret + "\r\n\r\nvalue\r\n--x--\r\n", parts, "", problem.BadRequest},
		"a head of many lines":      {"--x\r\n" + strings.Repeat("X-"+secret+": a\r\n", 20_000) + "\r\n\r\n--x--\r\n", parts, "", problem.TooLarge},
		"half a form":               {"--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + secret, parts, "", problem.BadRequest},
		"text between parts":        {field("a", "1") + "--x " + secret + "\r\n\r\n--x--\r\n", parts, "", problem.BadRequest},
	} {
		_, err := form.Values(sent(strings.NewReader(c.body), c.kind, c.query))
		if problem.KindOf(err) != c.want || strings.Contains(err.Error(), "Marked") {
			t.Errorf("%s: %v: %v", name, problem.KindOf(err), err)
		}
	}
	if values, err := form.Values(sent(strings.NewReader(strings.Repeat(field("a", "1"), 1000)+"--x--\r\n"), parts, "")); err != nil || len(values["a"]) != 1000 {
		t.Errorf("a thousand parts: %d, %v", len(values["a"]), err)
	}
	if values, err := form.Values(sent(strings.NewReader(strings.Repeat("a=1&", 9_999)+"a=1"), plain, "")); err != nil || len(values["a"]) != 10_000 {
		t.Errorf("ten thousand fields: %d, %v", len(values["a"]), err)
	}
	for name, body := range map[string]io.Reader{
		"broken off": iotest.ErrReader(io.ErrUnexpectedEOF), "too late": iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("a=1"))),
	} {
		if _, err := form.Values(sent(body, plain, "")); problem.KindOf(err) != problem.BadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := sent(strings.NewReader("a="+secret), plain, "")
	large.Request().Body = http.MaxBytesReader(nil, large.Request().Body, 5)
	if _, err := form.Values(large); problem.KindOf(err) != problem.TooLarge {
		t.Errorf("too large: %v", err)
	}
}

// A page takes one small file; of a larger one it gets no more than it needs to know that, and what follows is read all the same.
func TestWithFile(t *testing.T) {
	file := func(name, content string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"a\"\r\n\r\n" + content + "\r\n"
	}
	for name, c := range map[string]struct{ body, want string }{
		"a file":            {file("file", "abc"), "abc"},
		"the largest":       {file("file", "abcd"), "abcd"},
		"one that is large": {file("file", strings.Repeat("a", 100_000)), "aaaaa"},
		"two":               {file("file", "ab") + file("file", "cd"), "ab"},
		"another field":     {file("other", "abc"), ""},
		"none":              {"", ""},
	} {
		values, got, err := form.WithFile(sent(strings.NewReader(c.body+field("name", "n")+"--x--\r\n"), "multipart/form-data; boundary=x", ""), "file", 4)
		if err != nil || string(got) != c.want || values.Get("name") != "n" {
			t.Errorf("%s: %q %v %v", name, got, values, err)
		}
	}
	if _, _, err := form.WithFile(sent(strings.NewReader(file("file", "abc")), "multipart/form-data; boundary=x", ""), "file", 4); problem.KindOf(err) != problem.BadRequest {
		t.Errorf("half a form: %v", err)
	}
}
