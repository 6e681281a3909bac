package problem_test

import (
	"errors"
	"strings"
	"testing"

	"purser.example/internal/problem"
)

// A panic becomes an error that no person reads.
func TestGuard(t *testing.T) {
	err := problem.Guard(func() error { panic("a mistake of ours") })
	if p, ok := errors.AsType[*problem.Panicked](err); !ok || !strings.Contains(p.Error(), "a mistake of ours") || !strings.Contains(p.Error(), "TestGuard") {
		t.Errorf("%v", err)
	}
	if problem.KindOf(err) != problem.Internal || strings.Contains(problem.Message(err), "mistake") {
		t.Errorf("%v: %s", problem.KindOf(err), problem.Message(err))
	}
	failed := errors.New("failed")
	if err := problem.Guard(func() error { return failed }); err != failed { //nolint:errorlint // the very error comes back
		t.Errorf("%v", err)
	}
}
