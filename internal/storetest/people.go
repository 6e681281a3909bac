package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/people"
	"purser.example/internal/session"
)

// People holds a people.Store to its promises.
func People(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a person comes back as they were stored, by id and by issuer and subject, and one who is not there is none", func(r *rig) {
			want := person("p1", access.ServiceAdministrator)
			want.Deactivated, want.Primary, want.Mail, want.GivenBy, want.GivenAt, want.Claim = true, true, "adele@fabrikam.com", "Megan", monday, access.TenantOwner
			r.arrived(want)
			r.same("by id", r.person("p1"), want)
			got, err := r.People.Known(ctx, want.Issuer, want.Subject)
			r.must(err)
			r.same("by subject", got, want)
			for _, of := range []string{"", "another"} {
				if _, err := r.People.Known(ctx, want.Issuer, of); !errors.Is(err, people.ErrNone) {
					r.Errorf("%q: %v", of, err)
				}
			}
			if _, err := r.People.Find(ctx, "p2"); !errors.Is(err, people.ErrNone) {
				r.Errorf("not there: %v", err)
			}
		}},
		{"a sign-in finds whom it may be of, by subject first and by object then, and absorbs the others", func(r *rig) {
			known, added := person("p1", ""), person("p2", access.TenantOwner)
			known.Object = ""
			added.Subject, added.Issuer, added.Seen = "", "", time.Time{}
			r.arrived(known)
			r.arrived(added)
			r.came(r.People.Arrive(ctx, people.Whom{Issuer: known.Issuer, Subject: known.Subject, Tenant: added.Tenant, Object: added.Object}, func(now people.Arriving) (people.Arrived, error) {
				r.same("whom it finds", now.Found, []people.Person{known, added})
				now.Found[0].Object = added.Object
				return people.Arrived{Person: now.Found[0], Gone: []people.ID{"p2"}}, nil
			}))
			r.same("the object", r.person("p1").Object, added.Object)
			if _, err := r.People.Find(ctx, "p2"); !errors.Is(err, people.ErrNone) {
				r.Errorf("the other: %v", err)
			}
		}},
		{"a sign-in under another subject ends the sessions of the former one, and nobody waits for who has come", func(r *rig) {
			known, other, waits := person("p1", ""), person("p2", ""), person("p3", "")
			waits.WaitsFor = "p1"
			for _, p := range []people.Person{known, other, waits} {
				r.arrived(p)
				row := signedIn(session.Key("of "+p.ID), 0)
				row.Caller.Issuer, row.Caller.Subject = p.Issuer, p.Subject
				r.must(r.Sessions.Begin(ctx, row))
			}
			ended, err := r.People.Arrive(ctx, people.Whom{Issuer: known.Issuer, Subject: "another", Tenant: known.Tenant, Object: known.Object}, func(now people.Arriving) (people.Arrived, error) {
				now.Found[0].Subject = "another"
				return people.Arrived{Person: now.Found[0]}, nil
			})
			r.must(err)
			r.same("the sessions that end", ended, []string{"of p1"})
			r.same("the others", r.there("of p1", "of p2", "of p3")(), []session.Key{"of p2", "of p3"})
			r.same("who waits", r.person("p3").WaitsFor, people.ID(""))
			list, err := r.People.Waiting(ctx)
			r.must(err)
			r.same("the list of those who wait", len(list), 0)
		}},
		{"a sign-in is stored with its entries or not at all", func(r *rig) {
			p := person("p1", "")
			r.allOrNothing(done, r.everybody, func() error {
				_, err := r.People.Arrive(ctx, people.Whom{}, func(people.Arriving) (people.Arrived, error) {
					return people.Arrived{Person: p, Entries: []audit.Entry{r.entry(done)}}, nil
				})
				return err
			})
		}},
		{"a change is stored with its entries and ends the sessions it names, or nothing of it is", func(r *rig) {
			p := person("p1", access.TenantOwner)
			r.arrived(p)
			row := signedIn("s1", 0)
			row.Caller.Issuer, row.Caller.Subject = p.Issuer, p.Subject
			r.must(r.Sessions.Begin(ctx, row))
			r.must(r.Sessions.Begin(ctx, signedIn("s2", 0)))
			state := func() any { return fmt.Sprint(r.everybody(), r.there("s1", "s2")()) }
			var ended []string
			r.allOrNothing(done, state, func() (err error) {
				ended, err = r.People.Change(ctx, people.Whom{}, p.Issuer, []people.ID{"p1"}, func(now people.Standing) (people.Outcome, error) {
					after := now.Rows[0]
					after.Deactivated = true
					return people.Outcome{Kept: []people.Person{after}, Shut: []people.ID{"p1"}, Entries: []audit.Entry{r.entry(done)}}, nil
				})
				return err
			})
			r.same("what ended", ended, []string{"s1"})
			r.same("what is left", r.there("s1", "s2")(), any([]session.Key{"s2"}))
		}},
		{"a change of somebody who is gone is none, and one that is refused changes nothing", func(r *rig) {
			r.arrived(person("p1", access.TenantOwner))
			refused := errors.New("refused")
			for want, ids := range map[error][]people.ID{people.ErrNone: {"p1", "p2"}, refused: {"p1"}} {
				_, err := r.People.Change(ctx, people.Whom{}, "", ids, func(people.Standing) (people.Outcome, error) { return people.Outcome{}, refused })
				if !errors.Is(err, want) {
					r.Errorf("%v: %v", ids, err)
				}
			}
		}},
		{"a change is told who else gets in", waysIn},
		{"pages follow each other in each order and back, and a search finds names and sign-ins without regard to case and accents", pagesOfPeople},
	})
}

