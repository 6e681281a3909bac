package notify_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// R92: one policy breaks four hundred accounts in a night, one after the other: that is one message, which says 400 and names the cause. What
// breaks for another cause, or in another tenant, is told apart.
func TestAStormIsOneMessageR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Broken)
	other := r.broken("Policy blocked (AADSTS53003)", 9000)
	other.Tenant = fabrikam
	r.must(r.events.Put(ctx, other))
	r.breaks("Wrong password (AADSTS50126)", 9001, 9002)
	for n := 0; n < 400; n += 5 {
		r.breaks("Policy blocked (AADSTS53003)", n, n+5)
		r.pass(6*time.Minute, 6*time.Minute)
	}
	r.pass(12*time.Hour, time.Hour)
	slices.SortStableFunc(r.out.got, func(a, b sent) int {
		return cmp.Or(a.m.Count-b.m.Count, strings.Compare(string(b.m.Tenant), string(a.m.Tenant)))
	})
	r.arrived("Team: Fabrikam: Profile p9000 stopped working", "Team: Contoso: Profile p9001 stopped working", "Team: Contoso: 400 accounts stopped working")
	m := r.out.got[2].m
	if m.Lines[0] != "In Contoso, 400 accounts no longer sign in. Cause: Policy blocked (AADSTS53003)." || m.Count != 400 || len(m.Things) != 20 || m.More != 380 || m.Tenant != contoso || m.Kind != event.Broken {
		t.Errorf("%+v", m)
	}
	if one := r.out.got[0].m; one.Things[0].Account != "svcp9000@contoso.com" || one.Links[0].Href != "https://purser.contoso.com/p9000" || one.More != 0 {
		t.Errorf("%+v", one)
	}
}

// R92: a thousand at once are one message, and what comes later of the same storm is one update and not one by one; a day later it is a storm
// of its own.
func TestWhatComesLaterIsAnUpdateR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Broken)
	r.breaks("Account blocked", 0, 1000)
	r.pass(20*time.Minute, 2*time.Minute)
	for n := range 10 {
		r.breaks("Account blocked", 1000+n, 1001+n)
		r.pass(20*time.Minute, 5*time.Minute)
	}
	r.pass(2*day, time.Hour)
	r.arrived("Team: Contoso: 1000 accounts stopped working", "Team: Update: Contoso: 10 accounts stopped working")
	if m := r.out.got[1].m; !m.Update || !strings.Contains(m.Lines[1], "That makes 1010 since November 23, 2026 09:02 UTC") {
		t.Errorf("%+v", m)
	}
	r.breaks("Account blocked", 2000, 2001)
	r.pass(time.Hour, 5*time.Minute)
	if got := r.subjects(); got[len(got)-1] != "Team: Contoso: Profile p2000 stopped working" {
		t.Errorf("%q", got)
	}
}

// R92: the digest is one message a day at its time in its zone, and a contact for whom another rule says at once gets an event once.
func TestTheDigestOfTheMorningR92(t *testing.T) {
	r := newRig(t)
	team, boss := r.mail("Team", true), r.mail("Boss", true)
	digest, err := r.SaveRule(ctx, owner, here, notify.Rule{
		Name: "Digest", On: true, Kinds: []event.Kind{event.Broken, event.Recovered}, Contacts: []notify.ContactID{team, boss}, Morning: true, Minute: 8 * 60, Zone: "Europe/Berlin",
	})
	r.must(err)
	r.rule(team, event.Broken)
	r.pass(day, time.Hour)
	r.breaks("Wrong password", 0, 2)
	r.breaks("Account locked", 2, 3)
	e := r.broken("Valid", 7)
	e.Kind, e.ID = event.Recovered, "recovered"
	r.must(r.events.Put(ctx, e))
	r.pass(3*day, 30*time.Minute)
	slices.SortFunc(r.out.got, func(a, b sent) int { return strings.Compare(b.to.Name+b.m.Subject, a.to.Name+a.m.Subject) })
	r.arrived("Team: This morning in Purser: 1 event", "Team: Contoso: Profile p0002 stopped working", "Team: Contoso: 2 accounts stopped working", "Boss: This morning in Purser: 4 events")
	m := r.out.got[3].m
	if want := []string{"In Contoso, 2 accounts no longer sign in. Cause: Wrong password.", "In Contoso, Profile p0002 no longer signs in. Cause: Account locked.", "In Contoso, Profile p0007 signs in again."}; !slices.Equal(m.Lines, want) {
		t.Errorf("%q", m.Lines)
	}
	if at := m.At.UTC().Format("15:04"); at != "07:00" && at != "07:30" {
		t.Errorf("sent at %s", at)
	}
	digest.On = false
	_, err = r.SaveRule(ctx, owner, here, digest)
	r.must(err)
	r.breaks("Wrong password", 10, 11)
	r.pass(2*day, 30*time.Minute)
	if got := r.subjects(); len(got) != 5 {
		t.Errorf("a rule that is off: %q", got)
	}
}

