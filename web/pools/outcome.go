package pools

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

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
		case failed(r.err):
			outcome.Failed = append(outcome.Failed, failureOf(class, r.err))
			outcome.Reference = session.Origin(c).Request
		default:
			errorsOf[class] = outcome.add(class, r.err)
		}
	}
	return outcome, errorsOf
}

// failed reports whether a pool could not be stored though nothing is wrong with it.
func failed(err error) bool { return refusal(err) == 0 || problem.KindOf(err) == problem.Upstream }

// failureOf says why. The sentences of such failures speak of a whole request, of which a part may well be stored, so that they have
// others here.
func failureOf(class pool.Class, err error) failure {
	f := failure{Title: class.Title(), Text: "Something went wrong on our side. Select Save again in a moment.", cause: err}
	switch problem.KindOf(err) {
	case problem.Unavailable:
		f.Text = "Purser can't use its database right now. Select Save again in a moment. If this keeps happening, ask your server administrator to check the disk."
	case problem.Upstream:
		f.Text = "Microsoft 365 did not respond. Select Save again in a moment."
	}
	return f
}

// tellWithoutPage says what became of a Save where the page itself cannot be shown.
func (h *Handlers) tellWithoutPage(c echo.Context, outcome outcomeView, cause error) error {
	if len(outcome.Saved) == 0 {
		return cause
	}
	h.Log.ErrorContext(c.Request().Context(), "page of account pools not shown after a save", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	fault := layout.Fault{
		Title: "Partly saved", Text: outcome.rest() + " The other pools are not saved, and the page can't be shown right now.",
		Next: "Open the page again to see what is saved.", ActionLabel: title, ActionHref: Path,
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
	case problem.Upstream:
		return http.StatusBadGateway
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
