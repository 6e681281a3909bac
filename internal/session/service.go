package session

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// ErrEnded says that there is no such session, or not any more. Both look alike on purpose.
var ErrEnded = errors.New("session: ended")

// ErrChanged says that another request changed the session's state in between.
var ErrChanged = errors.New("session: changed by another request")

// Row is a session as it is stored.
type Row struct {
	Key      Key
	Caller   access.Caller
	Created  time.Time
	Seen     time.Time
	State    []byte // sealed; nil for none
	IDToken  []byte // sealed; nil for none
	Provider string // the hash of the provider's own session that it belongs to; "" where that is not known
	Proof    []byte // that Purser wrote whose session it is, what they may do, and since when (X43)
}

// Store keeps sessions.
type Store interface {
	// Load returns ErrEnded when there is no such row.
	Load(ctx context.Context, key Key) (Row, error)
	// Begin stores a session of nobody.
	Begin(ctx context.Context, row Row) error
	// SetState replaces the state where it is still was, and returns ErrChanged otherwise.
	SetState(ctx context.Context, key Key, was, is []byte) error
	// SignIn removes the session old, stores row, and writes the entry, all or nothing.
	SignIn(ctx context.Context, old Key, row Row, e audit.Entry) error
	// SignOut removes the session and writes the entry, all or nothing. It returns ErrEnded when there was none.
	SignOut(ctx context.Context, key Key, e audit.Entry) error
	// List gives a page of the sessions of people, those that began last first, and whether there are more that way.
	List(ctx context.Context, p Page) (rows []Row, more bool, err error)
	// OfPerson gives the sessions of a person, those that began last first.
	OfPerson(ctx context.Context, issuer, subject string) ([]Row, error)
	// End removes sessions of people and writes the entry of each, all or nothing. It gives what it removed. It returns ErrEnded, and
	// removes nothing, where the session by, whose person asks for it, is not there any more.
	End(ctx context.Context, by Key, which Which, entry func(Row) audit.Entry) ([]Row, error)
	// EndOf removes the sessions that belong to a session of the provider's and writes the entry of each, all or nothing. It gives their
	// keys, and writes nothing where there is none.
	EndOf(ctx context.Context, provider string, entry func(Row) audit.Entry) ([]Key, error)
	// ProveAll gives every session that has no proof the one that prove gives it, all or nothing.
	ProveAll(ctx context.Context, prove func(Row) (Row, error)) error
	// Touch notes an activity.
	Touch(ctx context.Context, key Key, seen time.Time) error
	// Sweep notes the activities first, which may be newer than what is stored, then removes what has ended, and gives the keys of that.
	Sweep(ctx context.Context, active map[Key]time.Time, over Over) ([]Key, error)
}

// Over says which sessions have ended at a moment: those last seen so long from it, made so long from it, and those of nobody made so
// long from it, whichever way: what comes from the future was noted while the clock was ahead (X44).
type Over struct {
	At                time.Time
	Idle, Max, Nobody time.Duration
}

// Service keeps the rules of sessions.
type Service struct {
	store  Store
	ring   *secret.Keyring
	limits Limits
	now    func() time.Time
	log    *slog.Logger

	// seen holds activities younger than what is stored: writing every one would cost a commit a request. One process
	// serves one database, so this is exact; after a restart it is as exact as touchAfter.
	mu      sync.Mutex
	seen    map[Key]time.Time
	resting time.Time        // when writing an activity failed: for a while none is written then
	unkept  map[Key]Flash    // messages that could not be written, for the next page
	leaving map[Key]*leaving // messages that are being written
	writing sync.WaitGroup
	beside  time.Duration
	over    func(Key)                    // told of each session that has ended; nil: nobody is
	waiting map[Key]map[*func()]struct{} // what is to be done when a session ends
	roles   func(context.Context, access.Caller) (access.Caller, error)
}

