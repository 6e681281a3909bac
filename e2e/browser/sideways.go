package browser

import (
	"encoding/json"
	"fmt"
	"strings"
)

// sidewaysScript measures how far the page can be scrolled to the right, in CSS pixels, and names the elements that
// reach over the edge.
const sidewaysScript = `() => {
	const root = document.documentElement;
	const over = root.scrollWidth - root.clientWidth;
	const wide = over <= 0 ? [] : [...document.body.querySelectorAll('*')]
		.filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5)
		.slice(0, 5).map(e => e.cloneNode(false).outerHTML);
	return JSON.stringify({ over, wide });
}`

// NoSidewaysScroll fails the test when the page is wider than the viewport, and names up to five elements that reach
// over the edge.
func (p *Page) NoSidewaysScroll() {
	p.t.Helper()
	found, err := p.Page.Evaluate(sidewaysScript)
	if err != nil {
		p.t.Fatalf("measure %s: %v", p.Path(), err)
	}
	var measured struct {
		Over int
		Wide []string
	}
	if err := json.Unmarshal(fmt.Append(nil, found), &measured); err != nil {
		p.t.Fatalf("read the measures of %s: %v", p.Path(), err)
	}
	if measured.Over > 0 {
		p.t.Errorf("%s is %d pixels wider than the window, because of:\n  %s",
			p.Path(), measured.Over, strings.Join(measured.Wide, "\n  "))
	}
}
