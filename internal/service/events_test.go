package service

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// eventLog is an event log of lines.
type eventLog struct {
	lines []string
	err   error
}

func (e *eventLog) add(kind string, id uint32, text string) error {
	e.lines = append(e.lines, fmt.Sprint(kind, id, " ", text))
	return e.err
}

func (e *eventLog) Info(id uint32, text string) error    { return e.add("info", id, text) }
func (e *eventLog) Warning(id uint32, text string) error { return e.add("warning", id, text) }
func (e *eventLog) Error(id uint32, text string) error   { return e.add("error", id, text) }

// R80: the event log gets warnings and errors, at their level, and not a line for each request.
func TestWarningsAndErrorsAreEvents(t *testing.T) {
	events := &eventLog{}
	log := slog.New(consoleOf(events, nil).Log(slog.LevelDebug))
	log.Debug("microsoft answered")
	log.Info("request", "path", "/")
	log.With("installation", "a").WithGroup("work").Warn("late", "age", 3)
	log.Error("not ready", "error", "disk\x00full\nvery")
	want := []string{"warning2 msg=late installation=a work.age=3", `error3 msg="not ready" error="disk\x00full\nvery"`}
	if !slices.Equal(events.lines, want) {
		t.Errorf("%q", events.lines)
	}
	quiet := &eventLog{}
	slog.New(consoleOf(quiet, nil).Log(slog.LevelError)).Warn("late")
	if len(quiet.lines) > 0 {
		t.Errorf("a warning in spite of the level: %q", quiet.lines)
	}
}

// R80: what Purser says at a start that fails is an event a line, such as each wrong setting.
func TestMistakesAtStartAreEvents(t *testing.T) {
	events := &eventLog{}
	to := consoleOf(events, nil).Err
	const said = "purser: PURSER_KEY: is missing.\npurser: PURSER_DATA: is missing.\n"
	if n, err := fmt.Fprint(to, said); err != nil || n != len(said) {
		t.Errorf("%d %v", n, err)
	}
	if want := []string{"error3 purser: PURSER_KEY: is missing.", "error3 purser: PURSER_DATA: is missing."}; !slices.Equal(events.lines, want) {
		t.Errorf("%q", events.lines)
	}
	events.err = errors.New("the log is full")
	if _, err := fmt.Fprintln(to, "x"); !errors.Is(err, events.err) {
		t.Errorf("%v", err)
	}
}

func TestAnEventIsNoLongerThanWindowsTakes(t *testing.T) {
	events := &eventLog{}
	if err := report(events, slog.LevelInfo, "a\x00"+strings.Repeat("é", longestEvent)); err != nil {
		t.Fatal(err)
	}
	if got := events.lines[0]; len(got) > longestEvent+20 || !utf8.ValidString(got) || !strings.HasSuffix(got, "é …") || !strings.HasPrefix(got, "info1 a é") {
		t.Errorf("%d bytes: %.20s", len(got), got)
	}
}
