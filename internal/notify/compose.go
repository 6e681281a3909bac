package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// phrase is how events of one kind are told: in the subject, and in a sentence, of one and of many. {object}, {n} and {cause} stand for what
// they are.
type phrase struct{ subject, subjects, sentence, sentences string }

var phrases = map[event.Kind]phrase{
	event.Broken:        {"{object} stopped working", "{n} accounts stopped working", "{object} no longer signs in. Cause: {cause}.", "{n} accounts no longer sign in. Cause: {cause}."},
	event.Recovered:     {"{object} works again", "{n} accounts work again", "{object} signs in again.", "{n} accounts sign in again."},
	event.StillBroken:   {"{object} still doesn't work", "{n} accounts still don't work", "{object} still doesn't sign in. Cause: {cause}.", "{n} accounts still don't sign in. Cause: {cause}."},
	event.Unreachable:   {"accounts couldn't be checked", "accounts couldn't be checked for {n} nights", "no account could be checked for a whole night. Cause: {cause}.", "no account could be checked for {n} nights. Cause: {cause}."},
	event.Ending:        {"{object}: {cause}", "{cause}: {n}", "{object}: {cause}.", "{cause}: {n} of them."},
	event.Drifted:       {"{object}: {cause}", "{n} accounts: {cause}", "{object} changed in Microsoft 365: {cause}.", "{n} accounts changed in Microsoft 365: {cause}."},
	event.RoleRequested: {"{object} asks for a role", "{n} people ask for a role", "{object} signed in without a role and asks for one.", "{n} people signed in without a role and ask for one."},
	event.ScanFailed:    {"the scan {object} failed", "{n} scans failed", "the scan {object} failed. Cause: {cause}.", "{n} scans failed. Cause: {cause}."},
	event.BackupFailed:  {"the backup failed", "{n} backups failed", "the scheduled backup was not made. Cause: {cause}.", "{n} scheduled backups were not made. Cause: {cause}."},
	event.LogBroken:     {"the activity log was altered", "the activity log was altered", "a verification found that the activity log was altered.", "{n} verifications found that the activity log was altered."},
	event.Retirement:    {"{object}: {cause}", "{cause}: {n}", "{object}: {cause}.", "{cause}: {n} of them."},
}

// phraseOf also has one for kinds of a newer Purser.
func phraseOf(k event.Kind) phrase {
	if p, known := phrases[k]; known {
		return p
	}
	return phrase{"{object}: {cause}", "{cause}: {n}", "{object}: {cause}.", "{cause}: {n}."}
}

// compose writes the message of what waits in a bundle.
func (s *Service) compose(ctx context.Context, c Contact, b Bundle, heaps []Heap, n int, now time.Time) (Message, error) {
	m := Message{At: now, Update: b.Messages > 0 && !b.Morning, Kind: b.Kind, Tenant: b.Tenant, Count: n}
	named := 0
	for _, h := range heaps {
		name, err := s.called(ctx, h.Tenant)
		if err != nil {
			return m, err
		}
		named += h.N
		m.Lines = append(m.Lines, h.sentence(c, name))
		for _, e := range h.First {
			if len(m.Things) < mostThings {
				m.Things = append(m.Things, thing(c, e))
			}
		}
		if m.Subject == "" {
			m.Subject = h.subject(c, name)
		}
	}
	if more := n - named; more > 0 {
		m.Lines = append(m.Lines, "And "+plural(more, "event", "events")+" more.")
	}
	m.More = n - len(m.Things)
	var about event.Object
	if m.Count == 1 {
		about = heaps[0].First[0].Object
	}
	m.Links = []Link{s.Page(heaps[0].Kind, about)}
	switch {
	case b.Morning:
		m.Subject = "This morning in Purser: " + plural(m.Count, "event", "events")
		m.Links = []Link{s.Page("", event.Object{})}
	case m.Update:
		m.Subject = "Update: " + m.Subject
		m.Lines = append(m.Lines, fmt.Sprintf("That makes %d since %s, with the message of before.", b.Told+m.Count, clock(b.Began)))
	}
	return m, nil
}

func clock(at time.Time) string { return at.UTC().Format("January 2, 2006 15:04 UTC") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// called is what people call a tenant; empty where there is none. One that is gone is named by its ID.
func (s *Service) called(ctx context.Context, t tenant.ID) (string, error) {
	if t == "" {
		return "", nil
	}
	of, err := s.Tenants.Find(ctx, t)
	if errors.Is(err, tenant.ErrNotConnected) {
		return string(t), nil
	}
	return shown.Name(of.DisplayName), err
}

func (h Heap) subject(c Contact, tenant string) string {
	p := phraseOf(h.Kind)
	text := h.fill(c, p.subject, p.subjects)
	if tenant != "" {
		return tenant + ": " + text
	}
	return upper(text)
}

func (h Heap) sentence(c Contact, tenant string) string {
	p := phraseOf(h.Kind)
	text := h.fill(c, p.sentence, p.sentences)
	if tenant != "" {
		return "In " + tenant + ", " + text
	}
	return upper(text)
}

// fill puts into a phrase what it stands for.
func (h Heap) fill(c Contact, one, many string) string {
	text, object := many, ""
	if h.N == 1 {
		text = one
	}
	if len(h.First) > 0 {
		object = nameFor(c, h.First[0])
	}
	return strings.NewReplacer("{object}", object, "{n}", strconv.Itoa(h.N), "{cause}", h.Cause).Replace(text)
}

// nameFor is what a contact may read an object called: no name that has the username in it, where they may not see that.
func nameFor(c Contact, e event.Event) string {
	if e.Object.Name == "" || !c.seesUsernames() && e.Account != "" && strings.Contains(account.Fold(e.Object.Name), account.Fold(e.Account)) {
		return "a " + e.Object.Kind
	}
	return shown.Name(e.Object.Name)
}

func thing(c Contact, e event.Event) Thing {
	t := Thing{Name: nameFor(c, e), Facts: e.Facts}
	if c.seesUsernames() {
		t.Account = shown.Name(e.Account)
	}
	return t
}

// upper begins a sentence.
func upper(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
