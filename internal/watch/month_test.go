package watch_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/horizon"
	"purser.example/internal/m365sim"
	"purser.example/internal/notify"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/horizons"
	"purser.example/internal/sqlite/notifications"
)

// mailbox keeps the messages that arrive.
type mailbox struct {
	mu  sync.Mutex
	got map[string][]notify.Message // by whom they are for
	ids []string
}

// Send implements notify.Sender.
func (m *mailbox) Send(_ context.Context, to notify.Receiver, message notify.Message, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got[to.Name], m.ids = append(m.got[to.Name], message), append(m.ids, id)
	return nil
}

// crowded is the fixture with ten accounts more, and a password that ends 36 days after the beginning.
func crowded() string {
	text := strings.Replace(fixture, `{"id": "contoso.com"}`, `{"id": "contoso.com", "passwordValidityPeriodInDays": 90, "passwordNotificationWindowInDays": 14}`, 1)
	text = strings.Replace(text, `"svc04@contoso.com", "password"`, `"svc04@contoso.com", "lastPasswordChangeDateTime": "-54d", "password"`, 1)
	var more strings.Builder
	for n := range 10 {
		fmt.Fprintf(&more, `{"userPrincipalName": "many%02d@contoso.com", "password": "%s"}, `, n, marked)
	}
	return strings.Replace(text, `"users": [`, `"users": [`+more.String(), 1)
}

