package session_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	core "purser.example/internal/session"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/web/session"
)

// R66: an answer that goes on ends as soon as its session is ended, and not with the next look at it; one that has its end leaves nothing
// behind.
func TestAnAnswerThatGoesOnEndsWithItsSession(t *testing.T) {
	clock := sqlitetest.NewClock()
	db, ring := sqlitetest.Open(t, clock.Now)
	service := core.NewService(sessions.New(db), ring, core.Limits{Idle: time.Minute, Max: time.Hour}, clock.Now, slog.New(slog.DiscardHandler))
	megan := access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", SignIn: "megan@contoso.com", Roles: []access.Role{access.TenantOwner}}
	id, err := service.SignIn(t.Context(), core.Session{}, megan, secret.Value{}, audit.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{}, 2)
	e := echo.New()
	never := func(echo.Context) bool { return false }
	goesOn := func(c echo.Context) bool { return c.Path() == "/events" }
	e.Use(session.Middleware(session.NewStore(service, false, "1"), never, never), session.EndWith(goesOn))
	e.GET("/events", func(c echo.Context) error {
		begun <- struct{}{}
		<-c.Request().Context().Done()
		return c.String(http.StatusOK, "ended")
	})
	ask := func() *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/events", nil)
		r.AddCookie(&http.Cookie{Name: "purser_1", Value: string(id)})
		return r
	}
	answered := make(chan string)
	for range 2 {
		go func() {
			w := httptest.NewRecorder()
			e.ServeHTTP(w, ask())
			answered <- w.Body.String()
		}()
	}
	<-begun
	<-begun
	owner, err := service.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := service.End(t.Context(), owner, audit.Origin{}, []core.Key{id.Key()}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for range 2 {
		if got := <-answered; got != "ended" {
			t.Errorf("answered %q", got)
		}
	}
}
