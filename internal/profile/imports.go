package profile

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sheet"
	"purser.example/internal/shown"
)

// Imports bring profiles in as files (R30). One is worked on at a time. Their reports are kept for a while, with their rows, in memory; of
// checks each person has the newest.
//
// A file that was checked is held for a few minutes, for the one session that checked it and no longer than that lasts, so that Import need
// not send it again. It is held in memory only: no file of passwords touches the disk before its passwords are sealed.
type Imports struct {
	profiles    *Service
	validations *Validations
	shifts      *run.Shifts
	now         func() time.Time
	log         *slog.Logger
	guesses     guesses

	mu    sync.Mutex
	known map[ImportID]*kept
	works bool // one is under way
}

// NewImports joins the parts.
func NewImports(profiles *Service, validations *Validations, shifts *run.Shifts, now func() time.Time, log *slog.Logger) *Imports {
	return &Imports{profiles: profiles, validations: validations, shifts: shifts, now: now, log: log, guesses: guesses{now: now}, known: map[ImportID]*kept{}}
}

// kept is an import as this process knows it.
type kept struct {
	Import
	rows    []ImportRow
	owner   string
	session string       // that checked the file
	file    secret.Value // what was checked; empty: it is not held any more
	size    int          // of file, in bytes
	until   time.Time    // when the file is cleared
	forget  time.Time    // when the rows are
	taken   bool         // Import has been selected for the file
}

// What is kept, and for how long.
const (
	heldFor   = 10 * time.Minute // a checked file
	maxHeld   = 4 * MaxImport    // bytes of checked files, whoever's
	keptFor   = 2 * time.Hour    // the rows of a report
	maxKept   = 16               // reports, whoever's
	logged    = 1000             // entries of an import in the activity log, at most
	rowsShown = 100
)

func ownerOf(caller access.Caller) string { return caller.Issuer + " " + caller.Subject }

// Check reads a file and says for each row what Import would do with it. Nothing is stored and nothing is sent. The file is held for the
// session. It returns problem.Invalid for a file that cannot be read as a whole, and problem.Unavailable for whoever has guessed often.
func (s *Imports) Check(ctx context.Context, caller access.Caller, origin audit.Origin, session, name string, file []byte) (ImportID, error) {
	i, err := s.fresh(caller, name)
	if err != nil {
		return "", err
	}
	if err := s.guesses.allowed(i.owner); err != nil {
		return "", err
	}
	read, err := importLayout.Read(bytes.NewReader(file))
	if err != nil {
		return "", err
	}
	defer read.Clear()
	if err := s.check(ctx, caller, origin, i, read.Rows); err != nil {
		return "", err
	}
	i.session, i.file, i.size, i.until = session, secret.NewValue(file), len(file), s.now().Add(heldFor)
	s.keep(i)
	return i.ID, nil
}

// check judges all rows. Before anybody sees which passwords are those that are stored, the activity log has how many were compared (R61).
func (s *Imports) check(ctx context.Context, caller access.Caller, origin audit.Origin, i *kept, rows []sheet.Row) error {
	i.start(rows)
	judging := s.profiles.judging()
	for part := range slices.Chunk(rows, importChunk) {
		list, err := judging.part(ctx, part)
		clearAll(list)
		if err != nil {
			return err
		}
		i.settle(list)
	}
	i.State, i.Ended = Checked, s.now()
	if judging.compared == 0 {
		return nil
	}
	if judging.different > 0 {
		s.guesses.add(i.owner)
	}
	e := audit.By(caller, origin, Compared, audit.Target{Kind: ImportTarget, ID: string(i.ID), Name: "Check of a file of profiles"}).With("rows", strconv.Itoa(i.Total))
	return s.profiles.store.Note(ctx, judging.counted(e))
}

