package strictjson

import (
	"encoding/json"
	"slices"
	"strings"
)

// Merge lays patch over value's JSON and decodes the sum, strictly, into target. A key with null goes back to its
// default, an object is merged key by key, a list replaces the list before, and so does the value of a key that is one of whole.
func Merge(value any, patch []byte, target any, whole ...string) error {
	base, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var change map[string]json.RawMessage
	if wrong := json.Unmarshal(patch, &change); wrong != nil || change == nil {
		return Mistake("the body must be a JSON object with the fields to change")
	}
	sum, err := mergeObjects(base, change, whole)
	if err != nil {
		return err
	}
	if err := Decode(sum, target); err != nil {
		return err
	}
	return checkDuplicates(patch)
}

func mergeObjects(base []byte, change map[string]json.RawMessage, whole []string) ([]byte, error) {
	var sum map[string]json.RawMessage
	if err := json.Unmarshal(base, &sum); err != nil {
		return nil, err
	}
	for key, raw := range change {
		if string(raw) == "null" {
			delete(sum, key)
			continue
		}
		var inner map[string]json.RawMessage
		if !slices.Contains(whole, key) && strings.HasPrefix(string(sum[key]), "{") && json.Unmarshal(raw, &inner) == nil {
			merged, err := mergeObjects(sum[key], inner, whole)
			if err != nil {
				return nil, err
			}
			raw = merged
		}
		sum[key] = raw
	}
	return json.Marshal(sum)
}

// checkDuplicates refuses a patch that names a key twice, since one of the two would be lost.
func checkDuplicates(patch []byte) error {
	var anything map[string]any
	if wrong := wrongKeys(patch, &anything); len(wrong) > 0 {
		return Mistake(strings.Join(wrong, "; "))
	}
	return nil
}
