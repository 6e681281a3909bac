package lists_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/web/lists"
	"purser.example/web/ui"
)

// A view is what its names say, without the blanks that somebody pasted (X17), and nothing else, and goes along in every address of the list.
func TestAView(t *testing.T) {
	given := url.Values{"q": {" \u00a0svc\u200b\u2800 "}, "status": {"active"}, "after": {"x"}, "id": {"7"}, "tenant": {strings.Repeat("t", 501)}}
	v := lists.Read("/things", []string{"q", "status", "tenant", "after"}, given)
	for got, want := range map[string]string{
		v.Address():                                 "/things?after=x&q=svc&status=active",
		v.Address("a/b", "edit"):                    "/things/a%2Fb/edit?after=x&q=svc&status=active",
		v.FirstPage("status", ""):                   "/things?q=svc",
		v.With("/things/delete", "id", "7"):         "/things/delete?after=x&id=7&q=svc&status=active",
		lists.Read("/things", nil, given).Address(): "/things",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := v.Hidden(); !slices.Equal(got, []ui.Hidden{{Name: "q", Value: "svc"}, {Name: "status", Value: "active"}, {Name: "after", Value: "x"}}) {
		t.Errorf("a form carries along %v", got)
	}
	if v.Values.Get("status") != "active" {
		t.Error("an address changed the view")
	}
}
