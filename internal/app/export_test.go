package app

import (
	"context"
	"log/slog"
	"net/http"
)

// BackUpIfDue looks whether it is time for a scheduled backup, as happens every few seconds.
func (a *App) BackUpIfDue(ctx context.Context) { a.backups.BeginDue(ctx) }

// Measured answers with the metrics.
func (a *App) Measured(log *slog.Logger) http.Handler { return a.metrics.Handler(log) }

// PutHappened keeps what entries of the activity log tell people.
var PutHappened = putHappened
