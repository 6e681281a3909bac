package demotest

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
)

// UploadSlowly posts a file and stops before its end, once Purser has begun to read it. rest sends the end.
func (b *Browser) UploadSlowly(action, content string) (rest func(), status <-chan int) {
	b.t.Helper()
	body, end := io.Pipe()
	begun, answered := make(chan struct{}), make(chan int, 1)
	ctx := httptrace.WithClientTrace(b.t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(begun) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Base+action, io.MultiReader(
		strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"passwords.csv\"\r\n\r\n"+content), body, strings.NewReader("\r\n--x--\r\n")))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"multipart/form-data; boundary=x"}, "Expect": {"100-continue"}}
	go func() {
		res, err := b.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		_ = res.Body.Close()
		answered <- res.StatusCode
	}()
	select {
	case <-begun:
	case early := <-answered:
		b.t.Fatalf("a slow file: status %d", early)
	}
	return func() { _ = end.Close() }, answered
}
