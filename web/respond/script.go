package respond

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/web/layout"
	"purser.example/web/session"
)

// ByScript reports whether htmx asks for a part of the page that it has. Going back in the history wants a whole page.
func ByScript(c echo.Context) bool {
	header := c.Request().Header
	return header.Get("HX-Request") == "true" && header.Get("HX-History-Restore-Request") != "true"
}

// Leave ends a post that succeeded, for htmx and for everybody else.
func Leave(c echo.Context, to, message string) error {
	if message != "" {
		session.Flash(c, layout.Flash{Text: message})
	}
	return lead(c, to)
}

// Back ends a post or a choice that led nowhere, with a sentence that says why.
func Back(c echo.Context, to, sentence string) error {
	session.Flash(c, layout.Flash{Failure: true, Text: sentence})
	return lead(c, to)
}

// Tell ends a post with a message that is more than a sentence.
func Tell(c echo.Context, to string, said layout.Flash) error {
	session.Flash(c, said)
	return lead(c, to)
}

// lead is a redirect that htmx follows as a whole page.
func lead(c echo.Context, to string) error {
	if ByScript(c) {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusOK)
	}
	return c.Redirect(http.StatusSeeOther, to)
}
