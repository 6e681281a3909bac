// Package web is Purser in a browser: the table of routes and the order of the middleware. Screens live in the packages
// below; nothing here or there knows SQL or Microsoft.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/labstack/echo/v4"

	"purser.example/internal/login"
	core "purser.example/internal/session"
	"purser.example/static"
	"purser.example/web/auth"
	"purser.example/web/help"
	"purser.example/web/pools"
	"purser.example/web/profiles"
	"purser.example/web/respond"
	"purser.example/web/runs"
	"purser.example/web/session"
)

// Options are the parts that the server joins.
type Options struct {
	BaseURL        *url.URL
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	Sessions       *core.Service
	Login          *login.Client
	Activity       auth.Recorder
	Ready          func(context.Context) error // nil while everything works
	Profiles       *profiles.Handlers
	Pools          *pools.Handlers
	Runs           *runs.Handlers
	Help           *help.Handlers
}

// New joins everything into one handler.
func New(o Options) http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = clientAddress(o.TrustedProxies)
	e.HTTPErrorHandler = respond.Problem(o.Log)
	https := o.BaseURL.Scheme == "https"
	store := session.NewStore(o.Sessions, https, o.BaseURL.Port())
	e.Use(
		identify,
		secureHeaders(https, o.Login.FormOrigins),
		shed(newGates(), o.Log),
		limitTime,
		logRequests(o.Log),
		recoverPanics,
		limitBody,
		sameOrigin(o.BaseURL),
		session.Middleware(store, anonymous, passive),
		admit(o.Activity, o.Log),
	)
	routes(e, o)
	return e
}

// routes is the table of contents. GET changes nothing.
func routes(e *echo.Echo, o Options) {
	e.GET("/", func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/service-accounts") })
	(&auth.Handlers{Login: o.Login, Sessions: o.Sessions, Activity: o.Activity, BaseURL: o.BaseURL, Log: o.Log}).Mount(e)
	o.Profiles.Mount(e)
	o.Pools.Mount(e)
	o.Runs.Mount(e, o.Profiles.Runs(), o.Pools.Checks())
	o.Help.Mount(e)

	reading := []string{http.MethodGet, http.MethodHead} // load balancers like to ask by HEAD
	e.Match(reading, "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.Match(reading, "/readyz", ready(o))
	e.Match(reading, "/static/*", echo.WrapHandler(static.Handler()))
	e.GET("/favicon.ico", func(c echo.Context) error {
		return c.Redirect(http.StatusSeeOther, static.Path("icons/favicon.svg"))
	})
}

// ready tells a load balancer whether to send people here: the database can be written and the key opens it.
func ready(o Options) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := o.Ready(c.Request().Context()); err != nil {
			return c.String(http.StatusServiceUnavailable, "not ready")
		}
		return c.String(http.StatusOK, "ok")
	}
}
