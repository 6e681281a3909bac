package door

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Admit lets in who is signed in and has a role (R1, R2). It runs before any page, and before it is known whether there is a page at
// all, so that nobody outside learns which addresses exist.
func (d *Door) Admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		switch caller := session.Caller(c); {
		case d.rules.SigningIn(c) || d.rules.Anonymous(c):
			return next(c)
		case !caller.SignedIn():
			return d.askToSignIn(c)
		case caller.Role() == "":
			return d.turnAway(c, caller)
		default:
			return next(c)
		}
	}
}

// askToSignIn sends a reader to sign in and back here. A post is answered with a page instead: reloading it after sign-in
// sends again what was typed, so nothing is lost.
func (d *Door) askToSignIn(c echo.Context) error {
	r := c.Request()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return problem.New(problem.Unauthenticated, "Sign in first. Nothing was changed.")
	}
	return c.Redirect(http.StatusSeeOther, d.rules.SignIn(r.URL.RequestURI()))
}

// turnAway shows the one page for people without a role: as such on the start page, as a refusal anywhere else.
func (d *Door) turnAway(c echo.Context, caller access.Caller) error {
	status := http.StatusOK
	if c.Request().URL.Path != "/" || c.Request().Method != http.MethodGet {
		status = http.StatusForbidden
		entry := audit.By(caller, session.Origin(c), audit.Denied, audit.Target{Kind: "page", Name: cut(respond.PathOf(c), 200)}).With("method", c.Request().Method)
		if err := d.rules.Activity.Record(c.Request().Context(), entry); err != nil {
			d.rules.Log.ErrorContext(c.Request().Context(), "denial not recorded", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		}
	}
	return respond.Page(c, status, d.rules.NoRole(c))
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
