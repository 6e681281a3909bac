package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
)

const redacted = "[redacted]"

// Value is a secret that hides itself from fmt, slog and JSON (R60). The zero Value is empty.
//
// The bytes sit behind a function because fmt and slog print what they find in unexported fields without asking the methods
// below, and follow a pointer where a verb does not fit (%s, %q); of a function they can print only an address.
type Value struct {
	held func() []byte
}

// NewValue takes a copy of the bytes; the caller may clear its own.
func NewValue(b []byte) Value {
	if len(b) == 0 {
		return Value{}
	}
	kept := append([]byte(nil), b...)
	return Value{held: func() []byte { return kept }}
}

// FromString is NewValue for text, such as a form field.
func FromString(s string) Value { return NewValue([]byte(s)) }

// Random makes a fresh secret of so many random bytes, such as a key.
func Random(size int) Value {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails since Go 1.24
	defer clear(b)
	return NewValue(b)
}

// Reveal gives the bytes themselves. It is called only where the secret leaves for the place it is meant for. The caller
// must not change or keep them.
func (v Value) Reveal() []byte {
	if v.held == nil {
		return nil
	}
	return v.held()
}

// Empty reports whether there is no secret at all.
func (v Value) Empty() bool { return len(v.Reveal()) == 0 }

// Equal reports whether both are the same secret, in a time that tells nothing of where they differ.
func (v Value) Equal(other Value) bool {
	return subtle.ConstantTimeCompare(v.Reveal(), other.Reveal()) == 1
}

// Clear overwrites the bytes. Every copy of the Value is empty of meaning afterwards.
func (v Value) Clear() {
	clear(v.Reveal())
}

// String answers "[redacted]".
func (Value) String() string { return redacted }

// GoString answers "[redacted]".
func (Value) GoString() string { return redacted }

// LogValue answers "[redacted]" to slog.
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText answers "[redacted]" to encoders, JSON among them.
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }
