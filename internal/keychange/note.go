package keychange

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/note"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// letter is what Make leaves in the data folder, sealed.
type letter struct {
	Change secret.Change `json:"change"`
	By     string        `json:"by"`
}

// noteName is the name of a note's file, with its id in it.
var noteName = regexp.MustCompile(`^key-change-([a-z0-9]{16})\.note$`)

func noteRecord(id string) secret.Record {
	return secret.Record{Table: "key-change", ID: id, Field: "note"}
}

// Make asks for a change of the key: it leaves a note in the data folder of an installation whose keyring it is given, for the Purser that
// works there. by is who asks, as the machine calls them.
func Make(ctx context.Context, folder string, ring *secret.Keyring, former, next secret.Keeper, by string) error {
	change, err := ring.Change(ctx, former, next)
	if err != nil {
		return err
	}
	text, err := json.Marshal(letter{Change: change, By: shown.Name(by)})
	if err != nil {
		return fmt.Errorf("write the note: %w", err)
	}
	id := strings.ToLower(rand.Text()[:16])
	sealed, err := ring.Seal(secret.NewValue(text), noteRecord(id))
	if err != nil {
		return err
	}
	if err := note.Leave(folder, "key-change-"+id+".note", sealed); err != nil {
		return fmt.Errorf("leave a note in the data folder: %w", err)
	}
	return nil
}

// TakeUp takes up the notes that are in the folder, and removes them. It is called now and then; an error is in the log already.
func (s *Service) TakeUp(ctx context.Context) {
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

// takeUp begins the change that a note asks for. One that cannot be begun is removed: who asked for it waits, and hears of the log.
func (s *Service) takeUp(ctx context.Context, path, id string) error {
	l, err := s.open(path, id)
	if errors.Is(err, secret.ErrDamaged) {
		return errors.Join(errors.New("it was not made with this installation's key, and is removed"), os.Remove(path))
	}
	if err != nil {
		return err
	}
	e := audit.Entry{Actor: audit.Itself, Action: Begun}.With("by", l.By)
	err = s.begin(ctx, e, l.Change)
	if err != nil && problem.KindOf(err) != problem.Conflict {
		return err // such as a full disk: it is taken up when that is over
	}
	return errors.Join(err, os.Remove(path))
}

func (s *Service) open(path, id string) (l letter, err error) {
	sealed, err := note.Read(path)
	if err != nil {
		return l, err
	}
	text, err := s.Ring.Open(sealed, noteRecord(id))
	if err != nil {
		return l, err
	}
	defer text.Clear()
	if err := json.Unmarshal(text.Reveal(), &l); err != nil {
		return l, fmt.Errorf("read the note: %w", err)
	}
	return l, nil
}

// tell logs trouble once for each note.
func (s *Service) tell(ctx context.Context, path string, err error) {
	s.mu.Lock()
	first := !s.told[path]
	s.told[path] = true
	s.mu.Unlock()
	if first {
		s.Log.ErrorContext(ctx, "a note that asks to change the key could not be taken up", "file", path, "error", problem.Told(err))
	}
}
