// Package verdict is the outcome of a validation as data: what was found, what it proves, why, and what to do about it
// (R17, R18, R62).
//
// It owns the statuses, the table that turns Microsoft's codes into them, the rules for password expiry and directory
// roles, and the words that a person reads. Talking to Microsoft is left to internal/microsoft, storing to internal/sqlite.
// Codes, advice, statuses and roles are files beside the code, each row with its source: correcting a fact means editing a
// file. A verdict never holds a password, a secret or text that Microsoft wrote for people.
package verdict

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"purser.example/internal/whose"
)

// Verdict is the outcome of one validation. It is stored as JSON; the field names are stable.
type Verdict struct {
	Status Status `json:"status"`
	// Code is what to quote: "AADSTS53003", "HTTP 503", "TIMEOUT", or "" when the account is valid.
	Code string `json:"code,omitempty"`
	// Rule is the key of the row that decided, see Rules. It differs from Code where Microsoft's code is not in the table.
	Rule string `json:"rule,omitempty"`
	// Fault is who is to be looked at; empty for a valid account.
	Fault    whose.Fault `json:"fault,omitempty"`
	Codes    []int       `json:"codes,omitempty"` // all of Microsoft's error_codes, in its order
	Suberror string      `json:"suberror,omitempty"`

	At       time.Time `json:"at"`                // when the validation ended, by our clock, UTC
	Answered time.Time `json:"answered,omitzero"` // the time in Microsoft's answer, for its support
	// CorrelationID and TraceID find the attempt in the tenant's sign-in log and at Microsoft's support.
	CorrelationID string   `json:"correlationId,omitempty"`
	TraceID       string   `json:"traceId,omitempty"`
	Policies      []string `json:"policies,omitempty"` // ids of the conditional access policies that Microsoft named
	Blame         Blame    `json:"blame,omitzero"`     // which policy it was, as far as the tenant lets Purser read it

	Proof     Proof    `json:"proof,omitzero"`
	UserID    string   `json:"userId,omitempty"` // the account's object id
	Roles     []Role   `json:"roles,omitempty"`
	RolesRead bool     `json:"rolesRead,omitempty"` // false: no roles here does not mean that there are none
	Products  []string `json:"products,omitempty"`  // licensed for, see Products; read where Proof.Licence is
	Expiry    Expiry   `json:"expiry,omitzero"`
	// PasswordSet is when the password was last changed, as Microsoft keeps it; zero: it has not told.
	PasswordSet time.Time `json:"passwordSet,omitzero"`
	Warnings    []Warning `json:"warnings,omitempty"` // what could not be read; Review adds what follows from the rest

	// RetryAfter is how long Microsoft asked us to stay away; zero when it did not. Stored in nanoseconds.
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
	// Attempted says that the password left us, so that the attempt may count towards a lockout.
	Attempted bool `json:"attempted,omitempty"`
	// CloudChecked says that the domain is federated, and that the password went to Microsoft all the same, because an owner said that
	// its cloud checks it (X25).
	CloudChecked bool `json:"cloudChecked,omitempty"`
	// AppPassword says that an app password was tried, over the legacy protocol that those belong to (R34).
	AppPassword bool `json:"appPassword,omitempty"`
	// Unlike says that what was tried as an app password does not look like one: those are 16 lower-case letters. An account without MFA
	// is let in with its own password there too, and nothing in the answer tells which of them it was.
	Unlike bool `json:"unlike,omitempty"`
	// Legacy says whether the tenant's own setting lets that protocol in, as far as it could be read.
	Legacy Proven `json:"legacy,omitempty"`
	// Busy says that Microsoft asked to come back later (429, 503), so that the attempt did not count.
	Busy bool `json:"busy,omitempty"`
	// StillRefused says that an earlier validation found the password refused, and that this one could not tell: the account was
	// locked, say.
	StillRefused bool `json:"stillRefused,omitempty"`
	// Detail is for the log: what happened on the wire, without secrets. It is not stored.
	Detail string `json:"-"`
}

// UnmarshalJSON reads what any release has stored: unknown fields are passed over, a field of another type stays empty, an
// unknown status reads as Unknown, none as NotValidated. Only text that is no JSON object is an error.
func (v *Verdict) UnmarshalJSON(data []byte) error {
	type plain Verdict
	read := plain{Status: NotValidated}
	if err := json.Unmarshal(data, &read); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok || e.Field == "" {
			return err
		}
	}
	*v = Verdict(read)
	return nil
}

// MayRepeat reports whether the sign-in may be tried again by itself: it told nothing of the account, and it cannot have
// counted towards a lockout (R62).
func (v Verdict) MayRepeat() bool { return v.Status == Unreachable && (v.Busy || !v.Attempted) }

// Number is the key of the row that decided, for a number of the directory the same whether an app password was tried or the account's own.
func (v Verdict) Number() string { return strings.TrimPrefix(v.Rule, appKey) }

// Misaddressed reports that nothing was sent because of what is kept of this account alone: it tells nothing of its tenant, nor of others.
func (v Verdict) Misaddressed() bool { return v.Rule == NoAdminCenter || v.Rule == OtherAdminCenter }

// Valid reports whether Microsoft gave a token, and for an app password whether SharePoint took it.
func (v Verdict) Valid() bool { return v.Status == Valid }
