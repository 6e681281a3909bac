package notify

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// The actions of this package in the activity log.
const (
	RuleSaved      audit.Action = "notification rule saved"
	RuleRemoved    audit.Action = "notification rule removed"
	ContactSaved   audit.Action = "notification receiver saved"
	ContactRemoved audit.Action = "notification receiver removed"
	KeyRenewed     audit.Action = "webhook signing key renewed"
	Tested         audit.Action = "test notification requested"
	SentAgain      audit.Action = "notification sent again"
	Acknowledged   audit.Action = "break acknowledged"
	Snoozed        audit.Action = "break snoozed"
	Withdrawn      audit.Action = "acknowledgment withdrawn"
)

// Person is somebody with a role who can be reached.
type Person struct{ Name, Mail string }

// Parts are what a Service is joined of.
type Parts struct {
	Store   Store
	Ring    *secret.Keyring
	Tenants interface {
		Find(ctx context.Context, id tenant.ID) (tenant.Tenant, error)
	}
	People   func(ctx context.Context, role access.Role) ([]Person, error) // those with a role whose address is known
	Senders  map[Way]Sender                                                // a way without one is not set up
	Address  func(w Way, text string) (*url.URL, error)                    // reads an address; the error is a sentence for who entered it, and does not repeat it
	Page     func(k event.Kind, o event.Object) Link                       // where Purser shows it; of several things the zero Object
	Events   event.Book                                                    // takes reminders
	Standing func(ctx context.Context, some func([]Standing) error) error  // gives what is broken now, some at a time
	Limits   Limits
	Now      func() time.Time
	Log      *slog.Logger
}

// Service keeps the rules of notifications, and sends them.
type Service struct {
	Parts
	mu    sync.Mutex
	seen  uint64          // what was written when nothing was left to do
	until time.Time       // nothing is due before
	busy  map[string]bool // addresses to which something is being sent
	lanes sync.WaitGroup
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	p.Limits = p.Limits.orUsual()
	return &Service{Parts: p, busy: map[string]bool{}}
}

// Set reports whether messages can be sent in a way.
func (s *Service) Set(w Way) bool {
	if w == ByRole {
		w = Mail
	}
	return s.Senders[w] != nil
}

// Rules gives the rules, by name.
func (s *Service) Rules(ctx context.Context, caller access.Caller) ([]Rule, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return nil, err
	}
	return s.Store.Rules(ctx)
}

// Contacts gives the contacts, by name.
func (s *Service) Contacts(ctx context.Context, caller access.Caller) ([]Contact, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return nil, err
	}
	return s.Store.Contacts(ctx)
}

// The fields of rules, contacts and marks, by which problems name them.
const (
	FieldName     = "name"
	FieldKinds    = "kinds"
	FieldTenants  = "tenants"
	FieldContacts = "receivers"
	FieldTime     = "time"
	FieldZone     = "zone"
	FieldWay      = "way"
	FieldMail     = "email"
	FieldRole     = "role"
	FieldAddress  = "address"
	FieldUntil    = "until"
	FieldBecause  = "because"
)

const mostName = 100

// SaveRule stores a rule over the version that it was shown in; one without an ID is new.
func (s *Service) SaveRule(ctx context.Context, caller access.Caller, origin audit.Origin, r Rule) (Rule, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return r, err
	}
	r.Name = shown.Trim(r.Name)
	before, err := s.ruleBefore(ctx, r.ID)
	if err != nil {
		return r, err
	}
	if err := s.checkRule(ctx, r); err != nil {
		return r, err
	}
	over := r.Version
	if r.ID == "" {
		r.ID, r.Created = RuleID(newID()), account.StampOf(caller, s.Now())
	} else {
		r.Created = before.Created
	}
	r.Version, r.Modified = over+1, account.StampOf(caller, s.Now())
	e := audit.By(caller, origin, RuleSaved, audit.Target{Kind: "notification rule", ID: string(r.ID), Name: r.Name})
	if over == 0 {
		e = e.With("new", "yes")
	}
	for name, of := range ruleFacts {
		e = e.Changed(name, of(before), of(r))
	}
	return r, told(s.Store.SaveRule(ctx, r, over, e), FieldName)
}