// A page that is only read waits so long for what it writes beside, and leaves the writing alone for a while after it failed:
// a database that is locked or a disk that is full must not make reading slow.
const (
	beside = 250 * time.Millisecond
	rest   = 10 * time.Second
)

// NewService joins the parts. now gives UTC times.
func NewService(store Store, ring *secret.Keyring, limits Limits, now func() time.Time, log *slog.Logger) *Service {
	return &Service{store: store, ring: ring, limits: limits, now: now, log: log, seen: map[Key]time.Time{}, unkept: map[Key]Flash{}, leaving: map[Key]*leaving{}, waiting: map[Key]map[*func()]struct{}{}, beside: beside}
}

// TellOver names who is told of each session that has ended: at once of one that somebody ended, and by Sweep of one whose time is over. It
// is called before the service is asked for anything.
func (s *Service) TellOver(over func(Key)) { s.over = over }

// RoledBy names who says what somebody may do now, at each request (R8); it gives ErrEnded for whoever may not be here any more. It is
// called before the service is asked for anything.
func (s *Service) RoledBy(roles func(context.Context, access.Caller) (access.Caller, error)) {
	s.roles = roles
}

// Ended tells of a session that somebody else has ended, whose row is gone already.
func (s *Service) Ended(key Key) { s.forget(key) }

// Open loads the session that the browser's id names, and returns ErrEnded when it is over.
func (s *Service) Open(ctx context.Context, id ID) (Session, error) {
	if id == "" {
		return Session{}, ErrEnded
	}
	s.await(ctx, id.Key())
	row, err := s.store.Load(ctx, id.Key())
	if err != nil {
		return Session{}, err
	}
	sess, goesOn := s.examine(ctx, row)
	if !goesOn {
		return Session{}, ErrEnded
	}
	if sess.Caller.SignedIn() && s.roles != nil {
		if sess.Caller, err = s.roles(ctx, sess.Caller); err != nil {
			return Session{}, err
		}
	}
	if sess.State, err = s.unseal(row); err != nil {
		return sess, err
	}
	if f := s.unstored(sess.Key); f != nil {
		sess.State.Flash = f
	}
	return sess, nil
}

// examine gives the session of a row without its state, and whether it goes on: one that Purser did not write as it is does not (X43).
func (s *Service) examine(ctx context.Context, row Row) (Session, bool) {
	if err := s.ring.Check(row.Proof, ProofRecord(row)); err != nil {
		s.log.ErrorContext(ctx, "a session was refused that Purser did not write as it is; someone may have written into the database",
			"session", row.Key.Short(), "subject", row.Caller.Subject, "error", problem.Told(err))
		return Session{}, false
	}
	sess := Session{Key: row.Key, Caller: row.Caller, Created: row.Created, Seen: s.lastSeen(row), IDToken: row.IDToken, stored: row.State, storedSeen: row.Seen}
	return sess, !s.limits.ended(sess, s.now())
}

// Left says how long the session lasts without further activity, and at the latest.
func (s *Service) Left(sess Session) (idle, latest time.Duration) {
	return s.limits.Left(sess, s.now())
}

// Touch notes that the person did something. A failure to write it down is logged and forgiven, and it is not waited for
// long: reading goes on while the disk is full.
func (s *Service) Touch(ctx context.Context, sess *Session) {
	now := s.now()
	s.mu.Lock()
	s.seen[sess.Key] = now
	resting := age(s.resting, now) < rest
	s.mu.Unlock()
	sess.Seen = now
	if resting || now.Sub(sess.storedSeen) < s.limits.touchAfter() {
		return
	}
	key := sess.Key
	s.writeBeside(ctx, func(ctx context.Context) {
		if err := s.store.Touch(ctx, key, now); err != nil {
			s.log.WarnContext(ctx, "session activity not stored", "session", key.Short(), "error", problem.Told(err))
			s.mu.Lock()
			s.resting = now
			s.mu.Unlock()
		}
	})
}

