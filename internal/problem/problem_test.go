package problem_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"purser.example/internal/problem"
)

func TestASurpriseShowsNothingOfItself(t *testing.T) {
	err := fmt.Errorf("seal password: %w", errors.New("sql: no rows"))
	if got := problem.KindOf(err); got != problem.Internal {
		t.Errorf("kind = %v, want internal", got)
	}
	if got := problem.Message(err); strings.Contains(got, "sql") {
		t.Errorf("message shows the cause: %q", got)
	}
	if got := problem.Message(problem.Wrap(err, problem.Internal, "secret detail")); strings.Contains(got, "detail") {
		t.Errorf("an internal problem shows its text: %q", got)
	}
}

func TestAProblemKeepsItsThreeTextsApart(t *testing.T) {
	cause := errors.New("dial tcp: refused")
	err := fmt.Errorf("validate: %w", problem.Wrap(cause, problem.Upstream, "Microsoft 365 did not answer."))
	if got, want := problem.Message(err), "Microsoft 365 did not answer."; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost to errors.Is")
	}
	if !strings.Contains(err.Error(), "refused") {
		t.Error("the log text lacks the cause")
	}
	if got := problem.KindOf(err); got != problem.Upstream {
		t.Errorf("kind = %v", got)
	}
}

func TestJoinGathersFields(t *testing.T) {
	if problem.Join() != nil {
		t.Error("no mistakes must be no error")
	}
	err := problem.Join(problem.FieldError{Field: "name", Message: "Enter a name."}, problem.FieldError{Field: "tenant", Message: "Select a tenant."})
	if got := problem.Fields(err); len(got) != 2 || got[1].Field != "tenant" {
		t.Errorf("fields = %v", got)
	}
	if got := problem.Fields(problem.Field("username", "Enter a username.")); len(got) != 1 {
		t.Errorf("fields = %v", got)
	}
}
