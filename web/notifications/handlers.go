// Package notifications is where Tenant Owners say who is told of what (R92): rules, recipients, and the messages that were sent or were
// given up.
//
// Addresses of webhooks and their signing secrets are never sent back to a browser: a secret that Purser made is shown once, in the answer to
// the form that made it.
package notifications

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/notify"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Path is where notifications are set up.
const Path = "/settings/notifications"

const (
	section = "Administration"
	title   = "Notifications"

	rulesPath      = Path + "/rules"
	recipientsPath = Path + "/recipients"
	messagesPath   = Path + "/messages"
)

// Handlers answers the addresses of notifications.
type Handlers struct {
	Notices *notify.Service
	Tenants *tenant.Service
	Now     func() time.Time
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.show)

	e.GET(rulesPath+"/new", h.newRule)
	e.POST(rulesPath, h.createRule)
	e.GET(rulesPath+"/:id", h.editRule)
	e.POST(rulesPath+"/:id", h.updateRule)
	e.GET(rulesPath+"/:id/delete", h.confirmRemoveRule)
	e.POST(rulesPath+"/:id/delete", h.removeRule)

	e.GET(recipientsPath+"/new", h.newRecipient)
	e.POST(recipientsPath, h.createRecipient)
	e.GET(recipientsPath+"/:id", h.editRecipient)
	e.POST(recipientsPath+"/:id", h.updateRecipient)
	e.GET(recipientsPath+"/:id/delete", h.confirmRemoveRecipient)
	e.POST(recipientsPath+"/:id/delete", h.removeRecipient)
	e.GET(recipientsPath+"/:id/secret", h.confirmRenew)
	e.POST(recipientsPath+"/:id/secret", h.renew)
	e.POST(recipientsPath+"/:id/test", h.test)

	e.POST(messagesPath+"/:id/again", h.again)
}

// screen is the page as the place where panes and dialogs stand.
func (h *Handlers) screen() lists.Screen {
	return lists.Screen{Section: section, Title: title, Page: func(c echo.Context, shell layout.Shell) (templ.Component, error) {
		view, err := h.view(c)
		return page(shell, view), err
	}}
}

func (h *Handlers) show(c echo.Context) error {
	view, err := h.view(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, page(respond.Shell(c, section, title), view))
}

// may is asked before a form is shown.
func may(c echo.Context) error { return access.Require(session.Caller(c), access.ChangeSecurity) }

// again makes a message wait to be sent that was given up.
func (h *Handlers) again(c echo.Context) error {
	err := h.Notices.SendAgain(c.Request().Context(), session.Caller(c), session.Origin(c), notify.LetterID(c.Param("id")))
	if sentence, refused := refusal(err); refused {
		return respond.Back(c, Path, sentence)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, Path, "The message will be sent again in a moment.")
}