// ruleFacts are what the activity log says of a rule.
var ruleFacts = map[string]func(Rule) string{
	"on":       func(r Rule) string { return yes(r.On) },
	"kinds":    func(r Rule) string { return list(r.Kinds) },
	"tenants":  func(r Rule) string { return cmp.Or(list(r.Tenants), "all") },
	"receiver": func(r Rule) string { return list(r.Contacts) },
	"digest": func(r Rule) string {
		if !r.Morning {
			return "no"
		}
		return r.Schedule().Clock() + " " + r.Zone
	},
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func list[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

// newID names what is new.
func newID() string { return strings.ToLower(rand.Text()) }

func (s *Service) ruleBefore(ctx context.Context, id RuleID) (Rule, error) {
	if id == "" {
		return Rule{}, nil
	}
	all, err := s.Store.Rules(ctx)
	if err != nil {
		return Rule{}, err
	}
	i := slices.IndexFunc(all, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, told(ErrGone, FieldName)
	}
	return all[i], nil
}

func checkName(name string) (wrong []problem.FieldError) {
	if name == "" || len([]rune(name)) > mostName || strings.ContainsFunc(name, shown.Unprintable) {
		return []problem.FieldError{{Field: FieldName, Message: "Enter a name of up to 100 characters."}}
	}
	return nil
}

func (s *Service) checkRule(ctx context.Context, r Rule) error {
	wrong := checkName(r.Name)
	say := func(field, message string) {
		wrong = append(wrong, problem.FieldError{Field: field, Message: message})
	}
	if len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k event.Kind) bool { return !k.Known() }) {
		say(FieldKinds, "Select at least one kind of event.")
	}
	for _, t := range r.Tenants {
		if _, err := s.Tenants.Find(ctx, t); errors.Is(err, tenant.ErrNotConnected) {
			say(FieldTenants, "Select tenants that are connected.")
			break
		} else if err != nil {
			return err
		}
	}
	known, err := s.Store.Contacts(ctx)
	if err != nil {
		return err
	}
	if len(r.Contacts) == 0 || slices.ContainsFunc(r.Contacts, func(id ContactID) bool {
		return !slices.ContainsFunc(known, func(c Contact) bool { return c.ID == id })
	}) {
		say(FieldContacts, "Select at least one receiver.")
	}
	if r.Morning && (r.Minute < 0 || r.Minute >= 24*60) {
		say(FieldTime, "Enter a time such as 08:00.")
	}
	if r.Morning && r.Schedule().Next(s.Now(), time.Time{}).IsZero() {
		say(FieldZone, "Enter a time zone such as Europe/Berlin.")
	}
	return problem.Join(wrong...)
}

// RemoveRule removes a rule. What is on its way by it still arrives.
func (s *Service) RemoveRule(ctx context.Context, caller access.Caller, origin audit.Origin, id RuleID, version int64) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	r, err := s.ruleBefore(ctx, id)
	if err != nil {
		return err
	}
	return told(s.Store.RemoveRule(ctx, id, version, audit.By(caller, origin, RuleRemoved, audit.Target{Kind: "notification rule", ID: string(id), Name: r.Name})), FieldName)
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
		return problem.New(problem.Conflict, "The rule "+shown.Name(rules[i].Name)+" names this receiver. Take it out of the rule first.")
	}
	return told(s.Store.RemoveContact(ctx, id, version, audit.By(caller, origin, ContactRemoved, c.target())), FieldName)
}

// told puts the errors of the store into words.
func told(err error, field string) error {
	switch {
	case errors.Is(err, ErrGone):
		return problem.Wrap(err, problem.NotFound, "This was removed meanwhile.")
	case errors.Is(err, ErrChanged):
		return problem.Wrap(err, problem.Conflict, "Someone changed this meanwhile. Nothing was changed. Look at it again.")
	case errors.Is(err, ErrTaken):
		return problem.Field(field, "Another one has this name. Enter another name.")
	}
	return err
}

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
