package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// violation is one rule of axe-core that the page breaks, with every place that breaks it.
type violation struct {
	ID     string  `json:"id"`
	Impact string  `json:"impact"`
	Help   string  `json:"help"`
	Nodes  []place `json:"nodes"`
}

// place is one element that breaks a rule.
type place struct {
	Target  string `json:"target"`
	HTML    string `json:"html"`
	Summary string `json:"summary"`
}

// auditScript runs every rule of axe-core whose violations are grave, the size of targets too (WCAG 2.5.8, which it leaves off unless
// asked), and gives the violations as JSON. Which rules are grave axe-core says itself; the others take a tenth of the time, and nobody
// would hear of what they find. On a page without script promises are kept but timers never fire, and axe-core waits for one before each
// rule; so there timers fire at once while it runs. What needs the network (the preload of style sheets, for one rule about rotated pages)
// is off. A target that is too small, or looks so because what sticks to an edge of the window covers it, is judged again in the window's
// middle.
const auditScript = `async noScript => {
	const later = window.setTimeout;
	if (noScript) window.setTimeout = (f, _, ...args) => { f(...args); return 0; };
	try {
		const options = { resultTypes: ['violations'], preload: false, elementRef: true };
		const grave = impact => impact === 'serious' || impact === 'critical';
		const rules = { 'target-size': { enabled: true } };
		for (const rule of axe._audit.rules) if (!grave(rule.impact)) rules[rule.id] = { enabled: false };
		const { violations } = await axe.run(document, { ...options, rules });
		const [x, y] = [scrollX, scrollY];
		for (const small of violations.filter(v => v.id === 'target-size')) {
			const nodes = [];
			for (const { element } of small.nodes) {
				element.scrollIntoView({ block: 'center', behavior: 'instant' });
				const again = await axe.run(element, { ...options, runOnly: ['target-size'] });
				nodes.push(...again.violations.flatMap(v => v.nodes));
			}
			small.nodes = nodes;
		}
		scrollTo({ left: x, top: y, behavior: 'instant' });
		const found = violations.filter(v => v.nodes.length > 0 && grave(v.impact));
		return JSON.stringify(found.map(v => ({
			id: v.id, impact: v.impact, help: v.help,
			nodes: v.nodes.map(n => ({ target: n.target.join(' '), html: n.html, summary: n.failureSummary })),
		})));
	} finally {
		window.setTimeout = later;
	}
}`

// Axe checks the page as it stands against the rules of axe-core and fails the test for each violation of impact serious
// or critical, naming the rule, the element's selector and its HTML. The page's own policy stays in force: the driver
// evaluates through the debugging protocol, which the policy does not govern.
func (p *Page) Axe() {
	p.t.Helper()
	violations, err := p.audit()
	if err == nil && len(violations) > 0 && !slices.ContainsFunc(violations, func(v violation) bool { return v.ID != "color-contrast" }) {
		violations, err = p.audit() // a button that is let go of while axe-core looks has two colours: what lasts is there again
	}
	if err != nil {
		p.t.Fatalf("run axe-core on %s: %v", p.Path(), err)
	}
	for _, v := range violations {
		p.t.Errorf("%s on %s", v, p.Path())
	}
}

func (p *Page) audit() ([]violation, error) {
	if err := p.loadAxe(); err != nil {
		return nil, err
	}
	found, err := p.Page.Evaluate(auditScript, p.visit.options.NoScript)
	if err != nil {
		return nil, fmt.Errorf("check the page: %w", err)
	}
	var violations []violation
	if err := json.Unmarshal(fmt.Append(nil, found), &violations); err != nil {
		return nil, fmt.Errorf("read the findings: %w", err)
	}
	return violations, nil
}

// loadAxe brings axe-core to the page, where it is not there from an earlier look.
func (p *Page) loadAxe() error {
	if there, err := p.Page.Evaluate("typeof axe === 'object'"); err != nil || there == true {
		return err
	}
	script, err := os.ReadFile(p.visit.engine.tools.axe)
	if err != nil {
		return fmt.Errorf("read axe-core: %w", err)
	}
	if _, err := p.Page.Evaluate(string(script) + "\n;0"); err != nil {
		return fmt.Errorf("load axe-core: %w", err)
	}
	return nil
}

// String gives the violation as a short report.
func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "accessibility, %s: %s (%s)", v.Impact, v.Help, v.ID)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    %s\n    %s", n.Target, n.HTML, squeeze(n.Summary))
	}
	return b.String()
}
