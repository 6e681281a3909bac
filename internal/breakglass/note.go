package breakglass

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"purser.example/internal/note"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// letter is what Make leaves in the data folder, sealed.
type letter struct {
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
	text, err := json.Marshal(letter{Token: hashOf(token), Made: now.UnixMilli(), By: shown.Name(by)})
	if err != nil {
		return secret.Value{}, fmt.Errorf("write the note: %w", err)
	}
	sealed, err := ring.Seal(secret.NewValue(text), noteRecord(id))
	if err != nil {
		return secret.Value{}, err
	}
	if err := note.Leave(folder, nameOf(id), sealed); err != nil {
		return secret.Value{}, fmt.Errorf("leave a note in the data folder: %w", err)
	}
	return token, nil
}

// open reads the note of a file that Make left.
func open(path, id string, ring *secret.Keyring) (Link, error) {
	sealed, err := note.Read(path)
	if err != nil {
		return Link{}, err
	}
	text, err := ring.Open(sealed, noteRecord(id))
	if err != nil {
		return Link{}, err
	}
	var n letter
	if err := json.Unmarshal(text.Reveal(), &n); err != nil {
		return Link{}, fmt.Errorf("read the note: %w", err)
	}
	return Link{ID: id, Token: n.Token, Made: time.UnixMilli(n.Made).UTC(), By: n.By}, nil
}
