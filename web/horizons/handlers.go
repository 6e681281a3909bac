// Package horizons is the page that says what is broken and what will break, and when (R91): as lists, as a calendar, and for other
// calendars as a feed.
package horizons

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/horizon"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/respond"
)

// Handlers answers the addresses of health and expiry.
type Handlers struct {
	Horizon  *horizon.Service
	Profiles *profile.Service
	Apps     *appprofile.Service
	Tenants  *tenant.Service
	Codes    *verdict.Table
	Checked  bool // health checks are on
	Now      func() time.Time
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(listPath, h.list)
}

func (h *Handlers) list(c echo.Context) error {
	view, err := h.pageView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, "Monitoring", "Health and expiry"), view))
}