// fresh is an import of a file that somebody brings now.
func (s *Imports) fresh(caller access.Caller, name string) (*kept, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	return &kept{
		Import: Import{ID: ImportID(id.String()), By: caller.Called(), File: shown.Name(name), State: Importing, Begun: s.now(), Counts: map[RowOutcome]int{}, Reported: true},
		owner:  ownerOf(caller), forget: s.now().Add(keptFor),
	}, err
}

// keep keeps a check, or an import, in the place of the check that its person made before. What is too much goes: the files that are held
// longest, and of whoever has most reports the oldest.
func (s *Imports) keep(i *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := i.size
	for id, other := range s.known {
		if other.owner == i.owner && other.State == Checked {
			s.drop(id)
		} else {
			held += other.size
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.known)) {
		if each := s.known[id]; held > maxHeld {
			held -= each.size
			each.release()
		}
	}
	for len(s.known) >= maxKept {
		s.drop(s.spare())
	}
	s.known[i.ID] = i
}

// spare is the oldest report of whoever has most. s.mu is held.
func (s *Imports) spare() (oldest ImportID) {
	of, most := map[string][]ImportID{}, 0
	for id, each := range s.known {
		if each.State.Over() {
			of[each.owner] = append(of[each.owner], id)
		}
	}
	for _, ids := range of {
		if first := slices.Min(ids); len(ids) > most || len(ids) == most && first < oldest {
			most, oldest = len(ids), first
		}
	}
	return oldest
}

func (s *Imports) drop(id ImportID) {
	s.known[id].release()
	delete(s.known, id)
}

// release clears the file that is held.
func (i *kept) release() {
	i.file.Clear()
	i.file, i.size, i.session = secret.Value{}, 0, ""
}

// Tidy clears the files that are held for long enough, and forgets reports. It is called now and then.
func (s *Imports) Tidy() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, i := range s.known {
		if s.now().After(i.until) {
			i.release()
		}
		if i.State.Over() && s.now().After(i.forget) {
			s.drop(id)
		}
	}
}

// Leave clears the file that is held for a session, because that has ended.
func (s *Imports) Leave(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.known {
		if i.session == session {
			i.release()
		}
	}
}

// Running gives the import of the caller's that is under way.
func (s *Imports) Running(caller access.Caller) (ImportID, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, i := range s.known {
		if i.owner == ownerOf(caller) && !i.State.Over() {
			return id, true
		}
	}
	return "", false
}

// Close clears every file that is held.
func (s *Imports) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, i := range s.known {
		if i.State.Over() {
			s.drop(id)
		}
	}
}

// start gives an import the rows that it will have an outcome for.
func (i *kept) start(rows []sheet.Row) {
	i.rows, i.Total, i.Done = make([]ImportRow, len(rows)), len(rows), 0
	i.Counts = map[RowOutcome]int{RowWaiting: len(rows)}
	for n, row := range rows {
		i.rows[n] = ImportRow{Line: row.Line, Where: row.Where(), Outcome: RowWaiting}
	}
}

// settle gives the next rows their outcomes.
func (i *kept) settle(list []*judged) {
	for _, each := range list {
		i.rows[i.Done] = each.row
		i.Counts[RowWaiting]--
		i.Counts[each.row.Outcome]++
		i.Done++
	}
}

// mine gives a person's import as this process knows it; nil where it does not.
func (s *Imports) mine(caller access.Caller, id ImportID) *kept {
	if i := s.known[id]; i != nil && i.owner == ownerOf(caller) {
		return i
	}
	return nil
}

// Find gives an import. Of one that this process does not know, or that another person brought, there is what the activity log says.
func (s *Imports) Find(ctx context.Context, caller access.Caller, session string, id ImportID) (Import, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Import{}, err
	}
	s.mu.Lock()
	i, state := s.mine(caller, id), Cut
	if other := s.known[id]; other != nil {
		state = other.State
	}
	if i != nil {
		defer s.mu.Unlock()
		return i.snapshot(session, s.now()), nil
	}
	s.mu.Unlock()
	return s.fromLog(ctx, id, state)
}

