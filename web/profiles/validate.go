package profiles

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/web/session"
)

const (
	// atOnce is how many validations one request has under way.
	atOnce = 8
	// beginWithin is how long a request begins further validations: the last of them, however slow Microsoft is, then ends
	// before the server gives the request up.
	beginWithin = time.Minute
)

// validate signs in with the stored password; the details then show what came of it.
func (h *Handlers) validate(c echo.Context) error {
	return h.validateOne(c, c.Param("id"), readListQuery(c).address(c.Param("id")))
}

func (h *Handlers) validateOne(c echo.Context, id, to string) error {
	v, err := h.Profiles.Validate(c.Request().Context(), session.Caller(c), session.Origin(c), profile.ID(id))
	if unstored, ok := errors.AsType[*profile.Unstored](err); ok {
		return h.showUnstored(c, id, unstored)
	}
	if conflict, ok := errors.AsType[*profile.Conflict](err); ok {
		return h.tellMeanwhile(c, to, conflict)
	}
	switch kind := problem.KindOf(err); {
	case err != nil && (kind == problem.Conflict || kind == problem.Invalid):
		return back(c, to, problem.Message(err))
	case err != nil:
		return err
	case !v.Valid():
		return back(c, to, "The validation found: "+v.Status.Title()+".")
	}
	return leave(c, to, "The account is valid. Microsoft 365 confirmed it just now.")
}

// validateSelected validates what is selected on the page of the list (R11).
func (h *Handlers) validateSelected(c echo.Context) error {
	values, err := c.FormParams()
	if err != nil {
		return err
	}
	ids, query := values["id"], listQueryOf(values)
	switch {
	case len(ids) == 0:
		return back(c, query.address(), "Select the profiles to validate.")
	case len(ids) == 1:
		return h.validateOne(c, ids[0], query.address(ids[0]))
	case len(ids) > profile.PageSize:
		return back(c, query.address(), "Select at most "+strconv.Itoa(profile.PageSize)+" profiles at once.")
	}
	valid, failed := h.validateAll(c, ids)
	sentence := strconv.Itoa(valid) + " of " + strconv.Itoa(len(ids)) + " profiles are valid."
	if valid == len(ids) {
		return leave(c, query.address(), sentence)
	}
	if failed > 0 {
		sentence += " " + strconv.Itoa(failed) + " could not be validated now."
	}
	return back(c, query.address(), sentence+" The list says why.")
}

func (h *Handlers) validateAll(c echo.Context, ids []string) (valid, failed int) {
	caller, origin := session.Caller(c), session.Origin(c)
	ctx := context.WithoutCancel(c.Request().Context())
	slots := make(chan struct{}, atOnce)
	var mu sync.Mutex
	var all sync.WaitGroup
	begun := h.Now()
	for i, id := range ids {
		slots <- struct{}{}
		if h.Now().Sub(begun) > beginWithin {
			mu.Lock()
			failed += len(ids) - i
			mu.Unlock()
			break
		}
		all.Go(func() {
			defer func() { <-slots }()
			v, err := h.Profiles.Validate(ctx, caller, origin, profile.ID(id))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil || !v.Status.AboutAccount():
				failed++
			case v.Valid():
				valid++
			}
		})
	}
	all.Wait()
	return valid, failed
}
