// Package web is Purser in a browser: the table of routes and the order of the middleware. Screens live in the packages
// below; nothing here or there knows SQL or Microsoft.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/breakglass"
	"purser.example/internal/login"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	core "purser.example/internal/session"
	"purser.example/static"
	"purser.example/web/activity"
	"purser.example/web/appprofiles"
	"purser.example/web/auth"
	"purser.example/web/bell"
	"purser.example/web/door"
	"purser.example/web/drift"
	checkups "purser.example/web/health"
	"purser.example/web/help"
	"purser.example/web/horizons"
	"purser.example/web/keys"
	"purser.example/web/layout"
	"purser.example/web/notifications"
	"purser.example/web/overview"
	"purser.example/web/people"
	"purser.example/web/pools"
	"purser.example/web/profiles"
	"purser.example/web/respond"
	"purser.example/web/runs"
	"purser.example/web/scans"
	"purser.example/web/security"
	"purser.example/web/session"
	"purser.example/web/tenants"
)

// Options are the parts that the server joins.
type Options struct {
	BaseURL        *url.URL
	TrustedProxies []netip.Prefix
	Now            func() time.Time // nil: the real clock
	Networks       []netip.Prefix   // from where pages are open; nil: from everywhere
	Log            *slog.Logger
	Sessions       *core.Service
	Login          *login.Client
	Arrivals       auth.Arrivals
	Links          *breakglass.Service
	Activity       auth.Recorder
	Ready          func(context.Context) error // nil while everything works
	Remark         func() string               // what /readyz says beside it; empty for nothing
	Simulated      bool                        // a simulator answers in the place of Microsoft 365

	// Observe is told of each request by its route (R84); nil: nobody is.
	Observe func(route, method string, status int, took time.Duration)

	Overview    *overview.Handlers
	Profiles    *profiles.Handlers
	Pools       *pools.Handlers
	Runs        *runs.Handlers
	Tenants     *tenants.Handlers
	AppProfiles *appprofiles.Handlers
	Scans       *scans.Handlers
	People      *people.Handlers
	Security    *security.Handlers
	Keys        *keys.Handlers
	Health      *checkups.Handlers
	Horizon     *horizons.Handlers
	Drift       *drift.Handlers
	Help        *help.Handlers
	Entries     *activity.Handlers
	Bell        *bell.Handlers
	Notices     *notifications.Handlers
}

// New joins everything into one handler.
func New(o Options) http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = door.ClientAddress(o.TrustedProxies)
	e.HTTPErrorHandler = respond.Problem(o.Log)
	if o.Simulated {
		e.Pre(simulated)
	}
	store := session.NewStore(o.Sessions, o.BaseURL.Scheme == "https", o.BaseURL.Port())
	d := door.New(rules(o))
	if o.Observe != nil {
		e.Use(d.Measure)
	}
	e.Use(
		d.Identify,
		d.SecureHeaders,
		d.KeepOutside,
		d.TakeBody,
		d.Shed,
		d.LimitTime,
		d.LogRequests,
		d.RecoverPanics,
		d.SameOrigin,
		session.Middleware(store, anonymous, passive),
		d.Admit,
		session.EndWith(streaming),
		d.Limit,
		d.Share,
		people.Notices(o.People.People, o.Log),
		auth.Notices(o.Links, o.Log),
		o.Bell.Ring,
	)
	routes(e, o)
	return e
}

// simulated lets every page of a request say that a simulator answers.
func simulated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(layout.Simulated(c.Request().Context())))
		return next(c)
	}
}

// rules tell the door what it has to know of the pages behind it.
func rules(o Options) door.Rules {
	return door.Rules{
		BaseURL: o.BaseURL, Log: o.Log, Activity: o.Activity,
		Anonymous: anonymous, SigningIn: signingIn, Streaming: streaming, Asking: asking(), Quiet: quiet, Observe: o.Observe,
		Uploads:  map[string]int64{pools.ImportPath: pool.MaxImport + 64<<10, profiles.ImportPath: profile.MaxImport + 64<<10}, // the file and the form around it
		Networks: o.Networks, Health: health, Now: o.Now,
		Fetching:    fetching,
		Beginning:   func(c echo.Context) bool { return c.Path() == auth.SignInPath },
		FormOrigins: o.Login.FormOrigins, SignIn: auth.SignInAddress, NoRole: auth.NoRolePage(o.Login.RoleClaim()),
	}
}