// R92: five weeks of the simulator's accounts produce exactly the messages that are due: each break once and each recovery once, a night in which
// Microsoft does not answer once, a password's end at 30, 14, 7 and 1 days, what one cause broke together; none missed and none twice, to one
// who is told at once and to one who reads a digest. No account is tried more than the etiquette allows, by the simulator's own journal.
func TestAMonthOfMessagesR92(t *testing.T) {
	r := newRigOf(t, crowded())
	for n, name := range []string{"Good", "Changed", "Off", "Ends"} {
		r.profile(t, name, fmt.Sprintf("svc%02d@contoso.com", n+1))
	}
	for n := range 10 {
		r.profile(t, fmt.Sprintf("Many %02d", n), fmt.Sprintf("many%02d@contoso.com", n))
	}
	r.pool(t)
	box := &mailbox{got: map[string][]notify.Message{}}
	book := events.New(r.db)
	ahead := &horizon.Service{Store: horizons.New(r.db), Now: r.clock.Now}
	told := notify.NewService(notify.Parts{
		Store: notifications.New(r.db), Ring: r.ring, Tenants: r.tenants, Events: book, Now: r.clock.Now, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Senders: map[notify.Way]notify.Sender{notify.Mail: box}, Page: func(event.Kind, event.Object) notify.Link { return notify.Link{} },
	})
	subscribe(t, told)
	r.sim.ResetRequests()
	for today := range 38 {
		r.happens(t, today)
		for end := r.clock.Now().Add(day); r.clock.Now().Before(end); {
			r.clock.Advance(step(r.clock.Now()))
			must(t, r.Tick(ctx))
			r.Wait()
			must(t, ahead.Tell(ctx, book))
			must(t, told.Tick(ctx))
			told.Wait()
		}
	}
	r.storm(t, box, "account-broken", "Account blocked (AADSTS50057)")
	r.storm(t, box, "account-recovered", "Valid")
	var got []string
	for _, m := range box.got["Team"] {
		if !strings.Contains(fmt.Sprint(m.Things), "Many") {
			got = append(got, m.Subject)
		}
	}
	want := []string{
		"Contoso: Changed stopped working", "Contoso: Ends: Password ends in 30 days", "Contoso: accounts couldn't be checked", "Contoso: Off stopped working", "Contoso: Off works again",
		"Contoso: Ends: Password ends in 14 days", "Contoso: Ends: Password ends in 7 days", "Contoso: Ends: Password ends in 1 day", "Contoso: Ends stopped working",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	atOnce, digest := 0, 0
	for _, m := range box.got["Team"] {
		atOnce += m.Count
	}
	for _, m := range box.got["Boss"] {
		digest += m.Count
	}
	if all, err := book.Count(ctx, event.Query{}, 1000); err != nil || all != 29 || atOnce != all || digest != all {
		t.Errorf("%d events, told %d at once and %d in digests, %v", all, atOnce, digest, err)
	}
	if slices.Sort(box.ids); len(slices.Compact(slices.Clone(box.ids))) != len(box.ids) {
		t.Error("a message came twice")
	}
	for user, at := range r.tried() {
		for i := range at {
			if n := within(at[i:], time.Hour); n > account.Usual.Etiquette.PerAccount*3 { // the client repeats a 503, which can't have counted, twice
				t.Errorf("%s: %d sign-ins in an hour", user, n)
			}
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", box.got)+r.log.b.String(), marked) {
		t.Error("R60: a message or the log holds a password")
	}
	must(t, r.db.VerifyActivity(ctx))
}

// step is half an hour in the night and the morning after it, and longer by day, when nothing is checked.
func step(now time.Time) time.Duration {
	if hour := now.Hour(); hour >= 12 && hour < 22 {
		return 2 * time.Hour
	}
	return 30 * time.Minute
}

// subscribe has two people told of everything: one at once, and one in the morning.
func subscribe(t *testing.T, s *notify.Service) {
	t.Helper()
	owner := adele
	owner.Roles = []access.Role{access.TenantOwner}
	kinds := slices.DeleteFunc(event.Kinds(), func(k event.Kind) bool { return k == event.StillBroken })
	for _, name := range []string{"Team", "Boss"} {
		c, _, err := s.SaveContact(ctx, owner, here, notify.Draft{Name: name, Way: notify.Mail, Mail: strings.ToLower(name) + "@contoso.com"})
		must(t, err)
		_, err = s.SaveRule(ctx, owner, here, notify.Rule{
			Name: name, On: true, Kinds: kinds, Contacts: []notify.ContactID{c.ID}, Morning: name == "Boss", Minute: 8 * 60, Zone: "Europe/Berlin",
		})
		must(t, err)
	}
}

// happens is what befalls the accounts on a day.
func (r *rig) happens(t *testing.T, today int) {
	t.Helper()
	switch today {
	case 3:
		r.patch(t, "svc02@contoso.com", `{"password": "Another-Secret-2026!"}`)
	case 10:
		must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/", Status: 503}}))
	case 11:
		r.sim.ResetFaults()
	case 12:
		r.patch(t, "svc03@contoso.com", `{"accountEnabled": false}`)
	case 14:
		r.patch(t, "svc03@contoso.com", `{"accountEnabled": true}`)
	case 17, 19:
		for n := range 10 {
			r.patch(t, fmt.Sprintf("many%02d@contoso.com", n), fmt.Sprintf(`{"accountEnabled": %t}`, today == 19))
		}
	}
}

// storm looks whether ten accounts with one cause were told in a few messages, each account once.
func (r *rig) storm(t *testing.T, box *mailbox, kind event.Kind, cause string) {
	t.Helper()
	names, messages := map[string]int{}, 0
	for _, m := range box.got["Team"] {
		if m.Kind != kind || !strings.Contains(fmt.Sprint(m.Things), "Many") {
			continue
		}
		messages++
		if kind == event.Broken && !strings.Contains(m.Lines[0], cause) {
			t.Errorf("a storm without its cause: %q", m.Lines)
		}
		for _, thing := range m.Things {
			names[thing.Name]++
		}
	}
	for name, n := range names {
		if n != 1 {
			t.Errorf("%s was told %d times", name, n)
		}
	}
	if len(names) != 10 || messages > 3 {
		t.Errorf("%s: %d accounts in %d messages", kind, len(names), messages)
	}
}
