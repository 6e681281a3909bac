package verdict_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"purser.example/internal/verdict"
)

// R17: the statuses are those of the catalogue, in its order; three of them leave the former status alone (R62).
func TestStatuses(t *testing.T) {
	want := strings.Fields(`valid wrong-password account-not-found account-blocked account-locked password-expired mfa-required
		policy-blocked app-setup tenant-not-found federated legacy-retired unreachable unknown not-validated`)
	for i, s := range verdict.Statuses() {
		if i >= len(want) || string(s) != want[i] || s.Title() == "" || len(s.Title()) > 20 {
			t.Errorf("status %d is %q, titled %q", i, s, s.Title())
		}
		about := s != "app-setup" && s != "tenant-not-found" && s != "unreachable"
		if s.AboutAccount() != about {
			t.Errorf("%s: AboutAccount is %v", s, !about)
		}
	}
	if len(verdict.Statuses()) != len(want) || verdict.Status("other").Known() {
		t.Error("another number of statuses, or one too many is known")
	}
}

// A verdict comes back from storage as it was stored.
func TestAVerdictSurvivesStorage(t *testing.T) {
	stored := verdict.Verdict{
		Status: verdict.Valid, Code: "AADSTS1", Rule: "1", Codes: []int{1, 2}, Suberror: "basic_action",
		At: time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC), Answered: time.Date(2026, 11, 23, 14, 2, 10, 0, time.UTC),
		CorrelationID: "5a0c", TraceID: "0e1f", Policies: []string{"7f6f"},
		Proof: verdict.Proof{User: verdict.Proved, Password: verdict.Refuted}, UserID: "9999",
		Roles: []verdict.Role{verdict.NewRole(verdict.GlobalAdministrator, "")}, RolesRead: true, Products: []string{"Exchange Online"},
		Expiry:   verdict.Expiry{Kind: verdict.ExpiresOn, At: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "Because."},
		Warnings: []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}}, RetryAfter: 2128 * time.Millisecond, Attempted: true,
	}
	data, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	var read verdict.Verdict
	if err := json.Unmarshal(data, &read); err != nil || !reflect.DeepEqual(stored, read) {
		t.Errorf("%v\nstored %+v\nread   %+v\n%s", err, stored, read, data)
	}
	small, err := json.Marshal(verdict.Verdict{Status: verdict.Unreachable, Detail: "for the log"})
	if err != nil || string(small) != `{"status":"unreachable","at":"0001-01-01T00:00:00Z"}` {
		t.Errorf("%v: %s", err, small)
	}
}

// What another release has stored is read as far as it goes.
func TestOlderShapesAreRead(t *testing.T) {
	for text, want := range map[string]verdict.Status{
		`{}`:                                  verdict.NotValidated,
		`{"status":"valid","novelty":[1,{}]}`: verdict.Valid,
		`{"status":"quarantined"}`:            verdict.Unknown,
		`{"codes":"50126","status":"wrong-password"}`:                     verdict.WrongPassword,
		`{"proof":{"user":true,"password":"perhaps"},"status":"unknown"}`: verdict.Unknown,
		`{"roles":["SharePoint Administrator"],"status":"valid"}`:         verdict.Valid,
		`{"expiry":"never","retryAfter":"2s","status":"valid"}`:           verdict.Valid,
		`{"status":""}`:             verdict.NotValidated,
		`{"status":null,"at":null}`: verdict.NotValidated,
	} {
		var v verdict.Verdict
		if err := json.Unmarshal([]byte(text), &v); err != nil || v.Status != want {
			t.Errorf("%s: %v, %v", text, v.Status, err)
		}
	}
	for _, text := range []string{``, `[]`, `"valid"`, `{"status":`} {
		var v verdict.Verdict
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%q was read as a verdict", text)
		}
	}
}
