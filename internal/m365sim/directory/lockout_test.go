package directory_test

import (
	"net/http"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestLockout counts wrong passwords as smart lockout does (R62).
func TestLockout(t *testing.T) {
	code := func(w *simtest.World, password string) int {
		r := w.Token("password", password)
		if r.Status == http.StatusOK {
			return 0
		}
		return r.Code(t)
	}
	t.Run("ten different wrong passwords lock the user for a minute", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		for i := range 10 {
			if got := code(w, "wrong"+string(rune('a'+i))); got != 50126 {
				t.Fatalf("attempt %d: %d", i, got)
			}
		}
		if got := code(w, "Right-1234"); got != 50053 {
			t.Errorf("the right password of a locked user: %d", got)
		}
		w.Clock.Advance(59 * time.Second)
		if got := code(w, "Right-1234"); got != 50053 {
			t.Errorf("after 59 seconds: %d", got)
		}
		w.Clock.Advance(time.Second)
		if got := code(w, "Right-1234"); got != 0 {
			t.Errorf("after a minute: %d", got)
		}
	})
	t.Run("the same wrong password counts once", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		for range 30 {
			code(w, "wrong")
		}
		if got := code(w, "Right-1234"); got != 0 {
			t.Errorf("%d", got)
		}
	})
	t.Run("a right password forgets the count", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		for i := range 18 {
			if i == 9 {
				code(w, "Right-1234")
			}
			code(w, "wrong"+string(rune('a'+i)))
		}
		if got := code(w, "Right-1234"); got != 0 {
			t.Errorf("%d", got)
		}
	})
	t.Run("a new password ends it", func(t *testing.T) {
		w := simtest.NewWorld(t, simtest.Contoso)
		for i := range 10 {
			code(w, "wrong"+string(rune('a'+i)))
		}
		if err := w.Sim.PatchUser("svc@contoso.com", []byte(`{"password": "New-12345"}`)); err != nil {
			t.Fatal(err)
		}
		if got := code(w, "New-12345"); got != 0 {
			t.Errorf("%d", got)
		}
	})
}
