package pools_test

import (
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

// A check of passwords is followed over Purser's own TLS, which is HTTP/2, however long nothing happens (R43).
func TestACheckIsFollowedByHTTP2(t *testing.T) {
	h, b := openPools(t)
	form := poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com"))
	hold := h.Hold(t, demotest.Everything, demotest.SignIns)
	check := saveOK(t, b, with(form, "password-sites-"+one, marked))
	connect := b.Get(check).Page(t).Find("#run").AttrOr("hx-sse:connect", "")
	stream := h.Secure(t, b).Follow(connect)
	stream.Idles()
	hold.Release()
	if events := stream.Rest(); len(events) < 2 || events[len(events)-1] != "event: over" || !strings.Contains(events[len(events)-2], "1 of 1 password is stored") {
		t.Errorf("%s ends with %q", connect, events)
	}
}

// So is the reading of a group's members (R41), and the comparison of the group with what is saved (R46).
func TestAReadingIsFollowedByHTTP2(t *testing.T) {
	members := func(r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/members") || strings.HasSuffix(r.URL.Path, "/transitiveMembers")
	}
	for name, tc := range map[string]struct {
		begin func(t *testing.T, b *demotest.Browser) *demotest.Response
		place string
		told  string
	}{
		"reading": {
			func(t *testing.T, b *demotest.Browser) *demotest.Response {
				return b.ByScript(http.MethodPost, poolPath+"/group", with(poolForm(t, b.Get(poolPath).Page(t)), "group-sites", "Night", "do", "validate:sites"))
			}, "#reading-sites", "The group was found",
		},
		"drift": {
			func(t *testing.T, b *demotest.Browser) *demotest.Response {
				return b.ByScript(http.MethodPost, poolPath+"/drift?tenant="+contoso+"&tab=sites", nil)
			}, "#drift-sites div", "the same members as at the last save",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, b := openPools(t)
			saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
			hold := h.Hold(t, demotest.Everything, members)
			connect := tc.begin(t, b).Page(t).Find(tc.place).AttrOr("hx-sse:connect", "")
			hold.Arrived()
			stream := h.Secure(t, b).Follow(connect)
			stream.Idles()
			hold.Release()
			if events := stream.Rest(); len(events) < 2 || events[len(events)-1] != "event: over" || !strings.Contains(events[len(events)-2], tc.told) {
				t.Errorf("%s ends with %q", connect, events)
			}
		})
	}
}
