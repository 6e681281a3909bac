// Package overview is the page where everybody who may enter begins (R94): what needs attention today, how everything stands in pictures with
// their numbers as text, and the last scans and runs. It counts nothing by itself: whoever keeps a thing is asked for numbers that are kept.
package overview

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/activity"
	"purser.example/internal/appprofile"
	"purser.example/internal/horizon"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
	"purser.example/web/respond"
)

// Path is where the page is.
const Path = "/overview"

const title = "Overview"

// Handlers answers /overview.
type Handlers struct {
	Tenants  *tenant.Service
	Profiles *profile.Service
	Apps     *appprofile.Service
	Horizon  *horizon.Service
	Watch    *watch.Service
	Scans    *scan.Service
	Runs     *run.Service
	People   *people.Service
	Activity *activity.Service
	Notices  *notify.Service

	// Missing is since when a backup is missing, zero for none; nil where none are scheduled.
	Missing func() time.Time
	Now     func() time.Time
}

// Mount adds the route.
func (h *Handlers) Mount(e *echo.Echo) { e.GET(Path, h.show) }

func (h *Handlers) show(c echo.Context) error {
	view, err := h.view(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, page(respond.Shell(c, "", title), view))
}
