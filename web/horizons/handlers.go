// Package horizons is the page that says what is broken and what will break, and when (R91): as lists, as a calendar, and for other
// calendars as a feed.
package horizons

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/feed"
	"purser.example/internal/horizon"
	"purser.example/internal/notify"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/respond"
)

// Handlers answers the addresses of health and expiry.
type Handlers struct {
	BaseURL  string // without a slash at its end
	Feeds    *feed.Service
	Horizon  *horizon.Service
	Notices  *notify.Service
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
	e.POST(makePath, h.make)
	e.POST(makePath+"/:id/revoke", h.revoke)
	e.Match([]string{http.MethodGet, http.MethodHead}, respond.CalendarPath+":token", h.feed)
}

func (h *Handlers) list(c echo.Context) error { return h.page(c, http.StatusOK, typed{}) }

// page is the whole page, with what somebody typed into the form of addresses.
func (h *Handlers) page(c echo.Context, status int, t typed) error {
	view, err := h.pageView(c, t)
	if err != nil {
		return err
	}
	return respond.Page(c, status, listPage(respond.Shell(c, "Monitoring", "Health and expiry"), view))
}
