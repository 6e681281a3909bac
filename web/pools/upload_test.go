package pools

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
)

const (
	theFile   = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nusername,password\r\na,Marked-Secret\r\n"
	theButton = "\r\n--x\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\n"
	formEnd   = "\r\n--x--\r\n"
)

func sent(body io.Reader, boundary string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, ImportPath, body)
	r.Header.Set("Content-Type", "multipart/form-data"+boundary)
	return r
}

// R47: the form of an import is one file and a button.
func TestReceive(t *testing.T) {
	got, err := receive(sent(strings.NewReader(theFile+theButton+"import"+formEnd), "; boundary=x"))
	if err != nil || got.command != "import" || string(got.file) != "username,password\r\na,Marked-Secret\r\n" {
		t.Errorf("%q %q %v", got.command, got.file, err)
	}
	empty := strings.Replace(theFile, "username,password\r\na,Marked-Secret\r\n", "", 1)
	if got, err := receive(sent(strings.NewReader(empty+formEnd), "; boundary=x")); err != nil || got.file == nil || len(got.file) > 0 {
		t.Errorf("an empty file: %q %v", got.file, err)
	}
}

// X37, X38: a form of many parts is not read to its end, and what is wrong with one is said without a word of what it holds.
func TestReceiveRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body, boundary string
		kind           problem.Kind
		says           string
	}{
		"no file":            {"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n" + formEnd, "; boundary=x", problem.Invalid, "Choose a CSV file first"},
		"two files":          {theFile + "\r\n" + theFile + formEnd, "; boundary=x", problem.Invalid, "one file only"},
		"too large a file":   {theFile + strings.Repeat("x", pool.MaxImport) + formEnd, "; boundary=x", problem.Invalid, "larger than 8 MB"},
		"many parts":         {theFile + strings.Repeat(theButton, 1000) + formEnd, "; boundary=x", problem.BadRequest, "couldn't read this form"},
		"half a file":        {theFile, "; boundary=x", problem.BadRequest, "arrived incomplete"},
		"no boundary":        {theFile + formEnd, "", problem.BadRequest, "couldn't read this form"},
		"a damaged head":     {"--x\r\nMarked-Secret\r\n\r\n" + formEnd, "; boundary=x", problem.BadRequest, "couldn't read this form"},
		"text between parts": {theFile + "\r\n--x Marked-Secret\r\n\r\n" + formEnd, "; boundary=x", problem.BadRequest, "couldn't read this form"},
	} {
		got, err := receive(sent(strings.NewReader(c.body), c.boundary))
		if problem.KindOf(err) != c.kind || !strings.Contains(problem.Message(err), c.says) || got.file != nil || err != nil && strings.Contains(err.Error(), "Marked") {
			t.Errorf("%s: %v", name, err)
		}
	}
	slow := io.MultiReader(strings.NewReader(theFile), failing{})
	if _, err := receive(sent(slow, "; boundary=x")); problem.KindOf(err) != problem.BadRequest || !strings.Contains(problem.Message(err), "incomplete") {
		t.Errorf("too slow: %v", err)
	}
	large := sent(strings.NewReader(theFile+formEnd), "; boundary=x")
	large.Body = http.MaxBytesReader(nil, large.Body, int64(len(theFile)-5))
	_, err := receive(large)
	if _, ok := errors.AsType[*http.MaxBytesError](err); !ok {
		t.Errorf("too large a body: %v", err)
	}
}

// failing is a connection whose time is over.
type failing struct{ error }

func (failing) Read([]byte) (int, error) { return 0, timeout{} }

type timeout struct{}

func (timeout) Error() string   { return "i/o timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }
