package m365sim

import (
	"bytes"
	"encoding/json"
)

// User is an account of a tenant. UserPrincipalName and Password are needed; an id left out is derived from the name.
type User struct {
	ID                string `json:"id,omitempty"`
	UserPrincipalName string `json:"userPrincipalName"`
	DisplayName       string `json:"displayName,omitempty"`
	// Password is checked by the token endpoint. An empty one means that the directory holds none (50056).
	Password    string `json:"password"`
	AppPassword string `json:"appPassword,omitempty"`
	// AccountEnabled is true when left out.
	AccountEnabled *bool `json:"accountEnabled,omitempty"`
	// UserType is Member or Guest; left out: Member.
	UserType string `json:"userType,omitempty"`
	// MFA is none, perUser, register, conditionalAccess or securityDefaults; left out: none.
	MFA         string      `json:"mfa,omitempty"`
	SignInError SignInError `json:"signInError,omitzero"`
	// LastPasswordChangeDateTime left out is null in Graph, and the password does not expire.
	LastPasswordChangeDateTime string `json:"lastPasswordChangeDateTime,omitempty"`
	PasswordPolicies           string `json:"passwordPolicies,omitempty"`
	// Roles are directory roles by their name in roles.tsv or by their template id.
	Roles []string `json:"roles,omitempty"`
	// ServicePlans are service plans by name.
	ServicePlans          []string `json:"servicePlans,omitempty"`
	OnPremisesSyncEnabled *bool    `json:"onPremisesSyncEnabled,omitempty"`
}

// SignInError is the refusal that a user meets at the token endpoint: in JSON the bare code, or an object. A refusal that
// Microsoft gives only after the password was right is given only then; a wrong password is then 50126 as ever.
type SignInError struct {
	Code int `json:"code,omitempty"`
	// Codes are the error_codes of the answer; left out: Code alone.
	Codes    []int  `json:"codes,omitempty"`
	Suberror string `json:"suberror,omitempty"`
	// Policy is a policy of the tenant, by name or id, that the answer's claims name.
	Policy string `json:"policy,omitempty"`
	// Status is the HTTP status; left out: the one Microsoft gives with the code.
	Status int `json:"status,omitempty"`
}

// signInErrorObject has SignInError's fields without its methods.
type signInErrorObject SignInError

// UnmarshalJSON takes a number, an object or null.
func (e *SignInError) UnmarshalJSON(b []byte) error {
	*e = SignInError{}
	var target any = &e.Code
	if bytes.HasPrefix(b, []byte("{")) {
		target = (*signInErrorObject)(e)
	}
	if json.Unmarshal(b, target) != nil {
		return plainError("signInError must be a code such as 50057, or an object with code, codes, suberror, policy and status")
	}
	return nil
}

// set says whether the user meets a refusal at all.
func (e SignInError) set() bool { return e.Code != 0 || len(e.Codes) > 0 }

// main is the code that the description names: the one given, or else the last of the list, which is the most specific.
func (e SignInError) main() int {
	if e.Code == 0 && len(e.Codes) > 0 {
		return e.Codes[len(e.Codes)-1]
	}
	return e.Code
}
