package breakglass

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// note is what Make leaves in the data folder, sealed.
type note struct {
	Token string `json:"token"` // its hash
	Made  int64  `json:"made"`  // UTC milliseconds
	By    string `json:"by"`
}

// noteName is the name of a note's file, with the link's id in it.
var noteName = regexp.MustCompile(`^break-glass-([a-z0-9]{16})\.note$`)

func nameOf(id string) string { return "break-glass-" + id + ".note" }

func noteRecord(id string) secret.Record {
	return secret.Record{Table: "break-glass", ID: id, Field: "note"}
}

// Make makes a link: it leaves its note in the data folder of an installation whose keyring it is given, and gives the token that the link
// carries. by is who makes it, as the machine calls them.
func Make(folder string, ring *secret.Keyring, now time.Time, by string) (secret.Value, error) {
	token, id := newToken(), strings.ToLower(rand.Text()[:16])
	text, err := json.Marshal(note{Token: hashOf(token), Made: now.UnixMilli(), By: shown.Name(by)})
	if err != nil {
		return secret.Value{}, fmt.Errorf("write the note: %w", err)
	}
	sealed, err := ring.Seal(secret.NewValue(text), noteRecord(id))
	if err != nil {
		return secret.Value{}, err
	}
	if err := leave(folder, nameOf(id), sealed); err != nil {
		return secret.Value{}, fmt.Errorf("leave a note in the data folder: %w", err)
	}
	return token, nil
}

// leave writes a file that is there whole or not at all, and belongs to whoever the folder belongs to, because root may make a link for a
// Purser that is somebody else.
func leave(folder, name string, text []byte) (err error) {
	part := filepath.Join(folder, "."+name+".part")
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	_, err = f.Write(text)
	if err := errors.Join(err, giveTo(f, folder), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(folder, name))
}

// longestNote is far above every note.
const longestNote = 4 << 10

// open reads the note of a file that Make left.
func open(path, id string, ring *secret.Keyring) (Link, error) {
	sealed, err := contents(path)
	if err != nil {
		return Link{}, err
	}
	text, err := ring.Open(sealed, noteRecord(id))
	if err != nil {
		return Link{}, err
	}
	var n note
	if err := json.Unmarshal(text.Reveal(), &n); err != nil {
		return Link{}, fmt.Errorf("read the note: %w", err)
	}
	return Link{ID: id, Token: n.Token, Made: time.UnixMilli(n.Made).UTC(), By: n.By}, nil
}

func contents(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, longestNote))
}
