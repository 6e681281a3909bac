package lists

import (
	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/web/layout"
	"purser.example/web/respond"
)

// Screen is a list as the place where its panes stand.
type Screen struct {
	Section, Title string
	Page           func(echo.Context, layout.Shell) (templ.Component, error) // the list in a shell
}

// Over answers with a pane or dialog over the list: alone for htmx, in a whole page for everybody else. Its name is the browser tab's.
func (s Screen) Over(c echo.Context, status int, name string, pane templ.Component) error {
	c.Response().Header().Set("Vary", "HX-Request")
	if respond.ByScript(c) {
		return respond.Page(c, status, Fragment(name, pane))
	}
	return s.Whole(c, status, respond.Shell(c, s.Section, s.Title), name, pane)
}

// Whole answers with the list and a pane or dialog over it.
func (s Screen) Whole(c echo.Context, status int, shell layout.Shell, name string, pane templ.Component) error {
	shell.Pane, shell.PaneTitle = pane, name
	page, err := s.Page(c, shell)
	if err != nil {
		return err
	}
	return respond.Page(c, status, page)
}

// Show is Over for a pane that tells itself what the last request did, because what stands behind it is inert.
func (s Screen) Show(c echo.Context, status int, tell func(said *layout.Flash) (name string, pane templ.Component)) error {
	c.Response().Header().Set("Vary", "HX-Request")
	shell := respond.Shell(c, s.Section, s.Title)
	name, pane := tell(shell.Flash)
	shell.Flash = nil
	if respond.ByScript(c) {
		return respond.Page(c, status, Fragment(name, pane))
	}
	return s.Whole(c, status, shell, name, pane)
}
