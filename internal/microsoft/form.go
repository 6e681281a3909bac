package microsoft

import (
	"io"
	"net/http"
	"sync"
)

// form is the body of a request that carries a password. It is built by hand and overwritten when it is done with, because it is the one
// place where a password stands in the clear outside of its secret.Value. The transport may still be reading when an answer
// is there already, so that all access is by turns. What the transport itself copies into its buffers is out of reach.
type form struct {
	mu      sync.Mutex
	body    []byte
	touched bool
}

// newForm makes a form that can hold the pairs without moving; a body that grows would leave copies behind.
func newForm(pairs ...[]byte) *form {
	size := 0
	for _, part := range pairs {
		size += 3*len(part) + 1
	}
	body := make([]byte, 0, size)
	for i, part := range pairs {
		switch {
		case i == 0:
		case i%2 == 0:
			body = append(body, '&')
		default:
			body = append(body, '=')
		}
		body = appendEscaped(body, part)
	}
	return &form{body: body}
}

// appendEscaped writes bytes as application/x-www-form-urlencoded; a blank as %20, which every decoder reads.
func appendEscaped(dst, src []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, b := range src {
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_' || b == '.' || b == '~' {
			dst = append(dst, b)
		} else {
			dst = append(dst, '%', digits[b>>4], digits[b&15])
		}
	}
	return dst
}

// newXML makes a body of XML with the values, escaped, between its parts. Like a form it can hold them without moving.
func newXML(parts []string, values [][]byte) *form {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	for _, value := range values {
		size += len("&quot;") * len(value)
	}
	body := make([]byte, 0, size)
	for i, part := range parts {
		body = append(body, part...)
		if i < len(values) {
			body = appendXML(body, values[i])
		}
	}
	return &form{body: body}
}

// appendXML writes text as the content of an element.
func appendXML(dst, src []byte) []byte {
	for _, b := range src {
		switch b {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}

// attach makes the form the body of a request.
func (f *form) attach(req *http.Request) {
	f.mu.Lock()
	req.ContentLength = int64(len(f.body))
	f.mu.Unlock()
	// The transport asks for another body only if it has not written a single byte of this request to a connection that
	// turned out to be closed.
	req.GetBody = func() (io.ReadCloser, error) { return &formReader{form: f}, nil }
	req.Body = &formReader{form: f}
}

// sent reports whether anybody has begun to read the body, which means that it may have left us.
func (f *form) sent() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.touched
}

// wipe overwrites the body. Whoever still reads gets an error.
func (f *form) wipe() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.body)
	f.body = nil
}

type formReader struct {
	form *form
	at   int
}

// Read gives the next bytes.
func (r *formReader) Read(p []byte) (int, error) {
	r.form.mu.Lock()
	defer r.form.mu.Unlock()
	if r.form.body == nil {
		return 0, io.ErrClosedPipe
	}
	r.form.touched = true
	n := copy(p, r.form.body[r.at:])
	if r.at += n; r.at == len(r.form.body) {
		return n, io.EOF
	}
	return n, nil
}

// Close has nothing to free; the bytes belong to the form.
func (*formReader) Close() error { return nil }
