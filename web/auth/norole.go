package auth

import (
	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/login"
	"purser.example/web/session"
)

// noRole is why somebody has no role.
type noRole struct {
	Claim   string
	finding login.Finding
}

// NoRolePage gives the page for people without a role. The claim is the one that gives roles now; the session may know of another, from
// before a change of the settings.
func NoRolePage(claim string) func(echo.Context) templ.Component {
	return func(c echo.Context) templ.Component {
		why := noRole{Claim: claim}
		if told := session.From(c).NoRole(); told != nil {
			why = noRole{Claim: told.Claim, finding: login.Finding(told.Finding)}
		}
		return noRolePage(*session.Person(c), why)
	}
}

// sentence says what is the matter with the claim.
func (n noRole) sentence() string {
	switch n.finding {
	case login.Absent:
		return "Your sign-in brought no such claim."
	case login.Empty:
		return "In your sign-in the claim was there, and empty."
	case login.Unreadable:
		return "In your sign-in the claim was there, in a form that Purser cannot read: it takes a text or a list of texts."
	case login.LeftOut:
		return "In your sign-in it was left out, because the list is too long for it: whether you have a role could not be read."
	default:
		return "What your sign-in brought there names neither of them."
	}
}

// remedy says what is to be done, and by whom.
func (n noRole) remedy() string {
	switch n.finding {
	case login.LeftOut:
		return "Whoever runs Purser can mend this for everybody: give the two as app roles, which are never left out, and set PURSER_OIDC_ROLE_CLAIM to their claim, or let the claim hold only the groups that are assigned to the application."
	case login.Unreadable:
		return "Whoever runs Purser can mend this for everybody: by the mapping of the claim at the identity provider, or by PURSER_OIDC_ROLE_CLAIM."
	default:
		return "Ask whoever assigns people to applications at your identity provider for one of the roles. In Microsoft Entra ID they are the app roles of Purser, under Enterprise apps, Purser, Users and groups."
	}
}
