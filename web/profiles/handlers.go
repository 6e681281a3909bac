// Package profiles is the Service account page and its panes.
package profiles

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/catalogue"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Handlers answers /service-accounts.
type Handlers struct {
	ServiceProvider bool // offer the common service (R13)
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET("/service-accounts", h.list)
}

func (h *Handlers) list(c echo.Context) error {
	if err := access.Require(session.Caller(c), access.ManageServiceAccounts); err != nil {
		return err
	}
	view := listView{Services: catalogue.Services(h.ServiceProvider)}
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, "Management", "Service account"), view))
}

// Specimen is the page as it is with nothing stored, for a shell from memory: the limit that `make bench` measures against.
func Specimen(shell layout.Shell) templ.Component {
	return listPage(shell, listView{Services: catalogue.Services(false)})
}
