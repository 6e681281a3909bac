// Package feed keeps the secret addresses at which calendar programs read what ends (R91). Such a program has no session: whoever has the
// address reads what it shows, so an address belongs to a person, is shown once, can be revoked, and ends with the person's role.
//
// What an address shows is for who answers it. This package owns whom it belongs to, and whether it still serves.
package feed

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// The actions of this package in the activity log.
const (
	Made    audit.Action = "calendar address made"
	Revoked audit.Action = "calendar address revoked"
)

// What a Store returns where a rule of the rows themselves is broken.
var (
	ErrGone = errors.New("feed: no such address, or no longer")
	ErrMany = errors.New("feed: the person has as many as anyone may have")
)

// ID names an address. It says nothing of its secret.
type ID string

// Feed is an address.
type Feed struct {
	ID              ID
	Token           string // the SHA-256 of its secret, hex
	Issuer, Subject string // whose it is
	Name            string // what its owner calls it, such as the program that reads it
	Accounts        bool   // it shows usernames
	Made            time.Time
	Proof           []byte // that Purser wrote all of this that gives rights
}

// Record is what the proof covers.
func (f Feed) Record() secret.Record {
	return secret.Record{Table: "feed", ID: string(f.ID), Field: "proof", Facts: secret.FactsOf(f.Token, f.Issuer, f.Subject, strconv.FormatBool(f.Accounts))}
}

// Called is what people call it.
func (f Feed) Called() string { return shown.Name(f.Name) }

func (f Feed) target() audit.Target {
	return audit.Target{Kind: "calendar address", ID: string(f.ID), Name: f.Name}
}

// Store keeps addresses. What somebody does is written together with its entry in the activity log, all or nothing. Package storetest holds
// a store to what is promised here.
type Store interface {
	// Make keeps a new address of somebody who has fewer than most; ErrMany.
	Make(ctx context.Context, f Feed, most int, e audit.Entry) error
	// Of gives those of a person, the newest first.
	Of(ctx context.Context, issuer, subject string) ([]Feed, error)
	// Find gives the one with a token; ErrGone.
	Find(ctx context.Context, token string) (Feed, error)
	// Revoke removes one of a person's; ErrGone where they have no such one.
	Revoke(ctx context.Context, issuer, subject string, id ID, e audit.Entry) error
}

const (
	// Most is how many addresses a person may have.
	Most = 10
	// away is for how long somebody may not have signed in: what the identity provider said of them is too old then.
	away = 90 * 24 * time.Hour
	// longestName is how long the name of an address may be.
	longestName = 60
)

// FieldName is the field of the name, by which problems name it.
const FieldName = "name"

// Service keeps the rules.
type Service struct {
	Store  Store
	Ring   *secret.Keyring
	Holder func(ctx context.Context, issuer, subject string) (access.Caller, time.Time, error) // somebody with the role that they have now, and their last sign-in
	Now    func() time.Time
}

// Own gives the caller's addresses.
func (s *Service) Own(ctx context.Context, caller access.Caller) ([]Feed, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.Store.Of(ctx, caller.Issuer, caller.Subject)
}

// Make makes an address of the caller's, and gives its secret, which nobody can read again.
func (s *Service) Make(ctx context.Context, caller access.Caller, origin audit.Origin, name string, accounts bool) (Feed, secret.Value, error) {
	none := secret.Value{}
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Feed{}, none, err
	}
	name = shown.Trim(name)
	if name == "" || len([]rune(name)) > longestName || shown.Name(name) != name {
		return Feed{}, none, problem.Field(FieldName, "Enter a name of up to 60 characters, such as Outlook.")
	}
	if holder, _, err := s.Holder(ctx, caller.Issuer, caller.Subject); err != nil || !holder.May(access.ManageServiceAccounts) {
		return Feed{}, none, errors.Join(err, problem.New(problem.Forbidden, "A calendar address belongs to a person who signs in with the identity provider. Sign in that way, then try again."))
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Feed{}, none, err
	}
	token := secret.FromString(base64.RawURLEncoding.EncodeToString(secret.Random(32).Reveal()))
	f := Feed{
		ID: ID(id.String()), Token: hashOf(string(token.Reveal())), Issuer: caller.Issuer, Subject: caller.Subject, Name: name, Accounts: accounts, Made: s.Now().UTC().Truncate(time.Millisecond),
	}
	if f.Proof, err = s.Ring.Prove(f.Record()); err != nil {
		return Feed{}, none, err
	}
	usernames := "not shown"
	if accounts {
		usernames = "shown"
	}
	err = s.Store.Make(ctx, f, Most, audit.By(caller, origin, Made, f.target()).With("usernames", usernames))
	if errors.Is(err, ErrMany) {
		return Feed{}, none, problem.Field(FieldName, "You have ten calendar addresses already. Revoke one first.")
	}
	return f, token, err
}

// Revoke ends an address of the caller's.
func (s *Service) Revoke(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	own, err := s.Own(ctx, caller)
	if err != nil {
		return err
	}
	for _, f := range own {
		if f.ID == id {
			err := s.Store.Revoke(ctx, caller.Issuer, caller.Subject, id, audit.By(caller, origin, Revoked, f.target()))
			if errors.Is(err, ErrGone) {
				return nil // somebody was faster
			}
			return err
		}
	}
	return problem.New(problem.NotFound, "This calendar address does not exist, or no longer does.")
}

// errNone is one answer to all secrets that don't serve, so that nobody learns which of them ever did.
var errNone = problem.New(problem.NotFound, "There is no calendar at this address, or no longer.")

// Open gives the address with a secret, and its owner with the role that they have now.
func (s *Service) Open(ctx context.Context, token string) (Feed, access.Caller, error) {
	f, err := s.Store.Find(ctx, hashOf(token))
	if errors.Is(err, ErrGone) || err == nil && s.Ring.Check(f.Proof, f.Record()) != nil {
		return Feed{}, access.Caller{}, errNone
	}
	if err != nil {
		return Feed{}, access.Caller{}, err
	}
	owner, seen, err := s.Holder(ctx, f.Issuer, f.Subject)
	if err != nil {
		return Feed{}, access.Caller{}, err
	}
	if !owner.May(access.ManageServiceAccounts) || s.Now().Sub(seen) > away {
		return Feed{}, access.Caller{}, errNone
	}
	return f, owner, nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
