package config

import "strings"

// Mistakes is every wrong setting, a line each, in the order of docs/settings.md. It never holds a setting's value where
// that may be a secret.
type Mistakes []string

// Error joins the lines.
func (m Mistakes) Error() string { return strings.Join(m, "\n") }
