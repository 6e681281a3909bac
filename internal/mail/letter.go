package mail

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"regexp"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"purser.example/internal/shown"
)

// Letter is what is sent.
type Letter struct {
	ID      string // letters, digits and hyphens; the Message-ID is made of it
	To      netmail.Address
	Subject string
	Text    string // good by itself
	HTML    string // empty: none
}

// proper is an id that can stand in a Message-ID.
var proper = regexp.MustCompile(`^[0-9A-Za-z-]+$`)

// errID is a letter that cannot be told from others, which is a mistake of ours.
var errID = errors.New("the letter has no id that can stand in a Message-ID")

// written is a letter as it goes over the wire. Addresses are read again as they stand there: none holds the end of a line.
func (m *Mailer) written(l Letter) ([]byte, error) {
	if !proper.MatchString(l.ID) {
		return nil, errID
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.server.From.String()), msg.To(l.To.String())); err != nil {
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

// crlf ends lines as mail does.
func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

func domain(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}
