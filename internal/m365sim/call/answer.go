package call

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// Answer is a response that has not been written yet. Rooms make one while the directory is held; it is sent afterwards.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON makes an answer of v. Unlike json.Marshal it leaves <, > and & as they are, which is how Microsoft writes.
func JSON(status int, contentType string, v any) Answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return Text(http.StatusInternalServerError, "text/plain; charset=utf-8", "the simulator could not write its answer")
	}
	return Text(status, contentType, string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}

// Text makes an answer of a text. Without a content type it has none.
func Text(status int, contentType, body string) Answer {
	a := Answer{Status: status, Header: http.Header{}, Body: []byte(body)}
	if contentType != "" {
		a.Header.Set("Content-Type", contentType)
	}
	return a
}

// Send writes the answer. With truncate it promises the whole body, sends half of it and breaks the connection.
func (a Answer) Send(w http.ResponseWriter, truncate bool) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if a.Header.Get("Content-Type") == "" {
		w.Header()["Content-Type"] = nil // net/http would guess one
	}
	if a.Status != http.StatusNoContent && a.Status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if !truncate {
		_, _ = w.Write(a.Body) // a client that has gone is no concern of the simulator
		return
	}
	_, _ = w.Write(a.Body[:len(a.Body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Set adds a header. A value that is empty adds none.
func (a Answer) Set(name, value string) {
	if value != "" {
		a.Header.Set(name, value)
	}
}

// NotFound is what a web server in front of Microsoft's services says of a path that leads nowhere.
func NotFound() Answer {
	return Text(http.StatusNotFound, "text/html; charset=us-ascii",
		"<!DOCTYPE HTML><html><head><title>Not Found</title></head><body><h2>Not Found</h2><p>HTTP Error 404. The requested resource is not found.</p></body></html>")
}

// MethodNotAllowed is what it says of a method that a path does not take.
func MethodNotAllowed(allowed string) Answer {
	a := Text(http.StatusMethodNotAllowed, "text/html; charset=us-ascii", "<h2>Method Not Allowed</h2>")
	a.Header.Set("Allow", allowed)
	return a
}
