package browser

import (
	"fmt"

	"github.com/playwright-community/playwright-go"
)

// Element is what a label, a role or a text finds. It is looked for anew by each method, which waits until exactly one
// is there; two or more fail the test, because a person could not tell them apart either.
type Element struct {
	// Locator is the driver's own handle, for what the methods here do not offer.
	Locator playwright.Locator
	page    *Page
	what    string // as a sentence would name it: button "Save"
}

func (p *Page) within(locator playwright.Locator, what string) *Element {
	return &Element{Locator: locator, page: p, what: what}
}

// ByLabel finds the field whose accessible name is exactly label.
func (p *Page) ByLabel(label string) *Element {
	exactly := playwright.PageGetByLabelOptions{Exact: new(true)}
	return p.within(p.Page.GetByLabel(label, exactly), fmt.Sprintf("the field %q", label))
}

// ByRole finds the element with an ARIA role ("button", "link", "heading", "row", "dialog", "alert", …) whose accessible
// name is exactly name. An empty name finds any of that role.
func (p *Page) ByRole(role, name string) *Element {
	options := playwright.PageGetByRoleOptions{}
	if name != "" {
		options.Name, options.Exact = name, new(true)
	}
	return p.within(p.Page.GetByRole(playwright.AriaRole(role), options), named(role, name))
}

// ByText finds the innermost element that contains text, letter case and blanks between words aside.
func (p *Page) ByText(text string) *Element {
	return p.within(p.Page.GetByText(text), fmt.Sprintf("the text %q", text))
}

// Click clicks the element with the role "button" or "link" and this exact name, the thing most often clicked.
func (p *Page) Click(name string) {
	p.t.Helper()
	button := p.Page.GetByRole("button", playwright.PageGetByRoleOptions{Name: name, Exact: new(true)})
	link := p.Page.GetByRole("link", playwright.PageGetByRoleOptions{Name: name, Exact: new(true)})
	p.within(button.Or(link), fmt.Sprintf("the button or link %q", name)).Click()
}

// Fill types into the field with this label, in place of what it held.
func (p *Page) Fill(label, text string) {
	p.t.Helper()
	p.ByLabel(label).Fill(text)
}

// ByLabel finds a field inside this element; see Page.ByLabel.
func (e *Element) ByLabel(label string) *Element {
	exactly := playwright.LocatorGetByLabelOptions{Exact: new(true)}
	return e.inner(e.Locator.GetByLabel(label, exactly), fmt.Sprintf("the field %q", label))
}

// ByRole finds an element inside this element; see Page.ByRole.
func (e *Element) ByRole(role, name string) *Element {
	options := playwright.LocatorGetByRoleOptions{}
	if name != "" {
		options.Name, options.Exact = name, new(true)
	}
	return e.inner(e.Locator.GetByRole(playwright.AriaRole(role), options), named(role, name))
}

// ByText finds a text inside this element; see Page.ByText.
func (e *Element) ByText(text string) *Element {
	return e.inner(e.Locator.GetByText(text), fmt.Sprintf("the text %q", text))
}

// Having narrows several elements, such as rows, to the one that contains text.
func (e *Element) Having(text string) *Element {
	only := playwright.LocatorFilterOptions{HasText: text}
	return e.page.within(e.Locator.Filter(only), fmt.Sprintf("%s with %q", e.what, text))
}

func (e *Element) inner(locator playwright.Locator, what string) *Element {
	return e.page.within(locator, what+" in "+e.what)
}

func named(role, name string) string {
	if name == "" {
		return "the " + role
	}
	return fmt.Sprintf("the %s %q", role, name)
}
