package browser

import (
	"fmt"
	"strings"

	"github.com/playwright-community/playwright-go"
)

// must fails the test with what was tried, on what and where, and the driver's account of it.
func (e *Element) must(tried string, err error) {
	e.page.t.Helper()
	if err != nil {
		e.page.t.Fatalf("%s %s on %s: %v", tried, e.what, e.page.Path(), err)
	}
}

// Click clicks as a person does: once the element is visible, still, enabled and not covered by another.
func (e *Element) Click() {
	e.page.t.Helper()
	e.must("click", e.Locator.Click())
}

// Fill types text into the field, in place of what it held.
func (e *Element) Fill(text string) {
	e.page.t.Helper()
	e.must("fill", e.Locator.Fill(text))
}

// Focus gives the element the focus, as somebody does who comes to it by keyboard.
func (e *Element) Focus() {
	e.page.t.Helper()
	e.must("focus", e.Locator.Focus())
}

// Hover points to the element.
func (e *Element) Hover() {
	e.page.t.Helper()
	e.must("point to", e.Locator.Hover())
}

// Press sends one key, such as "Enter", "Escape" or "Control+A", to the element.
func (e *Element) Press(key string) {
	e.page.t.Helper()
	e.must("press "+key+" in", e.Locator.Press(key))
}

// Check sets the tick of a checkbox or radio button; an element that has it already stays as it is.
func (e *Element) Check() {
	e.page.t.Helper()
	e.must("tick", e.Locator.Check())
}

// Uncheck clears the tick of a checkbox.
func (e *Element) Uncheck() {
	e.page.t.Helper()
	e.must("untick", e.Locator.Uncheck())
}

// Choose chooses the options with these labels in a drop-down, and no others.
func (e *Element) Choose(labels ...string) {
	e.page.t.Helper()
	_, err := e.Locator.SelectOption(playwright.SelectOptionValues{Labels: &labels})
	e.must("choose "+strings.Join(labels, ", ")+" in", err)
}

// Upload puts a file of this name, media type and content into a file field.
func (e *Element) Upload(name, mediaType string, content []byte) {
	e.page.t.Helper()
	file := playwright.InputFile{Name: name, MimeType: mediaType, Buffer: content}
	e.must("put "+name+" into", e.Locator.SetInputFiles([]playwright.InputFile{file}))
}

// Text gives the text that a person sees in the element, blanks joined.
func (e *Element) Text() string {
	e.page.t.Helper()
	text, err := e.Locator.InnerText()
	e.must("read", err)
	return squeeze(text)
}

// Texts gives the texts of all elements that match now, blanks joined; none is no failure.
func (e *Element) Texts() []string {
	e.page.t.Helper()
	texts, err := e.Locator.AllInnerTexts()
	e.must("read", err)
	for i, text := range texts {
		texts[i] = squeeze(text)
	}
	return texts
}

// Value gives what a field holds.
func (e *Element) Value() string {
	e.page.t.Helper()
	value, err := e.Locator.InputValue()
	e.must("read the value of", err)
	return value
}

// Attribute gives an attribute's value, empty where the element has none.
func (e *Element) Attribute(name string) string {
	e.page.t.Helper()
	value, err := e.Locator.GetAttribute(name)
	e.must("read "+name+" of", err)
	return value
}

// Disabled says whether nobody can select it at present.
func (e *Element) Disabled() bool {
	e.page.t.Helper()
	shut, err := e.Locator.IsDisabled()
	e.must("read whether one can select", err)
	return shut
}

// Checked says whether a checkbox or radio button is ticked.
func (e *Element) Checked() bool {
	e.page.t.Helper()
	ticked, err := e.Locator.IsChecked()
	e.must("read the tick of", err)
	return ticked
}

// Count gives how many elements match now, without waiting.
func (e *Element) Count() int {
	e.page.t.Helper()
	n, err := e.Locator.Count()
	e.must("count", err)
	return n
}

// Visible says whether the element is there and visible now, without waiting.
func (e *Element) Visible() bool {
	e.page.t.Helper()
	visible, err := e.Locator.IsVisible()
	e.must("look for", err)
	return visible
}

// Wait waits until the element is visible, and gives it.
func (e *Element) Wait() *Element {
	e.page.t.Helper()
	e.must("wait for", e.Locator.WaitFor())
	return e
}

// WaitText waits until a person can read text in the element, blanks joined, and gives the element.
func (e *Element) WaitText(text string) *Element {
	e.page.t.Helper()
	expect := playwright.NewPlaywrightAssertions(float64(e.page.visit.actions.Milliseconds()))
	seen := playwright.LocatorAssertionsToContainTextOptions{UseInnerText: new(true)}
	e.must(fmt.Sprintf("wait for %q in", text), expect.Locator(e.Locator).ToContainText(text, seen))
	return e
}

// WaitGone waits until the element is hidden or no longer there.
func (e *Element) WaitGone() {
	e.page.t.Helper()
	gone := playwright.LocatorWaitForOptions{State: playwright.WaitForSelectorStateHidden}
	e.must("wait for the end of", e.Locator.WaitFor(gone))
}

// squeeze joins blanks and line breaks to one blank each, as a reader does.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }
