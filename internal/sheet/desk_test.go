package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// X37: one file is worked on at a time, few arrive, and one of each person. Whoever comes too early is told to try again.
func TestTheDesk(t *testing.T) {
	var desk sheet.Desk
	refused := func(err error) {
		t.Helper()
		if problem.KindOf(err) != problem.Unavailable || !strings.Contains(problem.Message(err), "try again") && !strings.Contains(problem.Message(err), "Try again in a moment") {
			t.Errorf("%v", err)
		}
	}
	var leave []func()
	for i := range 4 {
		done, err := desk.Arrive(fmt.Sprint("person ", i))
		if err != nil {
			t.Fatal(err)
		}
		leave = append(leave, done)
		_, err = desk.Arrive(fmt.Sprint("person ", i))
		refused(err)
	}
	_, err := desk.Arrive("person 4")
	refused(err)
	leave[0]()
	if _, err := desk.Arrive("person 0"); err != nil {
		t.Error(err)
	}
	leave[0]()
	_, err = desk.Arrive("person 0")
	refused(err)
	leave[1]()
	if _, err := desk.Arrive("person 4"); err != nil {
		t.Error(err)
	}
	end, err := desk.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = desk.Begin()
	refused(err)
	end()
	if _, err := desk.Begin(); err != nil {
		t.Error(err)
	}
}
