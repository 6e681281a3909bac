package pool

import (
	"strconv"

	"purser.example/internal/run"
)

// seal makes what is stored of the members: app passwords for their credentials, new passwords for the items of a check, so that
// what was accepted outlives this process.
func (s *Service) seal(w *saving) error {
	for _, m := range w.change.Members {
		have := w.members[m.User]
		t := Touch{User: m.User, MFA: m.MFA, Forget: m.Forget, By: w.pool.By}
		var err error
		switch {
		case m.Password.Empty():
		case m.MFA:
			t.AppPassword, err = s.ring.Seal(m.Password, passwordRecord(w.change.Key, m.User, have.Username, fieldAppPassword))
		default:
			t.Check = true
			err = s.addItem(w, have, m)
		}
		if err != nil {
			return err
		}
		if t.Renews() || m.MFA != have.MFA {
			w.touched = append(w.touched, t)
			w.noteMember(t, have)
		}
	}
	return nil
}

// noteMember writes down what becomes of a member, but for new passwords: those have entries of their own when they are checked.
func (w *saving) noteMember(t Touch, have Member) {
	e := w.entry(MemberChanged).With("username", have.Username)
	told := false
	tell := func(name, value string) { e, told = e.With(name, value), true }
	if t.MFA != have.MFA {
		tell("mfa", onOff(t.MFA))
	}
	if t.AppPassword != nil {
		tell("app password", "stored, not verified")
	}
	if t.Forget {
		tell("passwords", "removed")
	}
	if told {
		w.entries = append(w.entries, e)
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func (s *Service) addItem(w *saving, have Member, m MemberChange) error {
	if w.check == nil {
		r, err := s.runs.New(s.Checks(), w.caller, w.origin, w.pool.Group.Name)
		if err != nil {
			return err
		}
		r.Scope, r.Holding, r.State = w.change.Scope(), true, run.Queued
		w.check = &r
		w.entries = append(w.entries, r.Mark(w.entry(CheckBegun), s.Checks().Words()))
	}
	item := run.Item{No: len(w.items) + 1, Subject: string(m.User), Name: have.Name, Username: have.Username, Tenant: w.change.Tenant, Outcome: run.Waiting}
	sealed, err := s.ring.Seal(m.Password, itemRecord(*w.check, item))
	if err != nil {
		return err
	}
	w.check.Total = item.No
	w.items = append(w.items, run.Held{Item: item, Sealed: sealed, Note: noteOf(m.Elsewhere)})
	return nil
}

func itemID(id run.ID, no int) string { return string(id) + "/" + strconv.Itoa(no) }
