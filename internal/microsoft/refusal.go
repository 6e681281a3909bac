package microsoft

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/verdict"
)

// refusal is an error body of the sign-in service, without its text for people. Whatever is not of the
// expected form is left out: these words are shown, logged and stored.
type refusal struct {
	answer             verdict.Answer
	trace, correlation string
	at                 time.Time
	policies           []string
}

// maxListed bounds how many codes and policies are kept of one answer.
const maxListed = 20

func parseRefusal(body []byte) refusal {
	var raw struct {
		Error         string            `json:"error"`
		Suberror      string            `json:"suberror"`
		Codes         []json.RawMessage `json:"error_codes"`
		Timestamp     string            `json:"timestamp"`
		TraceID       string            `json:"trace_id"`
		CorrelationID string            `json:"correlation_id"`
		Claims        string            `json:"claims"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			return refusal{}
		}
	}
	at, _ := time.Parse("2006-01-02 15:04:05Z", raw.Timestamp) // zero when it is missing or odd
	named, by := policies(raw.Claims)
	return refusal{
		answer: verdict.Answer{Error: word(raw.Error), Suberror: word(raw.Suberror), Codes: codes(raw.Codes), Claims: by},
		trace:  id(raw.TraceID), correlation: id(raw.CorrelationID), at: at.UTC(), policies: named,
	}
}

// word keeps a word of the protocol, such as invalid_grant, and drops everything else.
func word(s string) string {
	return only(s, func(r rune) bool { return 'a' <= r && r <= 'z' || r == '_' })
}

// id keeps an id made of hexadecimal digits, such as a GUID, and drops everything else.
func id(s string) string {
	return only(s, func(r rune) bool {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F' || r == '-'
	})
}

// key keeps the id of an object, of whatever characters ids are made, and drops everything else: dots alone too, which mean
// another place in a path.
func key(s string) string {
	if strings.Trim(s, ".") == "" {
		return ""
	}
	return only(s, func(r rune) bool {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '-' || r == '_' || r == '.'
	})
}

func only(s string, allowed func(rune) bool) string {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool { return !allowed(r) }) {
		return ""
	}
	return s
}

// codes reads numbers, also those that come as text.
func codes(raw []json.RawMessage) []int {
	var list []int
	for _, item := range raw {
		code, err := strconv.Atoi(strings.Trim(string(item), `"`))
		if err == nil && code > 0 && code < 1e9 && len(list) < maxListed {
			list = append(list, code)
		}
	}
	return list
}

// policies finds the ids of conditional access policies in a claims challenge, a string that holds JSON such as
// {"access_token":{"capolids":{"essential":true,"values":["…"]}}}, and what they are named by there: capolids or polids.
func policies(claims string) (ids []string, by string) {
	var challenge map[string]map[string]struct {
		Values []string `json:"values"`
	}
	if err := json.Unmarshal([]byte(claims), &challenge); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			return nil, ""
		}
	}
	for _, name := range []string{"polids", "capolids"} {
		for _, wanted := range challenge {
			for _, value := range wanted[name].Values {
				if policy := key(value); policy != "" && len(ids) < maxListed && !slices.Contains(ids, policy) {
					ids, by = append(ids, policy), name
				}
			}
		}
	}
	slices.Sort(ids)
	return ids, by
}
