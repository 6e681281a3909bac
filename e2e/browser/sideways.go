package browser

import "strings"

// sidewaysScript measures how far the page can be scrolled to the right, in CSS pixels, and names the elements that
// reach over the edge. Cramped are words that stand in a column so narrow that they break within.
const sidewaysScript = `() => {
	const root = document.documentElement;
	const over = root.scrollWidth - root.clientWidth;
	const wide = over <= 0 ? [] : [...document.body.querySelectorAll('*')]
		.filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5)
		.slice(0, 5).map(e => e.cloneNode(false).outerHTML);
	const cramped = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
	for (let text; cramped.length < 5 && (text = texts.nextNode());) {
		const box = text.parentElement;
		if (box.clientWidth >= 48 || box.clientWidth < 3 || box.clientHeight < 60 || !box.checkVisibility()) continue;
		range.selectNodeContents(text);
		const lines = new Set([...range.getClientRects()].map(line => line.top));
		if (lines.size > text.data.trim().split(/\s+/).length + 1) cramped.push(text.data.trim() + ' in ' + box.cloneNode(false).outerHTML);
	}
	return JSON.stringify({ over, wide, cramped });
}`

// NoSidewaysScroll fails the test when the page is wider than the viewport, and names up to five elements that reach
// over the edge. It fails as well where words that can be seen have so little room that they break letter by letter, which is how a page
// stays as wide as the window and cannot be read.
func (p *Page) NoSidewaysScroll() {
	p.t.Helper()
	var measured struct {
		Over    int
		Wide    []string
		Cramped []string
	}
	p.measure("the width", sidewaysScript, nil, &measured)
	if measured.Over > 0 {
		p.t.Errorf("%s is %d pixels wider than the window, because of:\n  %s",
			p.Path(), measured.Over, strings.Join(measured.Wide, "\n  "))
	}
	if len(measured.Cramped) > 0 {
		p.t.Errorf("%s breaks words for want of room:\n  %s", p.Path(), strings.Join(measured.Cramped, "\n  "))
	}
}