// writeBeside runs what a page writes beside, and stops waiting for it soon. It reports whether it was done by then.
func (s *Service) writeBeside(ctx context.Context, write func(context.Context)) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rest)
		defer cancel()
		if err := problem.Guard(func() error { write(ctx); return nil }); err != nil {
			s.log.ErrorContext(ctx, "what a page writes beside failed", "error", problem.Told(err))
		}
	}()
	timer := time.NewTimer(s.beside)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// Begin makes a session of nobody that carries an attempt, and returns the id for its cookie.
func (s *Service) Begin(ctx context.Context, a Attempt) (ID, error) {
	id, now := NewID(), s.now()
	sealed, err := s.seal(id.Key(), State{Attempts: []Attempt{a}})
	if err != nil {
		return "", err
	}
	row, err := s.proved(Row{Key: id.Key(), Created: now, Seen: now, State: sealed})
	if err != nil {
		return "", err
	}
	return id, s.store.Begin(ctx, row)
}

// AddAttempt adds a sign-in under way to a session that exists; the oldest give way.
func (s *Service) AddAttempt(ctx context.Context, sess Session, a Attempt) error {
	return s.change(ctx, &sess, func(state *State) { state.Attempts = newest(append(state.Attempts, a)) })
}

func newest[T any](list []T) []T { return list[max(0, len(list)-maxAttempts):] }

// TakeAttempt removes the attempt with that state value from the session and returns it. Whoever comes second, with the same value,
// finds nothing but where it was to lead: a callback cannot be replayed. A state that the session does not know costs no write.
func (s *Service) TakeAttempt(ctx context.Context, sess *Session, state string) (Attempt, bool, error) {
	if slices.IndexFunc(sess.State.Attempts, func(a Attempt) bool { return same(a.State, state) }) < 0 {
		return sess.State.way(state), false, nil
	}
	var taken Attempt
	found := false
	err := s.change(ctx, sess, func(st *State) {
		at := slices.IndexFunc(st.Attempts, func(a Attempt) bool { return same(a.State, state) })
		if found = at >= 0; !found {
			taken = st.way(state)
			return
		}
		taken = st.Attempts[at]
		st.Attempts = slices.Delete(st.Attempts, at, at+1)
		st.Served = newest(append(st.Served, Way{State: taken.State, ReturnTo: taken.ReturnTo}))
	})
	return taken, found && err == nil, err
}

// same compares in constant time. An empty text is like none.
func same(kept, asked string) bool {
	return asked != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(asked)) == 1
}

// way is what is left of an attempt that has served.
func (s State) way(state string) Attempt {
	for _, w := range s.Served {
		if same(w.State, state) {
			return Attempt{ReturnTo: w.ReturnTo}
		}
	}
	return Attempt{}
}

// SignIn replaces the session old by a new one of the caller, with an id of its own, and writes it to the activity log. The
// attempts of other tabs move along, so that finishing them there works too; so do the ways of those that have served, and why there is
// no role. What old says of how the caller came, the browser, is kept with the address that they come from, and what
// their first page shall tell them.
func (s *Service) SignIn(ctx context.Context, old Session, caller access.Caller, idToken secret.Value, origin audit.Origin) (ID, error) {
	id, now := NewID(), s.now()
	key := id.Key()
	sealed, err := s.sealToken(key, idToken)
	if err != nil {
		return "", err
	}
	came := Came{Address: origin.Address}
	if old.State.Came != nil {
		came.Browser, came.Proved = old.State.Came.Browser, old.State.Came.Proved
	}
	state, err := s.seal(key, State{Attempts: old.State.Attempts, Served: old.State.Served, NoRole: old.State.NoRole, Flash: old.State.Flash, Came: &came})
	if err != nil {
		return "", err
	}
	row, err := s.proved(Row{Key: key, Caller: caller, Created: now, Seen: now, State: state, IDToken: sealed, Provider: providerKey(old.Provider)})
	if err != nil {
		return "", err
	}
	role := s.roleNow(ctx, caller)
	entry := audit.By(caller, origin, audit.SignIn, target(key)).With("role", role)
	if err := s.store.SignIn(ctx, old.Key, row, entry); err != nil {
		return "", err
	}
	s.forget(old.Key)
	s.log.InfoContext(ctx, "signed in", "request_id", origin.Request, "sign_in", caller.SignIn, "subject", caller.Subject, "role", role,
		"address", origin.Address, "session", key.Short())
	return id, nil
}

