package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/tenant"
)

// team is a contact, and hook one with sealed values.
func team() notify.KeptContact {
	by := account.Stamp{At: monday, By: "Adele Vance"}
	return notify.KeptContact{Contact: notify.Contact{ID: "c1", Name: "Team", Way: notify.Mail, Mail: "team@contoso.com", Version: 1, Created: by, Modified: by}}
}

func hook() notify.KeptContact {
	c := team()
	c.ID, c.Name, c.Way, c.Mail, c.Host, c.Usernames = "c2", "Hook", notify.Webhook, "", "hooks.contoso.com", true
	c.Address, c.Key, c.Former, c.FormerUntil = []byte("address"), []byte("key"), []byte("former"), monday.Add(time.Hour)
	return c
}

func rule() notify.Rule {
	by := account.Stamp{At: monday, By: "Adele Vance"}
	return notify.Rule{
		ID: "r1", Name: "Breaks", On: true, Kinds: []event.Kind{event.Broken}, Tenants: []tenant.ID{contoso.ID}, Contacts: []notify.ContactID{"c1"},
		Morning: true, Minute: 480, Zone: "Europe/Berlin", Version: 1, Created: by, Modified: by,
	}
}

// Notices holds a notify.Store to its promises.
func Notices(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a rule is stored with its entry or not at all, over the version that somebody saw, under a name of its own", func(r *rig) {
			list := func() any { got, err := r.Notices.Rules(ctx); r.must(err); return got }
			r.allOrNothing(done, list, func() error { return r.Notices.SaveRule(ctx, rule(), 0, r.entry(done)) })
			r.same("stored", list(), any([]notify.Rule{rule()}))
			other := rule()
			other.ID, other.Name = "r2", "breaks"
			r.fails(r.Notices.SaveRule(ctx, other, 0, r.entry(done)), notify.ErrTaken)
			r.fails(r.Notices.SaveRule(ctx, rule(), 7, r.entry(done)), notify.ErrChanged)
			other.Name = "Others"
			r.fails(r.Notices.SaveRule(ctx, other, 1, r.entry(done)), notify.ErrGone)
			now := rule()
			now.On, now.Tenants, now.Version = false, nil, 2
			r.must(r.Notices.SaveRule(ctx, now, 1, r.entry(done)))
			now.Tenants = []tenant.ID{}
			r.same("changed", list(), any([]notify.Rule{now}))
			r.allOrNothing(done, list, func() error { return r.Notices.RemoveRule(ctx, "r1", 2, r.entry(done)) })
		}},
		{"a contact keeps what is sealed of it where nothing else is given, and with it goes what waits", func(r *rig) {
			list := func() any { got, err := r.Notices.Contacts(ctx); r.must(err); return got }
			r.allOrNothing(done, list, func() error { return r.Notices.SaveContact(ctx, hook(), 0, r.entry(done)) })
			now := hook()
			now.Version, now.Address, now.Former, now.Key = 2, nil, nil, []byte("another")
			r.must(r.Notices.SaveContact(ctx, now, 1, r.entry(done)))
			got, err := r.Notices.Contact(ctx, "c2")
			r.must(err)
			want := hook()
			want.Version, want.Key = 2, []byte("another")
			r.same("kept", got, want)
			r.must(r.Notices.DropFormer(ctx, monday))
			r.must(r.Notices.DropFormer(ctx, monday.Add(time.Hour)))
			got, err = r.Notices.Contact(ctx, "c2")
			r.must(err)
			r.same("the former key", []any{got.Former, got.FormerUntil}, []any{[]byte(nil), time.Time{}})
			r.routed(notify.Parcel{Event: r.happen(1), Contact: "c2"})
			r.must(r.Notices.RemoveContact(ctx, "c2", 2, r.entry(done)))
			r.same("what waited", r.due(), 0)
			_, err = r.Notices.Contact(ctx, "c2")
			r.fails(err, notify.ErrGone)
		}},
		{"events are routed once, all or none, and none waits for a contact that is gone", func(r *rig) {
			r.must(r.Notices.SaveContact(ctx, team(), 0, r.entry(done)))
			first, second := r.happen(1), r.happen(2)
			untold, err := r.Notices.Untold(ctx, 1)
			r.must(err)
			r.same("untold", []any{len(untold), untold[0].No}, []any{1, first})
			topic := notify.Topic{Kind: event.Broken, Tenant: contoso.ID, Cause: "Wrong password"}
			r.routed(notify.Parcel{Event: first, Contact: "c1", Topic: topic}, notify.Parcel{Event: second, Contact: "c1", Topic: topic}, notify.Parcel{Event: second, Contact: "gone", Topic: topic})
			untold, err = r.Notices.Untold(ctx, 9)
			r.must(err)
			r.same("untold", len(untold), 0)
			r.same("bundles", r.due(), 1)
		}},
		{"what is posted is taken from its bundle together, and what came meanwhile waits on", func(r *rig) {
			r.must(r.Notices.SaveContact(ctx, team(), 0, r.entry(done)))
			topic := notify.Topic{Kind: event.Broken, Tenant: contoso.ID, Cause: "Wrong password"}
			for n := range 3 {
				r.routed(notify.Parcel{Event: r.happen(n), Contact: "c1", Topic: topic})
			}
			bundles, err := r.Notices.DueBundles(ctx, monday, monday.Add(time.Hour), monday.Add(time.Hour), 9)
			r.must(err)
			b := bundles[0]
			heaps, n, through, err := r.Notices.Heaps(ctx, b.No, 5, 2)
			r.must(err)
			r.same("heaps", []any{n, len(heaps), heaps[0].N, len(heaps[0].First), heaps[0].First[0].ID}, []any{3, 1, 3, 2, happened(0, event.Broken, contoso.ID).ID})
			r.routed(notify.Parcel{Event: r.happen(7), Contact: "c1", Topic: topic})
			b.Due, b.Told, b.Messages = time.Time{}, 3, 1
			l := notify.Letter{ID: "l1", Contact: "c1", Called: "Team", Way: notify.Mail, Mail: "team@contoso.com", Message: notify.Message{Subject: "Subject", At: monday, Count: 3}, State: notify.Waiting, Made: monday, Next: monday}
			r.must(r.Notices.Post(ctx, b, through, []notify.Letter{l}))
			got, err := r.Notices.Letter(ctx, "l1")
			r.must(err)
			r.same("the letter", got, l)
			_, n, _, err = r.Notices.Heaps(ctx, b.No, 5, 2)
			r.must(err)
			r.same("left", []any{n, r.due()}, []any{1, 1})
			next, err := r.Notices.Next(ctx)
			r.must(err)
			r.same("next", next, monday)
		}},
		{"one takes a letter, what came of it is stored with the contact, and what nobody saw the end of waits again (R92)", func(r *rig) {
			r.must(r.Notices.SaveContact(ctx, team(), 0, r.entry(done)))
			r.letter("l1")
			won, lost := atOnce(8, func(int) error { return r.Notices.Take(ctx, "l1") })
			r.oneWon(won, lost, notify.ErrChanged)
			n, err := r.Notices.Recover(ctx, monday)
			r.must(err)
			l, err := r.Notices.Letter(ctx, "l1")
			r.must(err)
			r.same("recovered", []any{n, l.State, l.Unsure, l.Tries}, []any{1, notify.Waiting, true, 1})
			r.must(r.Notices.Attempted(ctx, l, notify.Attempted{State: notify.Dead, At: monday, Reason: "No."}))
			c, err := r.Notices.Contact(ctx, "c1")
			r.must(err)
			r.same("the contact", []any{c.Failing, c.Reason}, []any{monday, "No."})
			figures, err := r.Notices.Figures(ctx)
			r.must(err)
			r.same("figures", figures, notify.Figures{Dead: 1})
			state := func() any { l, err := r.Notices.Letter(ctx, "l1"); r.must(err); return l }
			r.allOrNothing(done, state, func() error { return r.Notices.Again(ctx, "l1", monday, r.entry(done)) })
			r.fails(r.Notices.Again(ctx, "l1", monday, r.entry(done)), notify.ErrChanged)
			r.must(r.Notices.Take(ctx, "l1"))
			r.must(r.Notices.Attempted(ctx, l, notify.Attempted{State: notify.Sent, At: monday.Add(time.Minute)}))
			c, err = r.Notices.Contact(ctx, "c1")
			r.must(err)
			r.same("it takes them again", []any{c.Failing, c.Reason, c.Took}, []any{time.Time{}, "", monday.Add(time.Minute)})
			more, err := r.Notices.ForgetLetters(ctx, notify.Sent, monday.Add(time.Hour), 9)
			r.must(err)
			_, err = r.Notices.Letter(ctx, "l1")
			r.same("forgotten", []any{more, errors.Is(err, notify.ErrGone)}, []any{false, true})
		}},
		{"letters are read page by page, newest first", func(r *rig) {
			for _, id := range []notify.LetterID{"a", "b", "c"} {
				r.letter(id)
			}
			page, err := r.Notices.Letters(ctx, notify.LetterQuery{Limit: 2})
			r.must(err)
			rest, err := r.Notices.Letters(ctx, notify.LetterQuery{Limit: 2, After: page.Next})
			r.must(err)
			r.same("pages", []any{page.Rows[0].ID, page.Rows[1].ID, rest.Rows[0].ID, rest.Next}, []any{notify.LetterID("c"), notify.LetterID("b"), notify.LetterID("a"), ""})
			dead, err := r.Notices.Letters(ctx, notify.LetterQuery{State: notify.Dead})
			r.must(err)
			r.same("dead", len(dead.Rows), 0)
		}},
		{"a mark is stored with its entry or not at all, and what is acknowledged ends when it works again", func(r *rig) {
			object := event.Object{Kind: "profile", ID: "p1"}
			m := notify.Mark{Object: object, Acknowledged: true, Because: "Known", By: "Adele Vance", At: monday}
			state := func() any { got, err := r.Notices.Marks(ctx, []event.Object{object}); r.must(err); return got }
			r.allOrNothing(done, state, func() error { return r.Notices.SetMark(ctx, m, r.entry(done)) })
			r.same("marked", state(), any([]notify.Mark{m}))
			r.must(r.Notices.Route(ctx, notify.Routing{Recovered: []event.Object{object}}, nil))
			r.same("recovered", state(), any([]notify.Mark(nil)))
			m.Acknowledged, m.Until = false, monday.Add(time.Hour)
			r.must(r.Notices.SetMark(ctx, m, r.entry(done)))
			r.must(r.Notices.Route(ctx, notify.Routing{Recovered: []event.Object{object}}, nil))
			r.same("snoozed", state(), any([]notify.Mark{m}))
			r.allOrNothing(done, state, func() error { return r.Notices.RemoveMark(ctx, object, r.entry(done)) })
		}},
	})
}

