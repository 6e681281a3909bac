package microsoft_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/verdict"
)

// R17: every row of the table, through the client: one attempt, the row's status and code, Microsoft's ids and time.
func TestEveryRefusalBecomesItsVerdict(t *testing.T) {
	s := newStandIn(t)
	for _, rule := range verdict.Rules() {
		code, err := strconv.Atoi(rule.Key)
		if err != nil {
			continue
		}
		s.mu.Lock()
		s.requests = nil
		s.says["/"+tenantID] = refuses(400, "invalid_grant", "message_only", code)
		s.mu.Unlock()
		client := s.client() // one that has not just been refused a token of the app
		v := client.Validate(t.Context(), svc())
		if v.Status != rule.Status || v.Code != rule.Code() || v.Proof != rule.Proof || v.Suberror != "message_only" || !v.Attempted || !slices.Equal(v.Codes, []int{code}) {
			t.Errorf("%s: %+v", rule.Key, v)
		}
		if v.TraceID != traceID || v.CorrelationID != "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11" || !v.Answered.Equal(time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)) {
			t.Errorf("%s: trace %s, correlation %s, at %s", rule.Key, v.TraceID, v.CorrelationID, v.Answered)
		}
		asked := 2
		if rule.Proof.Policy == verdict.Refuted && rule.Key != verdict.ByDefaults {
			asked++ // the app asks for itself, to name the policy
		}
		if s.attempts() != 1 || len(s.seen()) != asked {
			t.Errorf("%s: %d attempts in %d requests", rule.Key, s.attempts(), len(s.seen()))
		}
		if v.Status == verdict.Valid || v.Expiry.Kind != "" {
			t.Errorf("%s: something was read without a token", rule.Key)
		}
	}
	s.keepsSecrets(t, s.client().Validate(t.Context(), svc()))
}

// R18: a claims challenge names the policies; what does not look like an id is left out.
func TestPoliciesAreReadFromTheClaims(t *testing.T) {
	for claims, want := range map[string][]string{
		`{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"7f6f0d1c-0000\",\"1a2b\",\"7f6f0d1c-0000\"]}}}`: {"1a2b", "7f6f0d1c-0000"},
		`{\"access_token\":{\"polids\":{\"values\":[\"7f6f\"]}}}`:                                                          {"7f6f"},
		`{\"id_token\":{\"acr\":{\"value\":\"x\"},\"capolids\":{\"values\":[\"7f6f\",\"<b>\",\"\"]}}}`:                     {"7f6f"},
		`{\"access_token\":{\"capolids\":\"7f6f\"}}`:                                                                       nil,
		`{\"access_token\"`: nil,
		`[]`:                nil,
	} {
		s := newStandIn(t)
		s.says["/"+tenantID] = says(400, `{"error":"invalid_grant","error_codes":[53003],"suberror":"message_only","claims":"`+claims+`"}`)
		if v := s.client().Validate(t.Context(), svc()); v.Status != verdict.PolicyBlocked || !slices.Equal(v.Policies, want) {
			t.Errorf("%s: %s %v", claims, v.Status, v.Policies)
		}
	}
}

// R17, R60: odd bodies are read as far as they make sense, and nothing odd is kept.
func TestOddRefusalsAreReadAsFarAsTheyMakeSense(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"invalid_grant","error_codes":["50126"]}`:                                                                                      "AADSTS50126",
		`{"error":"invalid_grant","error_codes":[-1,1e99,50126.5,null,"x"]}`:                                                                     "invalid_grant",
		`{"error":"invalid_grant","error_codes":50126,"error_description":"AADSTS50126: No"}`:                                                    "invalid_grant",
		`{"error":{"code":"x"},"error_codes":[50126]}`:                                                                                           "AADSTS50126",
		`{"error":"<script>Marked</script>","error_codes":[]}`:                                                                                   "HTTP 400",
		`{"error":"invalid_grant","error_codes":[50126],"trace_id":"Marked","correlation_id":"Marked","suberror":"Marked","timestamp":"Marked"}`: "AADSTS50126",
		`{}`:    "HTTP 400",
		`null`:  "HTTP 400",
		`[1]`:   "HTTP 400",
		`{"err`: "HTTP 400",
		``:      "HTTP 400",
	} {
		s := newStandIn(t)
		s.says["/"+tenantID] = says(400, body)
		v := s.client().Validate(t.Context(), svc())
		if v.Code != want || s.attempts() != 1 || v.CorrelationID == "" {
			t.Errorf("%s: %+v", body, v)
		}
		s.keepsSecrets(t, v)
	}
}
