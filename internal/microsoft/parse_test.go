package microsoft

import (
	"testing"
	"time"
)

// R62: seconds, fractions and dates; rounded up, never down; capped.
func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "2.128": 2128 * time.Millisecond, "0.0001": time.Millisecond, "999999999": time.Hour,
		// X47: whatever its size and notation.
		"9999999999": time.Hour, "1e9": time.Hour, "1E+400": time.Hour, "99999999999999999999999999999999999999999999": time.Hour, "1e-9": time.Millisecond, "1.": time.Second, ".5": 500 * time.Millisecond, " 3": 3 * time.Second, "1e-400": 0,
		"Mon, 23 Nov 2026 14:02:41 GMT": 30 * time.Second, "Mon, 23 Nov 2026 14:00:00 GMT": 0, "Tue, 23 Nov 2027 14:02:41 GMT": time.Hour,
		"Monday, 23-Nov-26 14:02:12 GMT": time.Second,
	} {
		if got, ok := parseRetryAfter(value, now); !ok || got != want {
			t.Errorf("%q: %v, %v", value, got, ok)
		}
	}
	for _, value := range []string{"", "-1", "inf", "NaN", "0x10", "1_000", "2,5", "soon", ".", "e9", "+1"} {
		if got, ok := parseRetryAfter(value, now); ok {
			t.Errorf("%q was read as %v", value, got)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"2.128", "120", "Mon, 23 Nov 2026 14:02:41 GMT", "-1", "1e400"} {
		f.Add(value)
	}
	now := time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if wait, ok := parseRetryAfter(value, now); wait < 0 || wait > longestWait || !ok && wait != 0 {
			t.Errorf("%q: %v, %v", value, wait, ok)
		}
	})
}

// R60: an id of Microsoft's becomes part of an address.
func TestKeyIsOneSegmentOfAPath(t *testing.T) {
	for text, want := range map[string]string{"7f6f0d1c-0000": "7f6f0d1c-0000", "a.b_c": "a.b_c", ".": "", "..": "", "": "", "a/b": "", "a'b": "", "%2e": ""} {
		if got := key(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// R60: whatever a body says, what is kept of it is short and harmless.
func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"error":"invalid_grant","error_codes":[70002,"50126"],"suberror":"basic_action","trace_id":"0e1f","timestamp":"2026-11-23 14:02:11Z"}`))
	f.Add([]byte(`{"claims":"{\"access_token\":{\"capolids\":{\"values\":[\"7f6f\"]}}}"}`))
	f.Add([]byte(`{"error_codes":[1,2,{}],"claims":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := parseRefusal(body)
		for _, text := range append(r.policies, r.answer.Error, r.answer.Suberror, r.trace, r.correlation) {
			if key(text) != text {
				t.Errorf("kept %q", text)
			}
		}
		if by := r.answer.Claims; (by == "capolids" || by == "polids") != (len(r.policies) > 0) || by == "" && len(r.policies) > 0 {
			t.Errorf("%d policies named by %q", len(r.policies), by)
		}
		if len(r.policies) > maxListed || len(r.answer.Codes) > maxListed {
			t.Errorf("kept %d policies, %d codes", len(r.policies), len(r.answer.Codes))
		}
	})
}
