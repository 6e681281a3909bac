package m365sim

import (
	"encoding/json"
	"strings"
)

// mergeJSON lays patch over value's JSON and decodes the sum, strictly, into target. A key with null goes back to its
// default, an object is merged key by key, a list replaces the list before.
func mergeJSON(value any, patch []byte, target any) error {
	base, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var change map[string]json.RawMessage
	if wrong := json.Unmarshal(patch, &change); wrong != nil || change == nil {
		return plainError("the body must be a JSON object with the fields to change")
	}
	sum, err := mergeObjects(base, change)
	if err != nil {
		return err
	}
	if err := decodeStrict(sum, target); err != nil {
		return err
	}
	return checkDuplicates(patch)
}

func mergeObjects(base []byte, change map[string]json.RawMessage) ([]byte, error) {
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
		// A refusal is one thing: the policy of the one before must not stay with the code of the next.
		if key != "signInError" && strings.HasPrefix(string(sum[key]), "{") && json.Unmarshal(raw, &inner) == nil {
			merged, err := mergeObjects(sum[key], inner)
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
		return plainError(strings.Join(wrong, "; "))
	}
	return nil
}
