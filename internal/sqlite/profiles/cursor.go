package profiles

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"purser.example/internal/profile"
)

// cursor is a place in one order of the list: a key and the number of the row that had it. It holds though that row is
// edited or gone. It is opaque to everybody else, and not to be trusted when it comes back.
type cursor struct {
	Sort profile.Column `json:"s"`
	Key  any            `json:"k"`
	Row  int64          `json:"r"`
}

func (c cursor) encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads a cursor of the same sort; anything else is the beginning of the list.
func decodeCursor(text string, sort profile.Column) (cursor, bool) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return c, false
	}
	decoder := json.NewDecoder(strings.NewReader(string(b)))
	decoder.UseNumber()
	if decoder.Decode(&c) != nil || c.Sort != sort || c.Row == 0 {
		return c, false
	}
	if orders[sort].text {
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
