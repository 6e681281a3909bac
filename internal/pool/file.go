package pool

import (
	"io"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
	"purser.example/internal/shown"
)

// maxUsername is how long a username may be in a file, in bytes.
const maxUsername = 1024

// The columns of a file of passwords.
const (
	columnUsername = "username"
	columnPassword = "password"
	columnApp      = "app_password"
)

var layout = sheet.Layout{
	Columns:  []sheet.Column{{Name: columnUsername, Required: true}, {Name: columnPassword}, {Name: columnApp}},
	MaxBytes: MaxImport,
	MaxRows:  MaxImportRows,
}

// readFile reads a file of passwords. Errors are about the file as a whole; a row with a mistake of its own has it.
func readFile(file io.Reader) (*sheet.Sheet, error) {
	s, err := layout.Read(file)
	if err != nil {
		return nil, err
	}
	if !s.Has(columnPassword) && !s.Has(columnApp) {
		s.Clear()
		return nil, problem.New(problem.Invalid, "The file needs a column named password or app_password.")
	}
	return s, nil
}

// isUsername reports whether a text can be one. What cannot is not shown: it may be a password that stands in the wrong column.
func isUsername(text string) bool {
	name, domain, _ := strings.Cut(text, "@")
	odd := func(r rune) bool { return shown.Unprintable(r) || shown.Blank(r) || strings.ContainsRune("\",;@", r) }
	return len(text) <= maxUsername && name != "" && domain != "" && !strings.ContainsFunc(name, odd) && !strings.ContainsFunc(domain, odd)
}
