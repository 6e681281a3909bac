package browser

import "strings"

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
	var measured struct {
		Over int
		Wide []string
	}
	p.measure("the width", sidewaysScript, nil, &measured)
	if measured.Over > 0 {
		p.t.Errorf("%s is %d pixels wider than the window, because of:\n  %s",
			p.Path(), measured.Over, strings.Join(measured.Wide, "\n  "))
	}
}
