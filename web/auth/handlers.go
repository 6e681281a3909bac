// Package auth is the way in: sign-in at the identity provider, its callback, sign-out, and how long the session lasts.
package auth

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
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

	BreakGlassPath = "/auth/break-glass"
	askPath        = "/auth/ask-for-role"
	dismissPath    = "/settings/security/break-glass/dismiss"
)

// Recorder writes what stands alone to the activity log.
type Recorder interface {
	Record(ctx context.Context, e audit.Entry) error
}

// Arrivals notes who has come, and says what they may do, by the claim and by what was given to them here. It answers with
// problem.Forbidden where they may not come in.
type Arrivals interface {
	Arrive(ctx context.Context, who login.Identity, origin audit.Origin) (Arrived, error)
	// Ask notes that somebody without a role wants one. Asking again changes nothing.
	Ask(ctx context.Context, caller access.Caller, origin audit.Origin) error
}

// Arrived is what a sign-in comes to.
type Arrived struct {
	Caller access.Caller // with the roles that hold
	Waits  bool          // a Tenant Owner has to confirm that they are who was given a role
	Unread error         // why it could not be read which groups they are in; nil where it is known
}

// Handlers answers everything under /auth/.
type Handlers struct {
	Login    *login.Client
	People   Arrivals
	Sessions *core.Service
	Links    *breakglass.Service
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
	e.GET(FrontChannelPath, h.frontChannel)
	e.GET(SessionPath, h.left)
	e.POST("/auth/extend", h.left)
	e.GET(BreakGlassPath, h.showLink)
	e.POST(BreakGlassPath, h.useLink)
	e.POST(dismissPath, h.dismiss)
	e.POST(askPath, h.ask)
}

