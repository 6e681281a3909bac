// Package breakglass is the way in while the identity provider is down or set up wrongly (R83): whoever has the key and a shell on the
// machine makes a link that signs in one Tenant Owner, once, within fifteen minutes.
//
// The link is made by a process of its own (Make), beside a Purser that works or before one that starts, and neither waits for the other:
// Make leaves a note in the data folder, sealed with the keyring, so that only who has both the key and the folder can leave one. Purser
// takes the note up within seconds, or when somebody comes with the link (Service.TakeUp), says so loudly, and keeps what it needs to know
// the link by. The link's token is in nobody's hands but its maker's: the note, the database and the log have no more than its hash.
//
// Everything is in the activity log, and every Tenant Owner reads of a use until they put the notice away.
package breakglass

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// Actions of the activity log.
const (
	Made      audit.Action = "break-glass link made"
	Used      audit.Action = "break-glass link used"
	Refused   audit.Action = "break-glass link refused"
	Dismissed audit.Action = "break-glass notice dismissed"
)

// Issuer stands in the place of the identity provider for whoever comes by a link.
const Issuer = "break-glass"

// Life is how long a link serves.
const Life = 15 * time.Minute

// Errors of stores.
var (
	ErrNone  = errors.New("breakglass: no such link, or used before")
	ErrKnown = errors.New("breakglass: this note was taken up before")
)

// Link is what Purser keeps of a link.
type Link struct {
	ID    string
	Token string // the hash of what the link carries
	Made  time.Time
	By    string // who made it, as the machine calls them
	Used  time.Time
	From  string // the address that it was used from
	Proof []byte // that Purser wrote all but the use
}

// Store keeps links.
type Store interface {
	// Take stores a link that was made, with its entry, or returns ErrKnown where it is there.
	Take(ctx context.Context, l Link, e audit.Entry) error
	// Find gives the link of a token's hash, or ErrNone.
	Find(ctx context.Context, token string) (Link, error)
	// Use notes the one use of a link, with its entry, or returns ErrNone where there was one.
	Use(ctx context.Context, id string, at time.Time, from string, e audit.Entry) error
	// Unseen gives the uses that somebody has not put away, the newest first.
	Unseen(ctx context.Context, issuer, subject string) ([]Link, error)
	// Dismiss puts away the uses up to a moment, for somebody, with its entry.
	Dismiss(ctx context.Context, issuer, subject string, through time.Time, e audit.Entry) error
}

// caller is who comes by a link.
func (l Link) caller() access.Caller {
	return access.Caller{Issuer: Issuer, Subject: l.ID, Name: "Break-glass", SignIn: "break-glass", Roles: []access.Role{access.TenantOwner}}
}

// serves reports whether the link can still be used at a moment. One from the future was made by another clock (X44).
func (l Link) serves(now time.Time) bool { return l.Used.IsZero() && now.Sub(l.Made).Abs() < Life }

// Record is what a link's proof covers: everything that gives rights.
func (l Link) Record() secret.Record {
	return secret.Record{Table: "break-glass", ID: l.ID, Field: "proof", Facts: secret.FactsOf(l.Token, strconv.FormatInt(l.Made.UnixMilli(), 10), l.By)}
}

func (l Link) target() audit.Target { return audit.Target{Kind: "break-glass link", ID: l.ID} }

// newToken makes the token of a link: 256 random bits.
func newToken() secret.Value {
	return secret.FromString(base64.RawURLEncoding.EncodeToString(secret.Random(32).Reveal()))
}

func hashOf(token secret.Value) string {
	sum := sha256.Sum256(token.Reveal())
	return hex.EncodeToString(sum[:])
}