// R92: a clock that jumps by a day in either direction makes no storm, and nothing waits for ever.
func TestAClockThatJumpsR92(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forward": day, "back": -day} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			team := r.mail("Team", true)
			r.rule(team, event.Broken)
			_, err := r.SaveRule(ctx, owner, here, notify.Rule{Name: "Digest", On: true, Kinds: []event.Kind{event.Recovered}, Contacts: []notify.ContactID{team}, Morning: true, Minute: 8 * 60, Zone: "UTC"})
			r.must(err)
			down := true
			r.out.failing(func(notify.Receiver) error {
				if down {
					return &notify.Failure{Reason: "The mail server didn't answer."}
				}
				return nil
			})
			r.breaks("Wrong password", 0, 1)
			r.pass(time.Hour, 5*time.Minute)
			r.breaks("Account locked", 1, 2) // waits for more
			e := r.broken("Valid", 7)
			e.Kind, e.ID = event.Recovered, "recovered"
			r.must(r.events.Put(ctx, e)) // waits for the morning
			r.pass(time.Minute, time.Minute)
			r.clock.Advance(jump)
			down = false
			r.pass(day, 15*time.Minute)
			got := r.subjects()
			slices.Sort(got)
			if want := []string{"Team: Contoso: Profile p0000 stopped working", "Team: Contoso: Profile p0001 stopped working", "Team: This morning in Purser: 1 event"}; !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
			r.clock.Advance(-jump)
			r.pass(3*day, time.Hour)
			if got := r.subjects(); len(got) != 3 {
				t.Errorf("the clock came back: %q", got)
			}
		})
	}
}

// R92: a mail server that is away for an hour loses nothing: the message arrives once it is back, with the id that it had from the beginning,
// and the page says since when the receiver fails.
func TestAReceiverThatIsAwayR92(t *testing.T) {
	r := newRig(t)
	team := r.mail("Team", true)
	r.rule(team, event.Broken)
	begin, tries := r.clock.Now(), 0
	r.out.failing(func(notify.Receiver) error {
		if r.clock.Now().Sub(begin) < time.Hour+15*time.Minute {
			tries++
			return &notify.Failure{Reason: "The mail server didn't answer.", Err: errors.New("dial tcp 192.0.2.1: Marked-Secret-2026")}
		}
		return nil
	})
	r.breaks("Wrong password", 0, 1)
	r.pass(time.Hour, time.Minute)
	page, err := r.Letters(ctx, owner, notify.LetterQuery{State: notify.Waiting})
	r.must(err)
	contacts, err := r.Contacts(ctx, owner)
	r.must(err)
	if len(page.Rows) != 1 || contacts[0].Failing.IsZero() || contacts[0].Reason != "The mail server didn't answer." || page.Rows[0].Unsure {
		t.Fatalf("%+v %+v", page, contacts)
	}
	if tries < 4 || tries > 8 {
		t.Errorf("%d tries in three quarters of an hour", tries)
	}
	r.pass(2*time.Hour, 10*time.Minute)
	if len(r.out.got) != 1 || r.out.got[0].id != string(page.Rows[0].ID) || r.out.got[0].m.Repeated {
		t.Errorf("%+v", r.out.got)
	}
	contacts, err = r.Contacts(ctx, owner)
	r.must(err)
	if !contacts[0].Failing.IsZero() || contacts[0].Took.IsZero() {
		t.Errorf("%+v", contacts[0])
	}
}

