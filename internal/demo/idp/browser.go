package idp

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
)

// cookieName is the only cookie of the provider. It names a browser and stands for nothing else; an app on the same host
// (cookies do not know ports) never uses the prefix.
const cookieName = "purser_idp_browser"

// browserForm is what rand.Text makes: at least 128 bits in base32.
var browserForm = regexp.MustCompile(`^[A-Z2-7]{26,64}$`)

// visit is what the library's storage needs to know of the request it serves, and does not get told.
type visit struct {
	browser string // empty when the browser is not known
	forget  func() // tells the browser to drop its cookie; works until the answer has begun
}

type visitKey struct{}

func visitFrom(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// withVisit hands the browser on to the storage.
func (p *Provider) withVisit(w http.ResponseWriter, r *http.Request, browser string) *http.Request {
	v := visit{browser: browser, forget: func() { p.setCookie(w, "", -1) }}
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

// browser answers the name in the cookie, or "".
func browser(r *http.Request) string {
	cookie, err := r.Cookie(cookieName)
	if err != nil || !browserForm.MatchString(cookie.Value) {
		return ""
	}
	return cookie.Value
}

// nameBrowser answers the browser's name and gives it one when it has none. One name serves all tabs, and two demos on
// one host.
func (p *Provider) nameBrowser(w http.ResponseWriter, r *http.Request) string {
	name := browser(r)
	if name == "" {
		name = rand.Text()
		p.setCookie(w, name, 0)
	}
	return name
}

func (p *Provider) setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, Path: p.prefix + "/", MaxAge: maxAge,
		HttpOnly: true, Secure: p.secureCookies, SameSite: http.SameSiteLaxMode,
	})
}