// roleNow is what somebody comes as, in words.
func (s *Service) roleNow(ctx context.Context, caller access.Caller) string {
	if s.roles != nil {
		if now, err := s.roles(ctx, caller); err == nil {
			caller = now
		}
	}
	return caller.Role().Title()
}

// sealToken gives nil for a token that there is not, because somebody signed in without the identity provider.
func (s *Service) sealToken(key Key, idToken secret.Value) ([]byte, error) {
	if idToken.Empty() {
		return nil, nil
	}
	return s.ring.Seal(idToken, TokenRecord(key))
}

// SignOut ends the session and gives back the identity provider's token, for the sign-out there.
func (s *Service) SignOut(ctx context.Context, sess Session, origin audit.Origin) (secret.Value, error) {
	entry := audit.By(sess.Caller, origin, audit.SignOut, target(sess.Key))
	if err := s.store.SignOut(ctx, sess.Key, entry); err != nil {
		return secret.Value{}, err
	}
	s.forget(sess.Key)
	if sess.IDToken == nil {
		return secret.Value{}, nil
	}
	token, err := s.ring.Open(sess.IDToken, TokenRecord(sess.Key))
	if err != nil {
		s.log.WarnContext(ctx, "sign-out at the identity provider goes without its token", "session", sess.Key.Short(), "error", problem.Told(err))
	}
	return token, nil
}

// EndOf ends the sessions that belong to the provider's own session sid, because that one has ended (R4).
func (s *Service) EndOf(ctx context.Context, sid string, origin audit.Origin) error {
	provider := providerKey(sid)
	if provider == "" {
		return nil
	}
	ended, err := s.store.EndOf(ctx, provider, func(row Row) audit.Entry {
		return audit.By(row.Caller, origin, audit.SignOut, target(row.Key)).With("by", "the identity provider")
	})
	for _, key := range ended {
		s.forget(key)
	}
	return err
}

// Sweep removes what ended. It is called now and then.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	s.mu.Lock()
	for key, seen := range s.seen {
		if age(seen, now) >= s.limits.Idle {
			delete(s.seen, key)
			delete(s.unkept, key)
		}
	}
	active := maps.Clone(s.seen)
	s.mu.Unlock()
	ended, err := s.store.Sweep(ctx, active, Over{At: now, Idle: s.limits.Idle, Max: s.limits.Max, Nobody: waitingLife})
	for _, key := range ended {
		s.forget(key)
	}
	return err
}

// change alters the state and stores it, again from what is stored now where another request came between.
func (s *Service) change(ctx context.Context, sess *Session, alter func(*State)) error {
	for range 5 {
		state := sess.State
		state.Attempts, state.Served = slices.Clone(state.Attempts), slices.Clone(state.Served)
		alter(&state)
		sealed, err := s.seal(sess.Key, state)
		if err != nil {
			return err
		}
		err = s.store.SetState(ctx, sess.Key, sess.stored, sealed)
		if err == nil {
			sess.State, sess.stored = state, sealed
			return nil
		}
		if !errors.Is(err, ErrChanged) {
			return err
		}
		if err := s.reload(ctx, sess); err != nil {
			return err
		}
	}
	return ErrChanged
}

func (s *Service) reload(ctx context.Context, sess *Session) error {
	row, err := s.store.Load(ctx, sess.Key)
	if err != nil {
		return err
	}
	sess.stored = row.State
	sess.State, err = s.unseal(row)
	return err
}

