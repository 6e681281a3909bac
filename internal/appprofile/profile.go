// Package appprofile keeps the app registrations by which Purser gets at tenants: the app profiles of R70–R74.
//
// It owns their credentials, what Microsoft 365 says of them and which of them is used; connecting a tenant means keeping an app
// profile for it. Nothing wrong is kept: Save asks Microsoft first. Secrets and private keys are sealed together with what says where
// they are sent. How Microsoft is asked is for who implements Directory.
package appprofile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// ID names an app profile. One that was written before there were several has the id of its tenant.
type ID string

// CredentialID names a credential within its profile.
type CredentialID string

// Former is the credential of a profile that was written before there were several.
const Former CredentialID = "secret"

// Kind is how an app proves itself.
type Kind string

// The kinds. A public client proves nothing, and gets no token of its own.
const (
	Public      Kind = "none"
	Secret      Kind = "secret"
	Certificate Kind = "certificate"
)

// Title is the kind as people see it.
func (k Kind) Title() string {
	switch k {
	case Secret:
		return "Client secret"
	case Certificate:
		return "Certificate"
	default:
		return "None (public client)"
	}
}

// Status is how an app profile stands (R70).
type Status string

// The statuses of R70.
const (
	Active             Status = "active"
	PermissionsMissing Status = "permissions-missing"
	Invalid            Status = "invalid"
	NotChecked         Status = "not-checked"
)

// Title is the status as people see it.
func (s Status) Title() string {
	switch s {
	case Active:
		return "Active"
	case PermissionsMissing:
		return "Permissions missing"
	case Invalid:
		return "Invalid"
	default:
		return "Not checked"
	}
}

// Statuses lists all of them, in the order in which a filter offers them.
func Statuses() []Status { return []Status{Active, PermissionsMissing, Invalid, NotChecked} }

// Standing is what Microsoft said of a credential last.
type Standing string

// The standings. One that waits has not been tried yet, such as a certificate that Purser made: somebody must upload it first.
const (
	Accepted Standing = "accepted"
	Waiting  Standing = "waiting"
	Refused  Standing = "refused"
)

// Credential is what an app proves itself by, without its secret.
type Credential struct {
	ID       CredentialID
	Kind     Kind
	Standing Standing
	Code     string    // why it was refused: "AADSTS7000222"; empty: it was not
	Expires  time.Time // zero: not known, because Microsoft does not tell it of client secrets, or never
	Public   []byte    // the certificate, DER
	Made     bool      // by Purser
	Added    Stamp
}

// Thumbprint is the SHA-1 of the certificate in capitals, by which the portals list it; empty for other credentials.
func (c Credential) Thumbprint() string {
	if len(c.Public) == 0 {
		return ""
	}
	return thumbprint(c.Public)
}

// Thumbprint256 is the SHA-256 of the certificate.
func (c Credential) Thumbprint256() string {
	if len(c.Public) == 0 {
		return ""
	}
	sum := sha256.Sum256(c.Public)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// PEM is the certificate for a download; nil for other credentials.
func (c Credential) PEM() []byte {
	if len(c.Public) == 0 {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Public})
}

// Stamp says when something was done, and by whom as they were called then.
type Stamp struct {
	At time.Time
	By string
}

func stampOf(caller access.Caller, at time.Time) Stamp {
	return Stamp{At: at.UTC().Truncate(time.Millisecond), By: caller.Called()}
}

// Finding is what stands in the way of an app profile, in words. The zero Finding is nothing.
type Finding struct {
	Code          string `json:"code,omitempty"`        // "AADSTS7000222"
	CorrelationID string `json:"correlation,omitempty"` // to quote to Microsoft
	TraceID       string `json:"trace,omitempty"`
	Cause         string `json:"cause,omitempty"`  // a sentence
	Remedy        string `json:"remedy,omitempty"` // sentences
}

// Grants are the permissions that an app has been given in its tenant. What could not be read is not the same as none.
type Grants struct {
	RolesRead  bool     `json:"rolesRead"`
	Roles      []string `json:"roles,omitempty"` // application permissions of Microsoft Graph
	ScopesRead bool     `json:"scopesRead"`
	Scopes     []string `json:"scopes,omitempty"` // its delegated ones that an administrator consented to for everybody

	SharePointRead   bool     `json:"sharePointRead,omitempty"`
	SharePointScopes []string `json:"sharePointScopes,omitempty"` // delegated ones of SharePoint
}

// Profile is one app profile.
type Profile struct {
	ID            ID
	Name          string
	Tenant        tenant.ID
	ApplicationID string       // client id, a GUID in lower case
	Credentials   []Credential // by when they were added; one or two
	Preferred     bool         // of its tenant's, Purser takes this one
	Status        Status
	Checked       time.Time // zero: never
	Finding       Finding
	Granted       Grants
	Version       int64
	Created       Stamp
	Modified      Stamp
}

// Kind is how the app proves itself, by the credential in use.
func (p Profile) Kind() Kind {
	if c, ok := p.Used(time.Time{}); ok {
		return c.Kind
	}
	return Public
}

// Expires is when the first of its credentials ends; zero where none is known to.
func (p Profile) Expires() (first time.Time) {
	for _, c := range p.Credentials {
		if !c.Expires.IsZero() && (first.IsZero() || c.Expires.Before(first)) {
			first = c.Expires
		}
	}
	return first
}

// Used is the credential that Purser takes, and whether there is one: one that Microsoft accepted before one that was never tried, those
// before one that it refused; of equals the one that was added last. At a time, one that has ended comes after all others.
func (p Profile) Used(now time.Time) (Credential, bool) {
	if len(p.Credentials) == 0 {
		return Credential{}, false
	}
	return p.Credentials[p.byUse(now)[0]], true
}

// byUse are the places of the credentials, the one in use first.
func (p Profile) byUse(now time.Time) []int {
	places := make([]int, len(p.Credentials))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int {
		a, b := p.Credentials[i], p.Credentials[j]
		return cmp.Or(
			cmp.Compare(rank(a, now), rank(b, now)),
			b.Added.At.Compare(a.Added.At),
		)
	})
	return places
}

func rank(c Credential, now time.Time) int {
	switch {
	case !now.IsZero() && c.ended(now):
		return 3
	case c.Standing == Accepted:
		return 0
	case c.Standing == Waiting:
		return 1
	}
	return 2
}

func (c Credential) ended(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }

// credential finds one by its id.
func (p Profile) credential(id CredentialID) (Credential, bool) {
	i := slices.IndexFunc(p.Credentials, func(c Credential) bool { return c.ID == id })
	if i < 0 {
		return Credential{}, false
	}
	return p.Credentials[i], true
}

// Called is the name as people see it. One that was taken from its tenant may be Microsoft's, to the letter (X45).
func (p Profile) Called() string { return shown.Name(p.Name) }

func (p Profile) target() audit.Target {
	return audit.Target{Kind: "app profile", ID: string(p.ID), Name: p.Name}
}

// App is an app registration with the credential to be used, for those who sign in with it.
type App struct {
	Profile       ID
	ApplicationID string
	Credential    CredentialID
	Kind          Kind
	Secret        secret.Value // the client secret, or the private key of the certificate as PKCS #8; empty for a public client
	Public        []byte       // the certificate, DER
}

// Clear overwrites the secret.
func (a App) Clear() { a.Secret.Clear() }
