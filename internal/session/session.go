// Package session knows who is signed in and for how long (R4).
//
// The browser holds a random id in a cookie; the session itself is a row on the server whose key is the id's hash, so that a
// copy of the database opens no session, and a signed-out cookie opens nothing. A session begins before sign-in, to carry
// the sign-ins under way, gets a new id at sign-in, ends at sign-out, without activity or at its latest time. This package
// owns those rules; cookies are web/session's, rows internal/sqlite's.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"purser.example/internal/access"
)

// ID is what the browser holds: 256 random bits. It is a secret; only its Key is stored or logged.
type ID string

// NewID makes a fresh id.
func NewID() ID {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return ID(base64.RawURLEncoding.EncodeToString(b))
}

// Key is the hash under which the session is stored.
func (id ID) Key() Key {
	sum := sha256.Sum256([]byte(id))
	return Key(hex.EncodeToString(sum[:]))
}

// Key names a stored session.
type Key string

// providerKey is the hash under which a session of the provider's is stored; "" for none.
func providerKey(sid string) string {
	if sid == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(sid))
	return hex.EncodeToString(sum[:])
}

// Short is enough of the key to tell sessions apart in the activity log.
func (k Key) Short() string { return string(k[:min(12, len(k))]) }

// Session is one visitor: somebody signed in, or nobody yet with sign-ins under way.
type Session struct {
	Key     Key
	Caller  access.Caller // zero before sign-in
	Created time.Time
	Seen    time.Time // last activity
	State   State
	IDToken []byte // sealed; what the identity provider gave, for the sign-out there. nil: nobody was signed in there

	// Provider names the provider's own session to which the one that SignIn begins belongs, by the ID token's sid. It is not loaded again.
	Provider string

	stored     []byte    // the sealed State as loaded, to notice that somebody else changed it
	storedSeen time.Time // the activity as loaded, which may be older than Seen
}

// State is what a session carries from one request to the next. It is sealed in the row.
type State struct {
	Attempts []Attempt `json:"attempts,omitempty"`
	Flash    *Flash    `json:"flash,omitempty"`
	Served   []Way     `json:"served,omitempty"`
	NoRole   *NoRole   `json:"no_role,omitempty"`
	Came     *Came     `json:"came,omitempty"`
}

// Came is how somebody who is signed in came. It stays with the session, sealed, so that whoever writes into the database can neither read
// it nor put something else in its place (X43).
type Came struct {
	Address string `json:"address,omitempty"`
	Browser string `json:"browser,omitempty"` // its family, as BrowserOf names it

	Proved time.Time `json:"proved,omitzero"` // when they last proved who they are; zero where that is not known
}

// Attempt is one sign-in under way; it serves once. The fields are those of login.Attempt.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string
	ReturnTo string
	Started  time.Time
	Fresh    bool
}

// Way is where an attempt was to lead that has served, whatever came of it (X11, X12).
type Way struct {
	State    string `json:"state"`
	ReturnTo string `json:"return_to"`
}

// NoRole is why somebody who signed in has no role, in the words of login.Claim (X7, X10).
type NoRole struct {
	Claim   string `json:"claim"`
	Finding string `json:"finding"`
	Waits   bool   `json:"waits,omitempty"`  // a Tenant Owner has to say that it is them
	Unread  string `json:"unread,omitempty"` // why it is not known which groups they are in, a sentence
}

// Flash is a message for the next page.
type Flash struct {
	Failure bool   `json:"failure,omitempty"`
	Text    string `json:"text"`
	Href    string `json:"href,omitempty"`    // where what it speaks of is opened
	Label   string `json:"label,omitempty"`   // of that link; empty: Open
	About   string `json:"about,omitempty"`   // the id of what it speaks of, which the next page marks
	Verdict bool   `json:"verdict,omitempty"` // it says what a validation found, which the next page may say in full
}

// Limits says how long sessions last.
type Limits struct {
	Idle time.Duration // without activity
	Max  time.Duration // at the latest
}

const (
	waitingLife = time.Hour   // the session of nobody; an attempt is void sooner, but what it was to lead to is still known (X12)
	maxAttempts = 5           // tabs that were open when the session ended; as many that have served are remembered
	touchEvery  = time.Minute // an activity is written at most so often
)

// ended reports whether s is over at now.
func (l Limits) ended(s Session, now time.Time) bool {
	if !s.Caller.SignedIn() {
		return age(s.Created, now) >= waitingLife
	}
	return age(s.Seen, now) >= l.Idle || age(s.Created, now) >= l.Max
}

// age is how far at lies from now, whichever way: what comes from the future was noted while the clock was ahead, and how old it is
// cannot be told (X44).
func age(at, now time.Time) time.Duration { return now.Sub(at).Abs() }

// Left is how long s lasts without further activity, and at the latest.
func (l Limits) Left(s Session, now time.Time) (idle, latest time.Duration) {
	latest = max(0, l.Max-age(s.Created, now))
	return max(0, min(l.Idle-age(s.Seen, now), latest)), latest
}

// touchAfter is how stale a stored activity may be: a minute, or less where sessions are that short.
func (l Limits) touchAfter() time.Duration { return min(touchEvery, l.Idle/4) }