// routes is the table of contents. GET changes nothing, but for the provider's word that its session has ended.
func routes(e *echo.Echo, o Options) {
	e.GET("/", func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, overview.Path) })
	(&auth.Handlers{Login: o.Login, People: o.Arrivals, Sessions: o.Sessions, Links: o.Links, Activity: o.Activity, BaseURL: o.BaseURL, Log: o.Log}).Mount(e)
	o.Overview.Mount(e)
	o.Profiles.Mount(e)
	o.Pools.Mount(e)
	o.Runs.Mount(e, o.Profiles.Runs(), o.Pools.Checks(), o.Scans.Grants())
	o.Tenants.Mount(e)
	o.AppProfiles.Mount(e)
	o.Scans.Mount(e)
	o.People.Mount(e)
	o.Security.Mount(e)
	o.Keys.Mount(e)
	o.Health.Mount(e)
	o.Horizon.Mount(e)
	o.Drift.Mount(e)
	o.Help.Mount(e)
	o.Entries.Mount(e)
	o.Bell.Mount(e)
	o.Notices.Mount(e)

	safe := []string{http.MethodGet, http.MethodHead} // load balancers like to ask by HEAD
	e.Match(safe, "/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.Match(safe, "/readyz", ready(o))
	e.Match(safe, "/static/*", echo.WrapHandler(static.Handler()))
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
		if remark := o.Remark(); remark != "" {
			return c.String(http.StatusOK, "ok\n"+remark)
		}
		return c.String(http.StatusOK, "ok")
	}
}

// anonymous are the addresses that are the same for everybody. With those of signing in they are the only ones that need no
// session (R1).
func anonymous(c echo.Context) bool {
	path := c.Request().URL.Path
	return strings.HasPrefix(path, "/static/") || health(c) || path == "/favicon.ico" || fetching(c)
}

// fetching are the requests of calendar programs, whose address is secret and stands for a session.
func fetching(c echo.Context) bool {
	return strings.HasPrefix(c.Request().URL.Path, respond.CalendarPath)
}

// health are the addresses that load balancers ask, from wherever they are.
func health(c echo.Context) bool {
	path := c.Request().URL.Path
	return path == "/healthz" || path == "/readyz"
}

func signingIn(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/auth/") }

// streaming are the requests that hold their connection to hear of progress, or to take a table that is sent as it is read. Their header does
// not tell: htmx says of each of its requests that it would take a stream.
func streaming(c echo.Context) bool {
	return c.Request().Method == http.MethodGet && (strings.HasSuffix(c.Path(), "/events") || c.Path() == scans.ExportPath || c.Path() == profiles.ExportPath ||
		c.Path() == activity.CSVPath || c.Path() == activity.LinesPath || c.Path() == people.ExportPath)
}

// asking are the requests that may wait for Microsoft 365, by the routes that each screen tells of.
func asking() func(echo.Context) bool {
	type route struct{ method, path string }
	asks := map[route]bool{}
	for _, screen := range [][]string{profiles.Asking, pools.Asking, appprofiles.Asking, people.Asking} {
		for _, line := range screen {
			method, path, _ := strings.Cut(line, " ")
			asks[route{method, path}] = true
		}
	}
	return func(c echo.Context) bool { return asks[route{c.Request().Method, c.Path()}] }
}

// passive are the requests that a page makes by itself; they do not keep a session alive (R4).
func passive(c echo.Context) bool {
	path := c.Request().URL.Path
	return c.Request().Method == http.MethodGet && (path == auth.SessionPath || path == auth.FrontChannelPath || strings.HasSuffix(path, "/events"))
}

// quiet are the requests that nobody asks the log about.
func quiet(c echo.Context) bool {
	path := c.Request().URL.Path
	return strings.HasPrefix(path, "/static/") || health(c) || path == auth.SessionPath
}
