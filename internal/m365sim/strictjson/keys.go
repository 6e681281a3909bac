package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// wrongKeys lists the keys of data that target's type does not have, or that stand twice in one object, each with its
// path. It expects JSON that json.Unmarshal has accepted for the same type.
func wrongKeys(data []byte, target any) []string {
	w := keyWalk{dec: json.NewDecoder(bytes.NewReader(data))}
	w.value(reflect.TypeOf(target), "")
	return w.wrong
}

// keyWalk goes through the tokens of a JSON text and the Go type it was decoded into, side by side.
type keyWalk struct {
	dec   *json.Decoder
	wrong []string
}

func (w *keyWalk) value(t reflect.Type, path string) {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.dec.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('{'):
		w.object(t, path)
	case json.Delim('['):
		w.list(t, path)
	}
}

func (w *keyWalk) object(t reflect.Type, path string) {
	known := keysOf(t)
	seen := map[string]bool{}
	for w.dec.More() {
		token, err := w.dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return
		}
		field, found := known[key]
		switch {
		case known != nil && !found:
			w.wrong = append(w.wrong, fmt.Sprintf("unknown key %q", join(path, key)))
		case seen[key]:
			w.wrong = append(w.wrong, fmt.Sprintf("key %q stands twice", join(path, key)))
		}
		seen[key] = true
		w.value(field, join(path, key))
	}
	_, _ = w.dec.Token() // the closing brace
}

func (w *keyWalk) list(t reflect.Type, path string) {
	var element reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		element = t.Elem()
	}
	for i := 0; w.dec.More(); i++ {
		w.value(element, fmt.Sprintf("%s[%d]", path, i))
	}
	_, _ = w.dec.Token() // the closing bracket
}

// keysOf maps the JSON keys of a struct to the types of their values. It answers nil where any key may stand.
func keysOf(t reflect.Type) map[string]reflect.Type {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	keys := make(map[string]reflect.Type, t.NumField())
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		keys[name] = field.Type
	}
	return keys
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
