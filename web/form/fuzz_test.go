package form_test

import (
	"strings"
	"testing"

	"purser.example/internal/problem"
	"purser.example/web/form"
)

// R60, X38: whatever is sent, the reader gives fields or says that the sender is mistaken, and repeats nothing of it.
func FuzzValues(f *testing.F) {
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	f.Add("name=a%26b&id=1", plain, "id=3")
	f.Add("name=%", plain, "")
	f.Add(field("name", "a")+"--x--\r\n", parts, "a;b=1")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nfile\r\n--x--", parts, "%zz")
	f.Add("--x\r\nContent-Disposition: form-data; name*=utf-8''%FF\r\n\r\n\r\n--x--", parts, "")
	f.Add(field("name", "a"), "multipart/form-data; boundary=\"x", "")
	f.Add("{}", "application/json; charset", "")
	f.Fuzz(func(t *testing.T, body, kind, query string) {
		request := sent(strings.NewReader(body), kind, "")
		request.Request().URL.RawQuery = query
		values, err := form.Values(request)
		if err == nil && values == nil {
			t.Error("neither fields nor an error")
		}
		if err == nil {
			return
		}
		if k := problem.KindOf(err); k != problem.BadRequest && k != problem.TooLarge || len(values) > 0 {
			t.Errorf("%v, with %d fields", err, len(values))
		}
		if said := err.Error() + problem.Message(err); len(body) > 12 && strings.Contains(said, body[:12]) {
			t.Errorf("the error repeats what was sent: %s", said)
		}
	})
}
