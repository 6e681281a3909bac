package login

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/token"
)

// refreshTokens remembers who may renew a token. A client gets one of them when it asks for offline_access.
type refreshTokens struct {
	mu    sync.Mutex
	by    map[string]refreshGrant
	order []string // oldest first
}

// refreshGrant is what a refresh token stands for. Of the password it keeps a hash only, to see that it was changed.
type refreshGrant struct {
	tenant, user, app, scope string
	password                 [sha256.Size]byte
	issued                   time.Time
}

const (
	maxRefreshTokens = 10_000
	refreshLife      = 90 * 24 * time.Hour // without use; each use gives a new one
)

func (r *refreshTokens) add(g refreshGrant) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]refreshGrant{}
	}
	text := "1." + token.Encode([]byte(guid.New()+guid.New()))
	r.by[text], r.order = g, append(r.order, text)
	if len(r.order) > maxRefreshTokens {
		delete(r.by, r.order[0])
		r.order = r.order[1:]
	}
	return text
}

func (r *refreshTokens) find(text string) (refreshGrant, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok := r.by[text]
	return g, ok
}

// renewable says whether the answer holds a refresh token: where one was asked for, and wherever one was used.
func (g *grant) renewable() bool {
	return g.kind == grantRefresh || slices.Contains(g.scope.identity, "offline_access")
}

// refreshToken makes a token that this sign-in may be renewed with, for this resource and for any other that the app may use.
func (g *grant) refreshToken() string {
	scope := cmp.Or(g.form.Get("scope"), g.refreshed.scope)
	return g.service.refresh.add(refreshGrant{g.tenant.ID, g.user.ID, g.app.AppID, scope, sha256.Sum256([]byte(g.user.Password)), g.call.At})
}

// checkRefresh finds what the refresh token stands for. Without a scope the one before is asked for again.
func (g *grant) checkRefresh() *refusal {
	old, ok := g.service.refresh.find(g.form.Get("refresh_token"))
	if !ok {
		return refuse(70000)
	}
	if g.form.Get("scope") == "" {
		g.scope = parseScope(old.scope)
	}
	g.refreshed = old
	if t := g.service.dir.TenantByID(old.tenant); t != nil {
		if g.user = t.User(old.user); g.user != nil {
			g.domain = g.user.Domain()
		}
	}
	return nil
}

// checkRefreshUser wants the same app and user as before, and a password that is still the one that was given.
func (g *grant) checkRefreshUser() *refusal {
	old := g.refreshed
	switch {
	case g.user == nil || old.tenant != g.tenant.ID || old.app != g.app.AppID:
		return refuse(70000)
	case g.call.At.Sub(old.issued) > refreshLife:
		return refuse(700082)
	case !g.user.Enabled():
		return refuse(50057)
	case sha256.Sum256([]byte(g.user.Password)) != old.password:
		return refuse(50173)
	}
	return nil
}
