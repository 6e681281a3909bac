package login_test

import (
	"net/url"
	"testing"
	"time"

	"purser.example/internal/login"
)

// R66: a fresh sign-in is asked for with max_age. When the person signed in is counted back from now, by the provider's own clock; what
// cannot be read was long ago, and what is not told is told as that.
func TestWhenThePersonSignedIn(t *testing.T) {
	for name, tc := range map[string]struct {
		claims func(map[string]any)
		want   time.Duration // before now; negative: not told
	}{
		"not told":            {func(c map[string]any) { delete(c, "auth_time") }, -1},
		"just now":            {func(c map[string]any) { c["auth_time"] = c["iat"] }, 0},
		"a minute ago":        {func(c map[string]any) { c["auth_time"] = c["iat"].(int64) - 60 }, time.Minute},
		"after the token":     {func(c map[string]any) { c["auth_time"] = c["iat"].(int64) + 3600 }, 0},
		"a clock that is off": {func(c map[string]any) { c["iat"] = c["iat"].(int64) - 240; c["auth_time"] = c["iat"].(int64) - 60 }, time.Minute},
		"a text":              {func(c map[string]any) { c["auth_time"] = "yesterday" }, time.Hour},
		"null":                {func(c map[string]any) { c["auth_time"] = nil }, time.Hour},
		"far away":            {func(c map[string]any) { c["auth_time"] = 1e300 }, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			c := newClient(p)
			p.claims = tc.claims
			attempt, address, err := c.BeginFresh(t.Context(), "/back")
			if err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(address)
			if u.Query().Get("max_age") != "300" || !attempt.Fresh {
				t.Errorf("asked with %q", u.Query().Get("max_age"))
			}
			who, err := c.Finish(t.Context(), attempt, browse(t, address))
			if err != nil {
				t.Fatal(err)
			}
			ago := p.now.Sub(who.Authenticated)
			switch {
			case tc.want < 0:
				if !who.Authenticated.IsZero() {
					t.Errorf("told as %v", who.Authenticated)
				}
			case tc.want == time.Hour:
				if ago <= login.FreshFor {
					t.Errorf("%v ago", ago)
				}
			case ago < tc.want-time.Second || ago > tc.want+time.Second:
				t.Errorf("%v ago, want %v", ago, tc.want)
			}
		})
	}
}
