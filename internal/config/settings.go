package config

import (
	"fmt"
	"regexp"
	"strings"
)

// settingLine is a line of a file of settings.
var settingLine = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)

// ReadSettings reads a file of settings, a line NAME=VALUE each, and gives them in the shape of os.Environ. Empty lines and those that
// begin with # are passed over, blanks around a line and the byte order mark that Windows' editors begin a file with are dropped. The
// error, if any, is Mistakes, a line for each; they show no values.
func ReadSettings(path string) ([]string, error) {
	text, err := contents(path)
	if err != nil {
		return nil, Mistakes{"the file of settings " + path + " cannot be read: " + err.Error() + "."}
	}
	var settings []string
	var mistakes Mistakes
	seen, number := map[string]bool{}, 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		parts := settingLine.FindStringSubmatch(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case parts == nil:
			mistakes = append(mistakes, fmt.Sprintf("%s, line %d: is no NAME=VALUE.", path, number))
		case seen[parts[1]]:
			mistakes = append(mistakes, fmt.Sprintf("%s, line %d: sets %s a second time.", path, number, parts[1]))
		default:
			seen[parts[1]] = true
			settings = append(settings, line)
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return settings, nil
}

// Door is where a Purser listens, as far as somebody on its machine has to know.
type Door struct {
	Addr string
	TLS  bool
}

// LoadDoor reads where Purser listens, for commands that ask it something. It opens no file: whoever asks may not be allowed to. The
// error, if any, is Mistakes.
func LoadDoor(environ []string) (Door, error) {
	r := newReader(environ, Checks{})
	at := Door{Addr: r.address("PURSER_ADDR", "127.0.0.1:8080"), TLS: r.env["PURSER_TLS_CERT"] != "" || r.env["PURSER_TLS_CERT_FILE"] != ""}
	if len(r.mistakes) > 0 {
		return Door{}, r.mistakes
	}
	return at, nil
}
