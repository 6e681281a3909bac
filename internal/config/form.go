package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// form is what the text of a setting may look like, before anybody asks what it means. Files from other systems, quotes that
// only a shell takes away and paths in the place of values are told by it (X30).
type form int

const (
	fixed  form = iota // one line of a shape that Purser knows
	spaced             // the same, with blanks and line breaks around its parts
	pem                // lines of PEM
	opaque             // one line that somebody else made, such as a client secret
	chosen             // one line that people chose elsewhere, such as the name of a role: it may look like a path
	place              // a path
)

const mark = "\ufeff"

// complaint says what is wrong with a text, as the rest of a sentence; empty for nothing. It never shows the text.
func (f form) complaint(text string) string {
	switch {
	case strings.HasPrefix(text, mark):
		return "begins with a byte order mark; save it as UTF-8 without one."
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "is not UTF-8; save it as UTF-8 without a byte order mark."
	case strings.Contains(text, mark):
		return "has a byte order mark in the middle; remove it."
	case f == pem:
		return ""
	}
	if f == spaced {
		text = strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n", r) {
				return -1
			}
			return r
		}, text)
	}
	return complaintOfLine(text, f)
}

// complaintOfLine is complaint for what has to be one line.
func complaintOfLine(text string, f form) string {
	hidden := strings.IndexFunc(text, func(r rune) bool {
		return shown.Unprintable(r) || f != chosen && shown.Blank(r) && r != ' ' // names of people's choice may have such within
	})
	switch {
	case strings.ContainsRune(text, '\r'):
		return "has a carriage return (CR); save it with Unix line endings (LF)."
	case strings.ContainsRune(text, '\n'):
		return "has more than one line."
	case hidden >= 0:
		r, _ := utf8.DecodeRuneInString(text[hidden:])
		return fmt.Sprintf("has the invisible character %U; remove it.", r)
	case strings.TrimFunc(text, shown.Blank) != text:
		return "begins or ends with a space; remove it."
	case quoted(text):
		return "is in quotation marks, which only a shell understands; remove them."
	case f == place && strings.HasPrefix(text, "~"):
		return "begins with ~, which only a shell understands; write the full path."
	}
	return ""
}

func quoted(text string) bool {
	return len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[0] == text[len(text)-1]
}

var (
	// rooted is a path that begins where paths begin, or with what a shell or systemd would have put in.
	rooted = regexp.MustCompile(`^(~|\.{1,2}|%d|\$\w+|\$\{\w+\})?(/[^/\s]+)+/?$`)
	// fileNames are the ends of names that keys and certificates have.
	fileNames = []string{".pem", ".crt", ".cer", ".key", ".txt"}
)

// holdsPath reports whether somebody gave the path of a file where its contents belong.
func (f form) holdsPath(text string) bool {
	text = strings.TrimSpace(text)
	switch f {
	case place:
		return false
	case chosen: // groups of some providers are named like paths
		return rooted.MatchString(text) && there(text)
	case opaque: // a secret may begin with a slash
		first, _, _ := strings.Cut(strings.TrimPrefix(text, "/"), "/")
		return rooted.MatchString(text) && (!strings.HasPrefix(text, "/") || there("/"+first))
	}
	return rooted.MatchString(text) || slices.Contains(fileNames, path.Ext(text)) && !strings.Contains(text, "://")
}

// there reports whether the file exists, or cannot be looked at because a folder on the way is closed.
func there(name string) bool {
	_, err := os.Stat(name)
	return err == nil || errors.Is(err, fs.ErrPermission)
}
