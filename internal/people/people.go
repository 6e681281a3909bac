// Package people knows who may enter, and as what (R5–R9): everybody who has signed in or was given a role here, and groups that were.
//
// The identity provider says who somebody is, and may say what they may do, by a claim. A role given here holds beside the claim, the
// stronger of both; one given to a group holds for whoever was in it when that was last read. Roles are worked out at each request
// (Service.Roles), from what is stored now, so that a change holds at the next one in every session. Deactivated, nobody has any.
//
// A person is known by issuer and subject, with Microsoft Entra ID also by tenant and object. An address decides nothing: it can be given
// to somebody else. What gives or takes rights carries a proof that Purser wrote it, so that nobody gets a role by writing into the
// database. This package owns these rules; a change is decided inside the transaction that makes it, because two people may change each
// other at once.
package people

import (
	"errors"
	"strconv"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// Actions of the activity log.
const (
	RoleChanged audit.Action = "role changed"
	Deactivated audit.Action = "person deactivated"
	Activated   audit.Action = "person activated"
	Removed     audit.Action = "person removed"
	OwnerSet    audit.Action = "primary owner set"
	Added       audit.Action = "person added"
	Accepted    audit.Action = "person accepted"
	Declined    audit.Action = "request declined"
	RoleAsked   audit.Action = "role requested"
	Exported    audit.Action = "people exported"
	// SecretUsed is how pools call it, too.
	SecretUsed audit.Action = "app profile used to read the tenant"
)

// Errors of stores.
var (
	ErrNone = errors.New("people: no such person")
	// ErrOut says that somebody was deactivated, and has no way in.
	ErrOut = errors.New("people: deactivated")
)

// ID names a person or group here.
type ID string

// Kind tells people from groups.
type Kind string

// The kinds.
const (
	OnePerson Kind = "person"
	Group     Kind = "group"
)

// Person is somebody who has signed in or was given a role, or a group that was given one.
type Person struct {
	ID     ID
	Kind   Kind
	Name   string
	SignIn string // of a group, its address
	Mail   string // folded: another address that the look-up told

	Issuer, Subject string    // empty before the first sign-in
	Tenant          tenant.ID // empty where it is not known
	Object          string

	Claim   access.Role // what the claim gave at the last sign-in
	Given   access.Role
	GivenAt time.Time
	GivenBy string
	In      []Membership // of groups that were given a role; the list does not read them

	Grouped   access.Role // what groups give, as the list knows it
	GroupedBy string

	Deactivated bool
	Primary     bool
	Added       time.Time
	Seen        time.Time // the last sign-in
	WaitsFor    ID
	Asked       time.Time
	Answered    time.Time
	Version     int64
	Proof       []byte
}

// Membership is that somebody was in a group when that was last read.
type Membership struct {
	Group Person
	Proof []byte
}

// Status is what the list says of somebody.
type Status string

// The statuses, to the letter.
const (
	Active         Status = "Active"
	Inactive       Status = "Deactivated"
	NotSignedInYet Status = "Not signed in yet"
)

// Status says whether somebody may enter, and has.
func (p Person) Status() Status {
	switch {
	case p.Deactivated:
		return Inactive
	case p.Kind == OnePerson && p.Seen.IsZero():
		return NotSignedInYet
	}
	return Active
}

// Role is the strongest that the list knows of.
func (p Person) Role() access.Role { return Strongest(p.Claim, p.Given, p.Grouped) }

// Called is how people speak of them.
func (p Person) Called() string {
	if p.Name != "" {
		return p.Name
	}
	return p.SignIn
}

// Sources say what gives somebody the role that they have, to the letter.
func (p Person) Sources() []string {
	var list []string
	role := p.Role()
	if role == "" {
		return nil
	}
	if p.Claim == role {
		list = append(list, "Claim")
	}
	if p.Given == role {
		list = append(list, "Given here")
	}
	if p.Grouped == role {
		list = append(list, "Group "+p.GroupedBy)
	}
	return list
}

// Rank orders roles: the larger holds.
func Rank(r access.Role) int {
	switch r {
	case access.TenantOwner:
		return 2
	case access.ServiceAdministrator:
		return 1
	}
	return 0
}

// Ranked is the role of a rank.
func Ranked(rank int) access.Role {
	return map[int]access.Role{2: access.TenantOwner, 1: access.ServiceAdministrator}[rank]
}

// Strongest is the role that holds of several.
func Strongest(roles ...access.Role) access.Role {
	strongest := access.Role("")
	for _, r := range roles {
		if Rank(r) > Rank(strongest) {
			strongest = r
		}
	}
	return strongest
}

// Record is what a person's proof covers: who they are, and everything that gives or takes rights.
func (p Person) Record() secret.Record {
	return secret.Record{Table: "people", ID: string(p.ID), Field: "proof", Facts: secret.FactsOf(
		string(p.Kind), p.Issuer, p.Subject, string(p.Tenant), p.Object, string(p.Claim), string(p.Given), strconv.FormatBool(p.Deactivated), strconv.FormatBool(p.Primary))}
}

// MembershipRecord is what the proof of a membership covers.
func MembershipRecord(person, group ID) secret.Record {
	return secret.Record{Table: "people_groups", ID: string(person), Field: "proof", Facts: secret.FactsOf(string(group))}
}

func (p Person) target() audit.Target {
	return audit.Target{Kind: string(p.Kind), ID: string(p.ID), Name: p.Called()}
}

// Is reports whether this is who asks.
func (p Person) Is(caller access.Caller) bool {
	return p.Subject != "" && p.Issuer == caller.Issuer && p.Subject == caller.Subject
}
