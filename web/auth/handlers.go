// Package auth is the way in: sign-in at the identity provider, its callback, sign-out, and how long the session lasts.
package auth

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/login"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	core "purser.example/internal/session"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Addresses of this package's pages.
const (
	SignInPath    = "/auth/sign-in"
	CallbackPath  = "/auth/callback"
	SignedOutPath = "/auth/signed-out"
	SessionPath   = "/auth/session"
)

// Recorder writes what stands alone to the activity log.
type Recorder interface {
	Record(ctx context.Context, e audit.Entry) error
}

// Handlers answers everything under /auth/.
type Handlers struct {
	Login    *login.Client
	Sessions *core.Service
	Activity Recorder
	BaseURL  *url.URL
	Log      *slog.Logger
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(SignInPath, h.signIn)
	e.GET(CallbackPath, h.callback)
	e.POST("/auth/sign-out", h.signOut)
	e.GET(SignedOutPath, h.signedOut)
	e.GET(SessionPath, h.left)
	e.POST("/auth/extend", h.left)
}

// signIn sends the browser to the identity provider. What must be remembered meanwhile is kept on the server, under a
// session of nobody.
func (h *Handlers) signIn(c echo.Context) error {
	returnTo := localPath(c.QueryParam("return"))
	if h.wrongLoopback(c) {
		return c.Redirect(http.StatusSeeOther, h.BaseURL.String()+SignInAddress(returnTo))
	}
	ctx := c.Request().Context()
	attempt, address, err := h.Login.Begin(ctx, returnTo)
	if err != nil {
		return h.unreachable(c, err, returnTo)
	}
	if err := h.remember(c, core.Attempt(attempt)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

func (h *Handlers) remember(c echo.Context, attempt core.Attempt) error {
	ctx, visit := c.Request().Context(), session.From(c)
	if sess, ok := visit.Session(); ok {
		err := h.Sessions.AddAttempt(ctx, sess, attempt)
		if !errors.Is(err, core.ErrEnded) && !errors.Is(err, core.ErrChanged) {
			return err
		}
	}
	id, err := h.Sessions.Begin(ctx, attempt)
	if err != nil {
		return err
	}
	return visit.Hold(c, id)
}

// callback takes the provider's answer. An attempt serves once, whatever comes of it, so a second answer with the same
// state finds nothing.
func (h *Handlers) callback(c echo.Context) error {
	ctx, visit := c.Request().Context(), session.From(c)
	sess, ok := visit.Session()
	if !ok {
		return h.badCallback(c, errors.New("callback without a session"))
	}
	attempt, found, err := h.Sessions.TakeAttempt(ctx, &sess, c.QueryParam("state"))
	if err != nil && !errors.Is(err, core.ErrEnded) && !errors.Is(err, core.ErrChanged) {
		return err
	}
	if !found {
		return h.badCallback(c, errors.New("callback with an unknown state"))
	}
	identity, err := h.Login.Finish(ctx, login.Attempt(attempt), login.Answer{
		State: c.QueryParam("state"), Code: c.QueryParam("code"), Error: c.QueryParam("error"),
		ErrorDescription: c.QueryParam("error_description"), Issuer: c.QueryParam("iss"),
	})
	if err != nil {
		return h.refused(c, err, attempt.ReturnTo)
	}
	id, err := h.Sessions.SignIn(ctx, sess, identity.Caller, secret.FromString(identity.IDToken), session.Origin(c))
	if err != nil {
		return err
	}
	if err := visit.Hold(c, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, destination(identity.Caller, attempt.ReturnTo))
}

// destination is the page first asked for; whoever has no role is told so on the start page (R2).
func destination(caller access.Caller, returnTo string) string {
	if caller.Role() == "" {
		return "/"
	}
	return returnTo
}

// refused answers a sign-in that reached the provider and failed; that one belongs into the activity log.
func (h *Handlers) refused(c echo.Context, err error, returnTo string) error {
	entry := audit.By(access.Caller{}, session.Origin(c), audit.SignInRefused, audit.Target{Kind: "session"}).With("reason", problem.Message(err))
	if recordErr := h.Activity.Record(c.Request().Context(), entry); recordErr != nil {
		h.Log.ErrorContext(c.Request().Context(), "refused sign-in not recorded", "error", recordErr)
	}
	if problem.KindOf(err) == problem.Upstream {
		return h.unreachable(c, err, returnTo)
	}
	if problem.KindOf(err) == problem.BadRequest {
		return h.badCallback(c, err)
	}
	return err
}

// badCallback answers 400 with a page that offers to sign in again (contract, Addresses).
func (h *Handlers) badCallback(c echo.Context, err error) error {
	text := "This sign-in does not belong to this browser, or was used before."
	if problem.KindOf(err) == problem.BadRequest {
		text = problem.Message(err)
	}
	h.Log.InfoContext(c.Request().Context(), "sign-in refused", "request_id", session.Origin(c).Request, "error", err)
	return respond.Page(c, http.StatusBadRequest, layout.ErrorPage(layout.Fault{
		Title: "You are not signed in", Text: text, Next: "Nothing was changed. Start again from here.",
		ActionLabel: "Sign in", ActionHref: SignInPath, Reference: session.Origin(c).Request,
	}))
}

func (h *Handlers) unreachable(c echo.Context, err error, returnTo string) error {
	h.Log.WarnContext(c.Request().Context(), "identity provider failed", "request_id", session.Origin(c).Request, "error", err)
	return respond.Page(c, http.StatusBadGateway, layout.ErrorPage(layout.Fault{
		Title: "Signing in is not possible right now", Text: problem.Message(err), Next: "Whoever is signed in can go on working.",
		ActionLabel: "Try again", ActionHref: SignInAddress(returnTo), Reference: session.Origin(c).Request,
	}))
}

// signOut ends the session here first, then at the provider where it offers that (R4).
func (h *Handlers) signOut(c echo.Context) error {
	ctx, visit := c.Request().Context(), session.From(c)
	sess, ok := visit.Session()
	if !ok || !visit.SignedIn() {
		return c.Redirect(http.StatusSeeOther, SignedOutPath)
	}
	token, err := h.Sessions.SignOut(ctx, sess, session.Origin(c))
	if err != nil && !errors.Is(err, core.ErrEnded) {
		return err
	}
	if err := visit.Drop(c); err != nil {
		return err
	}
	if address, offered := h.Login.SignOutURL(ctx, string(token.Reveal()), string(core.NewID())); offered {
		return c.Redirect(http.StatusSeeOther, address)
	}
	return c.Redirect(http.StatusSeeOther, SignedOutPath)
}

func (h *Handlers) signedOut(c echo.Context) error {
	if session.From(c).SignedIn() {
		return c.Redirect(http.StatusSeeOther, "/") // saying "signed out" would be false
	}
	return respond.Page(c, http.StatusOK, signedOutPage())
}

// sessionLeft is what the page's script wants to know. SignIn lets it tell whether somebody else signed in meanwhile, in
// another tab.
type sessionLeft struct {
	Idle   int    `json:"idle"` // seconds without activity
	Max    int    `json:"max"`  // seconds at the latest
	SignIn string `json:"signIn,omitempty"`
}

// left tells the page's script how long the session lasts. Asking is no activity (GET); extending is (POST), because the
// session's middleware counts every post as one.
func (h *Handlers) left(c echo.Context) error {
	visit := session.From(c)
	if !visit.SignedIn() {
		return c.JSON(http.StatusUnauthorized, sessionLeft{})
	}
	if session.Caller(c).Role() == "" {
		return c.JSON(http.StatusForbidden, sessionLeft{}) // R2: nothing but their one page
	}
	left := visit.Left()
	return c.JSON(http.StatusOK, sessionLeft{Idle: left.IdleSeconds, Max: left.MaxSeconds, SignIn: session.Caller(c).SignIn})
}

// wrongLoopback is true for http://localhost where the base address says http://127.0.0.1, or the other way round: the
// provider would send the browser back to a host that has no cookie of ours.
func (h *Handlers) wrongLoopback(c echo.Context) bool {
	asked, _, err := net.SplitHostPort(c.Request().Host)
	if err != nil || h.BaseURL.Scheme == "https" || c.Request().Host == h.BaseURL.Host {
		return false
	}
	return asked == "localhost" || net.ParseIP(asked).IsLoopback()
}