func (i *kept) snapshot(session string, now time.Time) Import {
	found := i.Import
	found.Counts = maps.Clone(i.Counts)
	found.Held = !i.file.Empty() && i.session == session && now.Before(i.until)
	found.Untested = len(i.untested())
	return found
}

// untested are the profiles of an import that is over which nobody has validated, and no run has been begun for.
func (i *kept) untested() (ids []ID) {
	if i.State == Checked || !i.State.Over() {
		return nil
	}
	for _, row := range i.rows {
		if row.untested && row.Outcome != RowRefused && row.Profile != "" {
			ids = append(ids, row.Profile)
		}
	}
	return ids
}

// fromLog is what is known of an import by its entries in the activity log. state is that of one without an end.
func (s *Imports) fromLog(ctx context.Context, id ImportID, state ImportState) (Import, error) {
	links, err := s.profiles.store.ImportLog(ctx, id, logged)
	if err != nil {
		return Import{}, err
	}
	if len(links) == 0 {
		return Import{}, errNoImport
	}
	newest, first := links[0], links[len(links)-1]
	i := Import{ID: id, By: first.Actor.Caller().Called(), State: state, Begun: first.At, Counts: map[RowOutcome]int{}}
	i.Total, i.Done = number(newest.Entry, "rows"), number(newest.Entry, "done")
	for _, outcome := range RowOutcomes {
		i.Counts[outcome] = number(newest.Entry, string(outcome))
	}
	if newest.Action == ImportEnded {
		i.State, i.Ended = ImportState(newest.Details["state"]), newest.At
	}
	return i, nil
}

func number(e audit.Entry, detail string) int {
	n, err := strconv.Atoi(e.Details[detail])
	if err != nil {
		return 0
	}
	return n
}

// RowQuery is a part of an import's report.
type RowQuery struct {
	Import  ImportID
	Outcome RowOutcome // empty: all
	After   int        // rows with this outcome to pass over
	Limit   int        // 0: a page
}

// RowsShown is how many rows a page of the report has.
const RowsShown = rowsShown

// Rows gives rows of an import of the caller's in the order of the file, and whether more follow.
func (s *Imports) Rows(caller access.Caller, q RowQuery) (rows []ImportRow, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	if q.Limit == 0 {
		q.Limit = rowsShown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.mine(caller, q.Import)
	if i == nil {
		return nil, false, errNoImport
	}
	for _, row := range i.rows {
		switch {
		case q.Outcome != "" && row.Outcome != q.Outcome:
		case q.After > 0:
			q.After--
		case len(rows) == q.Limit:
			return rows, true, nil
		default:
			rows = append(rows, row)
		}
	}
	return rows, false, nil
}

// Watch gives a channel that has something to read after each step of the import, until stop is called.
func (s *Imports) Watch(id ImportID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(string(id))
}

// Validate begins a validation run of the profiles of an import of the caller's that nobody has validated, once.
func (s *Imports) Validate(ctx context.Context, caller access.Caller, origin audit.Origin, id ImportID) (run.Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return run.Run{}, err
	}
	var ids []ID
	s.mu.Lock()
	i := s.mine(caller, id)
	if i != nil {
		ids = i.untested()
	}
	s.mu.Unlock()
	switch {
	case i == nil:
		return run.Run{}, errNoImport
	case len(ids) == 0:
		return run.Run{}, s.validations.kind.Words().None()
	}
	begun, err := s.validations.BeginImported(ctx, caller, origin, ids)
	if err == nil {
		s.handOver(i)
	}
	return begun, err
}

// handOver leaves the profiles of an import to the validation run that has them by now: its page says what becomes of them, and nothing
// offers to sign in with all of them once more.
func (s *Imports) handOver(i *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range i.rows {
		i.rows[n].untested = false
	}
}
