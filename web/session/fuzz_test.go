package session_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	core "purser.example/internal/session"
	"purser.example/internal/sqlite/sessions"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/web/session"
)

// R4: whatever a browser sends as cookies, only the very ID of a session opens it, and nothing else is an error: its sender is a new visitor.
func FuzzCookie(f *testing.F) {
	clock := sqlitetest.NewClock()
	db, ring := sqlitetest.Open(f, clock.Now)
	service := core.NewService(sessions.New(db), ring, core.Limits{Idle: time.Minute, Max: time.Hour}, clock.Now, slog.New(slog.DiscardHandler))
	megan := access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", SignIn: "megan@contoso.com", Roles: []access.Role{access.TenantOwner}}
	id, err := service.SignIn(f.Context(), core.Session{}, megan, secret.Value{}, audit.Origin{})
	if err != nil {
		f.Fatal(err)
	}
	store := session.NewStore(service, false, "1")
	for _, seed := range []string{
		"", "purser_1=", "purser_1=" + string(id), "purser_1=\"" + string(id) + "\"", "purser_1=" + strings.ToLower(string(id)), "purser_1=" + string(id)[1:], "purser_1=" + string(id) + "=",
		"purser_1=a; purser_1=" + string(id), "purser_1=" + string(id.Key()), "purser_1=%00", "purser_1=" + strings.Repeat("A", 5000), "Purser_1=a", "purser_1", ";;=;", "purser_1=\xff\xfe", "purser_1=' OR 1=1 --",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookies string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header["Cookie"] = []string{cookies}
		found, err := store.New(r, "purser_1")
		if err != nil {
			t.Fatalf("%q: %v", cookies, err)
		}
		if !found.IsNew && (found.ID != string(id) || !strings.Contains(cookies, string(id))) {
			t.Errorf("%q opened a session", cookies)
		}
	})
}
