package pool

import (
	"context"
	"errors"
	"strconv"

	"purser.example/internal/account"
	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// seal makes what is stored of the members: new passwords and app passwords for the items of a check, so that what was accepted outlives
// this process.
func (s *Service) seal(ctx context.Context, w *saving) error {
	for _, m := range w.change.Members {
		have := w.members[m.User]
		t := Touch{User: m.User, MFA: m.MFA, Forget: m.Forget, By: w.pool.By}
		if !m.Password.Empty() {
			t.Check = true
			if err := s.addItem(w, have, m.Password, itemNote{Choice: m.Elsewhere, App: m.MFA}); err != nil {
				return err
			}
		}
		if t.Renews() || m.MFA != have.MFA {
			w.touched = append(w.touched, t)
			w.noteMember(t, have)
		}
	}
	return s.sealUnchecked(ctx, w)
}

// sealUnchecked lets the check try the app passwords that an older Purser stored without one (R34), but for those of members that the
// change is about.
func (s *Service) sealUnchecked(ctx context.Context, w *saving) error {
	if w.pool.AdminURL == "" || w.pool.Reading == "" || !w.pool.Class.NeedsPasswords() {
		return nil
	}
	for q := (Query{Reading: w.pool.Reading, Filter: WithUnchecked, Limit: 10 * PageSize}); ; {
		page, err := s.store.Members(ctx, q)
		if err != nil {
			return err
		}
		if err := s.addUnchecked(ctx, w, page.Rows); err != nil {
			return err
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

func (s *Service) addUnchecked(ctx context.Context, w *saving, members []Member) error {
	names, of := make([]string, 0, len(members)), map[UserID]Member{}
	for _, m := range members {
		if _, changed := w.members[m.User]; !changed {
			names, of[m.User] = append(names, account.Fold(m.Username)), m
		}
	}
	sharers, err := s.store.Sharing(ctx, w.change.Tenant, names)
	if err != nil {
		return err
	}
	for _, kept := range sharers {
		m, unchecked := of[kept.User]
		if kept.Class != w.change.Class || !unchecked || kept.AppPassword == nil {
			continue
		}
		password, err := s.ring.Open(kept.AppPassword, PasswordRecord(w.change.Key, kept.User, kept.Username, FieldAppPassword))
		if errors.Is(err, secret.ErrDamaged) {
			continue // it is another one's, and is never sent
		}
		if err != nil {
			return err
		}
		err = s.addItem(w, m, password, itemNote{App: true})
		password.Clear()
		if err != nil {
			return err
		}
		w.touched = append(w.touched, Touch{User: m.User, MFA: true, Check: true, By: w.pool.By})
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

func (s *Service) addItem(w *saving, have Member, password secret.Value, note itemNote) error {
	if w.check == nil {
		r, err := s.runs.New(s.Checks(), w.caller, w.origin, w.pool.Group.Name)
		if err != nil {
			return err
		}
		r.Scope, r.Holding, r.State = w.change.Scope(), true, run.Queued
		w.check = &r
		w.entries = append(w.entries, r.Mark(w.entry(CheckBegun), s.Checks().Words()))
	}
	item := run.Item{No: len(w.items) + 1, Subject: string(have.User), Name: have.Name, Username: have.Username, Tenant: w.change.Tenant, Outcome: run.Waiting}
	sealed, err := s.ring.Seal(password, itemRecord(*w.check, item, note))
	if err != nil {
		return err
	}
	w.check.Total = item.No
	w.items = append(w.items, run.Held{Item: item, Sealed: sealed, Note: note.text()})
	return nil
}

func itemID(id run.ID, no int) string { return string(id) + "/" + strconv.Itoa(no) }