// R92: a message that is refused for good, and one that was tried for more than a day, is kept where people see it, and is sent again when
// somebody wants it; one of many who is refused keeps it from nobody else.
func TestDeadLettersR92(t *testing.T) {
	r := newRig(t)
	c, _, err := r.SaveContact(ctx, owner, here, notify.Draft{Name: "Owners", Way: notify.ByRole, Role: access.TenantOwner})
	r.must(err)
	r.rule(c.ID, event.BackupFailed)
	final := true
	r.out.failing(func(to notify.Receiver) error {
		if to.Mail == "alex@contoso.com" {
			return &notify.Failure{Reason: "The mail server refused the address.", Final: final}
		}
		return nil
	})
	failed := event.Event{ID: "b1", Kind: event.BackupFailed, Cause: "The disk is full", At: r.clock.Now()}
	r.must(r.events.Put(ctx, failed))
	r.pass(10*time.Minute, 10*time.Second)
	r.arrived("Owners: The backup failed")
	dead := func() []notify.Letter {
		page, err := r.Letters(ctx, owner, notify.LetterQuery{State: notify.Dead})
		r.must(err)
		return page.Rows
	}
	if list := dead(); len(list) != 1 || list[0].Mail != "alex@contoso.com" || list[0].Tries != 1 || list[0].Reason != "The mail server refused the address." {
		t.Fatalf("%+v", list)
	}
	final = false
	id := dead()[0].ID
	r.must(r.SendAgain(ctx, owner, here, id))
	if err := r.SendAgain(ctx, owner, here, id); problem.KindOf(err) != problem.Conflict {
		t.Errorf("twice: %v", err)
	}
	r.pass(3*day, time.Hour)
	if list := dead(); len(list) != 1 || list[0].Tries != 12 || list[0].Ended.Sub(r.clock.Now().Add(-3*day)) < day {
		t.Fatalf("%+v", list)
	}
	r.out.failing(nil)
	r.must(r.SendAgain(ctx, owner, here, id))
	r.pass(time.Minute, time.Second)
	if n := len(r.out.got); n != 2 || r.out.got[1].id != string(id) || r.out.got[1].to.Mail != "alex@contoso.com" {
		t.Errorf("%+v", r.out.got)
	}
	r.people = nil
	failed.ID = "b2"
	r.must(r.events.Put(ctx, failed))
	r.pass(10*time.Minute, time.Minute)
	if list := dead(); len(list) != 1 || list[0].Reason != "No email address is known of anyone with the role Tenant Owner." {
		t.Errorf("nobody: %+v", list)
	}
	if err := r.SendAgain(ctx, owner, here, dead()[0].ID); problem.KindOf(err) != problem.Conflict {
		t.Errorf("to nobody: %v", err)
	}
}

// R92: Purser ends in the middle of sending. The next process sends the message again, with the same id and saying that it may have arrived.
func TestARestartInTheMiddleOfSendingR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Broken)
	r.breaks("Wrong password", 0, 1)
	stopping, stop := context.WithCancel(ctx)
	r.out.failing(func(notify.Receiver) error { stop(); return nil }) // it took the message, and Purser never heard of it
	for range 20 {
		r.clock.Advance(time.Minute)
		r.must(r.Tick(stopping))
		r.Wait()
		if stopping.Err() != nil {
			break
		}
	}
	r.out.failing(nil)
	r.start()
	r.pass(time.Minute, time.Second)
	if n := len(r.out.got); n != 2 || r.out.got[0].id != r.out.got[1].id || r.out.got[0].m.Repeated || !r.out.got[1].m.Repeated {
		t.Errorf("%+v", r.out.got)
	}
	l, err := r.Letter(ctx, owner, notify.LetterID(r.out.got[1].id))
	r.must(err)
	if l.State != notify.Sent || l.Tries != 1 {
		t.Errorf("%+v", l)
	}
}

