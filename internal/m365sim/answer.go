package m365sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is a response that has not been written yet. Handlers make one while they hold the lock; it is sent afterwards.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// jsonAnswer makes an answer of v. Unlike json.Marshal it leaves <, > and & as they are, which is how Microsoft writes.
func jsonAnswer(status int, contentType string, v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return textAnswer(http.StatusInternalServerError, "text/plain; charset=utf-8", "the simulator could not write its answer")
	}
	return textAnswer(status, contentType, string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}

func textAnswer(status int, contentType, body string) answer {
	a := answer{status: status, header: http.Header{}, body: []byte(body)}
	if contentType != "" {
		a.header.Set("Content-Type", contentType)
	}
	return a
}

// send writes the answer. With truncate it promises the whole body, sends half of it and breaks the connection.
func (a answer) send(w http.ResponseWriter, truncate bool) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.header.Get("Content-Type") == "" {
		w.Header()["Content-Type"] = nil // net/http would guess one
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if !truncate {
		_, _ = w.Write(a.body) // a client that has gone is no concern of the simulator
		return
	}
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// set adds a header. A value that is empty adds none.
func (a answer) set(name, value string) {
	if value != "" {
		a.header.Set(name, value)
	}
}

// notFound is what a web server in front of Microsoft's services says of a path that leads nowhere.
func notFound() answer {
	return textAnswer(http.StatusNotFound, "text/html; charset=us-ascii",
		"<!DOCTYPE HTML><html><head><title>Not Found</title></head><body><h2>Not Found</h2><p>HTTP Error 404. The requested resource is not found.</p></body></html>")
}

// methodNotAllowed is what it says of a method that a path does not take.
func methodNotAllowed(allowed string) answer {
	a := textAnswer(http.StatusMethodNotAllowed, "text/html; charset=us-ascii", "<h2>Method Not Allowed</h2>")
	a.header.Set("Allow", allowed)
	return a
}
