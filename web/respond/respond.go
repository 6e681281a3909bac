// Package respond turns outcomes into HTTP: a page, a redirect with a message, or a problem with its status and a page that
// says what to do. It is the only place that maps kinds of problems to statuses, and the only one that logs them.
package respond

import (
	"bytes"
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
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer buffers.Put(buffer)
	if err := page.Render(c.Request().Context(), buffer); err != nil {
		return err
	}
	return c.HTMLBlob(status, buffer.Bytes())
}

// Shell gathers what surrounds a page: the person, their navigation, the message of the last request.
func Shell(c echo.Context, section, title string) layout.Shell {
	shell := layout.Shell{Title: title, Section: section, Nav: navigation(session.Caller(c), c.Request().URL.Path), Flash: session.TakeFlash(c), Session: session.From(c).Left()}
	if person := session.Person(c); person != nil {
		shell.Person = *person
	}
	return shell
}
