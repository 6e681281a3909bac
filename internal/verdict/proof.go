package verdict

// Proven says what a validation found out about one thing.
type Proven int

// NotRead is the honest answer whenever the validation ended before it could tell.
const (
	NotRead Proven = iota
	Proved
	Refuted
)

var provenNames = [...]string{NotRead: "", Proved: "proved", Refuted: "refuted"}

// MarshalText writes the stored form.
func (p Proven) MarshalText() ([]byte, error) { return []byte(provenNames[p]), nil }

// UnmarshalText reads the stored form; whatever it does not know reads as NotRead.
func (p *Proven) UnmarshalText(text []byte) error {
	*p = NotRead
	for value, name := range provenNames {
		if name == string(text) {
			*p = Proven(value)
		}
	}
	return nil
}

// Proof is what one validation proves. Whether the password was right is known only from answers that Microsoft gives after
// it has checked the password.
type Proof struct {
	User     Proven `json:"user,omitempty"`     // the account exists in the tenant
	Password Proven `json:"password,omitempty"` // it is the right one
	Policy   Proven `json:"policy,omitempty"`   // the tenant's policies let the sign-in pass
	Roles    Proven `json:"roles,omitempty"`    // the directory roles were read
	Licence  Proven `json:"licence,omitempty"`  // at least one service plan is on; refuted: read, and none is
}
