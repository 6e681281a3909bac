package auth

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/web/session"
)

// noRole is why somebody has no role.
type noRole struct {
	Claim   string
	finding login.Finding
	Waits   bool   // a Tenant Owner has to say that it is them
	Unread  string // why their groups are not known
	Asked   bool   // they have just asked for a role
}

// NoRolePage gives the page for people without a role. The claim is the one that gives roles now; the session may know of another, from
// before a change of the settings.
func NoRolePage(claim string) func(echo.Context) templ.Component {
	return func(c echo.Context) templ.Component {
		why := noRole{Claim: claim}
		if told := session.From(c).NoRole(); told != nil {
			why = noRole{Claim: told.Claim, finding: login.Finding(told.Finding), Waits: told.Waits, Unread: told.Unread}
		}
		why.Asked = c.QueryParam(askedParameter) != ""
		return noRolePage(*session.Person(c), why)
	}
}

// askedParameter says that somebody has just asked, so that the page can say so.
const askedParameter = "asked"

// ask notes that somebody without a role wants one. The answer is the same whether it was noted or had been before.
func (h *Handlers) ask(c echo.Context) error {
	caller := session.Caller(c)
	if !caller.SignedIn() || caller.Role() != "" {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	if err := h.People.Ask(c.Request().Context(), caller, session.Origin(c)); err != nil && problem.KindOf(err) != problem.NotFound {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/?"+askedParameter+"=1")
}

// sentence says what is the matter with the claim.
func (n noRole) sentence() string {
	switch n.finding {
	case login.Absent:
		return "Your sign-in didn't include this claim."
	case login.Empty:
		return "Your sign-in included this claim, but it was empty."
	case login.Unreadable:
		return "Your sign-in included this claim in a form that Purser can't read. It must be a string or a list of strings."
	case login.LeftOut:
		return "The claim was left out of your sign-in because the list is too long, so Purser can't tell whether you have a role."
	default:
		return "Your sign-in included this claim, but it names neither role."
	}
}

// remedy says what is to be done, and by whom.
func (n noRole) remedy() string {
	switch n.finding {
	case login.LeftOut:
		return "Your server administrator can fix this for everyone: assign the two roles as app roles, which are never left out, and set PURSER_OIDC_ROLE_CLAIM to their claim, or limit the claim to groups that are assigned to the application."
	case login.Unreadable:
		return "Your server administrator can fix this for everyone: correct the claim mapping at the identity provider, or change PURSER_OIDC_ROLE_CLAIM."
	default:
		return "Ask the administrator of your identity provider to assign you one of these roles. In Microsoft Entra ID, they are app roles of Purser, under Enterprise apps > Purser > Users and groups."
	}
}
