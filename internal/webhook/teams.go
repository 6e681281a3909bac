package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
)

// Teams sends messages to workflows of Microsoft Teams, as adaptive cards.
type Teams struct{ *Caller }

// largestCard is the most that a workflow takes.
const largestCard = 28 << 10

// Send implements notify.Sender.
func (t Teams) Send(ctx context.Context, to notify.Receiver, m notify.Message, id string) error {
	u, err := t.hosts.Workflow(string(to.Address.Reveal()))
	if err != nil {
		return &notify.Failure{Reason: problem.Message(err)}
	}
	body, err := Card(m)
	if err != nil {
		return &notify.Failure{Reason: "The message can't be written as a card.", Final: true, Err: err}
	}
	return t.post(ctx, u, id, map[string]string{"X-Ms-Client-Tracking-Id": id}, body) // the run of the workflow has it
}

// The parts of an adaptive card, version 1.4, that Purser uses.
type (
	envelope struct {
		Type        string       `json:"type"`
		Attachments []attachment `json:"attachments"`
	}
	attachment struct {
		ContentType string  `json:"contentType"`
		ContentURL  *string `json:"contentUrl"` // null, which workflows expect
		Content     card    `json:"content"`
	}
	card struct {
		Schema  string         `json:"$schema"`
		Type    string         `json:"type"`
		Version string         `json:"version"`
		Summary string         `json:"fallbackText"`
		Body    []block        `json:"body"`
		Actions []action       `json:"actions,omitempty"`
		Teams   map[string]any `json:"msteams"`
	}
	block struct {
		Type      string `json:"type"`
		Text      string `json:"text,omitempty"`
		Wrap      bool   `json:"wrap,omitempty"`
		Style     string `json:"style,omitempty"`
		Size      string `json:"size,omitempty"`
		Weight    string `json:"weight,omitempty"`
		Separator bool   `json:"separator,omitempty"`
		Facts     []fact `json:"facts,omitempty"`
	}
	fact struct {
		Title string `json:"title"`
		Value string `json:"value"`
	}
	action struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		URL   string `json:"url"`
	}
)

// Card is a message as a workflow takes it, with as many of the things that it is about as there is room for.
func Card(m notify.Message) ([]byte, error) {
	for {
		text, err := json.Marshal(envelope{Type: "message", Attachments: []attachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: cardOf(m)}}})
		if err != nil || len(text) <= largestCard || len(m.Things) == 0 && len(m.Lines) == 0 {
			return text, err
		}
		if n := len(m.Things); n > 0 {
			fits := min(n-1, n*largestCard/len(text))
			m.Things, m.More = m.Things[:fits], m.More+n-fits
		} else {
			m.Lines = m.Lines[:len(m.Lines)-1]
		}
	}
}

func cardOf(m notify.Message) card {
	c := card{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", Summary: plain(m.Subject), Teams: map[string]any{"width": "Full"},
		Body: []block{{Type: "TextBlock", Text: markdown(m.Subject), Wrap: true, Style: "heading", Size: "Large", Weight: "Bolder"}},
	}
	if m.Repeated {
		c.Body = append(c.Body, paragraph("You may have received this message before: the connection broke off while it was sent."))
	}
	for _, line := range m.Lines {
		c.Body = append(c.Body, paragraph(line))
	}
	for _, thing := range m.Things {
		c.Body = append(c.Body, blocks(thing)...)
	}
	if m.More > 0 {
		c.Body = append(c.Body, paragraph(fmt.Sprintf("and %d more", m.More)))
	}
	for _, link := range m.Links {
		c.Actions = append(c.Actions, action{"Action.OpenUrl", plain(link.Text), link.Href})
	}
	return c
}

func paragraph(text string) block { return block{Type: "TextBlock", Text: markdown(text), Wrap: true} }

func blocks(t notify.Thing) []block {
	name := t.Name
	if t.Account != "" {
		name += " (" + t.Account + ")"
	}
	head := paragraph(name)
	head.Weight, head.Separator = "Bolder", true
	if len(t.Facts) == 0 {
		return []block{head}
	}
	facts := block{Type: "FactSet"}
	for _, f := range t.Facts {
		facts.Facts = append(facts.Facts, fact{markdown(f.Name), markdown(f.Value)})
	}
	return []block{head, facts}
}

// plain is a text of one line as it is, without what could disturb it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if shown.Unprintable(r) {
			return ' '
		}
		return r
	}, text)
}

var (
	// marks have a meaning in the Markdown of cards wherever they stand.
	marks = regexp.MustCompile("[\\\\`*_\\[\\]<>~|#]")
	// begins has one at the beginning of a line: lists.
	begins = regexp.MustCompile(`^(\s*)([-+]|[0-9]+[.)])(\s|$)`)
)

// markdown is a text that Markdown shows as it is: names come from elsewhere, and must be neither a link nor a heading. Two braces would
// begin a date that Teams formats.
func markdown(text string) string {
	text = marks.ReplaceAllString(plain(text), `\$0`)
	if at := begins.FindStringSubmatchIndex(text); at != nil {
		text = text[:at[5]-1] + `\` + text[at[5]-1:]
	}
	return strings.ReplaceAll(text, "{{", "{\u200b{")
}
