package respond

import (
	"net/url"

	"github.com/labstack/echo/v4"
)

// SignInAgain leads somebody to sign in anew at the identity provider and then to an address of this site, where they go on (R66). It
// answers what asks for a recent sign-in, as session.Recent tells: a page with its own address, a post with that of the page or dialog
// whose form it was, because a post cannot be taken up again behind the provider.
func SignInAgain(c echo.Context, to string) error {
	return lead(c, "/auth/sign-in?"+url.Values{"fresh": {"1"}, "return": {to}}.Encode())
}
