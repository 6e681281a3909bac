package browser

import (
	"strings"
	"testing"
)

// A fault that shows in one scheme, or in a window of one width, is caught there and held against no other view.
func TestAFaultOfOneViewIsCaught(t *testing.T) {
	base := site(t)
	for _, c := range []struct {
		name, path, rule string // no rule: the page is fine
		options          Options
	}{
		{"pale words in the dark", "/pale", "(color-contrast)", Options{Dark: true}},
		{"pale words in the dark, without script", "/pale", "(color-contrast)", Options{Dark: true, NoScript: true}},
		{"the same words in the light", "/pale", "", Options{}},
		{"links too close on a telephone", "/cramped", "(target-size)", Options{Width: 390}},
		{"the same links on a desk", "/cramped", "", Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.options.BaseURL = base
			r := record(t, func(tb testing.TB) {
				p := New(tb, c.options)
				p.Goto(c.path)
				p.Axe()
			})
			if r.Failed() != (c.rule != "") || !strings.Contains(r.text(), c.rule) {
				t.Errorf("reported, want %q: %s", c.rule, r.text())
			}
			if r.Failed() {
				wantEvidence(t, r)
			}
		})
	}
}

// A page that is looked at again is looked at as it is by then.
func TestALaterFaultIsCaught(t *testing.T) {
	r := record(t, func(tb testing.TB) {
		p := New(tb, Options{BaseURL: site(t)})
		p.Goto("/pale")
		p.Axe()
		if tb.Failed() {
			return
		}
		if _, err := p.Page.Evaluate("document.querySelector('input').removeAttribute('aria-label')"); err != nil {
			tb.Fatalf("take the name: %v", err)
		}
		p.Axe()
	})
	if !strings.Contains(r.text(), "(label)") || strings.Count(r.text(), "accessibility") != 1 {
		t.Errorf("reported: %s", r.text())
	}
	wantEvidence(t, r)
}
