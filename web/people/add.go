package people

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	core "purser.example/internal/people"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// form is what somebody chose and typed, as they did.
type form struct {
	tenant tenant.ID
	with   string
	text   string
	chosen []choice
	role   access.Role
}

// choice is one whom somebody selected, with what the page called them: whoever is saved is read anew.
type choice struct {
	core.Ref
	label string
}

func (c choice) value() string { return string(c.Kind) + " " + c.Object + " " + c.label }

func readForm(values url.Values) form {
	f := form{tenant: tenant.ParseID(values.Get(core.FieldTenant)), with: values.Get(core.FieldWith), text: shown.Trim(values.Get(core.FieldSearch)), role: access.Role(values.Get(core.FieldRole))}
	if core.Rank(f.role) == 0 {
		f.role = ""
	}
	for _, value := range values[core.FieldPeople] {
		parts := strings.SplitN(value, " ", 3)
		if len(parts) != 3 || len(f.chosen) > core.Most || parts[0] != string(core.OnePerson) && parts[0] != string(core.Group) {
			continue
		}
		f.chosen = append(f.chosen, choice{core.Ref{Kind: core.Kind(parts[0]), Object: parts[1]}, shown.Name(parts[2])})
	}
	return f
}

func (f form) look() core.Look { return core.Look{Tenant: f.tenant, With: f.with} }

func (f form) refs() []core.Ref {
	var refs []core.Ref
	for _, c := range f.chosen {
		refs = append(refs, c.Ref)
	}
	return refs
}

// addView is the pane that adds people.
type addView struct {
	Action, Search, Follow, Suggest, Close string
	NoTenant                               bool
	Tenants, Ways                          []ui.Option
	Text                                   string
	Found                                  foundView
	Roles                                  []ui.Option
	Recognized                             string // how they are recognized at sign-in
	Errors                                 map[string]string
	Problem                                string
}

// foundView is whom a search found, below those who are chosen already.
type foundView struct {
	Choices []ui.CheckboxProps
	Nothing bool // a search found nobody
}

// labels are the fields of the form, by which mistakes are named.
var labels = []struct{ name, label string }{
	{core.FieldTenant, "Select tenant"}, {core.FieldWith, "Look up with"}, {core.FieldPeople, "Search people and groups"}, {core.FieldRole, "Role"},
}

func (v addView) mistakes() []ui.Mistake {
	var list []ui.Mistake
	for _, l := range labels {
		if text := v.Errors[l.name]; text != "" {
			control := l.name
			if l.name == core.FieldPeople {
				control = core.FieldSearch
			}
			list = append(list, ui.Mistake{Label: l.label, Control: control, Text: text})
		}
	}
	return list
}

// addView shows the form as it was typed, with whom a search found.
func (h *Handlers) addView(c echo.Context, f form, found []core.Candidate) (addView, error) {
	ctx, caller, query := c.Request().Context(), session.Caller(c), readListQuery(c)
	known, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return addView{}, err
	}
	view := addView{Action: query.With(listPath), Search: query.With(newPath), Follow: query.With(newPath, fieldFollow, "1"), Suggest: suggestPath, Close: query.Address(), NoTenant: len(known) == 0, Text: f.text, Found: foundOf(f, found), Errors: map[string]string{}}
	for _, t := range known {
		view.Tenants = append(view.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == f.tenant})
	}
	if view.Ways, err = h.ways(c, f); err != nil {
		return view, err
	}
	view.Roles = roleOptions(caller, f.role)
	view.Roles = view.Roles[:len(view.Roles)-1] // to give none is not to add
	view.Recognized = h.recognized(f.tenant)
	return view, nil
}

// recognized says how people of a tenant are recognized at their first sign-in.
func (h *Handlers) recognized(t tenant.ID) string {
	switch t {
	case "":
		return ""
	case h.People.Home():
		return "They are recognized at their first sign-in, by their object ID in this tenant."
	}
	return "At their first sign-in, a Tenant Owner confirms on the page People that it is them."
}

func (h *Handlers) ways(c echo.Context, f form) ([]ui.Option, error) {
	if f.tenant == "" {
		return nil, nil
	}
	ways, err := h.People.Ways(c.Request().Context(), session.Caller(c), f.tenant)
	var options []ui.Option
	for i, w := range ways {
		o := ui.Option{Value: w.With, Label: "Profile " + w.Name, Selected: w.With == f.with || f.with == "" && i == 0}
		switch {
		case w.App:
			o.Label = "App profile " + w.Name
		case w.Classic:
			o.Label += " (classic MFA)"
		}
		options = append(options, o)
	}
	return options, err
}

