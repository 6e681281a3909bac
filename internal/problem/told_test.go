package problem_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/problem"
)

// X38, R60: what a library quotes of what was sent is in no log, however deep it is wrapped; everything else is told whole.
func TestTold(t *testing.T) {
	const sent = "Marked-Secret-2026!"
	fails := map[string]func() error{
		"an escape":  func() error { _, err := url.QueryUnescape(sent + "%zz"); return err },
		"an address": func() error { _, err := url.Parse("https://" + sent + "\x7f/"); return err }, //nolint:staticcheck // It is wrong on purpose.
		"a host":     func() error { _, err := url.Parse("https://a b" + sent); return err },        //nolint:staticcheck // It is wrong on purpose.
		"a header": func() error {
			_, err := textproto.NewReader(bufio.NewReader(strings.NewReader(sent + "\r\n\r\n"))).ReadMIMEHeader()
			return err
		},
		"a number": func() error { _, err := strconv.Atoi(sent); return err },
		"a moment": func() error { _, err := time.Parse(time.RFC3339, sent); return err },
		"a value":  func() error { return json.Unmarshal([]byte(`"`+sent+`"`), new(int)) },
		"a row":    func() error { _, err := csv.NewReader(strings.NewReader("a\"" + sent)).Read(); return err },
	}
	for name, fail := range fails {
		cause := fail()
		for how, err := range map[string]error{
			"alone": cause, "wrapped": fmt.Errorf("read the form: %w", cause), "in a problem": problem.Wrap(cause, problem.Internal, "No."), "joined": errors.Join(io.EOF, cause),
		} {
			if told := problem.Told(err); cause == nil || strings.Contains(told, "Marked") || !strings.HasPrefix(told, "what was sent could not be read:") {
				t.Errorf("%s, %s: %q", name, how, told)
			}
		}
	}
	if told := problem.Told(fmt.Errorf("write the item: %w", io.ErrShortWrite)); told != "write the item: short write" {
		t.Errorf("told %q", told)
	}
}
