package notify_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/notifications"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
	"purser.example/internal/webhook"
)

const (
	contoso  tenant.ID = "6f1c0000-0000-4000-8000-000000000001"
	fabrikam tenant.ID = "6f1c0000-0000-4000-8000-000000000002"
	address            = "https://hooks.contoso.com/in?sig=Marked-Secret-2026"
	day                = 24 * time.Hour
)

var (
	ctx   = context.Background()
	owner = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.TenantOwner}}
	alex  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", Name: "Alex Wilber", Roles: []access.Role{access.ServiceAdministrator}}
	here  = audit.Origin{Request: "r1", Address: "127.0.0.1"}
)

// sent is a message as a sender got it.
type sent struct {
	to notify.Receiver
	m  notify.Message
	id string
}

// outside stands for everybody who gets messages.
type outside struct {
	mu   sync.Mutex
	got  []sent
	fail func(to notify.Receiver) error // nil: everything is taken
}

func (o *outside) Send(ctx context.Context, to notify.Receiver, m notify.Message, id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		if err := o.fail(to); err != nil {
			return err
		}
	}
	to.Keys = slices.Clone(to.Keys)
	for i, k := range to.Keys {
		to.Keys[i] = secret.FromString(string(k.Reveal()))
	}
	to.Address = secret.FromString(string(to.Address.Reveal()))
	o.got = append(o.got, sent{to, m, id})
	return ctx.Err()
}

func (o *outside) failing(fail func(notify.Receiver) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = fail
}

// named are tenants by their names.
type named map[tenant.ID]string

func (n named) Find(_ context.Context, id tenant.ID) (tenant.Tenant, error) {
	if n[id] == "" {
		return tenant.Tenant{}, tenant.ErrNotConnected
	}
	return tenant.Tenant{ID: id, DisplayName: n[id]}, nil
}

// rig is the real service on a real database, by one clock, with everybody outside of it in one place.
type rig struct {
	*notify.Service
	testing.TB
	db       *sqlite.DB
	store    *notifications.Store
	events   *events.Store
	ring     *secret.Keyring
	clock    *sqlitetest.Clock
	out      *outside
	log      *bytes.Buffer
	people   []notify.Person
	standing []notify.Standing
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{TB: t, clock: sqlitetest.NewClock(), out: &outside{}, log: &bytes.Buffer{}, people: []notify.Person{{Name: "Adele Vance", Mail: "adele@contoso.com"}, {Name: "Alex Wilber", Mail: "alex@contoso.com"}}}
	r.db, r.ring = sqlitetest.Open(t, r.clock.Now)
	r.store, r.events = notifications.New(r.db), events.New(r.db)
	r.start()
	return r
}

// start joins the service anew, as a new process does.
func (r *rig) start() {
	r.Service = notify.NewService(notify.Parts{
		Store: r.store, Ring: r.ring, Tenants: named{contoso: "Contoso", fabrikam: "Fabrikam"}, Events: r.events, Now: r.clock.Now, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Senders: map[notify.Way]notify.Sender{notify.Mail: r.out, notify.Webhook: r.out},
		People:  func(context.Context, access.Role) ([]notify.Person, error) { return r.people, nil },
		Page: func(k event.Kind, o event.Object) notify.Link {
			return notify.Link{Text: "Open", Href: "https://purser.contoso.com/" + o.ID}
		},
		Address: func(w notify.Way, text string) (*url.URL, error) {
			return webhook.Hosts{"hooks.contoso.com"}.Webhook(text)
		},
		Standing: func(_ context.Context, some func([]notify.Standing) error) error { return some(r.standing) },
	})
	r.must(r.Recover(ctx))
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// mail is a contact by mail, and rule a rule that tells it of these kinds.
func (r *rig) mail(name string, usernames bool) notify.ContactID {
	r.Helper()
	c, _, err := r.SaveContact(ctx, owner, here, notify.Draft{Name: name, Way: notify.Mail, Mail: strings.ToLower(name) + "@contoso.com", Usernames: usernames})
	r.must(err)
	return c.ID
}

func (r *rig) rule(contact notify.ContactID, kinds ...event.Kind) notify.Rule {
	r.Helper()
	rule, err := r.SaveRule(ctx, owner, here, notify.Rule{Name: "Rule for " + string(contact), On: true, Kinds: kinds, Contacts: []notify.ContactID{contact}})
	r.must(err)
	return rule
}

// breaks makes accounts break, by their numbers, for one cause.
func (r *rig) breaks(cause string, from, to int) {
	r.Helper()
	var list []event.Event
	for n := from; n < to; n++ {
		list = append(list, r.broken(cause, n))
	}
	r.must(r.events.Put(ctx, list...))
}

func (r *rig) broken(cause string, n int) event.Event {
	id := fmt.Sprintf("p%04d", n)
	return event.Event{
		ID: event.IDOf(event.Broken, id, r.clock.Now().String()), Kind: event.Broken, Tenant: contoso, Object: event.Object{Kind: "profile", ID: id, Name: "Profile " + id},
		Account: "svc" + id + "@contoso.com", Cause: cause, At: r.clock.Now(),
	}
}

// pass lets time pass, a step at a time, with a Tick at each.
func (r *rig) pass(d, step time.Duration) {
	r.Helper()
	for end := r.clock.Now().Add(d); r.clock.Now().Before(end); {
		r.clock.Advance(step)
		r.must(r.Tick(ctx))
		r.Wait()
	}
}

// subjects are those of the messages that arrived, with to whom.
func (r *rig) subjects() (list []string) {
	r.out.mu.Lock()
	defer r.out.mu.Unlock()
	for _, s := range r.out.got {
		list = append(list, s.to.Name+": "+s.m.Subject)
	}
	return list
}

func (r *rig) arrived(want ...string) {
	r.Helper()
	if got := r.subjects(); !slices.Equal(got, want) {
		r.Errorf("arrived:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// logged are the actions of the activity log, the oldest first.
func (r *rig) logged() (list []string) {
	links, err := r.db.Activity(ctx, 100)
	r.must(err)
	for _, l := range slices.Backward(links) {
		list = append(list, string(l.Action))
	}
	return list
}
