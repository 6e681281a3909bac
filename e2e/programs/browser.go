package programs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"purser.example/internal/demo/idp/idptest"
)

// Browser is somebody signed in, without a screen. It follows no redirects: they are answers too.
type Browser struct {
	base   string
	client *http.Client
}

// Answer is what came back, whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// SignIn signs a person in at the Purser at base.
func SignIn(ctx context.Context, base, email, password string) (*Browser, error) {
	b, _, err := SignInOver(ctx, &http.Transport{MaxIdleConnsPerHost: 4}, base, email, password)
	return b, err
}

// SignInOver is SignIn for who has a way of their own to base. It gives the answer that the session began with, too.
func SignInOver(ctx context.Context, way http.RoundTripper, base, email, password string) (*Browser, Answer, error) {
	b, err := newBrowser(base, way)
	if err != nil {
		return nil, Answer{}, err
	}
	callback, err := idptest.SignIn(ctx, b.client, base+"/auth/sign-in", email, password)
	if err != nil {
		return nil, Answer{}, err
	}
	a, err := b.Get(ctx, strings.TrimPrefix(callback, base))
	if err != nil || a.Status != http.StatusSeeOther {
		return nil, a, errors.Join(err, fmt.Errorf("sign-in: status %d", a.Status))
	}
	return b, a, nil
}

func newBrowser(base string, way http.RoundTripper) (*Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Browser{base: base, client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second, Transport: way,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// open opens an address of any site, or sends a form there.
func (b *Browser) open(ctx context.Context, address string, form url.Values) (Answer, error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.send(req)
}

// Get opens a page.
func (b *Browser) Get(ctx context.Context, path string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return Answer{}, err
	}
	return b.send(req)
}

// Post sends a form, as a browser without script does or as htmx does.
func (b *Browser) Post(ctx context.Context, path string, form url.Values, script bool) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if script {
		req.Header.Set("HX-Request", "true")
	}
	return b.send(req)
}

// Upload sends a file as the form of an import does, with the button that was selected.
func (b *Browser) Upload(ctx context.Context, path, name string, content []byte, button string) (Answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return Answer{}, err
	}
	_, err = part.Write(content)
	if err := errors.Join(err, form.WriteField("do", button), form.Close()); err != nil {
		return Answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, &body)
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(req)
}

// Do sends a request of the caller's with the session. The answer is the caller's to read and to close.
func (b *Browser) Do(req *http.Request) (*http.Response, error) { return b.client.Do(req) }

func (b *Browser) send(req *http.Request) (Answer, error) {
	res, err := b.client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	body, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, body}, errors.Join(err, res.Body.Close())
}

// Forget closes the connections, which a process that is gone no longer holds.
func (b *Browser) Forget() { b.client.CloseIdleConnections() }

// Cookie is the session as a header of a load generator.
func (b *Browser) Cookie() (string, error) {
	u, err := url.Parse(b.base)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, c := range b.client.Jar.Cookies(u) {
		if strings.HasPrefix(c.Name, "purser_") {
			parts = append(parts, c.Name+"="+c.Value)
		}
	}
	return strings.Join(parts, "; "), nil
}
