package people

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	core "purser.example/internal/people"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// command is what is done with selected people, after a dialog has named them.
type command struct {
	path   string
	verb   string // "Deactivate"
	done   string // "deactivated"
	says   string // what it comes to
	danger bool
	roles  bool // the dialog asks for a role
	one    bool // it is about one person
	act    func(ctx context.Context, c echo.Context, ids []core.ID, role access.Role) error
}

func (h *Handlers) commands() []command {
	return []command{
		{
			path: rolePath, verb: "Change role", roles: true, done: "The role was changed for",
			says: "The role holds from the next request on. If the identity provider sends a stronger one, that one counts.",
			act: func(ctx context.Context, c echo.Context, ids []core.ID, role access.Role) error {
				return h.People.ChangeRole(ctx, session.Caller(c), session.Origin(c), ids, role)
			},
		},
		{
			path: deactivatePath, verb: "Deactivate", danger: true, done: "Deactivated:",
			says: "They are signed out at once and can't sign in until someone activates them, whatever role the identity provider sends.",
			act: func(ctx context.Context, c echo.Context, ids []core.ID, _ access.Role) error {
				return h.People.Deactivate(ctx, session.Caller(c), session.Origin(c), ids)
			},
		},
		{
			path: activatePath, verb: "Activate", done: "Activated:",
			says: "They can sign in again, with the role they had.",
			act: func(ctx context.Context, c echo.Context, ids []core.ID, _ access.Role) error {
				return h.People.Activate(ctx, session.Caller(c), session.Origin(c), ids)
			},
		},
		{
			path: removePath, verb: "Remove", danger: true, done: "Removed:",
			says: "They are signed out at once and lose the role that was given here. Anyone whom the identity provider sends with a role can sign in again. To prevent that, deactivate them instead.",
			act: func(ctx context.Context, c echo.Context, ids []core.ID, _ access.Role) error {
				return h.People.Remove(ctx, session.Caller(c), session.Origin(c), ids)
			},
		},
		{
			path: ownerPath, verb: "Set as tenant owner", danger: true, one: true, done: "The primary owner is now",
			act: func(ctx context.Context, c echo.Context, ids []core.ID, _ access.Role) error {
				return h.People.SetOwner(ctx, session.Caller(c), session.Origin(c), ids[0])
			},
		},
	}
}

// most is how many are changed at once: a page of the list.
const most = core.PageSize

// dialogView asks whether something shall be done with some.
type dialogView struct {
	ID, Title, Says string
	Action, Close   string
	People          []namedView
	Roles           []ui.Option // nil: no role is asked for
	NoneYet         bool        // the first of them was given none
	Danger          bool
}

type namedView struct{ ID, Name, About string }

// ask names those whom a command is about.
func (h *Handlers) ask(command command) echo.HandlerFunc {
	return func(c echo.Context) error {
		view, err := h.dialogView(c, command, c.QueryParams()["id"])
		if err != nil {
			return err
		}
		if len(view.People) == 0 || command.one && len(view.People) != 1 {
			return respond.Back(c, readListQuery(c).Address(), command.wants())
		}
		if command.one {
			view.Says = h.handOver(c, view.People[0].Name)
		}
		return h.screen().Over(c, http.StatusOK, command.verb, commandDialog(view))
	}
}

func (h *Handlers) dialogView(c echo.Context, command command, ids []string) (dialogView, error) {
	query := readListQuery(c)
	view := dialogView{ID: strings.TrimPrefix(command.path, listPath+"/"), Title: command.verb, Says: command.says, Action: query.With(command.path), Close: query.Address(), Danger: command.danger}
	caller := session.Caller(c)
	for _, id := range ids[:min(len(ids), most)] {
		p, err := h.People.Find(c.Request().Context(), caller, core.ID(id))
		if problem.KindOf(err) == problem.NotFound {
			continue
		}
		if err != nil {
			return view, err
		}
		view.People = append(view.People, namedView{ID: id, Name: p.Called(), About: about(p)})
		if command.roles && len(view.People) == 1 {
			view.Roles, view.NoneYet = roleOptions(caller, p.Given), p.Given == ""
		}
	}
	return view, nil
}

