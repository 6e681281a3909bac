// Package respond turns outcomes into HTTP: a page, a redirect with a message, or a problem with its status and a page that
// says what to do. It is the only place that maps kinds of problems to statuses, and the only one that logs them.
package respond

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/web/layout"
	"purser.example/web/session"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Page renders into a buffer first: a template that fails half-way is then a fault with its own page, not half a page with
// status 200. It is also faster than rendering to the network.
func Page(c echo.Context, status int, page templ.Component) error {
	return rendered(c, page, func(body []byte) error { return sendPage(c, status, body) })
}

// Kept is Page for one that the browser may keep. It still asks each time, so that nobody reads it whose session has ended, and hears
// in a few bytes whether it has the page already. The shell is for one of these: what changes with every request must not stand there.
func Kept(c echo.Context, shell layout.Shell, page func(layout.Shell) templ.Component) error {
	shell.Session = layout.Session{Ask: shell.Session != layout.Session{}}
	return rendered(c, page(shell), func(body []byte) error {
		tag := tagOf(body)
		c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
		c.Response().Header().Set("ETag", tag)
		if holds(c.Request().Header.Get("If-None-Match"), tag) {
			c.Response().Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
			return c.NoContent(http.StatusNotModified)
		}
		return sendPage(c, http.StatusOK, body)
	})
}

// rendered makes the page, without the end tags that it can spare, and gives it to answer, who must not keep it.
func rendered(c echo.Context, page templ.Component, answer func(body []byte) error) error {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer buffers.Put(buffer)
	if err := page.Render(c.Request().Context(), buffer); err != nil {
		return err
	}
	return answer(tight(buffer.Bytes()))
}

// Shell gathers what surrounds a page: the person, their navigation, the message of the last request.
func Shell(c echo.Context, section, title string) layout.Shell {
	caller, path := session.Caller(c), c.Request().URL.Path
	shell := layout.Shell{
		Title: title, Section: section, Nav: navigation(caller, path), Help: helpItem(caller, path),
		Flash: session.TakeFlash(c), Session: session.From(c).Left(),
	}
	if person := session.Person(c); person != nil {
		shell.Person = *person
	}
	if count, rings := c.Get(bellKey).(func() layout.Bell); rings {
		shell.Bell = count()
	}
	return shell
}

const bellKey = "bell"

// WithBell says how pages learn what their bell shows. It is asked for whole pages alone.
func WithBell(c echo.Context, count func() layout.Bell) { c.Set(bellKey, count) }