// R92: a process that is killed leaves a letter that is being sent: the next one sends it again and says so.
func TestAKillInTheMiddleOfSendingR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Broken)
	r.breaks("Wrong password", 0, 1)
	r.out.failing(func(notify.Receiver) error { return &notify.Failure{Reason: "Later."} })
	r.pass(16*time.Minute, time.Minute)
	page, err := r.Letters(ctx, owner, notify.LetterQuery{})
	r.must(err)
	r.must(r.store.Take(ctx, page.Rows[0].ID))
	r.out.failing(nil)
	r.pass(10*time.Minute, time.Minute)
	r.arrived()
	r.start()
	r.pass(time.Minute, time.Second)
	if len(r.out.got) != 1 || !r.out.got[0].m.Repeated {
		t.Errorf("%+v", r.out.got)
	}
}

// R92: usernames are named to whom that is allowed only, also where a profile is called by one.
func TestUsernamesAreForThoseWhoMaySeeThemR92(t *testing.T) {
	r := newRig(t)
	some, none := r.mail("Some", true), r.mail("None", false)
	_, err := r.SaveRule(ctx, owner, here, notify.Rule{Name: "Both", On: true, Kinds: []event.Kind{event.Broken}, Contacts: []notify.ContactID{some, none}})
	r.must(err)
	e := r.broken("Wrong password", 1)
	e.Object.Name = "Backup SVCP0001@contoso.com"
	r.must(r.events.Put(ctx, e))
	r.pass(20*time.Minute, time.Minute)
	for _, s := range r.out.got {
		text := strings.ToLower(fmt.Sprintf("%+v", s.m))
		if shows := strings.Contains(text, "svcp0001"); shows != (s.to.Name == "Some") {
			t.Errorf("%s reads %s", s.to.Name, text)
		}
	}
	if len(r.out.got) != 2 {
		t.Error(r.subjects())
	}
}

// R92: the address and the keys of a webhook are sealed and bound to their record, are in no message and no log, and both keys sign while one
// takes the other's place.
func TestTheSecretsOfAWebhookR92(t *testing.T) {
	r := newRig(t)
	c, key, err := r.SaveContact(ctx, owner, here, notify.Draft{Name: "Hook", Way: notify.Webhook, Address: secret.FromString(address)})
	r.must(err)
	if !strings.HasPrefix(string(key.Reveal()), "whsec_") || c.Host != "hooks.contoso.com" {
		t.Errorf("%+v", c)
	}
	r.must(r.Test(ctx, owner, here, c.ID))
	if to := r.out.got[0].to; string(to.Address.Reveal()) != address || len(to.Keys) != 1 || !to.Keys[0].Equal(key) || !r.out.got[0].m.Test {
		t.Errorf("%+v", r.out.got[0])
	}
	another, err := r.RenewKey(ctx, owner, here, c.ID, c.Version)
	r.must(err)
	r.must(r.Test(ctx, owner, here, c.ID))
	if keys := r.out.got[1].to.Keys; len(keys) != 2 || !keys[0].Equal(another) || !keys[1].Equal(key) {
		t.Errorf("%d keys", len(keys))
	}
	r.clock.Advance(day)
	r.must(r.Tidy(ctx))
	r.must(r.Test(ctx, owner, here, c.ID))
	if keys := r.out.got[2].to.Keys; len(keys) != 1 || !keys[0].Equal(another) {
		t.Errorf("%d keys", len(keys))
	}
	r.must(r.db.Pragma(ctx, `UPDATE notify_contacts SET host = 'elsewhere.contoso.com'`))
	if err := r.Test(ctx, owner, here, c.ID); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "changed outside of Purser") {
		t.Errorf("an address that was moved: %v", err)
	}
	if text := r.log.String(); strings.Contains(text, "Marked-Secret-2026") || strings.Contains(text, "whsec_") {
		t.Errorf("the log says %s", text)
	}
	links, err := r.db.Activity(ctx, 100)
	r.must(err)
	if text := fmt.Sprintf("%+v", links); strings.Contains(text, "Marked-Secret-2026") || strings.Contains(text, "whsec_") {
		t.Error("R60: the activity log holds a secret")
	}
}

