package session_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
)

var (
	megan = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", Name: "Megan Bowen", SignIn: "megan@contoso.com", Roles: []access.Role{access.TenantOwner}}
	alex  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s3", Name: "Alex Wilber", SignIn: "alex@contoso.com", Roles: []access.Role{access.TenantOwner}}
)

// come signs somebody in from a browser.
func (r rig) come(t *testing.T, who access.Caller) session.Session {
	t.Helper()
	before := session.Session{State: session.State{Came: &session.Came{Browser: "Firefox on Windows"}}}
	id, err := r.SignIn(ctx, before, who, secret.Value{}, audit.Origin{Address: "192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	return r.open(t, id)
}

// R66, X43: a Tenant Owner sees who is signed in, since when and from where; everybody sees their own.
func TestWhoIsSignedIn(t *testing.T) {
	r := newRig(t)
	a := r.come(t, adele)
	r.clock.Advance(time.Minute)
	m := r.come(t, megan)
	r.clock.Advance(10 * time.Minute)
	r.Touch(ctx, &m)
	list, err := r.List(ctx, m, session.Page{})
	if err != nil || len(list.Sessions) != 2 || list.Earlier || list.Later {
		t.Fatalf("%+v %v", list, err)
	}
	newest, oldest := list.Sessions[0], list.Sessions[1]
	if !newest.This || !newest.Own || !newest.Seen.Equal(r.clock.Now()) || oldest.This || oldest.Own || oldest.Key != a.Key || oldest.Caller.Name != "Adele Vance" {
		t.Errorf("%+v", list.Sessions)
	}
	if oldest.Came != (session.Came{Address: "192.0.2.7", Browser: "Firefox on Windows"}) || !oldest.Since.Equal(a.Created) {
		t.Errorf("%+v", oldest)
	}
	if _, err := r.List(ctx, a, session.Page{}); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("a Service Administrator sees who is signed in: %v", err)
	}
	if own, err := r.Own(ctx, a); err != nil || len(own) != 1 || own[0].Key != a.Key || !own[0].This {
		t.Errorf("%+v %v", own, err)
	}
	r.clock.Advance(6 * time.Minute) // Adele's is over and not swept yet
	if list, err := r.List(ctx, m, session.Page{}); err != nil || len(list.Sessions) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// X43: a planted row is nobody who is signed in.
func TestAPlantedSessionIsNotListed(t *testing.T) {
	r := newRig(t)
	m := r.come(t, megan)
	r.come(t, adele)
	if err := r.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE sessions SET roles = 'tenant-owner' WHERE subject = 's1'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if list, err := r.List(ctx, m, session.Page{}); err != nil || len(list.Sessions) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// R66: what an owner may end, what everybody may end, and what is written of it.
func TestEndingSessions(t *testing.T) {
	r := newRig(t)
	a, m := r.come(t, adele), r.come(t, megan)
	if n, err := r.End(ctx, a, audit.Origin{}, []session.Key{m.Key}); err != nil || n != 0 {
		t.Errorf("a Service Administrator ends an owner's session: %d %v", n, err)
	}
	if found, err := r.Chosen(ctx, a, []session.Key{m.Key, a.Key}); err != nil || len(found) != 1 || found[0].Key != a.Key {
		t.Errorf("%+v %v", found, err)
	}
	for name, asks := range map[string]func() (int, error){
		"of a person": func() (int, error) { return r.EndPerson(ctx, a, audit.Origin{}, m.Key) },
		"of others":   func() (int, error) { return r.EndOthers(ctx, a, audit.Origin{}) },
	} {
		if n, err := asks(); n != 0 || problem.KindOf(err) != problem.Forbidden {
			t.Errorf("a Service Administrator ends all %s: %d %v", name, n, err)
		}
	}
	second := r.come(t, adele)
	if n, err := r.EndElsewhere(ctx, second, audit.Origin{}); err != nil || n != 1 {
		t.Errorf("one's own: %d %v", n, err)
	}
	if n, err := r.EndPerson(ctx, m, audit.Origin{}, second.Key); err != nil || n != 1 {
		t.Errorf("of a person: %d %v", n, err)
	}
	if n, err := r.EndPerson(ctx, m, audit.Origin{}, second.Key); n != 0 || problem.KindOf(err) != problem.NotFound {
		t.Errorf("again: %d %v", n, err)
	}
	r.come(t, adele)
	r.come(t, alex)
	own := r.come(t, megan)
	if n, err := r.EndOthers(ctx, m, audit.Origin{}); err != nil || n != 2 {
		t.Errorf("of others: %d %v", n, err)
	}
	if n, err := r.End(ctx, m, audit.Origin{Address: "192.0.2.9"}, []session.Key{own.Key, m.Key, a.Key, "no such"}); err != nil || n != 2 {
		t.Errorf("by name, one's own among them: %d %v", n, err)
	}
	if n, err := r.End(ctx, m, audit.Origin{}, []session.Key{a.Key}); n != 0 || problem.KindOf(err) != problem.Unauthenticated {
		t.Errorf("by somebody whose session is over: %d %v", n, err)
	}
	links, err := r.db.Activity(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	ended := slices.DeleteFunc(links, func(l audit.Link) bool { return l.Action != session.Ended })
	if len(ended) != 6 || ended[0].Actor.SignIn != "megan@contoso.com" || ended[0].Details["sign-in"] != "megan@contoso.com" || ended[5].Target.Name != "Adele Vance" || ended[0].Origin.Address != "192.0.2.9" {
		t.Errorf("%d entries: %+v", len(ended), ended)
	}
}

// R66: of two owners who end each other at the same time, one stays.
func TestTwoOwnersEndEachOther(t *testing.T) {
	r := newRig(t)
	both := []session.Session{r.come(t, megan), r.come(t, alex)}
	var wg sync.WaitGroup
	for i := range both {
		wg.Go(func() {
			if _, err := r.EndOthers(ctx, both[i], audit.Origin{}); err != nil && problem.KindOf(err) != problem.Unauthenticated {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := r.List(ctx, session.Session{Caller: megan}, session.Page{})
	if err != nil || len(list.Sessions) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// R66: what goes on for a session hears of its end at once, and what has stopped before does not.
func TestAnEndIsHeardAtOnce(t *testing.T) {
	r := newRig(t)
	a, m := r.come(t, adele), r.come(t, megan)
	heard := map[string]int{}
	r.WhenOver(a.Key, func() { heard["one"]++ })
	r.WhenOver(a.Key, func() { heard["stopped"]++ })()
	r.WhenOver(a.Key, func() { heard["another"]++ })
	r.WhenOver(m.Key, func() { heard["megan"]++ })
	if _, err := r.End(ctx, m, audit.Origin{}, []session.Key{a.Key}); err != nil {
		t.Fatal(err)
	}
	if heard["one"] != 1 || heard["another"] != 1 || heard["stopped"] != 0 || heard["megan"] != 0 {
		t.Errorf("%v", heard)
	}
	if _, err := r.Service.SignOut(ctx, a, audit.Origin{}); !errors.Is(err, session.ErrEnded) {
		t.Errorf("signing out of an ended session: %v", err)
	}
}

func TestBrowsersAreTold(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": "Microsoft Edge on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                        "Firefox on Linux",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":         "Safari on macOS",
		"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36":                  "Chrome on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile Safari/604": "Chrome on iOS",
		"<script>alert(1)</script> Windows": "Another browser on Windows",
		"Go-http-client/1.1":                "",
		"":                                  "",
	} {
		if got := session.BrowserOf(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}
