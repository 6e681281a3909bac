package pools

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// result is what became of one pool in a Save.
type result struct {
	saved pool.Saved
	err   error
}

// save stores every pool that was touched (R43). One that is refused costs the others nothing.
func (h *Handlers) save(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.clearPasswords()
	results, refused := h.saveTouched(c, f)
	if refused {
		return h.refuse(c, f, results)
	}
	to, message := landing(f, results)
	return respond.Leave(c, to, message)
}

func (h *Handlers) saveTouched(c echo.Context, f form) (results map[pool.Class]result, refused bool) {
	results = map[pool.Class]result{}
	for _, class := range pool.Classes {
		p := f.pools[class]
		if p == nil || !p.touched() {
			continue
		}
		var r result
		var change pool.Change
		if change, r.err = p.change(); r.err == nil {
			r.saved, r.err = h.Pools.Save(c.Request().Context(), session.Caller(c), session.Origin(c), change)
		}
		results[class] = r
		refused = refused || r.err != nil
	}
	return results, refused
}

// landing is where a Save leads that was refused nowhere: to the one check that it began, or back to the page.
func landing(f form, results map[pool.Class]result) (to, message string) {
	var titles []string
	var checks []run.ID
	checking, changed := 0, ""
	for _, class := range pool.Classes {
		r, there := results[class]
		if !there {
			continue
		}
		titles = append(titles, class.Title())
		if r.saved.Check != "" {
			checks, checking = append(checks, r.saved.Check), checking+r.saved.Checking
		}
		if r.saved.GroupChanged && f.pools[class].was.reading != "" { // the first group changes nothing that a scan has found
			changed = string(class)
		}
	}
	if len(checks) == 1 {
		return address(checkPath(checks[0]), "changed", changed), ""
	}
	to = address(Path, "tenant", string(f.tenant), "tab", string(f.tab), "changed", changed)
	switch {
	case len(titles) == 0:
		return to, "Nothing was changed, so nothing was saved."
	case checking > 0:
		return to, "Saved: " + strings.Join(titles, "; ") + ". " + words.Counted(checking, "new password") + " " + words.Plural(checking, "is", "are") + " being checked."
	default:
		return to, "Saved: " + strings.Join(titles, "; ") + ". It takes effect with the next scan."
	}
}

// refuse answers a Save of which something was not stored: everything as typed, with what is wrong at each pool and with the
// versions that are saved now, so that saving again meets no change of one's own. Passwords are the one thing that never goes back;
// with script they are still in their fields.
func (h *Handlers) refuse(c echo.Context, f form, results map[pool.Class]result) error {
	outcome, errorsOf := h.outcomeOf(c, f, results)
	if outcome.onlyFailed() {
		return outcome.Failed[0].cause // where everything typed comes back by reloading
	}
	for _, f := range outcome.Failed {
		h.Log.ErrorContext(c.Request().Context(), "account pool not saved", "request_id", outcome.Reference, "pool", f.Title, "error", problem.Told(f.cause))
	}
	view, err := h.pageView(c, f)
	if err != nil {
		return h.tellWithoutPage(c, outcome, err)
	}
	view.Outcome = outcome
	for i := range view.Panels {
		class := pool.Class(view.Panels[i].Class)
		_, there := results[class]
		view.Panels[i].Fresh = there && results[class].err == nil
		view.Panels[i].blame(errorsOf[class])
	}
	if respond.ByScript(c) {
		return respond.Page(c, min(outcome.status(), http.StatusUnprocessableEntity), outcomeFragment(view)) // htmx swaps no fault in
	}
	view.retype()
	return h.page(c, outcome.status(), view)
}
