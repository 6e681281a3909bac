package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"purser.example/internal/access"
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

func newID() string { return strings.ToLower(rand.Text()) }

func checkName(name string) (wrong []problem.FieldError) {
	if name == "" || len([]rune(name)) > mostName || strings.ContainsFunc(name, shown.Unprintable) {
		return []problem.FieldError{{Field: FieldName, Message: "Enter a name of up to 100 characters."}}
	}
	return nil
}
