package browser

import (
	"encoding/json"
	"fmt"
)

// Box is where an element is on the page, however far that is scrolled, in CSS pixels.
type Box struct{ Left, Top, Width, Height float64 }

// Bottom is where the box ends.
func (b Box) Bottom() float64 { return b.Top + b.Height }

const boxesScript = `selector => JSON.stringify([...document.querySelectorAll(selector)].filter(e => e.checkVisibility({visibilityProperty: true})).map(e => {
	const box = e.getBoundingClientRect();
	return { Left: box.left + scrollX, Top: box.top + scrollY, Width: box.width, Height: box.height };
}))`

// Boxes measures what a selector finds and a person can see. It is for what nobody can name, such as the height of rows.
func (p *Page) Boxes(selector string) []Box {
	p.t.Helper()
	var boxes []Box
	p.measure("the boxes of "+selector, boxesScript, selector, &boxes)
	return boxes
}

// shiftScript gives the browser's own record of what has jumped since the page began, once two more pictures are drawn: what is
// buffered comes to an observer that begins late.
const shiftScript = `() => new Promise(resolve => {
	let sum = 0;
	const jumped = [];
	new PerformanceObserver(list => {
		for (const shift of list.getEntries()) {
			if (shift.hadRecentInput) continue;
			sum += shift.value;
			for (const source of shift.sources) jumped.push(source.node?.cloneNode?.(false).outerHTML ?? source.node?.nodeValue ?? '?');
		}
	}).observe({ type: 'layout-shift', buffered: true });
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(JSON.stringify({ sum, jumped })))));
})`

// LayoutShift gives how much of the page has jumped since it was opened, as Chromium scores it (0 is nothing, 0.1 is what others call
// good), and what jumped.
func (p *Page) LayoutShift() (score float64, jumped []string) {
	p.t.Helper()
	var found struct {
		Sum    float64
		Jumped []string
	}
	p.measure("what jumped", shiftScript, nil, &found)
	return found.Sum, found.Jumped
}

// measure reads what a script answers in JSON.
func (p *Page) measure(what, script string, argument, answer any) {
	p.t.Helper()
	text, err := p.Page.Evaluate(script, argument)
	if err != nil {
		p.t.Fatalf("measure %s on %s: %v", what, p.Path(), err)
	}
	if err := json.Unmarshal(fmt.Append(nil, text), answer); err != nil {
		p.t.Fatalf("read %s on %s: %v", what, p.Path(), err)
	}
}