// signIn sends the browser to the identity provider. What must be remembered meanwhile is kept on the server, under a
// session of nobody.
func (h *Handlers) signIn(c echo.Context) error {
	returnTo := localPath(c.QueryParam("return"))
	arrived, fresh := c.QueryParam(atBase) != "", c.QueryParam(askFresh) != "" && session.From(c).SignedIn()
	switch {
	case !arrived && !sameHost(h.BaseURL, c.Request().Host):
		// The provider sends the browser back to the base address, where a cookie of another name of this server is not seen (X15).
		return c.Redirect(http.StatusSeeOther, atBaseAddress(h.BaseURL, returnTo, c.QueryParam(askFresh) != ""))
	case arrived && !fresh && session.From(c).SignedIn():
		return h.goOn(c, returnTo)
	}
	if fresh && session.Caller(c).Issuer == breakglass.Issuer {
		return h.noneToAsk(c)
	}
	begin := h.Login.Begin
	if fresh {
		begin = h.Login.BeginFresh
	}
	attempt, address, err := begin(c.Request().Context(), returnTo)
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
// state finds nothing. Whoever is signed in already, and came by reloading or going back, goes on (X11).
func (h *Handlers) callback(c echo.Context) error {
	ctx, visit := c.Request().Context(), session.From(c)
	sess, ok := visit.Session()
	if !ok {
		return h.badCallback(c, errors.New("callback without a session"), "")
	}
	attempt, found, err := h.Sessions.TakeAttempt(ctx, &sess, c.QueryParam("state"))
	if err != nil && !errors.Is(err, core.ErrEnded) && !errors.Is(err, core.ErrChanged) {
		return err
	}
	switch {
	case !found && visit.SignedIn():
		return h.goOn(c, attempt.ReturnTo)
	case !found:
		return h.badCallback(c, errors.New("callback with an unknown or used state"), attempt.ReturnTo)
	}
	identity, err := h.Login.Finish(ctx, login.Attempt(attempt), login.Answer{
		State: c.QueryParam("state"), Code: c.QueryParam("code"), Error: c.QueryParam("error"),
		ErrorDescription: c.QueryParam("error_description"), Issuer: c.QueryParam("iss"),
	})
	if err != nil {
		return h.refused(c, err, attempt.ReturnTo)
	}
	if attempt.Fresh && !identity.Authenticated.IsZero() && !h.Sessions.Recent(&core.Came{Proved: identity.Authenticated}) {
		return h.notFresh(c, identity)
	}
	return h.arrive(c, sess, identity, attempt)
}

// arrive begins the session of somebody whom the provider has signed in.
func (h *Handlers) arrive(c echo.Context, sess core.Session, who login.Identity, attempt core.Attempt) error {
	ctx := c.Request().Context()
	come, err := h.People.Arrive(ctx, who, session.Origin(c))
	if problem.KindOf(err) == problem.Forbidden {
		return h.shutOut(c, who, err)
	}
	if err != nil {
		return err
	}
	now := come.Caller
	sess.State.NoRole, sess.State.Flash, sess.State.Came, sess.Provider = nil, nil, came(c), who.Session
	if sess.State.Came.Proved = who.Authenticated; attempt.Fresh && who.Authenticated.IsZero() {
		sess.State.Came.Proved = h.Sessions.Now()
	}
	if now.Role() == "" {
		sess.State.NoRole = &core.NoRole{Claim: who.Claim.Name, Finding: string(who.Claim.Finding), Waits: come.Waits}
		if come.Unread != nil {
			sess.State.NoRole.Unread = problem.Message(come.Unread)
		}
	}
	if come.Unread != nil {
		if now.Role() != "" {
			sess.State.Flash = &core.Flash{Failure: true, Text: "The groups that you are in couldn't be read, so what they gave you at the last sign-in counts. " + problem.Message(come.Unread)}
		}
		h.Log.WarnContext(ctx, "the groups of a person could not be read", "request_id", session.Origin(c).Request, "subject", who.Caller.Subject, "error", problem.Told(come.Unread))
	}
	id, err := h.Sessions.SignIn(ctx, sess, who.Caller, secret.FromString(who.IDToken), session.Origin(c))
	if err != nil {
		return err
	}
	if now.Role() == "" {
		h.logNoRole(c, who)
	}
	if err := session.From(c).Hold(c, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, destination(now, attempt.ReturnTo))
}

// shutOut answers somebody whom the provider has signed in and who was deactivated here. They are told so, and nothing of them is kept.
func (h *Handlers) shutOut(c echo.Context, who login.Identity, cause error) error {
	entry := audit.By(who.Caller, session.Origin(c), audit.SignInRefused, audit.Target{Kind: "session"}).With("reason", problem.Message(cause))
	if err := h.Activity.Record(c.Request().Context(), entry); err != nil {
		h.Log.ErrorContext(c.Request().Context(), "refused sign-in not recorded", "error", problem.Told(err))
	}
	return respond.Page(c, http.StatusForbidden, layout.ErrorPage(layout.Fault{
		Title: "Your access is deactivated", Text: "You signed in as " + who.Caller.SignIn + ". " + problem.Message(cause), Reference: session.Origin(c).Request,
	}))
}

// came is how somebody comes, as far as the browser tells.
func came(c echo.Context) *core.Came {
	return &core.Came{Browser: core.BrowserOf(c.Request().UserAgent())}
}

// logNoRole says what the claim of the roles held, so that whoever gives roles finds out what is missing (X10).
func (h *Handlers) logNoRole(c echo.Context, who login.Identity) {
	claim := who.Claim
	h.Log.WarnContext(c.Request().Context(), "signed in without a role", "request_id", session.Origin(c).Request, "sign_in", who.Caller.SignIn,
		"subject", who.Caller.Subject, "claim", claim.Name, "present", claim.Finding != login.Absent && claim.Finding != login.LeftOut,
		"finding", string(claim.Finding), "values", strings.Join(claim.Values, ", "), "count", claim.Count)
}

// goOn leads on somebody who is signed in.
func (h *Handlers) goOn(c echo.Context, returnTo string) error {
	return c.Redirect(http.StatusSeeOther, destination(session.Caller(c), returnTo))
}

// destination is the page first asked for; whoever has no role is told so on the start page (R2).
func destination(caller access.Caller, returnTo string) string {
	if caller.Role() == "" || returnTo == "" {
		return "/"
	}
	return returnTo
}

// refused answers a sign-in that reached the provider and failed; that one belongs into the activity log.
func (h *Handlers) refused(c echo.Context, err error, returnTo string) error {
	entry := audit.By(access.Caller{}, session.Origin(c), audit.SignInRefused, audit.Target{Kind: "session"}).With("reason", problem.Message(err))
	if recordErr := h.Activity.Record(c.Request().Context(), entry); recordErr != nil {
		h.Log.ErrorContext(c.Request().Context(), "refused sign-in not recorded", "error", problem.Told(recordErr))
	}
	if problem.KindOf(err) == problem.Upstream {
		return h.unreachable(c, err, returnTo)
	}
	if problem.KindOf(err) == problem.BadRequest {
		return h.badCallback(c, err, returnTo)
	}
	return err
}

// badCallback answers 400 with a page that offers to sign in again, on the way to where the person wanted to go (contract, Addresses;
// X12). Whoever is signed in already is not told that they are not.
func (h *Handlers) badCallback(c echo.Context, err error, returnTo string) error {
	fault := layout.Fault{
		Title: "You are not signed in", Text: "This sign-in was started in another browser or has already been used.",
		Next: "Nothing was changed. Sign in again.", ActionLabel: "Sign in", ActionHref: SignInAddress(returnTo), Reference: session.Origin(c).Request,
	}
	if problem.KindOf(err) == problem.BadRequest {
		fault.Text = problem.Message(err)
	}
	if login.Whose(err).Blamed() || login.SetUpWrongly(err) {
		fault.Next = "Nothing was changed."
	}
	if session.From(c).SignedIn() {
		fault.Title, fault.Next = "You are still signed in", "Nothing was changed."
		fault.ActionLabel, fault.ActionHref, fault.Person = "Continue", destination(session.Caller(c), returnTo), session.Person(c)
	}
	h.Log.Log(c.Request().Context(), levelOf(err), "sign-in refused", "request_id", session.Origin(c).Request, "fault", string(login.Whose(err)), "error", problem.Told(err))
	return respond.Page(c, http.StatusBadRequest, layout.ErrorPage(fault))
}

// unreachable answers where the provider did not, or where it cannot because sign-in isn't set up correctly: trying again is offered only
// where it may help (X6).
func (h *Handlers) unreachable(c echo.Context, err error, returnTo string) error {
	fault := layout.Fault{
		Title: "You can't sign in right now", Text: problem.Message(err), Next: "People who are already signed in can keep working.",
		ActionLabel: "Try again", ActionHref: SignInAddress(returnTo), Reference: session.Origin(c).Request,
	}
	if wait := login.RetryAfter(err); wait > 0 {
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		fault.Next = "It asked Purser to wait " + seconds + " seconds. " + fault.Next
		c.Response().Header().Set("Retry-After", seconds)
	}
	if login.SetUpWrongly(err) {
		fault.Title, fault.ActionLabel = "You can't sign in", "Sign in"
	}
	h.Log.WarnContext(c.Request().Context(), "identity provider failed", "request_id", session.Origin(c).Request, "fault", string(login.Whose(err)), "error", problem.Told(err))
	return respond.Page(c, http.StatusBadGateway, layout.ErrorPage(fault))
}

// levelOf lifts what somebody has to mend above what happens every day.
func levelOf(err error) slog.Level {
	if login.SetUpWrongly(err) {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// signOut ends the session here first, then at the provider where it offers that (R4). Whoever was never signed in there is not sent there
// (R83).
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
	if sess.IDToken == nil {
		return c.Redirect(http.StatusSeeOther, SignedOutPath)
	}
	if address, offered := h.Login.SignOutURL(ctx, string(token.Reveal()), string(core.NewID())); offered {
		return h.leave(c, address)
	}
	return c.Redirect(http.StatusSeeOther, SignedOutPath)
}

// leave leads to the provider's sign-out. A browser holds the redirects that follow a form against the policy of the page with the
// form, which may be older than what is known of the provider now, and knows nothing of where that leads on to. So another origin than
// the issuer's is not redirected to: a page of our own leads there by itself, which no form's chain reaches (X13).
func (h *Handlers) leave(c echo.Context, address string) error {
	if h.Login.OfIssuer(address) {
		return c.Redirect(http.StatusSeeOther, address)
	}
	c.Response().Header().Set("Refresh", "0;url="+address)
	return respond.Page(c, http.StatusOK, leavingPage(address))
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