func (r *rig) fails(err, with error) {
	r.Helper()
	if !errors.Is(err, with) {
		r.Errorf("%v, want %v", err, with)
	}
}

// happen stores the n-th event, and gives its number.
func (r *rig) happen(n int) int64 {
	r.Helper()
	r.must(r.Events.Put(ctx, happened(n, event.Broken, contoso.ID)))
	no, err := r.Events.Newest(ctx)
	r.must(err)
	return no
}

// routed routes events, each due at once.
func (r *rig) routed(parcels ...notify.Parcel) {
	r.Helper()
	var routing notify.Routing
	for _, p := range parcels {
		routing.Events, routing.Parcels = append(routing.Events, p.Event), append(routing.Parcels, p)
	}
	r.must(r.Notices.Route(ctx, routing, func(b notify.Bundle) notify.Bundle {
		b.Due, b.Last = monday, monday
		return b
	}))
}

// due counts the bundles that are due.
func (r *rig) due() int {
	r.Helper()
	list, err := r.Notices.DueBundles(ctx, monday, monday.Add(time.Hour), monday.Add(time.Hour), 9)
	r.must(err)
	return len(list)
}

// letter stores a letter of its own.
func (r *rig) letter(id notify.LetterID) {
	r.Helper()
	r.must(r.Notices.Post(ctx, notify.Bundle{}, 0, []notify.Letter{{ID: id, Contact: "c1", Called: "Team", Way: notify.Mail, Mail: "team@contoso.com", State: notify.Waiting, Made: monday, Next: monday}}))
}
