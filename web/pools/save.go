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
		return to, "Nothing was changed, so there was nothing to save."
	case checking > 0:
		return to, "Saved: " + strings.Join(titles, "; ") + ". " + words.Counted(checking, "new password") + " being checked."
	default:
		return to, "Saved: " + strings.Join(titles, "; ") + ". It takes effect with the next scan."
	}
}

// refuse answers a Save of which something was refused: everything as typed, with what is wrong at each pool. Passwords are the
// one thing that never goes back; with script they are still in their fields.
func (h *Handlers) refuse(c echo.Context, f form, results map[pool.Class]result) error {
	outcome, status := outcomeView{}, http.StatusUnprocessableEntity
	errorsOf := map[pool.Class]map[string]string{}
	for _, class := range pool.Classes {
		r, there := results[class]
		switch conflict := conflictOf(r.err); {
		case !there:
		case r.err == nil:
			outcome.Saved = append(outcome.Saved, class.Title())
			delete(f.pools, class) // shown as it is saved now
		case conflict != nil:
			status = http.StatusConflict
			outcome.Conflicts = append(outcome.Conflicts, h.conflictView(c, f.pools[class], conflict))
		case refusal(r.err) == 0:
			return r.err
		default:
			errorsOf[class] = outcome.add(class, r.err)
		}
	}
	view, err := h.pageView(c, f)
	if err != nil {
		return err
	}
	view.Outcome = outcome
	for i := range view.Panels {
		class := pool.Class(view.Panels[i].Class)
		_, there := results[class]
		view.Panels[i].Fresh = there && results[class].err == nil
		view.Panels[i].blame(errorsOf[class])
	}
	if respond.ByScript(c) {
		return respond.Page(c, status, outcomeFragment(view))
	}
	view.retype()
	return h.page(c, status, view)
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
