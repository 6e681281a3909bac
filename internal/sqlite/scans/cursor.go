package scans

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"purser.example/internal/scan"
)

// cursor is a place in one order of objects: a key and the number of the object that had it. It holds though that object is called
// otherwise since. It is opaque to everybody else, and not to be trusted when it comes back.
type cursor struct {
	Sort scan.Column `json:"s"`
	Type scan.Type   `json:"t,omitempty"`
	Key  any         `json:"k,omitempty"`
	Row  int64       `json:"r"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads a cursor of the same sort; anything else is the beginning of the list.
func decodeCursor(text string, sort scan.Column) (cursor, bool) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return c, false
	}
	decoder := json.NewDecoder(strings.NewReader(string(b)))
	decoder.UseNumber()
	if decoder.Decode(&c) != nil || c.Sort != sort || c.Row == 0 || c.Type.Known() != (sort == scan.ByType) {
		return c, false
	}
	switch by := inOrder[sort]; {
	case by.key == "":
		return c, c.Key == nil
	case by.text:
		_, ok := c.Key.(string)
		return c, ok
	}
	n, ok := c.Key.(json.Number)
	if !ok {
		return c, false
	}
	c.Key, err = n.Int64()
	return c, err == nil
}
