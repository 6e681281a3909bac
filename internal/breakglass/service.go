package breakglass

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Parts are what a Service is made of.
type Parts struct {
	Store    Store
	Ring     *secret.Keyring
	Folder   string         // where Make leaves notes
	Activity audit.Recorder // of refusals, which anybody can bring about
	Now      func() time.Time
	Log      *slog.Logger
}

// Service takes links up and lets in whoever comes with one.
type Service struct {
	Parts
	tries *tries

	mu   sync.Mutex
	told map[string]bool // the notes whose trouble is in the log already
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{Parts: p, tries: newTries(p.Now), told: map[string]bool{}}
}

// Answers to whoever comes with a link that does not serve. They do not say which of the reasons it is.
var (
	ErrRefused = problem.New(problem.BadRequest, "This link is not valid. Each link works once, for 15 minutes. Create another on the server.")
	// ErrTooOften says that nobody looked at the link.
	ErrTooOften = problem.New(problem.Unavailable, "Too many invalid links were tried from your address. Wait a minute, then try again.")
)

// TakeUp takes up the notes that are in the folder, and removes them. It is called now and then; an error is in the log already.
func (s *Service) TakeUp(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, err := os.ReadDir(s.Folder)
	if err != nil {
		s.tell(ctx, s.Folder, err)
		return
	}
	for _, file := range files {
		if found := noteName.FindStringSubmatch(file.Name()); found != nil {
			path := filepath.Join(s.Folder, file.Name())
			if err := s.takeUp(ctx, path, found[1]); err != nil && ctx.Err() == nil {
				s.tell(ctx, path, err)
			}
		}
	}
}

// tell logs trouble once for each note.
func (s *Service) tell(ctx context.Context, path string, err error) {
	if !s.told[path] {
		s.told[path] = true
		s.Log.ErrorContext(ctx, "a note of a break-glass link could not be taken up", "file", path, "error", problem.Told(err))
	}
}

func (s *Service) takeUp(ctx context.Context, path, id string) error {
	l, err := open(path, id, s.Ring)
	if errors.Is(err, secret.ErrDamaged) {
		return errors.Join(errors.New("it was not made with this installation's key, and is removed"), os.Remove(path))
	}
	if err != nil {
		return err
	}
	if l.Proof, err = s.Ring.Prove(l.Record()); err != nil {
		return err
	}
	until := l.Made.Add(Life)
	entry := audit.Entry{Actor: audit.Itself, Action: Made, Target: l.target()}.With("by", l.By).With("made", l.Made.Format(time.RFC3339)).With("until", until.Format(time.RFC3339))
	switch err := s.Store.Take(ctx, l, entry); {
	case errors.Is(err, ErrKnown): // it could not be removed before, or somebody put it back
	case err != nil:
		return err
	default:
		s.Log.WarnContext(ctx, "A BREAK-GLASS LINK WAS MADE: anyone who has it can sign in as a Tenant Owner, once", "link", id, "by", l.By, "until", until)
	}
	return os.Remove(path)
}

// Use lets in whoever comes with the token of a link that serves, once, and gives who they are from now on. Every refusal is counted for
// the address, and after some of them nobody looks at what comes from there for a minute.
func (s *Service) Use(ctx context.Context, token secret.Value, origin audit.Origin) (access.Caller, error) {
	if !s.tries.allowed(origin.Address) {
		return access.Caller{}, ErrTooOften
	}
	s.TakeUp(ctx)
	caller, err := s.use(ctx, token, origin)
	if errors.Is(err, ErrRefused) {
		s.tries.wrong(origin.Address)
		s.refused(ctx, origin)
	}
	return caller, err
}

func (s *Service) use(ctx context.Context, token secret.Value, origin audit.Origin) (access.Caller, error) {
	l, err := s.Store.Find(ctx, hashOf(token))
	if errors.Is(err, ErrNone) {
		return access.Caller{}, ErrRefused
	}
	if err != nil {
		return access.Caller{}, err
	}
	if err := s.Ring.Check(l.Proof, l.Record()); err != nil {
		s.Log.ErrorContext(ctx, "a break-glass link was refused because Purser did not write it like this; someone may have changed the database", "link", l.ID, "error", problem.Told(err))
		return access.Caller{}, ErrRefused
	}
	now := s.Now()
	if !l.serves(now) {
		return access.Caller{}, ErrRefused
	}
	caller := l.caller()
	entry := audit.By(caller, origin, Used, l.target()).With("by", l.By)
	if err := s.Store.Use(ctx, l.ID, now, origin.Address, entry); errors.Is(err, ErrNone) {
		return access.Caller{}, ErrRefused
	} else if err != nil {
		return access.Caller{}, err
	}
	s.Log.WarnContext(ctx, "A BREAK-GLASS LINK WAS USED: someone is signed in as a Tenant Owner without the identity provider", "link", l.ID, "by", l.By,
		"address", origin.Address, "request_id", origin.Request)
	return caller, nil
}

// refused notes a link that did not serve.
func (s *Service) refused(ctx context.Context, origin audit.Origin) {
	s.Log.WarnContext(ctx, "a break-glass link was refused", "address", origin.Address, "request_id", origin.Request)
	entry := audit.By(access.Caller{}, origin, Refused, audit.Target{Kind: "break-glass link"})
	if err := s.Activity.Record(ctx, entry); err != nil {
		s.Log.ErrorContext(ctx, "refused break-glass link not recorded", "error", problem.Told(err))
	}
}

// Notice is what a Tenant Owner reads after links were used.
type Notice struct {
	Newest Link
	Count  int // of uses that they have not put away
}

// Notice gives the uses that somebody has not put away; no Count where there are none, and for whoever came by a link themselves.
func (s *Service) Notice(ctx context.Context, caller access.Caller) (Notice, error) {
	if !caller.May(access.ChangeSecurity) || caller.Issuer == Issuer {
		return Notice{}, nil
	}
	unseen, err := s.Store.Unseen(ctx, caller.Issuer, caller.Subject)
	if err != nil || len(unseen) == 0 {
		return Notice{}, err
	}
	return Notice{Newest: unseen[0], Count: len(unseen)}, nil
}

// Dismiss puts the notice away for one Tenant Owner, up to the use that they read of: one that came meanwhile is told of still.
func (s *Service) Dismiss(ctx context.Context, caller access.Caller, origin audit.Origin, through time.Time) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	if now := s.Now(); through.After(now) {
		through = now
	}
	n, err := s.Notice(ctx, caller)
	if err != nil || n.Count == 0 {
		return err
	}
	entry := audit.By(caller, origin, Dismissed, n.Newest.target()).With("count", strconv.Itoa(n.Count))
	return s.Store.Dismiss(ctx, caller.Issuer, caller.Subject, through, entry)
}
