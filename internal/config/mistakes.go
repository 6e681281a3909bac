package config

import "strings"

// Mistakes is every wrong setting, a line each, in the order of docs/settings.md. It never holds a setting's value where
// that may be a secret.
type Mistakes []string

// Settings are the names of the settings that the lines are about, of X_FILE it is X.
func (m Mistakes) Settings() []string {
	names := make([]string, len(m))
	for i, line := range m {
		name, _, _ := strings.Cut(line, ":")
		names[i] = strings.TrimSuffix(name, "_FILE")
	}
	return names
}

// Error joins the lines.
func (m Mistakes) Error() string { return strings.Join(m, "\n") }
