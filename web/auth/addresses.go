package auth

import (
	"net/url"
	"strings"
)

// SignInAddress is where to sign in so as to come back to a page of this site.
func SignInAddress(returnTo string) string {
	if returnTo == "" || returnTo == "/" {
		return SignInPath
	}
	return SignInPath + "?return=" + url.QueryEscape(returnTo)
}

// atBase marks the address of the way in at the base address, so that nobody is sent there twice: a proxy may change the host of
// every request.
const atBase = "at"

// askFresh marks the address of the way in for somebody who is to sign in anew, as respond.SignInAgain writes it.
const askFresh = "fresh"

// atBaseAddress is SignInAddress at the base address.
func atBaseAddress(base *url.URL, returnTo string, fresh bool) string {
	query := url.Values{"return": {returnTo}, atBase: {"base"}}
	if fresh {
		query.Set(askFresh, "1")
	}
	return base.String() + SignInPath + "?" + query.Encode()
}

// sameHost compares hosts as browsers do: without regard to case, to the port that goes without saying, or to a dot at the end.
func sameHost(base *url.URL, host string) bool {
	plain := func(host string) string {
		host = strings.ToLower(strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[base.Scheme]))
		return strings.TrimSuffix(host, ".")
	}
	return plain(base.Host) == plain(host)
}

// localPath keeps an address only if it is a path of this site, and answers "/" otherwise: a link to our sign-in must not
// lead anywhere else afterwards. Browsers read a backslash as a slash and drop tabs and newlines, so none may be in it.
func localPath(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "",
		!strings.HasPrefix(address, "/"), strings.HasPrefix(address, "//"), strings.HasPrefix(address, "/auth/"),
		strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }),
		strings.Contains(u.Path, "\\"), strings.HasPrefix(u.Path, "//"), len(address) > 2048:
		return "/"
	}
	return u.RequestURI()
}