func waysIn(r *rig) {
	const here = "https://idp.contoso.com"
	stands := func(ids ...people.ID) string {
		text := ""
		_, err := r.People.Change(ctx, people.Whom{Issuer: here, Subject: "subject of p1"}, here, ids, func(now people.Standing) (people.Outcome, error) {
			text = fmt.Sprintf("enter %v own %v entered %v primary %v actor %v", now.Enter, now.Own, now.Entered, now.Primary != nil, now.Actor != nil)
			return people.Outcome{}, nil
		})
		r.must(err)
		return text
	}
	r.arrived(person("p1", access.TenantOwner))
	r.same("one alone", stands("p1"), "enter false own false entered true primary false actor true")
	r.same("of nobody", stands(), "enter true own true entered true primary false actor true")
	waiting := person("p2", access.TenantOwner)
	waiting.Seen = time.Time{}
	r.arrived(waiting)
	r.same("one who has not come", stands("p1"), "enter false own true entered true primary false actor true")
	out := person("p3", access.TenantOwner)
	out.Deactivated, out.Primary = true, true
	r.arrived(out)
	r.same("one who is out", stands("p1", "p2"), "enter false own false entered true primary true actor true")
	group := people.Person{ID: "g1", Kind: people.Group, Name: "Operators", Tenant: contoso.ID, Object: "o-g1", Given: access.TenantOwner, Added: monday, Proof: []byte("proof")}
	r.arrived(group)
	r.same("a group without anybody", stands("p1", "p2"), "enter false own true entered true primary true actor true")
	member := person("p4", "")
	r.came(r.People.Arrive(ctx, people.Whom{}, func(people.Arriving) (people.Arrived, error) {
		return people.Arrived{Person: member, Read: true, Groups: []people.Membership{{Group: group, Proof: []byte("in")}}}, nil
	}))
	r.same("the member", r.person("p4").GroupedBy, "Operators")
	r.same("a group with somebody", stands("p1", "p2"), "enter true own true entered true primary true actor true")
	r.same("the group itself", stands("p1", "p2", "g1"), "enter false own false entered true primary true actor true")
	_, err := r.People.Change(ctx, people.Whom{}, here, []people.ID{"g1"}, func(people.Standing) (people.Outcome, error) {
		return people.Outcome{Removed: []people.ID{"g1"}}, nil
	})
	r.must(err)
	r.same("a member of a group that is gone", r.person("p4").Role(), access.Role(""))
}

func pagesOfPeople(r *rig) {
	const all = 23
	for n := range all {
		p := person(people.ID(named("p", n)), people.Ranked(n%3))
		p.Name, p.SignIn, p.Deactivated = fmt.Sprintf("Zoë %02d", (n*7)%all), fmt.Sprintf("s%02d@contoso.com", (n*5)%all), n%4 == 0
		p.Seen = monday.Add(time.Duration(n%5) * time.Hour)
		r.arrived(p)
	}
	for _, sort := range people.Columns {
		for _, down := range []bool{false, true} {
			q := people.Query{Sort: sort, Down: down, Limit: 5}
			var forth []people.ID
			var page people.Page
			for {
				page = r.people(q)
				forth = append(forth, peopleIDs(page)...)
				if page.Next == "" {
					break
				}
				q.After = page.Next
			}
			back := peopleIDs(page)
			for page.Previous != "" {
				page = r.people(people.Query{Sort: sort, Down: down, Limit: 5, Before: page.Previous})
				back = slices.Concat(peopleIDs(page), back)
			}
			if len(slices.Compact(slices.Sorted(slices.Values(forth)))) != all {
				r.Errorf("by %s: %d rows", sort, len(forth))
			}
			r.same("back by "+string(sort), back, forth)
		}
	}
	r.same("a search by name", r.people(people.Query{Text: "zoe 1", Sort: people.ByName, Limit: 50}).Total, 10)
	r.same("a search by sign-in", len(r.people(people.Query{Text: "S07@", Sort: people.ByName, Limit: 50}).Rows), 1)
	r.same("a cursor that is none", len(r.people(people.Query{After: "nonsense", Sort: people.BySeen, Limit: 50}).Rows), all)
}

func peopleIDs(page people.Page) (ids []people.ID) {
	for _, p := range page.Rows {
		ids = append(ids, p.ID)
	}
	return ids
}

// person is somebody who has signed in and was given a role.
func person(id people.ID, given access.Role) people.Person {
	return people.Person{
		ID: id, Kind: people.OnePerson, Name: "Adele Vance", SignIn: "adele@contoso.com", Issuer: "https://idp.contoso.com", Subject: "subject of " + string(id), Tenant: contoso.ID,
		Object: "object of " + string(id), Given: given, Added: monday, Seen: monday, Proof: []byte("proof of " + id),
	}
}

// came is must for a sign-in, which ends no sessions.
func (r *rig) came(ended []string, err error) {
	r.Helper()
	r.must(err)
	r.same("the sessions that end", len(ended), 0)
}

func (r *rig) arrived(p people.Person) {
	r.Helper()
	r.came(r.People.Arrive(ctx, people.Whom{}, func(people.Arriving) (people.Arrived, error) { return people.Arrived{Person: p}, nil }))
}

func (r *rig) person(id people.ID) people.Person {
	r.Helper()
	p, err := r.People.Find(ctx, id)
	r.must(err)
	return p
}

func (r *rig) people(q people.Query) people.Page {
	r.Helper()
	page, err := r.People.List(ctx, q)
	r.must(err)
	return page
}

func (r *rig) everybody() any {
	return r.people(people.Query{Sort: people.ByName, Limit: 100}).Rows
}
