package pools

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// listUsers answers a script with one page of the members, and tells the browser the address that shows the same.
func (h *Handlers) listUsers(c echo.Context) error {
	key, q, id := keyOf(c), memberQueryOf(c.QueryParam), pool.ReadingID(c.QueryParam("reading"))
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
	if err != nil {
		return err
	}
	if r.Key != key {
		return problem.New(problem.NotFound, "This list of members belongs to another pool. Open the pool again.")
	}
	view, err := h.usersView(c, h.Verdicts.Begin(), r, &poolForm{key: key, reading: id, members: q})
	if err != nil {
		return err
	}
	c.Response().Header().Set("HX-Replace-Url", q.address(Path, key, id))
	return respond.Page(c, http.StatusOK, users(*view))
}

// size answers a script with how many members a number of objects needs (R45).
func (h *Handlers) size(c echo.Context) error {
	key, id := keyOf(c), pool.ReadingID(c.QueryParam("reading"))
	saved, err := h.Pools.Pool(c.Request().Context(), session.Caller(c), key)
	if err != nil {
		return err
	}
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
	if err != nil {
		return err
	}
	typed := &poolForm{key: key, reading: id, objects: c.QueryParam(fieldObjects + "-" + string(key.Class))}
	return respond.Page(c, http.StatusOK, enoughPart(enough(saved, typed, r.Counts)))
}

// followReading sends how far the reading of a group's members is, as it goes on; as=drift sends what changed since the pool
// was saved instead.
func (h *Handlers) followReading(c echo.Context) error {
	id := pool.ReadingID(c.Param("id"))
	changes, stop := h.Pools.WatchReading(id)
	defer stop()
	filled := false
	return respond.Stream(c, changes, func() (respond.Part, error) {
		r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
		if err != nil {
			return respond.Part{}, err
		}
		part := respond.Part{Over: r.State != pool.ReadingRuns}
		if c.QueryParam("as") == "drift" {
			saved, err := h.Pools.Pool(c.Request().Context(), session.Caller(c), r.Key)
			if err != nil {
				return respond.Part{}, err
			}
			part.Body = drift(h.driftView(c, saved, &poolForm{key: r.Key, reading: saved.Reading, drift: id}))
			return part, nil
		}
		view := h.foundView(c, r)
		view.Said = r.State == pool.ReadingDone
		part.Body = found(view)
		if !filled && r.Counts.Members >= pool.PageSize && !part.Over {
			filled, part.Event = true, "filled"
		}
		return part, nil
	})
}

// drift begins to compare the saved group with what it is now; the answer follows the comparison (R46). The page asks by itself, so
// that what would sign in with an account is offered instead (X39).
func (h *Handlers) drift(c echo.Context) error {
	key := pool.Key{Tenant: keyOf(c).Tenant, Class: keyOf(c).Class}
	saved, err := h.Pools.Pool(c.Request().Context(), session.Caller(c), key)
	if err != nil {
		return err
	}
	r, err := h.Pools.Glance(c.Request().Context(), session.Caller(c), session.Origin(c), key)
	if errors.Is(err, pool.ErrShut) {
		return respond.Page(c, http.StatusOK, driftPart(driftView{Class: string(key.Class), Offer: true}))
	}
	if err != nil {
		if refusal(err) == 0 {
			return err
		}
		return respond.Page(c, http.StatusOK, driftPart(driftView{Class: string(key.Class), Problem: problem.Message(err)}))
	}
	return respond.Page(c, http.StatusOK, driftPart(h.driftView(c, saved, &poolForm{key: key, reading: saved.Reading, drift: r.ID})))
}