func (s *Service) unseal(row Row) (State, error) {
	if row.State == nil {
		return State{}, nil
	}
	plain, err := s.ring.Open(row.State, StateRecord(row.Key))
	if err != nil {
		return State{}, err
	}
	var state State
	if err := json.Unmarshal(plain.Reveal(), &state); err != nil {
		return State{}, fmt.Errorf("read session state: %w", err)
	}
	return state, nil
}

// seal gives nil for a state that holds nothing.
func (s *Service) seal(key Key, state State) ([]byte, error) {
	if len(state.Attempts) == 0 && len(state.Served) == 0 && state.Flash == nil && state.NoRole == nil && state.Came == nil {
		return nil, nil
	}
	plain, err := json.Marshal(state)
	if err != nil {
		return nil, fmt.Errorf("write session state: %w", err)
	}
	return s.ring.Seal(secret.NewValue(plain), StateRecord(key))
}

func (s *Service) lastSeen(row Row) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seen := s.seen[row.Key]; seen.After(row.Seen) {
		return seen
	}
	return row.Seen
}

// forget leaves nothing in memory of a session that has ended.
func (s *Service) forget(key Key) {
	s.mu.Lock()
	delete(s.seen, key)
	delete(s.unkept, key)
	waiting := s.waiting[key]
	delete(s.waiting, key)
	s.mu.Unlock()
	for do := range waiting {
		(*do)()
	}
	if s.over != nil {
		s.over(key)
	}
}

// RecentFor is how long a person need not prove again who they are before what asks for that (R66).
const RecentFor = 5 * time.Minute

// Recent reports whether somebody proved within the last minutes who they are, so that they may do what a stolen session must not do. What
// was noted while the clock was ahead does not count.
func (s *Service) Recent(came *Came) bool {
	return came != nil && !came.Proved.IsZero() && age(came.Proved, s.now()) < RecentFor
}

// Now is the time by which sessions go.
func (s *Service) Now() time.Time { return s.now() }

// WhenOver does something as soon as the session ends, unless it is stopped before. It is for answers that go on, such as streams; what it
// does must be quick.
func (s *Service) WhenOver(key Key, do func()) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[key] == nil {
		s.waiting[key] = map[*func()]struct{}{}
	}
	s.waiting[key][&do] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting[key], &do)
		if len(s.waiting[key]) == 0 {
			delete(s.waiting, key)
		}
	}
}

// proved gives the row the proof that Purser wrote it.
func (s *Service) proved(row Row) (Row, error) {
	var err error
	row.Proof, err = s.ring.Prove(ProofRecord(row))
	return row, err
}

// TakeOver proves the sessions that an older Purser wrote. It is called once, when a database of before proofs is taken over.
func (s *Service) TakeOver(ctx context.Context) error { return s.store.ProveAll(ctx, s.proved) }

// ProofRecord is what a session's proof covers: everything that gives rights. The last activity and the state change beside it.
func ProofRecord(row Row) secret.Record {
	facts := []string{row.Caller.Issuer, row.Caller.Subject, row.Caller.Name, row.Caller.SignIn, strconv.FormatInt(row.Created.UnixMilli(), 10)}
	for _, role := range row.Caller.Roles {
		facts = append(facts, string(role))
	}
	return secret.Record{Table: "session", ID: string(row.Key), Field: "proof", Facts: secret.FactsOf(facts...)}
}

// StateRecord is what the state of a session is bound to.
func StateRecord(key Key) secret.Record {
	return secret.Record{Table: "session", ID: string(key), Field: "state"}
}

// TokenRecord is what the ID token of a session is bound to.
func TokenRecord(key Key) secret.Record {
	return secret.Record{Table: "session", ID: string(key), Field: "id_token"}
}

func target(key Key) audit.Target { return audit.Target{Kind: "session", ID: key.Short()} }
