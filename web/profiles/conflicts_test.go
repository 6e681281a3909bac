package profiles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/verdict"
)

// Two administrators of one profile, through the pages: each is told what the other did, in words.
func TestTwoAdministratorsOfOneProfile(t *testing.T) {
	const owner = "owner@purser.test"
	alert := func(res *demotest.Response) string {
		return strings.Join(strings.Fields(res.Page(t).Find(`[role="alert"]`).Text()), " ")
	}

	t.Run("both validate", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		release, first := held(t, h, b, href+"/validate", url.Values{})
		second := other.Post(href+"/validate", url.Values{})
		if second.StatusCode != http.StatusSeeOther {
			t.Fatalf("the second: %d", second.StatusCode)
		}
		if said := alert(other.Get(href)); !strings.Contains(said, "is validating this account right now. Wait for that result") || strings.HasPrefix(said, "You are") {
			t.Errorf("the second is told %q", said)
		}
		save := other.Post(href, typed(url.Values{"version": {"1"}}))
		if said := alert(save); save.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said, "is validating this account") {
			t.Errorf("a save of the password is told %d %q", save.StatusCode, said)
		}
		release()
		if res := <-first; res.StatusCode != http.StatusSeeOther || h.Passwords() != 1 {
			t.Errorf("the first: %d, %d attempts", res.StatusCode, h.Passwords())
		}
	})

	t.Run("one edits the name while the other validates", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		release, validation := held(t, h, b, href+"/validate", url.Values{})
		if res := other.Post(href, typed(url.Values{"version": {"1"}, "password": {""}, "name": {"Backup – World"}})); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the edit: %d %s", res.StatusCode, alert(res))
		}
		release()
		if res := <-validation; res.StatusCode != http.StatusSeeOther {
			t.Errorf("the validation: %d", res.StatusCode)
		}
		if now, err := profiles.New(h.App.DB).Profile(t.Context(), idOf(href)); err != nil || now.Name != "Backup – World" || now.Status != verdict.Valid || now.Version != 2 {
			t.Errorf("stored %+v, %v", now, err)
		}
	})

	t.Run("one gives it another account while the other validates", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		release, validation := held(t, h, b, href+"/validate", url.Values{})
		if res := other.Post(href, typed(url.Values{"version": {"1"}, "username": {"svc-other@contoso.onmicrosoft.com"}})); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the edit: %d %s", res.StatusCode, alert(res))
		}
		release()
		<-validation
		if said := alert(b.Get(href)); !strings.Contains(said, "changed the account of") {
			t.Errorf("the validation is told %q", said)
		}
	})

	t.Run("one deletes it while the other validates", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		release, validation := held(t, h, b, href+"/validate", url.Values{})
		if res := other.Post("/service-accounts/delete", url.Values{"id": {string(idOf(href))}, "version": {"1"}}); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the deletion: %d", res.StatusCode)
		}
		release()
		res := <-validation
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/service-accounts" {
			t.Fatalf("the validation: %d to %q", res.StatusCode, to)
		}
		list := b.Get("/service-accounts")
		if said := alert(list); !strings.Contains(said, "deleted this profile while it was being validated") {
			t.Errorf("the validation is told %q", said)
		}
		if list.Page(t).Find("#selection td>a").Length() != 0 {
			t.Error("the profile came back")
		}
	})

	t.Run("one deletes it while the other edits", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		release, save := held(t, h, b, href, typed(url.Values{"version": {"1"}, "description": {"Weekly"}}))
		if res := other.Post("/service-accounts/delete", url.Values{"id": {string(idOf(href))}, "version": {"1"}}); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the deletion: %d", res.StatusCode)
		}
		release()
		res := <-save
		if said := alert(res); res.StatusCode != http.StatusConflict || !strings.Contains(said, "deleted while you were editing it") || res.Page(t).Find("#description").Text() != "Weekly" {
			t.Errorf("the editor is told %d %q", res.StatusCode, said)
		}
	})

	t.Run("both edit", func(t *testing.T) {
		h, b := openProfiles(t)
		href := saved(t, b, nil)
		other := h.SignedIn(t, owner)
		edit := func(who *demotest.Browser, description, version string) *demotest.Response {
			return who.Post(href, typed(url.Values{"version": {version}, "password": {""}, "description": {description}}))
		}
		if res := edit(other, "Theirs", "1"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("the first: %d", res.StatusCode)
		}
		res := edit(b, "Mine", "1")
		if said := alert(res); res.StatusCode != http.StatusConflict || !strings.Contains(said, "Theirs") || !strings.Contains(said, "Mine") {
			t.Errorf("the second: %d %q", res.StatusCode, said)
		}
		if res := edit(b, "Mine", "2"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("over it, on purpose: %d", res.StatusCode)
		}
	})
}
