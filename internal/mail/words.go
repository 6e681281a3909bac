package mail

import (
	"context"
	"fmt"
	"html"
	netmail "net/mail"
	"strings"

	"purser.example/internal/notify"
)

// Send implements notify.Sender.
func (m *Mailer) Send(ctx context.Context, to notify.Receiver, message notify.Message, id string) error {
	return m.Deliver(ctx, Letter{ID: id, To: netmail.Address{Address: to.Mail}, Subject: message.Subject, Text: textOf(message), HTML: htmlOf(message)})
}

// again is said where a receiver may have the message already.
const again = "You may have received this message before: the connection broke off while it was sent."

// why tells whom a mail puzzles where it comes from.
const why = "Purser sent this message because a notification rule says so. Tenant Owners change the rules in Settings > Notifications."

// more says how many things are not named; empty: all are.
func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("and %s more", grouped(n))
}

// grouped writes a number with commas, as the pages do.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// textOf is a message as plain text.
func textOf(m notify.Message) string {
	var b strings.Builder
	if m.Repeated {
		b.WriteString(again + "\n\n")
	}
	for _, line := range m.Lines {
		b.WriteString(line + "\n\n")
	}
	for _, thing := range m.Things {
		b.WriteString("- " + called(thing) + "\n")
		for _, fact := range thing.Facts {
			b.WriteString("  " + fact.Name + ": " + fact.Value + "\n")
		}
	}
	if m.More > 0 {
		b.WriteString("- " + more(m.More) + "\n")
	}
	if len(m.Things) > 0 {
		b.WriteString("\n")
	}
	for _, link := range m.Links {
		b.WriteString(link.Text + ":\n" + link.Href + "\n\n")
	}
	b.WriteString("-- \n" + why + "\n")
	return b.String()
}

// called is a thing by its name, and its account where it may be told.
func called(t notify.Thing) string {
	if t.Account == "" {
		return t.Name
	}
	return t.Name + " (" + t.Account + ")"
}

// htmlOf is a message as a page that loads nothing from anywhere, in the colors that the reader's program has.
func htmlOf(m notify.Message) string {
	var b strings.Builder
	write := func(format string, texts ...string) {
		escaped := make([]any, len(texts))
		for i, text := range texts {
			escaped[i] = html.EscapeString(text)
		}
		fmt.Fprintf(&b, format, escaped...)
	}
	write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>%s</title></head>\n<body style=\"font-family:'Segoe UI',sans-serif;font-size:14px;line-height:20px\">\n", m.Subject)
	if m.Repeated {
		write("<p><em>%s</em></p>\n", again)
	}
	for _, line := range m.Lines {
		write("<p>%s</p>\n", line)
	}
	things(write, m)
	for _, link := range m.Links {
		write("<p><a href=\"%s\">%s</a></p>\n", link.Href, link.Text)
	}
	write("<hr>\n<p style=\"font-size:12px\">%s</p>\n</body></html>\n", why)
	return b.String()
}

func things(write func(format string, texts ...string), m notify.Message) {
	if len(m.Things) == 0 {
		return
	}
	write("<ul>\n")
	for _, thing := range m.Things {
		write("<li><strong>%s</strong>", thing.Name)
		if thing.Account != "" {
			write(" (%s)", thing.Account)
		}
		for _, fact := range thing.Facts {
			write("<br>%s: %s", fact.Name, fact.Value)
		}
		write("</li>\n")
	}
	if m.More > 0 {
		write("<li>%s</li>\n", more(m.More))
	}
	write("</ul>\n")
}
