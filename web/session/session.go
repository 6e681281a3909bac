// Package session carries internal/session through HTTP: the cookie, by gorilla/sessions' Store, and the visit that every
// request finds in its context. Rules and rows are elsewhere; here a browser is told apart from the next.
package session

import (
	"context"
	"errors"
	"net/http"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	core "purser.example/internal/session"
	"purser.example/web/layout"
)

// Store is gorilla/sessions' Store over internal/session: the cookie holds the id and nothing else, the values are the row.
type Store struct {
	service *core.Service
	options sessions.Options
	name    string
}

// valueKey is where a gorilla session holds ours.
const valueKey = "session"

// NewStore names the cookie `__Host-purser` on https. On plain http, which is for loopback only, browsers refuse that
// prefix, and cookies do not tell ports apart, so the port becomes part of the name.
func NewStore(service *core.Service, https bool, port string) *Store {
	name := "purser_" + port
	if https {
		name = "__Host-purser"
	}
	return &Store{service: service, name: name, options: sessions.Options{Path: "/", HttpOnly: true, Secure: https, SameSite: http.SameSiteLaxMode}}
}

// Get gives the request's session, loaded once.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New loads the session that the request's cookie names, or makes one that is new and empty. An ended or foreign cookie is
// no error; a database that cannot be read is.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	sess := sessions.NewSession(s, name)
	options := s.options
	sess.Options, sess.IsNew = &options, true
	cookie, err := r.Cookie(name)
	if err != nil {
		return sess, nil //nolint:nilerror // No cookie is the ordinary case of a new visitor.
	}
	loaded, err := s.service.Open(r.Context(), core.ID(cookie.Value))
	if errors.Is(err, core.ErrEnded) {
		return sess, nil
	}
	if err != nil {
		return sess, err
	}
	sess.ID, sess.IsNew, sess.Values[valueKey] = cookie.Value, false, loaded
	return sess, nil
}

// Save tells the browser the session's id, or to forget it where MaxAge is negative. The row itself is written by the
// service, together with what it belongs to.
func (s *Store) Save(_ *http.Request, w http.ResponseWriter, sess *sessions.Session) error {
	value := sess.ID
	if sess.Options.MaxAge < 0 {
		value = ""
	}
	http.SetCookie(w, sessions.NewCookie(sess.Name(), value, sess.Options))
	return nil
}

const visitKey = "visit"

// Visit is one request's view of its session.
type Visit struct {
	store   *Store
	gorilla *sessions.Session
	session core.Session
	known   bool
	origin  audit.Origin
}

// Middleware finds the session of every request but those that need none: style sheets and health checks go on while the
// database cannot be read. passive says which requests are no activity of a person's, such as a page asking how long the
// session lasts.
func Middleware(store *Store, needless, passive func(echo.Context) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if needless(c) {
				return next(c)
			}
			sess, err := store.Get(c.Request(), store.name)
			if err != nil {
				return err
			}
			v := &Visit{store: store, gorilla: sess, origin: Arriving(c)}
			v.session, v.known = sess.Values[valueKey].(core.Session)
			if v.SignedIn() && !passive(c) {
				store.service.Touch(c.Request().Context(), &v.session)
			}
			c.Set(visitKey, v)
			return next(c)
		}
	}
}

// EndWith ends the answers that go on as soon as their session has ended: streams, and tables that are sent as they are read (R66).
func EndWith(goesOn func(echo.Context) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			v := From(c)
			if !v.SignedIn() || v.session.Caller.Role() == "" || !goesOn(c) { // who has no role is turned away
				return next(c)
			}
			ctx, cancel := context.WithCancel(c.Request().Context())
			defer cancel()
			defer v.store.service.WhenOver(v.session.Key, cancel)()
			if !StillSignedIn(c) { // it ended between the two
				cancel()
			}
			asked := c.Request()
			c.SetRequest(asked.WithContext(ctx))
			err := next(c)
			if ctx.Err() == nil { // a refusal is still to be written, which takes a request that goes on
				c.SetRequest(asked)
			}
			return err
		}
	}
}

// From gives the request's visit. Before the middleware ran, it is one of nobody.
func From(c echo.Context) *Visit {
	if v, ok := c.Get(visitKey).(*Visit); ok {
		return v
	}
	return &Visit{}
}

// Caller is who makes the request; zero for nobody.
func Caller(c echo.Context) access.Caller { return From(c).session.Caller }

// Arriving is Origin of a request whose session was not looked for yet.
func Arriving(c echo.Context) audit.Origin {
	return audit.Origin{Request: c.Response().Header().Get(echo.HeaderXRequestID), Address: c.RealIP()}
}

// Origin is where the request comes from, for the activity log.
func Origin(c echo.Context) audit.Origin { return From(c).origin }

// StillSignedIn looks again whether the request's session goes on, and still with a role (R8), for answers that take long. It does not
// keep it alive.
func StillSignedIn(c echo.Context) bool {
	v := From(c)
	now, err := v.store.service.Open(c.Request().Context(), core.ID(v.gorilla.ID))
	return err == nil && now.Caller.Role() != ""
}

// SignedIn reports whether anybody is.
func (v *Visit) SignedIn() bool { return v.known && v.session.Caller.SignedIn() }

// Recent reports whether the person proved within the last minutes who they are. Who may do only then what they ask for is sent to do so
// by respond.SignInAgain.
func Recent(c echo.Context) bool {
	v := From(c)
	return v.SignedIn() && v.store.service.Recent(v.session.State.Came)
}

// Session gives the session and whether there is one, signed in or not.
func (v *Visit) Session() (core.Session, bool) { return v.session, v.known }

// NoRole is why the person who is signed in has no role; nil where it is not known.
func (v *Visit) NoRole() *core.NoRole { return v.session.State.NoRole }

// Hold makes id the visit's session, by cookie.
func (v *Visit) Hold(c echo.Context, id core.ID) error {
	v.gorilla.ID = string(id)
	return v.gorilla.Save(c.Request(), c.Response())
}

// Drop makes the browser forget the session.
func (v *Visit) Drop(c echo.Context) error {
	v.gorilla.Options.MaxAge = -1
	v.session, v.known = core.Session{}, false
	return v.gorilla.Save(c.Request(), c.Response())
}

// Left is how long the session lasts, as the page's warning wants it.
func (v *Visit) Left() layout.Session {
	if !v.SignedIn() {
		return layout.Session{}
	}
	idle, latest := v.store.service.Left(v.session)
	return layout.Session{IdleSeconds: int(idle.Seconds()), MaxSeconds: int(latest.Seconds())}
}

// Flash leaves a message for the page that follows.
func Flash(c echo.Context, f layout.Flash) {
	if v := From(c); v.known {
		v.store.service.SetFlash(c.Request().Context(), v.session, core.Flash(f))
	}
}

// TakeFlash gives the message left for this page, once; nil for none.
func TakeFlash(c echo.Context) *layout.Flash {
	v := From(c)
	if !v.known {
		return nil
	}
	flash := v.store.service.TakeFlash(c.Request().Context(), &v.session)
	if flash == nil {
		return nil
	}
	return new(layout.Flash(*flash))
}

// Person is the caller as pages show them; nil for nobody.
func Person(c echo.Context) *layout.Person {
	caller := Caller(c)
	if !caller.SignedIn() {
		return nil
	}
	return &layout.Person{Name: caller.Name, SignIn: caller.SignIn, Role: caller.Role().Title()}
}
