package pool

import (
	"context"
	"errors"
	"fmt"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

var errReadingGone = problem.Field(FieldGroup, "The list of members is no longer there, because it was not saved in time. Validate the group again.")

// maxObjects keeps a slip of the keyboard from asking for a million members.
const maxObjects = 1_000_000_000

// saving is a Save under way.
type saving struct {
	opener
	change  Change
	old     Pool
	pool    Pool // as it will be
	reading Reading
	members map[UserID]Member // those of the change

	touched []Touch
	check   *run.Run
	items   []run.Held
	entries []audit.Entry
}

// Save stores a change of the version that the editor saw, and hands its new passwords and app passwords to a check (R43). It returns *Conflict where somebody else was faster, and problem.Invalid with the
// fields that are wrong; then nothing is stored.
func (s *Service) Save(ctx context.Context, caller access.Caller, origin audit.Origin, c Change) (Saved, error) {
	t, err := s.enter(ctx, caller, c.Key)
	if err != nil {
		return Saved{}, err
	}
	w := &saving{opener: opener{caller, origin, t, true}, change: c}
	if w.old, err = s.store.Pool(ctx, c.Key); err != nil {
		return Saved{}, err
	}
	if w.old.Number != c.Seen {
		return Saved{}, &Conflict{w.old}
	}
	if err := s.prepare(ctx, w); err != nil {
		return Saved{}, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	err = s.store.Save(after, w.pool, c.Seen, w.touched, w.check, w.items, w.entries...)
	if errors.Is(err, ErrChanged) {
		return Saved{}, s.raced(after, c.Key)
	}
	if errors.Is(err, ErrGone) {
		return Saved{}, errReadingGone
	}
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{Pool: w.pool, GroupChanged: w.old.Group.ID != w.pool.Group.ID, Checking: len(w.items)}
	if w.check != nil {
		saved.Check = w.check.ID
	}
	return saved, nil
}

func (s *Service) raced(ctx context.Context, key Key) error {
	current, err := s.store.Pool(ctx, key)
	if err != nil {
		return err
	}
	return &Conflict{current}
}

// prepare checks the change and makes everything that is to be stored of it.
func (s *Service) prepare(ctx context.Context, w *saving) error {
	w.pool = w.old
	w.pool.Key, w.pool.Number, w.pool.By = w.change.Key, w.old.Number+1, account.StampOf(w.caller, s.now())
	if w.change.Clear {
		w.pool.Version = Version{Number: w.pool.Number, By: w.pool.By}
		w.entries = []audit.Entry{w.entry(Cleared).With("group", w.old.Group.Name)}
		return nil
	}
	if err := s.chooseMembers(ctx, w); err != nil {
		return err
	}
	if err := w.checkFields(s.settings.AdminCenterHosts, s.accounts.CheckPassword); err != nil {
		return err
	}
	if err := s.seal(ctx, w); err != nil {
		return err
	}
	w.entries = append([]audit.Entry{w.changed()}, w.entries...)
	return nil
}

// chooseMembers finds the reading that the pool will have, and the members that the change names.
func (s *Service) chooseMembers(ctx context.Context, w *saving) error {
	id := w.change.Reading
	if id == "" {
		id = w.old.Reading
	}
	if id == "" {
		if len(w.change.Members) > 0 {
			return problem.Field(FieldGroup, "Enter the name or email address of a group, then select Validate.")
		}
		return nil
	}
	var err error
	if w.reading, err = s.store.Reading(ctx, id); errors.Is(err, ErrGone) || err == nil && w.reading.Key != w.change.Key {
		return errReadingGone
	}
	if err != nil {
		return err
	}
	if err := s.checkReading(ctx, w, id); err != nil {
		return err
	}
	w.pool.Group, w.pool.Reading, w.pool.Version.Members = w.reading.Group, id, w.reading.Counts.Members
	users := make([]UserID, len(w.change.Members))
	for i, m := range w.change.Members {
		users[i] = m.User
	}
	w.members, err = s.store.MembersByID(ctx, id, users)
	return err
}

// checkReading says why a reading that is new to the pool cannot be saved. Where Microsoft does not answer now, or only if somebody
// signed in, what it answered when the group was validated stands.
func (s *Service) checkReading(ctx context.Context, w *saving, id ReadingID) error {
	if id == w.old.Reading {
		return nil
	}
	switch {
	case w.reading.State == ReadingRuns:
		return problem.Field(FieldGroup, "The members of this group are still being read. Select Save when the list is complete.")
	case w.reading.State == ReadingFailed:
		return problem.Field(FieldGroup, "Reading the members of this group did not finish. Validate the group again.")
	case w.reading.Counts.Members == 0:
		return problem.Field(FieldGroup, "This group has no members that can be used. "+w.reading.Remark()+" To empty the pool on purpose, select Clear.")
	}
	_, err := ask(ctx, s, w.opener, func(d Session) (Group, error) { return d.Group(ctx, w.reading.Group.ID) })
	if errors.Is(err, ErrGone) {
		return errGroupGone
	}
	return nil
}

// checkFields lists everything that is wrong, and gives the pool the fields that are typed.
func (w *saving) checkFields(hosts []string, checkPassword func(secret.Value) string) error {
	var wrong []problem.FieldError
	add := func(field, message string) {
		if message != "" {
			wrong = append(wrong, problem.FieldError{Field: field, Message: message})
		}
	}
	if w.change.Objects < 0 || w.change.Objects > maxObjects {
		add(FieldObjects, "Enter a whole number such as 2500, or leave the field empty.")
	}
	w.pool.Objects = w.change.Objects
	seen := map[UserID]bool{}
	mfa := w.reading.Counts.MFA
	for _, m := range w.change.Members {
		have, there := w.members[m.User]
		add(FieldMember+"."+string(m.User), w.checkMember(m, there && !seen[m.User], checkPassword))
		seen[m.User] = true
		mfa += one(m.MFA) - one(have.MFA)
	}
	w.checkAdminURL(mfa > 0, hosts, add)
	return problem.Join(wrong...)
}

func (w *saving) checkAdminURL(needed bool, hosts []string, add func(field, message string)) {
	w.pool.AdminURL = ""
	switch {
	case w.change.AdminURL != "":
		normal, message := tenant.CheckAdminURL(w.change.AdminURL, w.tenant.Cloud, hosts)
		w.pool.AdminURL = normal
		add(FieldAdminURL, message)
	case needed:
		_, example := tenant.CheckAdminURL("", w.tenant.Cloud, nil)
		add(FieldAdminURL, "This address is required because a member has Enable MFA on. "+example)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (w *saving) checkMember(m MemberChange, there bool, checkPassword func(secret.Value) string) string {
	switch {
	case !there:
		return "This account is no longer a member of the group, or is listed twice. Validate the group again."
	case !w.change.Class.NeedsPasswords() && (m.MFA || !m.Password.Empty()):
		return "Public folders need no password."
	case m.Password.Empty():
		return ""
	case m.Forget:
		return "Enter a new password or remove the stored password, not both."
	case m.MFA:
		return account.CheckAppPassword(m.Password)
	}
	return checkPassword(m.Password)
}

func (w *saving) entry(action audit.Action) audit.Entry {
	return audit.By(w.caller, w.origin, action, target(w.tenant, w.change.Class))
}

// changed is the entry of the Save itself.
func (w *saving) changed() audit.Entry {
	e := w.entry(Changed).With("version", fmt.Sprint(w.pool.Number))
	if w.old.Group != w.pool.Group {
		e = e.With("group", w.pool.Group.Name).With("former group", w.old.Group.Name)
	}
	if w.old.Reading != w.pool.Reading {
		e = e.With("members", fmt.Sprint(w.pool.Version.Members))
	}
	if w.old.AdminURL != w.pool.AdminURL {
		e = e.With("admin center", w.pool.AdminURL).With("former admin center", w.old.AdminURL)
	}
	if w.old.Objects != w.pool.Objects {
		e = e.With("objects", fmt.Sprint(w.pool.Objects)).With("former objects", fmt.Sprint(w.old.Objects))
	}
	if len(w.items) > 0 {
		e = e.With("check", string(w.check.ID)).With("new passwords", fmt.Sprint(len(w.items)))
	}
	return e
}
