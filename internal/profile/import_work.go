package profile

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// importChunk is how many rows are judged and stored in one transaction: others' writes get in between.
const importChunk = 200

// ImportTarget is the kind of what entries about an import as a whole are about.
const ImportTarget = "profile import"

// Import begins to bring in a file that was not checked before. It goes on behind the pages when it returns. It returns problem.Invalid for
// a file that cannot be read as a whole, and problem.Unavailable while another import is under way.
func (s *Imports) Import(ctx context.Context, caller access.Caller, origin audit.Origin, name string, file []byte) (ImportID, error) {
	i, err := s.fresh(caller, name)
	if err != nil {
		return "", err
	}
	return i.ID, s.begin(ctx, caller, origin, i, file)
}

// ImportChecked is Import of the file that the session checked, for as long as it is held. Whoever selects it again, in whichever way, means
// the import that took the file: that is no mistake, and nothing is begun.
func (s *Imports) ImportChecked(ctx context.Context, caller access.Caller, origin audit.Origin, session string, id ImportID) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	s.mu.Lock()
	i := s.mine(caller, id)
	switch {
	case i != nil && (i.taken || i.State != Checked):
		s.mu.Unlock()
		return nil
	case i == nil || !i.snapshot(session, s.now()).Held:
		s.mu.Unlock()
		return s.took(ctx, id)
	}
	file := slices.Clone(i.file.Reveal())
	i.taken = true
	s.mu.Unlock()
	defer clear(file)
	again, err := s.fresh(caller, i.File)
	if err == nil {
		again.ID = id
		err = s.begin(ctx, caller, origin, again, file)
	}
	if err != nil {
		s.mu.Lock()
		i.taken = false
		s.mu.Unlock()
	}
	return err
}

// Took reports whether Import has been selected for the file of that check, as far as this process knows.
func (s *Imports) Took(caller access.Caller, id ImportID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.mine(caller, id)
	return i != nil && (i.taken || i.State != Checked)
}

// took looks in the activity log whether an import has taken the file of a check that nothing is known of any more.
func (s *Imports) took(ctx context.Context, id ImportID) error {
	_, err := s.fromLog(ctx, id, Cut)
	if problem.KindOf(err) == problem.NotFound {
		return errNotHeld
	}
	return err
}

// importing is an import under way. Only its own goroutine changes it, under the lock.
type importing struct {
	*Imports
	*judging
	caller access.Caller
	origin audit.Origin
	of     *kept
}

func (s *Imports) begin(ctx context.Context, caller access.Caller, origin audit.Origin, i *kept, file []byte) error {
	read, err := importLayout.Read(bytes.NewReader(file))
	if err != nil {
		return err
	}
	w, err := s.enter(ctx, caller, origin, i, read.Rows)
	if err != nil {
		read.Clear()
		return err
	}
	shift, _ := s.shifts.Take(context.WithoutCancel(ctx), string(i.ID))
	go func() {
		defer read.Clear()
		_ = shift.Do(func(ctx context.Context) error { w.carryOut(ctx, read.Rows); return nil }) // its end says whether Purser stops, which carryOut knows
	}()
	return nil
}

// Run checks a file, or brings it in, while the caller waits. It is for a program that does nothing else. The error is about the file as a
// whole: one that failed in the middle says so itself.
func (s *Imports) Run(ctx context.Context, caller access.Caller, origin audit.Origin, file []byte, dry bool) (Import, []ImportRow, error) {
	i, err := s.fresh(caller, "")
	if err != nil {
		return Import{}, nil, err
	}
	read, err := importLayout.Read(bytes.NewReader(file))
	if err != nil {
		return Import{}, nil, err
	}
	defer read.Clear()
	if dry {
		err = s.check(ctx, caller, origin, i, read.Rows)
		return i.Import, i.rows, err
	}
	w, err := s.enter(ctx, caller, origin, i, read.Rows)
	if err != nil {
		return Import{}, nil, err
	}
	w.carryOut(ctx, read.Rows)
	return i.Import, i.rows, nil
}

// enter makes an import the one that is under way, and writes down that it begins.
func (s *Imports) enter(ctx context.Context, caller access.Caller, origin audit.Origin, i *kept, rows []sheet.Row) (*importing, error) {
	s.mu.Lock()
	busy := s.works
	s.works = true
	s.mu.Unlock()
	if busy {
		return nil, errImportBusy
	}
	i.start(rows)
	w := &importing{Imports: s, judging: s.profiles.judging(), caller: caller, origin: origin, of: i}
	if err := w.store.Note(ctx, w.entry(ImportBegun, nil)); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.works = false
		return nil, err
	}
	s.keep(i)
	return w, nil
}

// entry is an entry about the import as a whole, with how far it is when further rows have their outcomes.
func (w *importing) entry(action audit.Action, further []*judged) audit.Entry {
	counts := maps.Clone(w.of.Counts)
	for _, each := range further {
		counts[each.row.Outcome]++
	}
	e := audit.By(w.caller, w.origin, action, audit.Target{Kind: ImportTarget, ID: string(w.of.ID), Name: "Import of profiles"})
	e = e.With("rows", strconv.Itoa(w.of.Total)).With("done", strconv.Itoa(w.of.Done+len(further)))
	for _, outcome := range RowOutcomes {
		if n := counts[outcome]; n > 0 && outcome != RowWaiting {
			e = e.With(string(outcome), strconv.Itoa(n))
		}
	}
	return e
}

