package notify

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// Contacts gives the contacts, by name.
func (s *Service) Contacts(ctx context.Context, caller access.Caller) ([]Contact, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return nil, err
	}
	return s.Store.Contacts(ctx)
}

// Draft is a contact as somebody enters it.
type Draft struct {
	ID        ContactID // empty: a new one
	Version   int64
	Name      string
	Way       Way // of one that is there it stays
	Mail      string
	Role      access.Role
	Address   secret.Value // of a webhook or Teams; empty: the one that is stored stays
	Usernames bool
}

// SaveContact stores a contact over the version that it was shown in. For a new webhook it gives the key that its messages are signed with,
// which is shown this once.
func (s *Service) SaveContact(ctx context.Context, caller access.Caller, origin audit.Origin, d Draft) (c Contact, key secret.Value, err error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return c, key, err
	}
	before := KeptContact{Contact: Contact{ID: ContactID(newID()), Way: d.Way, Created: account.StampOf(caller, s.Now())}}
	if d.ID != "" {
		if before, err = s.Store.Contact(ctx, d.ID); err != nil {
			return c, key, told(err, FieldName)
		}
	}
	now := KeptContact{Contact: before.Contact}
	now.Name, now.Mail, now.Role, now.Usernames = shown.Trim(d.Name), shown.Trim(d.Mail), d.Role, d.Usernames
	if err := s.check(&now.Contact, d); err != nil {
		return c, key, err
	}
	if !d.Address.Empty() {
		if now.Address, err = s.Ring.Seal(d.Address, AddressRecord(now.Contact)); err != nil {
			return c, key, err
		}
	}
	if d.ID == "" && d.Way == Webhook {
		key = newKey()
		if now.Key, err = s.Ring.Seal(key, KeyRecord(now.Contact)); err != nil {
			return c, key, err
		}
	}
	now.Version, now.Modified = d.Version+1, account.StampOf(caller, s.Now())
	e := audit.By(caller, origin, ContactSaved, now.target()).With("way", string(now.Way)).Changed("email", before.Mail, now.Mail).
		Changed("role", string(before.Role), string(now.Role)).Changed("host", before.Host, now.Host).Changed("usernames", yes(before.Usernames), yes(now.Usernames))
	if !d.Address.Empty() {
		e = e.With("address", "set")
	}
	return now.Contact, key, told(s.Store.SaveContact(ctx, now, d.Version, e), FieldName)
}

// newKey makes a key that a webhook is signed with, as its receiver is given it.
func newKey() secret.Value {
	random := secret.Random(32)
	defer random.Clear()
	return secret.FromString("whsec_" + base64.StdEncoding.EncodeToString(random.Reveal()))
}

func (c Contact) target() audit.Target {
	return audit.Target{Kind: "notification receiver", ID: string(c.ID), Name: c.Name}
}

// check looks at what somebody entered, and takes over the host of an address.
func (s *Service) check(c *Contact, d Draft) error {
	wrong := checkName(c.Name)
	say := func(field, message string) {
		wrong = append(wrong, problem.FieldError{Field: field, Message: message})
	}
	switch c.Way {
	case Mail:
		if !IsAddress(c.Mail) {
			say(FieldMail, "Enter an email address such as team@contoso.com.")
		}
	case ByRole:
		if c.Role != access.TenantOwner && c.Role != access.ServiceAdministrator {
			say(FieldRole, "Select a role.")
		}
	case Webhook, Teams:
		if message := s.checkAddress(c, d); message != "" {
			say(FieldAddress, message)
		}
	default:
		say(FieldWay, "Select how messages are sent.")
	}
	if c.Way != Mail {
		c.Mail = ""
	}
	if c.Way != ByRole {
		c.Role = ""
	}
	return problem.Join(wrong...)
}

func (s *Service) checkAddress(c *Contact, d Draft) (wrong string) {
	if d.Address.Empty() {
		if d.ID == "" {
			return "Enter the address, which begins with https://."
		}
		return ""
	}
	u, err := s.Address(c.Way, string(d.Address.Reveal()))
	if err != nil {
		return problem.Message(err)
	}
	c.Host = strings.ToLower(u.Host)
	return ""
}

// overlap is how long a webhook is signed with the former key, too.
const overlap = 24 * time.Hour

// RenewKey gives a webhook another signing key, which is shown this once. For a day its messages are signed with both.
func (s *Service) RenewKey(ctx context.Context, caller access.Caller, origin audit.Origin, id ContactID, version int64) (secret.Value, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return secret.Value{}, err
	}
	c, err := s.Store.Contact(ctx, id)
	if err != nil {
		return secret.Value{}, told(err, FieldName)
	}
	if c.Way != Webhook {
		return secret.Value{}, problem.New(problem.Invalid, "Only webhooks have a signing key.")
	}
	former, err := s.Ring.Open(c.Key, KeyRecord(c.Contact))
	if err != nil && !errors.Is(err, secret.ErrDamaged) { // one that was written over is of no use, and the new one replaces it
		return secret.Value{}, err
	}
	key := newKey()
	if c.Key, err = s.Ring.Seal(key, KeyRecord(c.Contact)); err != nil {
		return secret.Value{}, err
	}
	if !former.Empty() {
		if c.Former, err = s.Ring.Seal(former, FormerRecord(c.Contact)); err != nil {
			return secret.Value{}, err
		}
		c.FormerUntil = s.moment().Add(overlap)
	}
	c.Address, c.Version, c.Modified = nil, version+1, account.StampOf(caller, s.Now())
	return key, told(s.Store.SaveContact(ctx, c, version, audit.By(caller, origin, KeyRenewed, c.target())), FieldName)
}

// RemoveContact removes a contact that no rule names.
func (s *Service) RemoveContact(ctx context.Context, caller access.Caller, origin audit.Origin, id ContactID, version int64) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	c, err := s.Store.Contact(ctx, id)
	if err != nil {
		return told(err, FieldName)
	}
	rules, err := s.Store.Rules(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(rules, func(r Rule) bool { return slices.Contains(r.Contacts, id) }); i >= 0 {
		return problem.New(problem.Conflict, "The rule "+shown.Name(rules[i].Name)+" names this recipient. Take it out of the rule first.")
	}
	return told(s.Store.RemoveContact(ctx, id, version, audit.By(caller, origin, ContactRemoved, c.target())), FieldName)
}
