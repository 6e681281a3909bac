package audit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// Header is the first line of an exported log: what proves the entries behind it, to whoever has the operator's key. All keys in it are sealed.
type Header struct {
	Format       string        `json:"format"` // LinesFormat
	Installation string        `json:"installation"`
	KeyID        string        `json:"key_id"` // of the operator's key
	Keyset       []byte        `json:"keyset"` // sealed with it
	Chains       []SealedChain `json:"chains"` // their keys are sealed with the keyset
}

// LinesFormat names the format of exported logs.
const LinesFormat = "purser activity log 1"

// SealedChain is a chain as it is stored.
type SealedChain struct {
	ID         ChainID `json:"id"`
	Key        []byte  `json:"key"`
	Start      []byte  `json:"start"`
	Seq        int64   `json:"seq"`
	MAC        []byte  `json:"mac"`
	Seal       []byte  `json:"seal"`
	Checkpoint []byte  `json:"checkpoint,omitempty"`
}

// Chain is the chain with its key opened.
func (s SealedChain) Chain() Chain {
	return Chain{ID: s.ID, Start: s.Start, Head: Head{Seq: s.Seq, MAC: s.MAC, Seal: s.Seal}, Checkpoint: s.Checkpoint}
}

// ErrNoLines says that a file is no exported log.
var ErrNoLines = errors.New("this file is no exported activity log: its first line is missing")

// ParseHeader reads the first line of an exported log.
func ParseHeader(line []byte) (h Header, err error) {
	if json.Unmarshal(line, &h) != nil || h.Format != LinesFormat {
		return h, ErrNoLines
	}
	return h, nil
}

// line is an entry as a line of an exported log.
type line struct {
	Seq        int64             `json:"seq"`
	Chain      ChainID           `json:"chain"`
	At         time.Time         `json:"at"`
	Issuer     string            `json:"issuer"`
	Subject    string            `json:"subject"`
	Name       string            `json:"name"`
	SignIn     string            `json:"sign_in"`
	Action     Action            `json:"action"`
	ObjectKind string            `json:"object_kind"`
	ObjectID   string            `json:"object_id"`
	Object     string            `json:"object"`
	Request    string            `json:"request"`
	Address    string            `json:"address"`
	Details    map[string]string `json:"details"`
	MAC        []byte            `json:"mac"`
}

// AppendLine adds an entry to an exported log, or to a shipped one, with its end of line.
func AppendLine(b []byte, l Link) []byte {
	b = append(b, `{"seq":`...)
	b = fmt.Append(b, l.Seq)
	b = append(b, `,"chain":`...)
	b = fmt.Append(b, int64(l.Chain))
	b = append(b, `,"at":"`...)
	b = l.At.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	b = append(b, '"')
	for i, text := range l.Texts() {
		b = appendText(append(append(append(b, `,"`...), lineNames[i]...), `":`...), *text)
	}
	b = append(b, `,"details":{`...)
	var some [16]string
	for i, name := range sortedNames(some[:0], l.Details) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(appendText(b, name), ':'), l.Details[name])
	}
	b = append(b, `},"mac":"`...)
	b = base64.StdEncoding.AppendEncode(b, l.MAC)
	return append(b, "\"}\n"...)
}

// lineNames are the names of Entry.Texts, in their order.
var lineNames = [10]string{"issuer", "subject", "name", "sign_in", "action", "object_kind", "object_id", "object", "request", "address"}

// appendText adds a JSON string. Most texts need no escapes.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf || c == 0x7f {
			quoted, err := json.Marshal(text)
			if err != nil { // no text has one
				return append(b, `""`...)
			}
			return appendSeen(b, string(quoted))
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// appendSeen spells what nobody sees, or what turns the writing around, by its number: whoever looks at a line in a terminal sees it all.
func appendSeen(b []byte, quoted string) []byte {
	for _, r := range quoted {
		switch {
		case !shown.Odd(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}

// ParseLine reads an entry of an exported log.
func ParseLine(text []byte) (Link, error) {
	var l line
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return Link{}, errors.New("not an entry of an exported log")
	}
	return Link{
		Seq: l.Seq, Chain: l.Chain, MAC: l.MAC,
		Entry: Entry{
			At: l.At.UTC(), Actor: Actor{Issuer: l.Issuer, Subject: l.Subject, Name: l.Name, SignIn: l.SignIn}, Action: l.Action,
			Target: Target{Kind: l.ObjectKind, ID: l.ObjectID, Name: l.Object}, Origin: Origin{Request: l.Request, Address: l.Address}, Details: l.Details,
		},
	}, nil
}
