package pool

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// maxGroupName is Microsoft's limit for a group's name, in characters.
const maxGroupName = 256

// Suggest lists at most ten groups that have a word of the text in their name, or whose address begins with it. Typing never signs in
// with an account: where the app cannot read and no directory is open there are none (X39). It returns *NoReader and problem.Upstream.
func (s *Service) Suggest(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, text string) ([]Group, error) {
	found, err := s.enter(ctx, caller, Key{t, Sites})
	if err != nil {
		return nil, err
	}
	text = shown.Trim(text) // names are found by their beginning, so that nothing is lost
	if text == "" || utf8.RuneCountInString(text) > maxGroupName {
		return nil, nil
	}
	o := opener{caller, origin, found, true}
	groups, err := ask(ctx, s, o, func(d Session) ([]Group, error) { return d.Like(ctx, text) })
	if errors.Is(err, ErrShut) {
		return nil, nil
	}
	return groups, err
}

// Validate finds the group by name, address or id and begins to read its members (R41). The reading goes on behind the pages
// when it returns; its first rows are there soon. It returns *Ambiguous, *Unusable, *NoReader, problem.Invalid with FieldGroup,
// and problem.Upstream.
func (s *Service) Validate(ctx context.Context, caller access.Caller, origin audit.Origin, key Key, text string) (Reading, error) {
	t, err := s.enter(ctx, caller, key)
	if err != nil {
		return Reading{}, err
	}
	o := opener{caller, origin, t, false}
	g, err := s.find(ctx, o, Typed(text))
	if err != nil {
		return Reading{}, err
	}
	return s.begin(ctx, o, key, g)
}

// Typed is what somebody typed without the blanks that slip in at its ends. Other white space may belong to the name, so that it is
// taken for what somebody pasted only where no group has it (X17).
func Typed(text string) string { return strings.Trim(text, " \t\r\n") }

// find gives the one usable group that the text means.
func (s *Service) find(ctx context.Context, o opener, text string) (Group, error) {
	line := shown.Line(text)
	switch {
	case line == "":
		return Group{}, problem.Field(FieldGroup, "Enter the name or email address of a group.")
	case !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxGroupName:
		return Group{}, problem.Field(FieldGroup, "Enter a name of up to 256 characters.")
	}
	found, err := s.called(ctx, o, text)
	if err == nil && len(found) == 0 && line != text {
		found, err = s.called(ctx, o, line)
	}
	switch {
	case err != nil:
		return Group{}, err
	case len(found) == 0:
		return Group{}, problem.Field(FieldGroup, "This tenant has no group with that name or email address. Check the spelling, or select a suggestion.")
	case len(found) > 1:
		return Group{}, &Ambiguous{Text: text, Choices: found}
	case !found[0].Kind.Usable():
		return Group{}, &Unusable{found[0]}
	}
	return found[0], nil
}

// called are the groups with that name, address or id.
func (s *Service) called(ctx context.Context, o opener, text string) ([]Group, error) {
	return ask(ctx, s, o, func(d Session) ([]Group, error) {
		if uuid.Validate(text) != nil || len(text) != 36 {
			return d.Named(ctx, text)
		}
		g, err := d.Group(ctx, text)
		if errors.Is(err, ErrGone) {
			return d.Named(ctx, text) // a group may be named like an id
		}
		return []Group{g}, err
	})
}

// Drift begins to read the members that the saved group has now; Compare then tells what changed. Nothing of the pool changes
// before somebody saves the new reading.
func (s *Service) Drift(ctx context.Context, caller access.Caller, origin audit.Origin, key Key) (Reading, error) {
	return s.drift(ctx, caller, origin, key, false)
}

// Glance is Drift where a page asks for it by itself. It returns ErrShut where the comparison would sign in with an account (X39).
func (s *Service) Glance(ctx context.Context, caller access.Caller, origin audit.Origin, key Key) (Reading, error) {
	return s.drift(ctx, caller, origin, key, true)
}

func (s *Service) drift(ctx context.Context, caller access.Caller, origin audit.Origin, key Key, unasked bool) (Reading, error) {
	t, err := s.enter(ctx, caller, key)
	if err != nil {
		return Reading{}, err
	}
	p, err := s.store.Pool(ctx, key)
	if err != nil {
		return Reading{}, err
	}
	if p.Group.ID == "" {
		return Reading{}, problem.New(problem.Invalid, "This account pool has no group yet. Enter one, then select Validate.")
	}
	o := opener{caller, origin, t, unasked}
	g, err := ask(ctx, s, o, func(d Session) (Group, error) { return d.Group(ctx, p.Group.ID) })
	if errors.Is(err, ErrGone) {
		return Reading{}, errGroupGone
	}
	if err != nil {
		return Reading{}, err
	}
	return s.begin(ctx, o, key, g)
}

var errGroupGone = problem.Field(FieldGroup, "This group no longer exists in Microsoft 365. Enter another group, then select Validate.")

// begin stores a reading and begins with it at once: the background work looks for jobs a few times a second only, and is there
// for the case that this process ends before the reading does.
func (s *Service) begin(ctx context.Context, o opener, key Key, g Group) (Reading, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Reading{}, err
	}
	e := audit.By(o.caller, o.origin, ReadingBegun, target(o.tenant, key.Class)).With("group", g.Name).With("id", g.ID)
	r := Reading{ID: ReadingID(id.String()), Key: key, Group: g, State: ReadingRuns, Actor: e.Actor, Origin: o.origin, Begun: s.now().UTC().Truncate(time.Millisecond), Unasked: o.unasked}
	shift, _ := s.shifts.Take(context.WithoutCancel(ctx), string(r.ID))
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if err := problem.Guard(func() error { return s.store.BeginReading(after, r, e) }); err != nil {
		shift.End()
		return Reading{}, err
	}
	go func() {
		err := shift.Do(func(ctx context.Context) error { return s.read(ctx, r, o) })
		if err != nil && !errors.Is(err, run.ErrHandedBack) {
			s.log.ErrorContext(context.WithoutCancel(ctx), "members of a group not read", "reading", r.ID, "error", problem.Told(err))
		}
	}()
	return r, nil
}

// Reading gives a reading with its counts, as far as it is.
func (s *Service) Reading(ctx context.Context, caller access.Caller, id ReadingID) (Reading, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Reading{}, err
	}
	r, err := s.store.Reading(ctx, id)
	if errors.Is(err, ErrGone) {
		return Reading{}, errNoReading
	}
	return r, err
}

// WatchReading gives a channel that has something to read after each page of the reading, until stop is called.
func (s *Service) WatchReading(id ReadingID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(string(id))
}
