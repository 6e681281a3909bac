package microsoft

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// R60: the body reads as what went in, and is gone when it is wiped, whoever still reads.
func TestFormIsWiped(t *testing.T) {
	f := newForm([]byte("username"), []byte("a@b"), []byte("password"), []byte("p+ =&%ü\x00"))
	body := f.body
	if got, err := url.ParseQuery(string(body)); err != nil || got.Get("password") != "p+ =&%ü\x00" || got.Get("username") != "a@b" {
		t.Errorf("%v, %v", got, err)
	}
	if f.sent() {
		t.Error("sent before anybody read")
	}
	var req http.Request
	f.attach(&req)
	if n, err := req.Body.Read(make([]byte, 4)); n != 4 || err != nil || !f.sent() || req.ContentLength != int64(len(body)) {
		t.Errorf("read %d, %v", n, err)
	}
	f.wipe()
	if _, err := io.ReadAll(req.Body); err == nil || bytes.ContainsFunc(body, func(r rune) bool { return r != 0 }) {
		t.Errorf("after the wipe: %v, %q", err, body)
	}
}

func TestFormMayBeWipedWhileItIsRead(t *testing.T) {
	f := newForm([]byte("password"), bytes.Repeat([]byte("x"), 1<<16))
	var req http.Request
	f.attach(&req)
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(io.Discard, req.Body) })
	f.wipe()
	reading.Wait()
}

func FuzzForm(f *testing.F) {
	f.Add([]byte("a@contoso.com"), []byte("p&a=s%s+w ö\xff\x00rd"))
	f.Fuzz(func(t *testing.T, username, password []byte) {
		form := newForm([]byte("username"), username, []byte("password"), password)
		read, err := url.ParseQuery(string(form.body))
		if err != nil || read.Get("username") != string(username) || read.Get("password") != string(password) || len(read) != 2 {
			t.Errorf("%q: %v, %v", form.body, read, err)
		}
		if cap(form.body) > 3*(len(username)+len(password))+60 {
			t.Errorf("room for %d bytes", cap(form.body))
		}
	})
}