// about is what a dialog says of somebody.
func about(p core.Person) string {
	facts := []string{p.SignIn, p.Role().Title()}
	facts = append(facts, p.Sources()...)
	return strings.Join(facts, " · ")
}

// noRole is the value of a form for none.
const noRole = "none"

// roleOptions are the roles that the caller may give.
func roleOptions(caller access.Caller, given access.Role) []ui.Option {
	options := []ui.Option{{Value: string(access.ServiceAdministrator), Label: access.ServiceAdministrator.Title(), Selected: given == access.ServiceAdministrator}}
	if caller.May(access.ManageOwners) {
		options = append([]ui.Option{{Value: string(access.TenantOwner), Label: access.TenantOwner.Title(), Selected: given == access.TenantOwner}}, options...)
	}
	return append(options, ui.Option{Value: noRole, Label: "No role given here"})
}

// do carries a command out, and tells of it above the list.
func (h *Handlers) do(command command) echo.HandlerFunc {
	return func(c echo.Context) error {
		values, err := forms.Values(c)
		if err != nil {
			return err
		}
		back := readListQuery(c).Address()
		ids, role, err := h.asked(c, command, values["id"], values.Get(core.FieldRole))
		if errors.Is(err, errNoRole) {
			return respond.Back(c, back, problem.Message(err))
		}
		if err != nil {
			return err
		}
		if len(ids) == 0 || command.one && len(ids) != 1 {
			return respond.Back(c, back, command.wants())
		}
		names := h.names(c, ids)
		switch err := command.act(c.Request().Context(), c, ids, role); problem.KindOf(err) {
		case problem.Conflict, problem.Forbidden, problem.NotFound, problem.Invalid:
			return respond.Back(c, back, problem.Message(err))
		default:
			if err != nil {
				return err
			}
		}
		return respond.Leave(c, back, command.done+" "+names+".")
	}
}

var errNoRole = problem.Field(core.FieldRole, "Select a role. Nothing was changed.")

func (h *Handlers) asked(_ echo.Context, command command, given []string, role string) ([]core.ID, access.Role, error) {
	if len(given) > most {
		return nil, "", forms.ErrDamaged
	}
	var ids []core.ID
	for _, id := range given {
		ids = append(ids, core.ID(id))
	}
	switch {
	case !command.roles || role == noRole:
		return ids, "", nil
	case role == "":
		return nil, "", errNoRole
	}
	if core.Rank(access.Role(role)) == 0 {
		return nil, "", forms.ErrDamaged
	}
	return ids, access.Role(role), nil
}

// wants says what has to be selected.
func (c command) wants() string {
	if c.one {
		return "Select one person first."
	}
	return "Select one or more people first."
}

// handOver names both whom a hand-over is about.
func (h *Handlers) handOver(c echo.Context, heir string) string {
	before, err := h.People.Primary(c.Request().Context(), session.Caller(c))
	if err != nil {
		return heir + " becomes the primary owner, of which there is one, and a Tenant Owner. There is none now."
	}
	return before.Called() + " is the primary owner now. " + heir + " becomes it, and a Tenant Owner, and only they can hand it on. " + before.Called() + " keeps the role. Both are told."
}

// names are those whom a command is about, while they are still there; of many, how many they are.
func (h *Handlers) names(c echo.Context, ids []core.ID) string {
	if len(ids) > 3 {
		return words.Number(len(ids)) + " people"
	}
	var names []string
	for _, id := range ids {
		if p, err := h.People.Find(c.Request().Context(), session.Caller(c), id); err == nil {
			names = append(names, p.Called())
		}
	}
	return words.Sentence(names)
}
