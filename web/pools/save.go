package pools

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/web/layout"
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
		return to, "Nothing was changed, so there was nothing to save."
	case checking > 0:
		return to, "Saved: " + strings.Join(titles, "; ") + ". " + words.Counted(checking, "new password") + " being checked."
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
		return outcome.Failed[0].cause
	}
	for _, f := range outcome.Failed {
		h.Log.ErrorContext(c.Request().Context(), "account pool not saved", "request_id", outcome.Reference, "pool", f.Title, "error", f.cause)
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

// outcomeOf tells what became of each pool, and gives what is wrong with the refused ones by field. A pool that was saved leaves the
// form: it is shown as it is saved now.
func (h *Handlers) outcomeOf(c echo.Context, f form, results map[pool.Class]result) (outcomeView, map[pool.Class]map[string]string) {
	outcome := outcomeView{}
	errorsOf := map[pool.Class]map[string]string{}
	for _, class := range pool.Classes {
		r, there := results[class]
		switch conflict := conflictOf(r.err); {
		case !there:
		case r.err == nil:
			outcome.Saved = append(outcome.Saved, class.Title())
			delete(f.pools, class)
		case conflict != nil:
			outcome.Conflicts = append(outcome.Conflicts, h.conflictView(c, f.pools[class], conflict))
		case refusal(r.err) == 0:
			outcome.Failed = append(outcome.Failed, failureOf(class, r.err))
			outcome.Reference = session.Origin(c).Request
		default:
			errorsOf[class] = outcome.add(class, r.err)
		}
	}
	return outcome, errorsOf
}

// failureOf says why a pool could not be stored though nothing is wrong with it. The sentences of such failures speak of a whole
// request, of which a part may well be stored.
func failureOf(class pool.Class, err error) failure {
	why := problem.Message(err)
	if problem.KindOf(err) == problem.Unavailable {
		why = "Purser cannot use its database right now. Select Save again in a moment; if it stays so, ask whoever runs Purser to look at the disk."
	}
	return failure{Title: class.Title(), Text: why, cause: err}
}

// tellWithoutPage says what became of a Save where the page itself cannot be shown.
func (h *Handlers) tellWithoutPage(c echo.Context, outcome outcomeView, cause error) error {
	if len(outcome.Saved) == 0 {
		return cause
	}
	h.Log.ErrorContext(c.Request().Context(), "page of account pools not shown after a save", "request_id", session.Origin(c).Request, "error", cause)
	fault := layout.Fault{
		Title: "Saved in part", Text: outcome.rest() + " The others are not saved, and the page cannot be shown right now.",
		Next: "Open the page again before you go on: it shows what is saved.", ActionLabel: title, ActionHref: Path,
		Reference: session.Origin(c).Request, Person: session.Person(c),
	}
	return respond.Page(c, statusOf(cause), layout.ErrorPage(fault))
}

// statusOf is the status of a failure that is no refusal.
func statusOf(err error) int {
	switch problem.KindOf(err) {
	case problem.Unavailable:
		return http.StatusServiceUnavailable
	case problem.NotFound:
		return http.StatusNotFound
	default:
		return http.StatusInternalServerError
	}
}

// add lists what is wrong with a pool, and gives it by field: "group", "password-USER".
func (o *outcomeView) add(class pool.Class, err error) map[string]string {
	byField := map[string]string{}
	fields := problem.Fields(err)
	if len(fields) == 0 {
		o.Problem = strings.TrimSpace(o.Problem + " " + class.Title() + ": " + problem.Message(err))
	}
	for _, f := range fields {
		field, label := controlOf(f.Field)
		if _, there := byField[field]; there {
			continue
		}
		byField[field] = f.Message
		prefix, user, isRow := strings.Cut(field, "/")
		control := prefix + "-" + string(class)
		if isRow {
			control += "-" + user
		}
		o.Mistakes = append(o.Mistakes, mistake{Label: class.Title() + ", " + label, Control: control, Text: f.Message})
	}
	return byField
}

// controlOf gives the control and the label of a field that a problem names; a member's is "password/USER".
func controlOf(field string) (control, label string) {
	if user, row := strings.CutPrefix(field, pool.FieldMember+"."); row {
		return fieldPassword + "/" + user, "Group Users"
	}
	switch field {
	case pool.FieldAdminURL:
		return fieldURL, "Custom SharePoint Online Admin Center URL"
	case pool.FieldObjects:
		return fieldObjects, "Number of objects"
	default:
		return fieldGroup, "Group Name"
	}
}

// blame shows what is wrong at the fields.
func (p *panelView) blame(byField map[string]string) {
	for field, text := range byField {
		user, isRow := strings.CutPrefix(field, fieldPassword+"/")
		if !isRow {
			p.Errors[field] = text
			continue
		}
		for i := range p.userRows() {
			if p.Users.Rows[i].User == user {
				p.Users.Rows[i].Error, p.Users.Rows[i].Fold = text, ""
			}
		}
	}
}

func (p *panelView) userRows() []memberView {
	if p.Users == nil {
		return nil
	}
	return p.Users.Rows
}
