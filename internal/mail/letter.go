package mail

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"purser.example/internal/shown"
)

// Letter is what is sent.
type Letter struct {
	ID      string // letters, digits and hyphens; the Message-ID is made of it
	To      []netmail.Address
	Subject string
	Text    string // good by itself
	HTML    string // empty: none
}

// errLetter is a letter that cannot be written, which is a mistake of ours.
var errLetter = errors.New("the letter has no id, or nobody to go to")

// written is a letter as it goes over the wire.
func (m *Mailer) written(l Letter) ([]byte, error) {
	if l.ID == "" || len(l.To) == 0 {
		return nil, errLetter
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.server.From.String()), to(msg, l.To)); err != nil {
		return nil, err
	}
	msg.Subject(shown.Line(shown.Name(l.Subject))) // names of accounts come from elsewhere, and begin no header
	msg.SetMessageIDWithValue(l.ID + "@" + domain(m.server.From.Address))
	msg.SetDateWithValue(m.now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation answers to this
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same for Exchange
	msg.SetBodyString(gomail.TypeTextPlain, crlf(l.Text))
	if l.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, crlf(l.HTML))
	}
	var b bytes.Buffer
	_, err := msg.WriteTo(&b)
	return b.Bytes(), err
}

// to names everybody whom the letter goes to, so that they know of each other. Addresses are read again as the wire has them: none
// holds the end of a line.
func to(msg *gomail.Msg, people []netmail.Address) error {
	for _, p := range people {
		if err := msg.AddTo(p.String()); err != nil {
			return err
		}
	}
	return nil
}

// crlf ends lines as mail does.
func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

func domain(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