// R92: what somebody enters is checked, each mistake beside its field, and each change needs the right and has its entry.
func TestWhatSomebodyEntersR92(t *testing.T) {
	r := newRig(t)
	fields := func(err error) (list []string) {
		for _, f := range problem.Fields(err) {
			list = append(list, f.Field)
		}
		return list
	}
	for want, rule := range map[string]notify.Rule{
		"name kinds receivers":      {},
		"kinds tenants receivers":   {Name: "Rule", Kinds: []event.Kind{"none"}, Tenants: []tenant.ID{"gone"}, Contacts: []notify.ContactID{"gone"}},
		"kinds receivers time zone": {Name: "Rule", Morning: true, Minute: -1, Zone: "Nowhere"},
	} {
		if _, err := r.SaveRule(ctx, owner, here, rule); strings.Join(fields(err), " ") != want {
			t.Errorf("%+v: %v", rule, fields(err))
		}
	}
	for want, d := range map[string]notify.Draft{
		"name way": {}, "email": {Name: "Team", Way: notify.Mail, Mail: "Team <team@contoso.com>"}, "role": {Name: "All", Way: notify.ByRole, Role: "reader"},
		"address": {Name: "Hook", Way: notify.Webhook, Address: secret.FromString("http://hooks.contoso.com/")},
	} {
		if _, _, err := r.SaveContact(ctx, owner, here, d); strings.Join(fields(err), " ") != want {
			t.Errorf("%+v: %v", d, err)
		}
	}
	for _, text := range []string{"", "https://user:pass@hooks.contoso.com/", "https://hooks.fabrikam.com/", "://"} {
		if _, _, err := r.SaveContact(ctx, owner, here, notify.Draft{Name: "Hook", Way: notify.Teams, Address: secret.FromString(text)}); !slices.Equal(fields(err), []string{"address"}) {
			t.Errorf("%q: %v", text, err)
		}
	}
	team := r.mail("Team", true)
	if _, _, err := r.SaveContact(ctx, owner, here, notify.Draft{Name: "TEAM", Way: notify.Mail, Mail: "x@contoso.com"}); !slices.Equal(fields(err), []string{"name"}) {
		t.Errorf("a name that is taken: %v", err)
	}
	rule := r.rule(team, event.Broken)
	if _, err := r.SaveRule(ctx, owner, here, notify.Rule{ID: rule.ID, Name: rule.Name, Kinds: rule.Kinds, Contacts: rule.Contacts, Version: 9}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("another version: %v", err)
	}
	if err := r.RemoveContact(ctx, owner, here, team, 1); problem.KindOf(err) != problem.Conflict {
		t.Errorf("a contact that a rule names: %v", err)
	}
	r.must(r.RemoveRule(ctx, owner, here, rule.ID, rule.Version))
	r.must(r.RemoveContact(ctx, owner, here, team, 1))
	if got := r.logged(); !slices.Equal(got, []string{"notification receiver saved", "notification rule saved", "notification rule removed", "notification receiver removed"}) {
		t.Errorf("%q", got)
	}
	for what, err := range map[string]error{
		"rules": second(r.Rules(ctx, alex)), "contacts": second(r.Contacts(ctx, alex)), "letters": second(r.Letters(ctx, alex, notify.LetterQuery{})), "a test": r.Test(ctx, alex, here, team),
		"a rule": second(r.SaveRule(ctx, alex, here, rule)), "removing": r.RemoveRule(ctx, alex, here, rule.ID, 1), "again": r.SendAgain(ctx, alex, here, "x"),
		"acknowledging": r.Acknowledge(ctx, access.Caller{Subject: "s3"}, here, event.Object{}, ""),
	} {
		if problem.KindOf(err) != problem.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// R92: people who chose it are reminded every week of what is still broken, unless somebody acknowledged it or snoozed it; what is snoozed is
// told when that is over, and what somebody acknowledged is told anew when it breaks again.
func TestAcknowledgeAndSnoozeR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Broken, event.Recovered, event.StillBroken)
	begin := r.clock.Now()
	known, later, plain := r.broken("Wrong password", 1), r.broken("Account locked", 2), r.broken("Account blocked", 3)
	for _, e := range []event.Event{known, later, plain} {
		r.must(r.events.Put(ctx, e))
		r.standing = append(r.standing, notify.Standing{Object: e.Object, Tenant: e.Tenant, Account: e.Account, Cause: e.Cause, Since: begin})
	}
	r.pass(time.Hour, 10*time.Minute)
	r.must(r.Acknowledge(ctx, alex, here, known.Object, "The ticket is open"))
	r.must(r.Snooze(ctx, alex, here, later.Object, begin.Add(10*day), ""))
	if err := r.Snooze(ctx, alex, here, later.Object, begin.Add(-day), ""); len(problem.Fields(err)) != 1 {
		t.Errorf("snoozed until yesterday: %v", err)
	}
	again := r.broken("Account locked", 2)
	r.must(r.events.Put(ctx, again)) // it is snoozed, whatever becomes of it
	for range 15 * 8 {
		r.clock.Advance(3 * time.Hour)
		r.must(r.Remind(ctx))
		r.must(r.Tick(ctx))
		r.Wait()
	}
	slices.SortStableFunc(r.out.got[:3], func(a, b sent) int { return strings.Compare(a.m.Subject, b.m.Subject) })
	broken := []string{"Team: Contoso: Profile p0001 stopped working", "Team: Contoso: Profile p0002 stopped working", "Team: Contoso: Profile p0003 stopped working"}
	r.arrived(append(broken, "Team: Contoso: Profile p0003 still doesn't work", "Team: Contoso: Profile p0002 still doesn't work", "Team: Contoso: Profile p0003 still doesn't work")...)
	works := r.broken("Valid", 1)
	works.Kind, works.ID = event.Recovered, "recovered"
	r.must(r.events.Put(ctx, works))
	r.must(r.Tick(ctx))
	marks, err := r.Marks(ctx, alex, []event.Object{{Kind: "profile", ID: "p0001"}, {Kind: "profile", ID: "p0002"}})
	r.must(err)
	if len(marks) != 0 {
		t.Errorf("%+v", marks)
	}
	r.must(r.Snooze(ctx, alex, here, later.Object, r.clock.Now().Add(day), "Until tomorrow"))
	r.must(r.Withdraw(ctx, alex, here, later.Object))
	if got := r.logged(); !slices.Equal(got[len(got)-4:], []string{"break acknowledged", "break snoozed", "break snoozed", "acknowledgment withdrawn"}) {
		t.Errorf("%q", got)
	}
}

