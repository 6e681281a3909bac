package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// reader takes settings from an environment and gathers what is wrong with them.
type reader struct {
	env      map[string]string
	checks   Checks
	known    []string
	mistakes Mistakes
}

func newReader(environ []string, checks Checks) *reader {
	r := &reader{env: map[string]string{}, checks: checks}
	for _, line := range environ {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, "PURSER_") && value != "" {
			r.env[name] = value
		}
	}
	return r
}

func (r *reader) wrong(name, sentence string) {
	r.mistakes = append(r.mistakes, name+": "+sentence)
}

// text is the value of name, or of the file that name_FILE points to, or fallback.
func (r *reader) text(name, fallback string) string {
	r.known = append(r.known, name, name+"_FILE")
	value, direct := r.env[name]
	path, byFile := r.env[name+"_FILE"]
	switch {
	case direct && byFile:
		r.wrong(name, "is set twice, here and by "+name+"_FILE; keep one of them.")
	case byFile:
		return r.file(name, path)
	case direct:
		return value
	}
	return fallback
}

// file reads a value from a file; one trailing newline is dropped, as editors add it.
func (r *reader) file(name, path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		r.wrong(name+"_FILE", "the file "+path+" cannot be read.")
		return ""
	}
	text := strings.TrimSuffix(string(b), "\n")
	text = strings.TrimSuffix(text, "\r")
	if text == "" {
		r.wrong(name+"_FILE", "the file "+path+" is empty.")
	}
	return text
}

// required is text that must be there. A file that failed has been complained about already.
func (r *reader) required(name, what string) string {
	value := r.text(name, "")
	if value == "" && r.env[name+"_FILE"] == "" {
		r.wrong(name, "is missing; set it to "+what+".")
	}
	return value
}

// oneOf is text that must be among the choices; the first is the default.
func (r *reader) oneOf(name string, choices ...string) string {
	value := r.text(name, choices[0])
	if !slices.Contains(choices, value) {
		r.wrong(name, "must be "+strings.Join(choices, " or ")+".")
		return choices[0]
	}
	return value
}

// list is text separated by commas; blanks around the parts are dropped.
func (r *reader) list(name string) []string {
	var parts []string
	for part := range strings.SplitSeq(r.text(name, ""), ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// unknown lists the PURSER_ variables that nobody asked for. Kubernetes announces a service named "purser" by variables of
// its own, which are no mistakes.
func (r *reader) unknown() []string {
	var names []string
	for name := range r.env {
		announced := strings.HasPrefix(name, "PURSER_SERVICE_") || strings.HasPrefix(name, "PURSER_PORT")
		if !slices.Contains(r.known, name) && !announced {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// inside reports whether path lies in folder, symbolic links followed as far as they exist.
func inside(folder, path string) bool {
	rel, err := filepath.Rel(resolved(folder), resolved(path))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
