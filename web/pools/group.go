package pools

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// fieldDo says which command of which pool was given: "validate:sites".
const fieldDo = "do"

// act carries out a command of one pool that stores nothing, and brings the pool back as it was typed (R41).
func (h *Handlers) act(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.clearPasswords()
	command, name, _ := strings.Cut(f.command, ":")
	p := f.pools[pool.Class(name)]
	if p == nil {
		return forms.ErrDamaged
	}
	f.tab = p.key.Class
	refused := h.carryOut(c, command, p)
	if problem.KindOf(refused) == problem.Altered {
		h.Log.ErrorContext(c.Request().Context(), "command of a pool not carried out", "request_id", session.Origin(c).Request, "error", problem.Told(refused))
	}
	status := http.StatusOK
	if refused != nil {
		if status = refusal(refused); status == 0 {
			return refused
		}
	}
	return h.showAgain(c, status, f, p, refused)
}

func (h *Handlers) carryOut(c echo.Context, command string, p *poolForm) error {
	ctx, caller, origin := c.Request().Context(), session.Caller(c), session.Origin(c)
	switch command {
	case "validate":
		return h.find(c, p, p.group)
	case "choose":
		if p.choice == "" {
			return problem.Field(pool.FieldGroup, "Select one of the groups.")
		}
		return h.find(c, p, p.choice)
	case "clear":
		saved, err := h.Pools.Pool(ctx, caller, p.key)
		if err != nil {
			return err
		}
		p.clear = saved.Group.ID != "" // of a group that was only found, nothing is left to be removed
		p.group, p.named, p.reading, p.members = "", "", "", memberQuery{}
	case "undo":
		saved, err := h.Pools.Pool(ctx, caller, p.key)
		if err != nil {
			return err
		}
		*p = *formOf(saved)
	case "compare":
		reading, err := h.Pools.Drift(ctx, caller, origin, p.key)
		if err != nil {
			return err
		}
		p.drift = reading.ID
		h.awaitReading(c, reading.ID)
	case "adopt":
		reading, err := h.Pools.Reading(ctx, caller, p.drift)
		if err != nil {
			return err
		}
		if reading.Counts.Members == 0 {
			return problem.Field(pool.FieldGroup, "The pool keeps its members. "+reading.Remark())
		}
		p.reading, p.drift = p.drift, ""
	}
	return nil
}

// find looks the group up and begins to read its members.
func (h *Handlers) find(c echo.Context, p *poolForm, text string) error {
	if text == "" {
		return problem.Field(pool.FieldGroup, "Enter the name or email address of a group, then select Validate.")
	}
	reading, err := h.Pools.Validate(c.Request().Context(), session.Caller(c), session.Origin(c), p.key, text)
	if err != nil {
		return err
	}
	if text == p.choice {
		p.group = reading.Group.Name
	}
	p.reading, p.named, p.clear, p.drift, p.members = reading.ID, p.group, false, "", memberQuery{}
	h.awaitReading(c, reading.ID)
	return nil
}

// awhile is how long a page without script waits for a reading, so that a small group is there at once.
const awhile = 5 * time.Second

// awaitReading waits for the end of a reading where no script follows it. Whatever ends the waiting, the page shows how far it is.
func (h *Handlers) awaitReading(c echo.Context, id pool.ReadingID) {
	if respond.ByScript(c) {
		return
	}
	changes, stop := h.Pools.WatchReading(id)
	defer stop()
	enough := time.After(awhile)
	for {
		r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
		if err != nil || r.State != pool.ReadingRuns {
			return
		}
		select {
		case <-changes:
		case <-enough:
			return
		case <-c.Request().Context().Done():
			return
		}
	}
}

// refusal is the status of an answer that says at the pool what is wrong; 0 for what is a page of its own.
func refusal(err error) int {
	switch problem.KindOf(err) {
	case problem.Invalid, problem.NotFound:
		return http.StatusUnprocessableEntity
	case problem.Conflict, problem.Altered:
		return http.StatusConflict
	case problem.Upstream:
		return http.StatusBadGateway
	default:
		return 0
	}
}

// showAgain brings the pool, or the page where there is no script, back as it was typed. htmx swaps refusals in by a status
// that is no fault.
func (h *Handlers) showAgain(c echo.Context, status int, f form, p *poolForm, refused error) error {
	if respond.ByScript(c) {
		saved, err := h.Pools.Pool(c.Request().Context(), session.Caller(c), p.key)
		if err != nil {
			return err
		}
		panel, err := h.panelView(c, h.Verdicts.Begin(), saved, p, true)
		if err != nil {
			return err
		}
		panel.refuse(refused)
		panel.say(p)
		if status == http.StatusBadGateway {
			status = http.StatusUnprocessableEntity
		}
		return respond.Page(c, status, panelBody(panel))
	}
	view, err := h.pageView(c, f)
	if err != nil {
		return err
	}
	view.retype()
	for i := range view.Panels {
		if view.Panels[i].Class == string(p.key.Class) {
			view.Panels[i].refuse(refused)
			view.Panels[i].say(p)
		}
	}
	return h.page(c, status, view)
}

// refuse shows at Group Name why a command was refused, and the choices where the name is ambiguous.
func (p *panelView) refuse(err error) {
	if err == nil {
		return
	}
	p.Refused = problem.Message(err)
	if fields := problem.Fields(err); len(fields) > 0 {
		p.Refused = fields[0].Message
	}
	if ambiguous, ok := errors.AsType[*pool.Ambiguous](err); ok {
		for _, g := range ambiguous.Choices {
			p.Choices = append(p.Choices, groupChoice{ID: g.ID, Name: shown.Name(g.Name), About: aboutChoice(g)})
		}
	}
}

// say makes of the group that a command found its outcome.
func (p *panelView) say(f *poolForm) {
	if p.Found != nil && p.Refused == "" && f.reading != f.was.reading {
		p.Found.Said = p.Found.Events == "" && p.Found.Failure == "" && p.Found.Remark == ""
	}
}

func aboutChoice(g pool.Group) string {
	about := g.Kind.Title()
	if g.Mail != "" {
		about += ", " + shown.Name(g.Mail)
	}
	if !g.Kind.Usable() {
		about += ", can't be used"
	}
	return about
}

// suggest answers with the groups that have a word of what was typed in their name, or whose address begins with it. Where nobody can tell, it suggests nothing:
// Validate says why.
func (h *Handlers) suggest(c echo.Context) error {
	key := keyOf(c)
	text := shown.Trim(c.QueryParam(fieldGroup + "-" + string(key.Class)))
	if len(text) < 2 || len(text) > 200 {
		return respond.Page(c, http.StatusOK, suggestions(nil))
	}
	groups, err := h.Pools.Suggest(c.Request().Context(), session.Caller(c), session.Origin(c), key.Tenant, text)
	if err != nil && refusal(err) == 0 {
		return err
	}
	var choices []groupChoice
	for _, g := range groups {
		name := g.Name
		if g.Mail != "" {
			name = g.Mail
		}
		choices = append(choices, groupChoice{Name: name, About: shown.Name(g.Name) + " · " + g.Kind.Title()})
	}
	return respond.Page(c, http.StatusOK, suggestions(choices))
}
