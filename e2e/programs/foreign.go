package programs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// What Purser is at the foreign provider. A client secret has characters that an address would change.
const (
	ForeignClient = "purser"
	ForeignSecret = "hidden-Q~3"
)

// Claims are what the foreign provider says of a person.
type Claims map[string]any

// Foreign is an OpenID provider that is not of the demo's make: e2e/programs/foreign/provider.mjs.
type Foreign struct {
	*Process
	Issuer string
}

// StartForeign starts it with Purser at base as its client, and with people by what they sign in with. The script is the path of
// provider.mjs.
func StartForeign(ctx context.Context, script string, log io.Writer, base string, people map[string]Claims) (*Foreign, error) {
	settings, err := json.Marshal(map[string]any{
		"people": people,
		"clients": []any{map[string]any{
			"client_id": ForeignClient, "client_secret": ForeignSecret,
			"redirect_uris": []string{base + "/auth/callback"}, "post_logout_redirect_uris": []string{base + "/auth/signed-out"},
		}},
	})
	if err != nil {
		return nil, err
	}
	p, words, err := startWith(ctx, log, append(os.Environ(), "FOREIGN="+string(settings)), "node", script)
	if err != nil {
		return nil, err
	}
	if len(words) != 2 {
		return nil, errors.Join(fmt.Errorf("ready line: %q", words), p.Kill())
	}
	p.URL = words[1]
	return &Foreign{Process: p, Issuer: words[1]}, nil
}

// Rotate gives it another signing key, and withdraws the one of before.
func (f *Foreign) Rotate(ctx context.Context) error { return f.control(ctx, "/_test/rotate", nil) }

// SetPeople replaces the people.
func (f *Foreign) SetPeople(ctx context.Context, people map[string]Claims) error {
	return f.control(ctx, "/_test/people", people)
}

func (f *Foreign) control(ctx context.Context, path string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.Issuer+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return errors.Join(err, res.Body.Close())
}

// SignIn signs a person in at the Purser at base by the forms that the foreign provider shows, and gives where Purser leads them.
func (f *Foreign) SignIn(ctx context.Context, base, login string) (*Browser, Answer, error) {
	b, err := newBrowser(base, &http.Transport{MaxIdleConnsPerHost: 4})
	if err != nil {
		return nil, Answer{}, err
	}
	back, err := f.walk(ctx, b, base+"/auth/sign-in", login, base+"/auth/callback")
	if err != nil {
		return nil, Answer{}, err
	}
	a, err := b.Get(ctx, strings.TrimPrefix(back, base))
	return b, a, err
}

// SignOut signs the person out, confirms it at the provider, and gives the address to which the provider sends the browser back.
func (f *Foreign) SignOut(ctx context.Context, b *Browser) (string, error) {
	a, err := b.Post(ctx, "/auth/sign-out", url.Values{}, false)
	if err != nil {
		return "", err
	}
	to := a.Header.Get("Location")
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(to, f.Issuer+"/") {
		return "", fmt.Errorf("sign-out answers %d and leads to %q", a.Status, to)
	}
	return f.walk(ctx, b, to, "", b.base+"/auth/signed-out")
}

// walk follows redirects and fills in the forms on the way, until an address begins with end. It does not open that one.
func (f *Foreign) walk(ctx context.Context, b *Browser, address, login, end string) (string, error) {
	var form url.Values
	for range 20 {
		if strings.HasPrefix(address, end) {
			return address, nil
		}
		a, err := b.open(ctx, address, form)
		if err != nil {
			return "", err
		}
		here, err := url.Parse(address)
		if err != nil {
			return "", err
		}
		if to := a.Header.Get("Location"); to != "" {
			next, err := here.Parse(to)
			if err != nil {
				return "", err
			}
			address, form = next.String(), nil
			continue
		}
		if address, form, err = fill(here, a, login); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("more than 20 steps before %s", end)
}

// fill fills in the first form of a page.
func fill(here *url.URL, a Answer, login string) (string, url.Values, error) {
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	if err != nil {
		return "", nil, err
	}
	form := page.Find("form").First()
	action, err := here.Parse(form.AttrOr("action", ""))
	if err != nil || form.Length() == 0 {
		return "", nil, fmt.Errorf("%s answers %d without a form: %.300s", here.Path, a.Status, a.Body)
	}
	filled := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		name := input.AttrOr("name", "")
		switch name {
		case "login":
			filled.Set(name, login)
		case "password":
			filled.Set(name, "any")
		default:
			filled.Set(name, input.AttrOr("value", ""))
		}
	})
	return action.String(), filled, nil
}
