// Package notify tells people of events (R92): whom, of what, when, and in which words; by mail, to a webhook, to Microsoft Teams.
//
// It owns messages and who gets them. How a message looks in a mail or a card, and how it gets there, is for the senders, which implement
// Sender and know nobody else. Neither a password nor a token is ever in a message.
package notify

import (
	"context"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// Way is how a receiver gets messages.
type Way string

// The ways.
const (
	Mail    Way = "mail"
	Webhook Way = "webhook"
	Teams   Way = "teams"
)

// Receiver is where a message goes, as a sender needs it.
type Receiver struct {
	ID      string
	Name    string // what people call it
	Way     Way
	Mail    string         // the address of a mail; empty for the other ways
	Address secret.Value   // of a webhook or of Teams, which has a signature in it
	Keys    []secret.Value // what a webhook is signed with, whsec_ and base64, the newest first; two while one takes the other's place
}

// Message is what is told, in plain text and without a mark of any language. Senders render it, and escape all of it.
type Message struct {
	Subject  string   // one line, which says it all
	Lines    []string // paragraphs; the first says what happened, to how many, and why
	Things   []Thing  // the first of those that it is about
	More     int      // how many more there are than Things
	Links    []Link   // to pages of Purser, the most useful one first
	Kind     event.Kind
	Tenant   tenant.ID // empty: of no tenant, or of several
	Count    int       // how many events it tells of
	At       time.Time // when it was written
	Update   bool      // it adds to a message of before
	Test     bool      // somebody wanted to see whether messages arrive
	Repeated bool      // an attempt of before may have reached the receiver; the message says so
}

// Thing is something that a message is about.
type Thing struct {
	Name    string       `json:"name"`
	Account string       `json:"account,omitempty"` // the username; empty where the receiver may not see it
	Facts   []event.Fact `json:"facts,omitempty"`
}

// Link leads to a page of Purser.
type Link struct {
	Text string `json:"text"`
	Href string `json:"href"` // absolute
}

// Sender sends messages in one way.
type Sender interface {
	// Send gives one message to one receiver, and returns nil once that has taken it. id is the same at each attempt for the same message, so
	// that receivers know one that they have. An error that is not a *Failure is taken for one that passes.
	Send(ctx context.Context, to Receiver, m Message, id string) error
}

// Failure is why a message was not taken.
type Failure struct {
	Reason string        // a sentence for people, without anything secret and without what the other side wrote
	Final  bool          // the receiver will never take it as it is, so that trying again is of no use
	Unsure bool          // it may have been taken all the same, such as when no answer came
	After  time.Duration // the receiver asks to be left alone for so long; 0: it doesn't say
	Err    error         // the cause, for the log; may be nil
}

// Error implements error.
func (f *Failure) Error() string { return f.Reason }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }
