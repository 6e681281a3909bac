package programs_test

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"purser.example/e2e/programs"
)

// log is what a program wrote, read while it writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// signedInAs is that the person is in, by the name that the list shows.
func signedInAs(t *testing.T, b *programs.Browser, name string) {
	t.Helper()
	page, err := b.Get(t.Context(), "/service-accounts")
	if err != nil || page.Status != http.StatusOK || !strings.Contains(string(page.Body), name) {
		t.Fatalf("the list answers %d, %v, without %q", page.Status, err, name)
	}
}

// R1, R2, R4, R62: `purser serve` with a provider that shares no code with the demo's nor with the client's.
func TestPurserSignsInWithAProviderOfAnotherMake(t *testing.T) {
	ctx, said := t.Context(), &log{}
	binary := filepath.Join(t.TempDir(), "purser")
	if err := programs.Build(ctx, "purser", binary); err != nil {
		t.Fatal(err)
	}
	address, err := programs.FreeAddress(ctx)
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + address
	people := map[string]programs.Claims{
		"adele": {"name": "Adele Vance", "preferred_username": "adele@contoso.com", "roles": []string{"TenantOwner"}},
		"ben":   {"name": "Ben Walters", "preferred_username": "ben@contoso.com"},
	}
	foreign, err := programs.StartForeign(ctx, "foreign/provider.mjs", said, base, people)
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	t.Cleanup(func() {
		if !ended {
			_ = foreign.Kill()
		}
	})
	served, err := programs.ServeWith(ctx, binary, programs.NewFolder(filepath.Join(t.TempDir(), "data")), address, said,
		"PURSER_OIDC_ISSUER="+foreign.Issuer, "PURSER_OIDC_CLIENT_ID="+programs.ForeignClient, "PURSER_OIDC_CLIENT_SECRET="+programs.ForeignSecret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Stop)

	adele, answer, err := foreign.SignIn(ctx, base, "adele")
	if err != nil || answer.Status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d, %v\n%s", answer.Status, err, said)
	}
	signedInAs(t, adele, "Adele Vance")

	t.Run("who has no role sees the one page", func(t *testing.T) {
		ben, answer, err := foreign.SignIn(ctx, base, "ben")
		if err != nil || answer.Status != http.StatusSeeOther {
			t.Fatalf("sign-in: %d, %v", answer.Status, err)
		}
		page, err := ben.Get(ctx, "/")
		if err != nil || page.Status != http.StatusOK || !strings.Contains(string(page.Body), "You have no role in Purser") {
			t.Errorf("status %d, %v", page.Status, err)
		}
		if page, err := ben.Get(ctx, "/service-accounts"); err != nil || page.Status != http.StatusForbidden {
			t.Errorf("the list: status %d, %v", page.Status, err)
		}
	})
	t.Run("a role that was given holds from the next sign-in", func(t *testing.T) {
		people["ben"]["roles"] = []string{"ServiceAdministrator"}
		people["adele"]["roles"] = []string{}
		if err := foreign.SetPeople(ctx, people); err != nil {
			t.Fatal(err)
		}
		signedInAs(t, adele, "Adele Vance") // nobody has heard of it yet
		ben, _, err := foreign.SignIn(ctx, base, "ben")
		if err != nil {
			t.Fatal(err)
		}
		signedInAs(t, ben, "Ben Walters")
		again, _, err := foreign.SignIn(ctx, base, "adele")
		if err != nil {
			t.Fatal(err)
		}
		if page, err := again.Get(ctx, "/service-accounts"); err != nil || page.Status != http.StatusForbidden {
			t.Errorf("who lost the role: status %d, %v", page.Status, err)
		}
		if page, err := adele.Get(ctx, "/service-accounts"); err != nil || page.Status != http.StatusForbidden {
			t.Errorf("their session of before: status %d, %v", page.Status, err) // R8: in every session
		}
	})
	t.Run("a key that was replaced while running", func(t *testing.T) {
		if err := foreign.Rotate(ctx); err != nil {
			t.Fatal(err)
		}
		ben, answer, err := foreign.SignIn(ctx, base, "ben")
		if err != nil || answer.Status != http.StatusSeeOther {
			t.Fatalf("sign-in: %d, %v\n%s", answer.Status, err, said)
		}
		signedInAs(t, ben, "Ben Walters")
	})
	t.Run("sign-out ends both sessions and comes back", func(t *testing.T) {
		ben, _, err := foreign.SignIn(ctx, base, "ben")
		if err != nil {
			t.Fatal(err)
		}
		back, err := foreign.SignOut(ctx, ben)
		if err != nil || !strings.HasPrefix(back, base+"/auth/signed-out") {
			t.Fatalf("back at %q, %v", back, err)
		}
		if page, err := ben.Get(ctx, "/service-accounts"); err != nil || page.Status != http.StatusSeeOther {
			t.Errorf("after sign-out: status %d, %v", page.Status, err)
		}
	})
	t.Run("the provider goes down: who is signed in goes on, also over a restart, and sign-in says so", func(t *testing.T) {
		ben, _, err := foreign.SignIn(ctx, base, "ben")
		if err != nil {
			t.Fatal(err)
		}
		if err := foreign.Kill(); err != nil {
			t.Fatal(err)
		}
		ended = true
		if err := served.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := served.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		ben.Forget()
		signedInAs(t, ben, "Ben Walters")
		page, err := ben.Get(ctx, "/auth/sign-in")
		if err != nil || page.Status != http.StatusBadGateway || !strings.Contains(string(page.Body), "You can&#39;t sign in right now") {
			t.Errorf("sign-in: status %d, %v", page.Status, err)
		}
	})
	if strings.Contains(said.String(), programs.ForeignSecret) {
		t.Error("the log has the client secret")
	}
}
