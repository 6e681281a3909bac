// Package pools is the classic Manage Account Pool page (R40–R47): the three pools of a tenant in one form, the checks of the
// passwords that a Save brings, and the import of many passwords.
//
// With script the pools are tabs, and parts of the page are renewed as they change; without it they follow one another on the
// page, and every command brings the whole page back as it was typed. Passwords alone never come back.
package pools

import (
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/sheet"
	"purser.example/internal/tenant"
	"purser.example/web/verdicts"
)

// Handlers answers /classic/account-pool.
type Handlers struct {
	Pools   *pool.Service
	Scans   Scans
	Runs    *run.Service
	Tenants *tenant.Service
	Now     func() time.Time
	Log     *slog.Logger

	Verdicts *verdicts.Words
	Desk     *sheet.Desk // where files are taken
}

// Asking are the routes that may wait for Microsoft 365.
var Asking = []string{"POST " + Path, "GET " + suggestPath, "POST " + groupPath, "POST " + driftPath}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.show)
	e.POST(Path, h.save)
	e.POST(groupPath, h.act)
	e.GET(suggestPath, h.suggest)
	e.GET(usersPath, h.listUsers)
	e.GET(enoughPath, h.size)
	e.POST(driftPath, h.drift)
	e.GET(readingsPath+"/:id/events", h.followReading)
	e.GET(ImportPath, h.showImport)
	e.POST(ImportPath, h.readImport)
	e.GET(templatePath, h.template)
	e.POST(rerunPath, h.rerun)
	e.POST(termStorePath, h.confirmTermStore)
}

const title = "Manage Account Pool"
