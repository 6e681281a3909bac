package auth

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/login"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// notFresh answers somebody whom the provider did not ask to sign in anew, though it was to. The session that they have goes on. Leading
// them there once more would lead them here once more.
func (h *Handlers) notFresh(c echo.Context, who login.Identity) error {
	h.Log.WarnContext(c.Request().Context(), "the identity provider did not ask for a new sign-in, though max_age wants one", "request_id", session.Origin(c).Request,
		"sign_in", who.Caller.SignIn, "signed_in_there", who.Authenticated)
	return respond.Page(c, http.StatusForbidden, layout.ErrorPage(layout.Fault{
		Title:     "You weren't asked to sign in again",
		Text:      "What you want to do requires a sign-in in the last five minutes. Purser asked your identity provider for one (max_age=300), but it let you through with an earlier sign-in.",
		Next:      "Nothing was changed. Sign out, sign in again, and repeat what you did. If that doesn't help, the administrator of your identity provider needs to allow max_age.",
		Reference: session.Origin(c).Request, ActionLabel: "Continue without it", ActionHref: "/", Person: session.Person(c),
	}))
}

// noneToAsk answers somebody who came by a break-glass link, for whom no provider can be asked.
func (h *Handlers) noneToAsk(c echo.Context) error {
	return respond.Page(c, http.StatusForbidden, layout.ErrorPage(layout.Fault{
		Title:     "Your break-glass link is too old for this",
		Text:      "What you want to do requires a sign-in in the last five minutes. You signed in with a break-glass link, so your identity provider can't be asked.",
		Next:      "Nothing was changed. Create another link on the server, sign in with it, and repeat what you did.",
		Reference: session.Origin(c).Request, ActionLabel: "Continue without it", ActionHref: "/", Person: session.Person(c),
	}))
}
