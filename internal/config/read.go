package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// reader takes settings from an environment and gathers what is wrong with them.
type reader struct {
	env      map[string]string
	checks   Checks
	known    []string
	refused  map[string]bool // complained about as a text: what it means is not looked at
	exposed  []string
	mistakes Mistakes
}

func newReader(environ []string, checks Checks) *reader {
	r := &reader{env: map[string]string{}, checks: checks, refused: map[string]bool{}}
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

// refuse is wrong for a value that is not to be understood at all.
func (r *reader) refuse(name, where, sentence string) {
	r.refused[name] = true
	r.wrong(where, sentence)
}

// text is the value of name, or of the file that name_FILE points to, or fallback. What no such setting can hold, such as a
// byte order mark, is complained about here, because what comes of it later is hard to see.
func (r *reader) text(name, fallback string, f form) string {
	r.known = append(r.known, name, name+"_FILE")
	value, direct := r.env[name]
	path, byFile := r.env[name+"_FILE"]
	switch {
	case direct && byFile:
		r.refuse(name, name, "is set twice, here and by "+name+"_FILE; keep one of them.")
	case byFile:
		return r.file(name, path, fallback, f)
	case direct && f.holdsPath(value):
		r.refuse(name, name, "looks like the path of a file; to read the value from a file, set "+name+"_FILE instead.")
	case direct:
		if sentence := f.complaint(value); sentence != "" {
			r.refuse(name, name, sentence)
			return fallback
		}
		return value
	}
	return fallback
}

// file reads a value from a file; one trailing newline is dropped, as editors add it.
func (r *reader) file(name, path, fallback string, f form) string {
	where := name + "_FILE"
	if sentence := pathOf(name, path); sentence != "" {
		r.refuse(name, where, sentence)
		return fallback
	}
	b, err := contents(path)
	if err != nil {
		r.refuse(name, where, "the file "+path+" cannot be read: "+err.Error()+".")
		return fallback
	}
	if slices.Contains(secrets, name) && open(path) {
		r.exposed = append(r.exposed, where)
	}
	text := strings.TrimSuffix(string(b), "\n")
	text = strings.TrimSuffix(text, "\r")
	sentence := f.complaint(text)
	switch {
	case text == "":
		sentence = "is empty."
	case f != opaque && f.holdsPath(text):
		sentence = "contains a path instead of the value."
	}
	if sentence != "" {
		r.refuse(name, where, "the file "+path+" "+sentence)
		return fallback
	}
	return text
}

// longestFile is far above every value, and keeps a device that never ends from being read to its end.
const longestFile = 1 << 20

// contents reads a file. The error is the cause alone, without the path.
func contents(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cause(err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, longestFile+1))
	if err != nil {
		return nil, cause(err)
	}
	if len(b) > longestFile {
		return nil, errors.New("it is longer than 1 MiB")
	}
	return b, nil
}

func cause(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}

// required is text that must be there. A value that was refused has been complained about already.
func (r *reader) required(name, what string, f form) string {
	value := r.text(name, "", f)
	if value == "" && !r.refused[name] {
		r.wrong(name, "is missing; set it to "+what+".")
	}
	return value
}

// oneOf is text that must be among the choices; the first is the default.
func (r *reader) oneOf(name string, choices ...string) string {
	value := r.text(name, choices[0], fixed)
	if !slices.Contains(choices, value) {
		r.wrong(name, "must be "+strings.Join(choices, " or ")+".")
		return choices[0]
	}
	return value
}

// list is text separated by commas; blanks around the parts are dropped.
func (r *reader) list(name string) []string {
	var parts []string
	for part := range strings.SplitSeq(r.text(name, "", spaced), ",") {
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

// Inside reports whether path lies in folder, symbolic links followed as far as they exist.
func Inside(folder, path string) bool {
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

// secrets are the settings whose files nobody else should be able to open.
var secrets = []string{
	"PURSER_KEY", "PURSER_KEY_TOKEN", "PURSER_KEY_CLIENT_SECRET", "PURSER_KEY_NEW", "PURSER_KEY_NEW_TOKEN", "PURSER_KEY_NEW_CLIENT_SECRET",
	"PURSER_TLS_KEY", "PURSER_OIDC_CLIENT_SECRET", "PURSER_SMTP_PASSWORD",
}

// open reports whether every account of the machine can get at the file: by its own rights, and by those of the folders that
// lead to it.
func open(path string) bool {
	if runtime.GOOS == "windows" {
		return false // the modes that Go shows there say nothing about others
	}
	path = resolved(path)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o006 == 0 {
		return false
	}
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if folder == filepath.Dir(folder) {
			return true
		}
	}
}

// pathOf says why a value cannot be the path of a setting's file; empty where it can. It never shows the value: who takes the
// one for the other has a secret here.
func pathOf(name, path string) string {
	if strings.Contains(path, "-----BEGIN ") || strings.Contains(path, "://") || keyShape.MatchString(path) {
		return "contains the value itself, but must be the path of a file; set " + name + " instead."
	}
	if sentence := place.complaint(path); sentence != "" {
		return sentence
	}
	if _, err := os.Stat(path); err != nil && slices.Contains(secrets, name) && !rooted.MatchString(path) {
		return fmt.Sprintf("doesn't name a file that can be read: %v.", cause(err))
	}
	return ""
}