// R92: a new rule tells nobody what happened before it, and what concerns no tenant is told whatever tenants a rule is for.
func TestWhatARuleIsForR92(t *testing.T) {
	r := newRig(t)
	r.breaks("Wrong password", 0, 3)
	r.must(r.Tick(ctx))
	team := r.mail("Team", true)
	_, err := r.SaveRule(ctx, owner, here, notify.Rule{Name: "Fabrikam", On: true, Kinds: []event.Kind{event.Broken, event.LogBroken}, Tenants: []tenant.ID{fabrikam}, Contacts: []notify.ContactID{team}})
	r.must(err)
	r.breaks("Wrong password", 3, 4)
	r.must(r.events.Put(ctx, event.Event{ID: "l1", Kind: event.LogBroken, At: r.clock.Now()}))
	r.pass(day, 10*time.Minute)
	r.arrived("Team: The activity log was altered")
}

// R92: every kind of event has words, of one and of many.
func TestEveryKindHasWordsR92(t *testing.T) {
	r := newRig(t)
	r.rule(r.mail("Team", true), event.Kinds()...)
	for _, k := range event.Kinds() {
		for n := range 3 {
			cause := "One"
			if n > 0 {
				cause = "Many"
			}
			r.must(r.events.Put(ctx, event.Event{ID: event.IDOf(k, fmt.Sprint(n)), Kind: k, Tenant: contoso, Object: event.Object{Kind: "profile", ID: "p1", Name: "Backup"}, Cause: cause, At: r.clock.Now()}))
		}
	}
	r.pass(30*time.Minute, 20*time.Second)
	if len(r.out.got) != 2*len(event.Kinds()) {
		t.Errorf("%q", r.subjects())
	}
	for _, s := range r.out.got {
		if text := fmt.Sprint(s.m.Subject, s.m.Lines); strings.ContainsAny(text, "{}") || !strings.HasPrefix(s.m.Subject, "Contoso: ") || !strings.HasPrefix(s.m.Lines[0], "In Contoso, ") {
			t.Errorf("%s", text)
		}
	}
}
