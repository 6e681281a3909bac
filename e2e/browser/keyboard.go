package browser

import (
	"encoding/json"
	"fmt"

	"github.com/playwright-community/playwright-go"
)

// focused is the element that has the focus, as the browser tells it to a screen reader.
type focused struct {
	Role  string
	Name  string
	id    int  // of the element in the browser, to see it come again
	known bool // false where nothing on the page has the focus
}

// Press sends one key, such as "Escape" or "Shift+Tab", to whatever has the focus.
func (p *Page) Press(key string) {
	p.t.Helper()
	if err := p.Page.Keyboard().Press(key); err != nil {
		p.t.Fatalf("press %s on %s: %v", key, p.Path(), err)
	}
}

// Focused gives role and accessible name of the element that has the focus, such as `button "Save"`, as the browser
// tells them to a screen reader; empty where nothing has it.
func (p *Page) Focused() string {
	p.t.Helper()
	return p.focus().String()
}

// TabOrder presses Tab until the focus leaves the page or comes round, at most limit times, and gives what had it, in
// order, in the form of Focused. It begins after the element that has the focus now; a page just opened begins at its
// top, an open modal dialog keeps the focus inside.
func (p *Page) TabOrder(limit int) []string {
	p.t.Helper()
	var order []string
	seen := map[int]bool{}
	for range limit {
		p.Press("Tab")
		now := p.focus()
		if !now.known || seen[now.id] {
			break
		}
		seen[now.id] = true
		order = append(order, now.String())
	}
	return order
}

// focus asks the browser's accessibility tree, not the document: names come from labels, contents and ARIA alike.
func (p *Page) focus() focused {
	p.t.Helper()
	session, err := p.visit.context.NewCDPSession(p.Page)
	if err != nil {
		p.t.Fatalf("ask for the focus on %s: %v", p.Path(), err)
	}
	defer func() { _ = session.Detach() }() // It ends with the page anyway.
	f, err := askFocus(session)
	if err != nil {
		p.t.Fatalf("ask for the focus on %s: %v", p.Path(), err)
	}
	return f
}

// activeElement gives nothing where only the document itself has the focus.
const activeElement = `[document.body, document.documentElement].includes(document.activeElement) ? null : document.activeElement`

func askFocus(session playwright.CDPSession) (focused, error) {
	var active struct{ Result struct{ ObjectID string } }
	err := ask(session, "Runtime.evaluate", map[string]any{"expression": activeElement}, &active)
	if err != nil || active.Result.ObjectID == "" {
		return focused{}, err
	}
	var tree struct {
		Nodes []struct {
			Role, Name       struct{ Value string }
			BackendDOMNodeID int
		}
	}
	which := map[string]any{"objectId": active.Result.ObjectID, "fetchRelatives": false}
	if err := ask(session, "Accessibility.getPartialAXTree", which, &tree); err != nil || len(tree.Nodes) == 0 {
		return focused{}, err
	}
	node := tree.Nodes[0]
	return focused{Role: node.Role.Value, Name: node.Name.Value, id: node.BackendDOMNodeID, known: true}, nil
}

// ask sends one command of the debugging protocol and reads its answer.
func ask(session playwright.CDPSession, method string, params map[string]any, answer any) error {
	result, err := session.Send(method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// String gives the element as Focused does.
func (f focused) String() string {
	if !f.known {
		return ""
	}
	return fmt.Sprintf("%s %q", f.Role, f.Name)
}