// foundOf lists those who are chosen, and below them whom a search found.
func foundOf(f form, found []core.Candidate) (view foundView) {
	add := func(c choice, note string, checked bool) {
		view.Choices = append(view.Choices, ui.CheckboxProps{Label: c.label, Name: core.FieldPeople, ID: core.FieldPeople + "-" + strconv.Itoa(len(view.Choices)), Value: c.value(), Checked: checked, Help: note})
	}
	taken := map[core.Ref]bool{}
	for _, c := range f.chosen {
		if !taken[c.Ref] {
			taken[c.Ref] = true
			add(c, "", true)
		}
	}
	for _, c := range found {
		if !taken[c.Ref] {
			add(choice{c.Ref, labelOf(c)}, noteOf(c), false)
		}
	}
	view.Nothing = len(found) == 0 && len([]rune(f.text)) > 1
	return view
}

func labelOf(c core.Candidate) string {
	name := shown.Name(c.Name)
	if name == "" {
		return shown.Name(c.Address)
	}
	if c.Address == "" {
		return name
	}
	return name + " (" + shown.Name(c.Address) + ")"
}

// noteOf says what else is to know of a candidate.
func noteOf(c core.Candidate) string {
	var notes []string
	if c.Kind == core.Group {
		notes = append(notes, "Group: everyone in it")
	}
	if c.Guest {
		notes = append(notes, "Guest")
	}
	if c.Off {
		notes = append(notes, "Disabled at Microsoft: can't sign in")
	}
	return strings.Join(notes, " · ")
}

// showNew is the pane that adds, for the only tenant or for the one that a link names.
func (h *Handlers) showNew(c echo.Context) error {
	f := readForm(c.QueryParams())
	if known, err := h.Tenants.All(c.Request().Context(), session.Caller(c)); err == nil && len(known) == 1 && f.tenant == "" {
		f.tenant = known[0].ID
	}
	view, err := h.addView(c, f, nil)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, addTitle, addPane(view))
}

const addTitle = "Add people"

// search looks up because somebody asked for it, or brings the ways of another tenant.
func (h *Handlers) search(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	f := readForm(values)
	var found []core.Candidate
	var failed error
	if values.Get(fieldFollow) == "" && f.text != "" {
		found, failed = h.People.Search(c.Request().Context(), session.Caller(c), session.Origin(c), f.look(), f.text)
	}
	view, err := h.addView(c, f, found)
	if err != nil {
		return err
	}
	if failed != nil {
		view.Found.Nothing = false // it could not be read whether there is anyone
		return h.refuseAdd(c, view, failed, false)
	}
	if respond.ByScript(c) {
		return respond.Page(c, http.StatusOK, ofTenant(view))
	}
	return h.screen().Whole(c, http.StatusOK, respond.Shell(c, section, title), addTitle, addPane(view))
}

// suggest answers while somebody types. Where nobody can tell, it suggests nothing: Search says why.
func (h *Handlers) suggest(c echo.Context) error {
	f := readForm(c.QueryParams())
	var found []core.Candidate
	if len([]rune(f.text)) > 1 {
		var err error
		found, err = h.People.Suggest(c.Request().Context(), session.Caller(c), session.Origin(c), f.look(), f.text)
		if kind := problem.KindOf(err); err != nil && kind != problem.Upstream && kind != problem.Invalid && kind != problem.NotFound && kind != problem.Conflict {
			return err
		}
	}
	view := foundOf(f, found)
	view.Nothing = false // it may be that nobody was asked
	return respond.Page(c, http.StatusOK, foundList(view))
}

// add saves.
func (h *Handlers) add(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	f := readForm(values)
	added, err := h.People.Add(c.Request().Context(), session.Caller(c), session.Origin(c), f.look(), f.refs(), f.role)
	if err != nil {
		view, unread := h.addView(c, f, nil)
		if unread != nil {
			return unread
		}
		view.Found.Nothing = false
		return h.refuseAdd(c, view, err, true)
	}
	who := added[0].Called()
	if len(added) > 1 {
		who = words.Number(len(added)) + " people and groups"
	}
	return respond.Leave(c, readListQuery(c).Address(), who+" added as "+f.role.Title()+".")
}

// refuseAdd answers what changed nothing: the same form as typed, with what is wrong.
func (h *Handlers) refuseAdd(c echo.Context, view addView, cause error, saved bool) error {
	status := http.StatusUnprocessableEntity
	switch problem.KindOf(cause) {
	case problem.Invalid:
		for _, f := range problem.Fields(cause) {
			view.Errors[f.Field] = f.Message
		}
		if len(view.mistakes()) == 0 {
			view.Problem = problem.Message(cause)
		}
	case problem.Upstream, problem.NotFound, problem.Conflict, problem.Forbidden, problem.Altered:
		view.Problem = problem.Message(cause)
		h.Log.WarnContext(c.Request().Context(), "people not looked up", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	default:
		return cause
	}
	if respond.ByScript(c) && saved {
		return respond.Page(c, status, addOutcome(view))
	}
	if respond.ByScript(c) {
		return respond.Page(c, http.StatusOK, ofTenantRefused(view))
	}
	return h.screen().Whole(c, status, respond.Shell(c, section, title), addTitle, addPane(view))
}
