// Package strictjson reads the JSON that people write by hand, fixtures and control calls. It refuses what encoding/json passes
// over, because a misspelt key would silently test something else, and it says where a mistake stands without quoting the
// value, because any value may be a password.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Decode decodes one JSON value into what target points at. Beyond encoding/json it refuses unknown and repeated
// keys, keys in another case, invalid UTF-8 and anything after the value.
func Decode(data []byte, target any) error {
	if !utf8.Valid(data) {
		return errors.New("not valid UTF-8")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("no JSON at all")
	}
	if err := json.Unmarshal(data, target); err != nil {
		return explain(data, err)
	}
	if wrong := wrongKeys(data, target); len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}

// explain says where in data the mistake stands. It quotes no value, because any value may be a password.
func explain(data []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("line %d: not valid JSON", lineOf(data, syntax.Offset))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("line %d: %s must be %s", lineOf(data, kind.Offset), kind.Field, plainKind(kind.Type.Kind().String()))
	}
	if plain, ok := errors.AsType[Mistake](err); ok {
		return plain
	}
	return errors.New("not the JSON that was expected")
}

// Mistake is a mistake in a fixture or in a control call, told without the value.
type Mistake string

func (e Mistake) Error() string { return string(e) }

// lineOf counts lines from 1.
func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}

// plainKind names a Go kind as JSON does.
func plainKind(kind string) string {
	switch kind {
	case "slice":
		return "a list"
	case "struct":
		return "an object"
	case "bool":
		return "true or false"
	case "string":
		return "a string"
	}
	return "a whole number"
}
