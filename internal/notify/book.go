package notify

import (
	"net/mail"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// ByRole is the way of a contact that stands for everybody with a role whose address is known. Each of them gets a mail of their own.
const ByRole Way = "role"

// Title is what people call the way.
func (w Way) Title() string {
	switch w {
	case Mail:
		return "Email address"
	case ByRole:
		return "Everyone with a role"
	case Webhook:
		return "Webhook"
	case Teams:
		return "Microsoft Teams"
	}
	return string(w)
}

// ContactID names a contact.
type ContactID string

// Contact is who can be told, as somebody entered it. What is secret about it is not here.
type Contact struct {
	ID        ContactID
	Name      string
	Way       Way
	Mail      string      // of the way Mail
	Role      access.Role // of the way ByRole
	Host      string      // of a webhook or Teams: all that is shown of the address
	Usernames bool        // messages may name the accounts; those by role always may
	Version   int64
	Created   account.Stamp
	Modified  account.Stamp

	FormerUntil time.Time // until when a webhook is signed with the former key, too; zero: there is none
	Took        time.Time // when it last took a message; zero: never
	Failing     time.Time // since when it takes none; zero: it does
	Reason      string    // why it takes none, a sentence
}

// seesUsernames reports whether messages to the contact may name the accounts.
func (c Contact) seesUsernames() bool { return c.Usernames || c.Way == ByRole }

// KeptContact is a contact with what is sealed of it.
type KeptContact struct {
	Contact
	Address, Key, Former []byte
}

// The fields of a contact that are sealed.
const (
	addressField = "address"
	keyField     = "signing_key"
	formerField  = "former_key"
)

// AddressRecord, KeyRecord and FormerRecord are what the sealed values of a contact are bound to: an address to its way and to the host that
// people see, so that nobody moves messages elsewhere by writing into the database.
func AddressRecord(c Contact) secret.Record {
	return secret.Record{Table: "notify_contacts", ID: string(c.ID), Field: addressField, Facts: secret.FactsOf(string(c.Way), c.Host)}
}

// KeyRecord is that of the key that a webhook is signed with.
func KeyRecord(c Contact) secret.Record {
	return secret.Record{Table: "notify_contacts", ID: string(c.ID), Field: keyField}
}

// FormerRecord is that of the key before it.
func FormerRecord(c Contact) secret.Record {
	return secret.Record{Table: "notify_contacts", ID: string(c.ID), Field: formerField}
}

// RuleID names a rule.
type RuleID string

// Rule says who is told of what.
type Rule struct {
	ID       RuleID
	Name     string
	On       bool
	Kinds    []event.Kind
	Tenants  []tenant.ID // none: all. What concerns no tenant is told whichever are chosen.
	Contacts []ContactID
	Morning  bool   // once a day, in a digest; otherwise as soon as it is settled how much belongs together
	Minute   int    // of the digest, by the clocks of the zone
	Zone     string // a name of the IANA time zone database
	Version  int64
	Created  account.Stamp
	Modified account.Stamp
}

// Schedule is when the digest is sent.
func (r Rule) Schedule() scan.Schedule {
	return scan.Schedule{Daily: true, Minute: r.Minute, Zone: r.Zone}
}

// IsAddress reports whether a text is an address for mail, and nothing but that.
func IsAddress(text string) bool {
	at, err := mail.ParseAddress(text)
	return err == nil && at.Address == text && len(text) <= 254
}
