package profiles_test

import (
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

// R34: where there are classic MFA profiles, the list says in one line what Microsoft has turned off under them, and leads to the help.
func TestTheListTellsOfTheEndOfAppPasswordsR34(t *testing.T) {
	_, b, _ := openClassic(t)
	line := b.Get("/service-accounts?q=nothing").Page(t).Find("p.lead:contains('app passwords')")
	if !strings.Contains(line.Text(), "turned off the sign-in for app passwords") || line.Find("a[href='/help/app-passwords']").Length() != 1 {
		t.Errorf("%q", line.Text())
	}
	none := demotest.OpenFixture(t, classicFixture).SignedIn(t, "admin@purser.test").Get("/service-accounts").Page(t)
	if none.Find("p.lead:contains('app passwords')").Length() != 0 {
		t.Error("it tells of app passwords where there are none")
	}
}
