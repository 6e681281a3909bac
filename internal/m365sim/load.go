package m365sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// Load reads the fixture file at path; see Read.
func Load(path string) (Fixture, error) {
	f, err := os.Open(path)
	if err != nil {
		return Fixture{}, fmt.Errorf("read fixture: %w", err)
	}
	defer func() { _ = f.Close() }()
	fixture, err := Read(f)
	if err != nil {
		return Fixture{}, fmt.Errorf("fixture %s: %w", path, err)
	}
	return fixture, nil
}

// Read reads a fixture as JSON. Keys that no fixture has are an error that names each with its path; what the values mean is
// checked by New.
func Read(r io.Reader) (Fixture, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Fixture{}, fmt.Errorf("read fixture: %w", err)
	}
	var fixture Fixture
	if err := decodeStrict(data, &fixture); err != nil {
		return Fixture{}, err
	}
	return fixture, nil
}

// decodeStrict decodes one JSON value into what target points at. Beyond encoding/json it refuses unknown and repeated
// keys, keys in another case, invalid UTF-8 and anything after the value.
func decodeStrict(data []byte, target any) error {
	if !utf8.Valid(data) {
		return errors.New("not valid UTF-8")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("no JSON at all")
	}
	if err := json.Unmarshal(data, target); err != nil {
		return explainJSON(data, err)
	}
	if wrong := wrongKeys(data, target); len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}

// explainJSON says where in data the mistake stands. It quotes no value, because any value may be a password.
func explainJSON(data []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("line %d: not valid JSON", lineOf(data, syntax.Offset))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("line %d: %s must be %s", lineOf(data, kind.Offset), kind.Field, plainKind(kind.Type.Kind().String()))
	}
	if plain, ok := errors.AsType[plainError](err); ok {
		return plain
	}
	return errors.New("not the JSON that was expected")
}

// plainError is a mistake in a fixture or in a control call, told without the value.
type plainError string

func (e plainError) Error() string { return string(e) }

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
