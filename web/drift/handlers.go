// Package drift is the screens of what changed about accounts in Microsoft 365: the list, what to do about each change, and its Accept (R93).
package drift

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/drift"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// Handlers answers the addresses of drift.
type Handlers struct {
	Drift   *drift.Service
	Tenants *tenant.Service
	Pools   *pool.Service
	Now     func() time.Time
}

// Path is where the list is.
const Path = "/health/drift"

// title is what the list is called.
const title = "Drift"

// Of is where one change is.
func Of(id drift.ID) string { return Path + "/" + strconv.FormatInt(int64(id), 10) }

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.list)
	e.GET(Path+"/:id", h.show)
	e.POST(Path+"/:id/accept", h.accept)
}

func (h *Handlers) list(c echo.Context) error {
	view, err := h.listView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, listPage(respond.Shell(c, "Monitoring", title), view))
}

// idOf is the change that an address is about; 0 for none.
func idOf(c echo.Context) drift.ID {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0
	}
	return drift.ID(id)
}

func (h *Handlers) show(c echo.Context) error { return h.one(c, http.StatusOK, typed{}) }

// typed is what somebody chose in the form, and what is wrong with it.
type typed struct {
	All, Confirm bool
	Error        string
}

func (h *Handlers) one(c echo.Context, status int, t typed) error {
	view, err := h.oneView(c, t)
	if err != nil {
		return err
	}
	return respond.Page(c, status, onePage(respond.Shell(c, title, view.Title), view))
}

// fieldAll says that the same change of other accounts is accepted too.
const fieldAll = "all"

func (h *Handlers) accept(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	t := typed{All: values.Get(fieldAll) != "", Confirm: values.Get(drift.FieldConfirm) != ""}
	n, err := h.Drift.Accept(c.Request().Context(), session.Caller(c), session.Origin(c), idOf(c), t.All, t.Confirm)
	if problem.KindOf(err) == problem.Invalid {
		t.Error = problem.Message(err)
		return h.one(c, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, Path, fmt.Sprintf("Accepted for %s.", words.Counted(n, "account")))
}

// address is the list with its filters, from a place on.
func address(q drift.Query) string {
	values := url.Values{}
	for name, value := range map[string]string{"tenant": string(q.Tenant), "topic": string(q.Topic), "after": q.After} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return Path
	}
	return Path + "?" + values.Encode()
}
