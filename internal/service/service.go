// Package service is Purser as a Windows service: how it is made, started, stopped and removed, and how it runs while the service
// manager has it. systemd needs none of this (internal/app/notify.go).
//
// It knows nothing of what Purser does: what runs is given to it as Work. What can be tested without Windows is in files for every system;
// those for Windows alone hand things over to it.
package service

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
)

// Name is that of the service, of its account (NT SERVICE\purser) and of the source of its events.
const Name = "purser"

// ErrNotHere is the answer to whoever asks for a Windows service on another system.
var ErrNotHere = errors.New("a Windows service can be installed on Windows only; docs/production.md says how systemd runs Purser")

// Work is what the service does, until ctx ends. It calls Ready once it can be used, and gives the exit status.
type Work func(ctx context.Context, with Console) int

// Console is what a service has in the place of a terminal.
type Console struct {
	Ready func()                        // the service manager hears that it runs
	Err   io.Writer                     // each line becomes an event
	Log   func(slog.Level) slog.Handler // becomes events as well
}

// settingUp is what Install makes.
type settingUp struct {
	display, description, account string
	arguments                     []string
	restarts                      []time.Duration // after a first, second, … failure; none after the last, until calm has passed
	calm                          time.Duration
}

// settingUpFor describes the service that reads its settings from a file. It starts with the machine and runs as an account of its own that
// has no password and no right but to its folder. A wrong setting is a failure as well, so it is given up after the third.
func settingUpFor(settings string) settingUp {
	return settingUp{
		display: "Purser", description: "Keeps the Microsoft 365 service accounts of an organization.", account: `NT SERVICE\` + Name,
		arguments: []string{"serve", "--settings", settings},
		restarts:  []time.Duration{5 * time.Second, 30 * time.Second, time.Minute}, calm: 24 * time.Hour,
	}
}
