// Package idptest signs people in at the demo's identity provider over plain HTTP, for tests that have no browser.
//
// It reads the provider's pages as a person would: by the form they hold, not by addresses it knows.
package idptest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// ErrRefused means that the provider's page came back with an alert; the error's text holds what it said.
var ErrRefused = errors.New("sign-in refused")

const maxHops = 10

// SignIn opens authorizeURL, fills in the sign-in page and answers the address of the client's callback, which it does
// not open. Where the provider refuses the request itself, that address carries an error instead of a code. authorizeURL may also be the client's own address that leads to the provider. Cookies, the client's too, are
// kept in the jar of client, or in a new one for the length of the call when it has none; client itself is not changed,
// and its CheckRedirect is not asked.
func SignIn(ctx context.Context, client *http.Client, authorizeURL, email, password string) (callbackURL string, err error) {
	v, err := newVisit(client)
	if err != nil {
		return "", err
	}
	page, err := v.open(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil || page == nil {
		return v.callback, err
	}
	form := page.Find("form").First()
	action, err := page.Url.Parse(form.AttrOr("action", ""))
	if err != nil || form.Length() == 0 {
		return "", fmt.Errorf("no sign-in form at %s", page.Url.Path)
	}
	filled := url.Values{field(page, "Email"): {email}, field(page, "Password"): {password}}
	if page, err = v.open(ctx, http.MethodPost, action.String(), filled); err != nil || page == nil {
		return v.callback, err
	}
	return "", fmt.Errorf("no redirect to the client, but the page %q", strings.TrimSpace(page.Find("h1").Text()))
}

// field answers the name of the form field with that label.
func field(page *goquery.Document, label string) string {
	found := page.Find("label").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == label })
	return page.Find("#"+found.AttrOr("for", "none")).AttrOr("name", "")
}

// visit follows redirects by hand, so that it can stop before the callback.
type visit struct {
	client   http.Client
	redirect string // the client's redirect URI, once an address on the way has named it
	callback string // where the provider sent the browser in the end
}

func newVisit(client *http.Client) (*visit, error) {
	v := &visit{}
	if client != nil {
		v.client = *client
	}
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if v.client.Jar == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, fmt.Errorf("cookie jar: %w", err)
		}
		v.client.Jar = jar
	}
	return v, nil
}

// open answers the page at the end of the redirects, or nil when they end at the callback.
func (v *visit) open(ctx context.Context, method, address string, form url.Values) (*goquery.Document, error) {
	for range maxHops {
		if v.atCallback(address) {
			return nil, nil
		}
		res, err := v.send(ctx, method, address, form)
		if err != nil {
			return nil, err
		}
		if res.StatusCode < 300 || res.StatusCode > 399 {
			return read(res)
		}
		next, err := res.Location()
		if err := errors.Join(err, res.Body.Close()); err != nil {
			return nil, fmt.Errorf("redirect from %s: %w", res.Request.URL.Path, err)
		}
		method, address, form = http.MethodGet, next.String(), nil
	}
	return nil, fmt.Errorf("more than %d redirects", maxHops)
}

// atCallback remembers the redirect URI that an address names, and says whether the address is one below it.
func (v *visit) atCallback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if named := u.Query().Get("redirect_uri"); named != "" {
		v.redirect = named
		return false
	}
	base, _, _ := strings.Cut(address, "?")
	if v.redirect == "" || base != v.redirect {
		return false
	}
	v.callback = address
	return true
}

func (v *visit) send(ctx context.Context, method, address string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	return res, nil
}

// read answers a page that went well, or what an unhappy one says.
func read(res *http.Response) (*goquery.Document, error) {
	defer func() { _ = res.Body.Close() }() // Read to its end; closing tells nothing more.
	page, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", res.Request.URL.Path, err)
	}
	page.Url = res.Request.URL
	if alert := strings.TrimSpace(page.Find("[role=alert]").Text()); alert != "" {
		return nil, fmt.Errorf("%w: %s", ErrRefused, alert)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d: %.200s", res.Request.URL.Path, res.StatusCode, strings.TrimSpace(page.Find("body").Text()))
	}
	return page, nil
}