// carryOut stores the rows, some at a time, until all have their outcome, something fails, or Purser stops.
func (w *importing) carryOut(ctx context.Context, rows []sheet.Row) {
	err := problem.Guard(func() error {
		for from := 0; from < len(rows); from += importChunk {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := w.part(ctx, rows[from:min(from+importChunk, len(rows))]); err != nil {
				return err
			}
			w.shifts.Changed(string(w.of.ID))
		}
		return nil
	})
	w.end(ctx, err)
}

// end writes down what came of the import, and makes room for the next one.
func (w *importing) end(ctx context.Context, failed error) {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	state, failure := Imported, ""
	switch {
	case failed != nil && ctx.Err() != nil:
		state, failure = Stopped, "Purser was stopped."
	case failed != nil:
		state, failure = Stopped, problem.Message(failed)
		w.log.ErrorContext(after, "an import of profiles was stopped", "import", w.of.ID, "done", w.of.Done, "error", problem.Told(failed))
	}
	if err := w.store.Note(after, w.counted(w.entry(ImportEnded, nil).With("state", string(state)))); err != nil {
		w.log.ErrorContext(after, "the end of an import was not recorded", "import", w.of.ID, "error", problem.Told(err))
	}
	w.mu.Lock()
	w.of.State, w.of.Failure, w.of.Ended, w.works = state, failure, w.Imports.now(), false
	w.mu.Unlock()
	w.shifts.Changed(string(w.of.ID))
}

// part judges some rows as things are now, and stores them in one transaction.
func (w *importing) part(ctx context.Context, rows []sheet.Row) error {
	list, err := w.judging.part(ctx, rows)
	defer clearAll(list)
	if err != nil {
		return err
	}
	bringing, release, err := w.bringing(list)
	defer release()
	if err != nil {
		return err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if err := w.bring(after, list, bringing); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of.settle(list)
	return nil
}

func clearAll(list []*judged) {
	for _, each := range list {
		each.draft.Password.Clear()
	}
}

// bringing makes what is stored of the rows, in their order; nil for a row of which nothing is. A profile whose account is being validated
// keeps what it has: the verdict would be about another password.
func (w *importing) bringing(list []*judged) (bringing []*Brought, release func(), err error) {
	var releases []func()
	release = func() {
		for _, release := range releases {
			release()
		}
	}
	bringing = make([]*Brought, len(list))
	mine := map[account.Key]bool{} // several profiles may have an account
	for i, each := range list {
		if !each.stores() {
			continue
		}
		if each.old != nil && each.anew() && !mine[keyOf(each.old.Profile)] {
			free, busy := w.turn(each.old.Profile, w.caller)
			if busy != nil {
				each.add(problem.Message(busy))
				each.refuse()
				continue
			}
			releases, mine[keyOf(each.old.Profile)] = append(releases, free), true
		}
		if bringing[i], err = w.brought(each); err != nil {
			return nil, release, err
		}
	}
	return bringing, release, nil
}

// brought is what is stored of one row.
func (w *importing) brought(r *judged) (*Brought, error) {
	b := &Brought{Profile: r.profile(), Anew: r.anew()}
	p := &b.Profile
	p.Modified = account.StampOf(w.caller, w.Imports.now())
	if r.old == nil {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		p.ID, p.Created = ID(id.String()), p.Modified
	} else {
		b.Was = r.old.Version
	}
	p.Version = b.Was + 1
	if r.old == nil || r.renewed {
		sealed, err := w.ring.Seal(r.draft.Password, PasswordRecord(*p))
		if err != nil {
			return nil, err
		}
		b.Password = sealed
	}
	d := deed{w.caller, w.origin, *p}
	if r.old == nil {
		b.Entry = d.entry(Created).With("services", joined(p.Services)).With("username", p.Username).With("type", string(p.Kind))
	} else {
		b.Entry = p.changedFrom(r.old.Profile, r.renewed, d.entry(Changed))
	}
	b.Entry = b.Entry.With("import", string(w.of.ID))
	return b, nil
}

// bring stores what there is to store of some rows. Somebody may have come between looking and storing.
func (w *importing) bring(ctx context.Context, list []*judged, bringing []*Brought) error {
	var stored []Brought
	var of []*judged
	for i, b := range bringing {
		if b != nil {
			stored, of = append(stored, *b), append(of, list[i])
		}
	}
	if len(stored) == 0 {
		return nil
	}
	_, err := w.store.Bring(ctx, stored, func(failed []error) audit.Entry {
		for i, err := range failed {
			of[i].concluded(stored[i].Profile.ID, err)
		}
		return w.entry(ImportStored, list)
	})
	return err
}

// concluded gives a row the outcome of storing it.
func (j *judged) concluded(id ID, err error) {
	switch {
	case err == nil:
		j.row.Profile = id
		return
	case errors.Is(err, ErrNameTaken):
		j.add("Someone else gave a profile this name in the meantime. Import the file again.")
	case errors.Is(err, ErrNoTenant):
		j.add("The tenant was removed in the meantime.")
	default:
		j.add("Someone else changed or deleted this profile in the meantime. Import the file again.")
	}
	j.refuse()
}
