package scans

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// begin starts a scan of one scan profile and leads to it.
func (h *Handlers) begin(c echo.Context) error {
	return h.beginAll(c, readListQuery(c).Address(c.Param("id")), c.Param("id"))
}

// beginSelected is begin for the list's command.
func (h *Handlers) beginSelected(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	ids, back := values["id"], listQueryOf(values).Address()
	if len(ids) == 0 {
		return respond.Back(c, back, "Select one or more scan profiles to run.")
	}
	return h.beginAll(c, back, ids...)
}

// beginAll starts a scan of each. One alone is shown; of several the list tells.
func (h *Handlers) beginAll(c echo.Context, back string, ids ...string) error {
	var begun, skipped []scan.Scan
	for _, id := range ids {
		s, err := h.Scans.Run(c.Request().Context(), session.Caller(c), session.Origin(c), scan.ProfileID(id))
		switch {
		case problem.KindOf(err) == problem.Invalid, problem.KindOf(err) == problem.Conflict:
			return respond.Back(c, back, problem.Message(err))
		case err != nil:
			return err
		case s.State == scan.Skipped:
			skipped = append(skipped, s)
		default:
			begun = append(begun, s)
		}
	}
	switch {
	case len(skipped) > 0:
		return respond.Tell(c, back, h.skippedWords(c, begun, skipped))
	case len(begun) == 1:
		return respond.Leave(c, scanAddress(begun[0].ID), "")
	default:
		return respond.Leave(c, back, words.Counted(len(begun), "scan")+" started.")
	}
}

// skippedWords say which scans did not begin because the former one goes on (R52), with the way to that one where there is one alone.
func (h *Handlers) skippedWords(c echo.Context, begun, skipped []scan.Scan) layout.Flash {
	var names []string
	for _, s := range skipped {
		names = append(names, s.Name)
	}
	said := layout.Flash{Failure: true, Text: "Skipped: the previous scan of " + words.Sentence(names) + " is still in progress."}
	if len(begun) > 0 {
		said.Text = words.Counted(len(begun), "scan") + " started. " + said.Text
	}
	if active, err := h.activeOf(c, skipped[0].Tenant, string(skipped[0].Profile)); err == nil && len(active) == 1 && len(skipped) == 1 {
		said.Href, said.Label = scanAddress(active[0].ID), "Show progress"
	}
	return said
}

// activeOf are the scans of scan profiles that go on.
func (h *Handlers) activeOf(c echo.Context, t tenant.ID, ids ...string) ([]scan.Scan, error) {
	active, err := h.Scans.Active(c.Request().Context(), session.Caller(c), t)
	var list []scan.Scan
	for _, s := range active {
		for _, id := range ids {
			if string(s.Profile) == id {
				list = append(list, s)
			}
		}
	}
	return list, err
}

// stop asks one scan to stop.
func (h *Handlers) stop(c echo.Context) error {
	id := scan.ID(c.Param("id"))
	err := h.Scans.Stop(c.Request().Context(), session.Caller(c), session.Origin(c), id)
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, scanAddress(id), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, scanAddress(id), "")
}

// stopProfile stops what goes on of one scan profile, from its details.
func (h *Handlers) stopProfile(c echo.Context) error {
	return h.stopAll(c, readListQuery(c).Address(c.Param("id")), c.Param("id"))
}

// stopSelected is stopProfile for the list's command.
func (h *Handlers) stopSelected(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	ids, back := values["id"], listQueryOf(values).Address()
	if len(ids) == 0 {
		return respond.Back(c, back, "Select one or more scan profiles to stop.")
	}
	return h.stopAll(c, back, ids...)
}

func (h *Handlers) stopAll(c echo.Context, back string, ids ...string) error {
	active, err := h.activeOf(c, "", ids...)
	if err != nil {
		return err
	}
	stopped := 0
	for _, s := range active {
		err := h.Scans.Stop(c.Request().Context(), session.Caller(c), session.Origin(c), s.ID)
		if err != nil && problem.KindOf(err) != problem.Conflict { // it was over meanwhile, or is stopping
			return err
		}
		if err == nil {
			stopped++
		}
	}
	if stopped == 0 {
		return respond.Back(c, back, "No scan is in progress that can be stopped.")
	}
	return respond.Leave(c, back, words.Counted(stopped, "scan")+" "+words.Plural(stopped, "is", "are")+" stopping. What was found so far is kept.")
}
