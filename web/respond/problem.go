package respond

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/layout"
	"purser.example/web/session"
)

// answer is how a kind of problem looks from outside.
type answer struct {
	status int
	title  string
	next   string
	label  string // of the way on; empty for none
	href   string
}

var answers = map[problem.Kind]answer{
	problem.Internal:        {http.StatusInternalServerError, "Something went wrong", "Try again. If it happens again, give the reference below to your server administrator.", "Go to the start page", "/"},
	problem.Invalid:         {http.StatusUnprocessableEntity, "This couldn't be accepted", "Go back, correct it, and try again.", "", ""},
	problem.NotFound:        {http.StatusNotFound, "This page doesn't exist", "Check the address, or go to the start page.", "Go to the start page", "/"},
	problem.Conflict:        {http.StatusConflict, "Someone else changed this", "Go back, reload the page, and check what changed.", "", ""},
	problem.Unauthenticated: {http.StatusUnauthorized, "Your session has ended", "After you sign in, come back to this tab and reload it. Your browser sends what you typed again.", "Sign in on a new tab", "/auth/sign-in"},
	problem.Forbidden:       {http.StatusForbidden, "You can't open this", "Ask a Tenant Owner in your organization to give you this role.", "", ""},
	problem.BadRequest:      {http.StatusBadRequest, "Purser couldn't understand this request", "Go back and try again.", "Go to the start page", "/"},
	problem.CrossSite:       {http.StatusForbidden, "This didn't come from Purser", "If you meant to do this, open the page in Purser and try again.", "Go to the start page", "/"},
	problem.Outside:         {http.StatusForbidden, "You can't open Purser from here", "Connect to your organization's network, then reload this page. If you are connected to it, tell your server administrator.", "", ""},
	problem.TooOften:        {http.StatusTooManyRequests, "Too many attempts", "Wait a moment, then reload this page to try again.", "", ""},
	problem.TooLarge:        {http.StatusRequestEntityTooLarge, "This is too large", "Try again with less data.", "", ""},
	problem.Upstream:        {http.StatusBadGateway, "Microsoft 365 did not respond", "Try again in a moment.", "", ""},
	problem.Altered:         {http.StatusConflict, "This was changed outside of Purser", "Nothing was sent. Give the reference below to your server administrator.", "", ""},
	problem.Unavailable:     {http.StatusServiceUnavailable, "Not available right now", "Your request wasn't processed. Wait a moment, then reload this page to send it again.", "", ""},
}

// RetryAfter is in seconds: a full disk or a busy database may have recovered by then.
const RetryAfter = "5"

// Problem is Echo's error handler: it logs once, here, and answers with a page that tells the person a sentence, what to do
// next and a reference, and nothing of the cause.
func Problem(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		ended := c.Request().Context().Err()
		if hungUp(c, err, ended) {
			log.DebugContext(c.Request().Context(), "the client went away", "request_id", reference(c))
			return
		}
		// The request's time may be over, but not the answer's.
		c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
		err = late(fromEcho(err), ended)
		kind := problem.KindOf(err)
		logProblem(c, log, kind, err)
		if c.Response().Committed {
			return
		}
		if err := answerWith(c, kind, err); err != nil {
			log.ErrorContext(c.Request().Context(), "error page not sent", "request_id", reference(c), "error", problem.Told(err))
		}
	}
}

// CalendarPath is what the secret addresses of calendars begin with.
const CalendarPath = "/calendar/"

// PathOf is the path of a request for a log: without the secret, where it is one.
func PathOf(c echo.Context) string {
	if path := c.Request().URL.Path; !strings.HasPrefix(path, CalendarPath) {
		return path
	}
	return CalendarPath + "…"
}

func logProblem(c echo.Context, log *slog.Logger, kind problem.Kind, err error) {
	level := slog.LevelInfo
	switch kind {
	case problem.Internal, problem.Unavailable, problem.Altered:
		level = slog.LevelError
	case problem.Upstream:
		level = slog.LevelWarn
	}
	log.LogAttrs(c.Request().Context(), level, "request refused", slog.String("request_id", reference(c)), slog.String("kind", kind.String()),
		slog.String("method", c.Request().Method), slog.String("path", PathOf(c)), slog.String("error", problem.Told(err)))
}

func answerWith(c echo.Context, kind problem.Kind, err error) error {
	a := answers[kind]
	if kind == problem.Unavailable {
		c.Response().Header().Set("Retry-After", RetryAfter)
	}
	status := a.status
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		status = he.Code
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(status)
	}
	if wantsJSON(c) {
		return c.JSON(status, map[string]string{"error": problem.Message(err), "reference": reference(c)})
	}
	fault := layout.Fault{Title: a.title, Text: problem.Message(err), Next: a.next, ActionLabel: a.label, ActionHref: a.href, ActionNewTab: kind == problem.Unauthenticated, Reference: reference(c), Person: session.Person(c)}
	if kind == problem.NotFound && session.Caller(c).Role() != "" {
		return Page(c, status, layout.FaultPage(Shell(c, "", fault.Title), fault))
	}
	return Page(c, status, layout.ErrorPage(fault))
}

// fromEcho gives Echo's own errors (no such route, a body too large) our kinds and sentences. The error itself stays
// inside, for its exact status.
func fromEcho(err error) error {
	he, ok := errors.AsType[*echo.HTTPError](err)
	if large, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return problem.Wrap(large, problem.TooLarge, "You sent more than Purser can read at once. Nothing was changed.")
	}
	if !ok || problem.KindOf(err) != problem.Internal {
		return err
	}
	switch he.Code {
	case http.StatusNotFound:
		return problem.Wrap(he, problem.NotFound, "It may have been moved or deleted, or the address is wrong.")
	case http.StatusMethodNotAllowed:
		return problem.Wrap(he, problem.BadRequest, "This address doesn't accept that kind of request.")
	case http.StatusRequestEntityTooLarge:
		return problem.Wrap(he, problem.TooLarge, "You sent more than Purser can read at once. Nothing was changed.")
	default:
		if he.Code >= 400 && he.Code < 500 {
			return problem.Wrap(he, problem.BadRequest, "Purser could not read this request. Nothing was changed.")
		}
		return err
	}
}

// hungUp reports whether the failure is that nobody is there any more to take the answer. ended is why the request's context
// ended.
func hungUp(c echo.Context, err, ended error) bool {
	wire, ok := errors.AsType[*net.OpError](err)
	gone := errors.Is(ended, context.Canceled)
	return gone && (errors.Is(err, context.Canceled) || c.Response().Committed) || ok && wire.Op == "write" && c.Response().Committed
}

// late gives a surprise that comes of the request's time being over a sentence. ended is why the request's context ended.
func late(err, ended error) error {
	over := errors.Is(err, context.DeadlineExceeded) || errors.Is(ended, context.DeadlineExceeded) && errors.Is(err, context.Canceled)
	if !over || problem.KindOf(err) != problem.Internal {
		return err
	}
	return problem.Wrap(err, problem.Unavailable, "This took too long. Nothing was changed.")
}

func reference(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

func wantsJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}
