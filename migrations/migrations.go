// Package migrations holds the steps that bring a database to the shape this binary expects. They go forward only, one
// transaction each, and are never edited after a release.
package migrations

import "embed"

// Files are the steps, in the order of their names.
//
//go:embed *.sql
var Files embed.FS
