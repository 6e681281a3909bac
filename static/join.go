package static

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// style joins the sheets and leaves out what a browser does not need: comments, blanks, and tokens of Fluent that no sheet uses.
func style() []byte {
	var own []byte
	for _, sheet := range sheets[1:] {
		own = append(own, read("css/"+sheet+".css")...)
	}
	return minified(append(usedTokens(read("css/"+sheets[0]+".css"), own), own...))
}

// usedTokens leaves the declarations of custom properties that the sheets ask for. The generated sheet has one a line.
func usedTokens(tokens, sheets []byte) []byte {
	used := map[string]bool{}
	for rest := sheets; ; {
		at := bytes.Index(rest, []byte("var(--"))
		if at < 0 {
			break
		}
		rest = rest[at+len("var("):]
		used[string(rest[:bytes.IndexAny(rest, ",)")])] = true
	}
	var kept []byte
	for line := range bytes.Lines(tokens) {
		if name, _, declared := bytes.Cut(line, []byte(":")); declared && bytes.HasPrefix(line, []byte("--")) && !used[string(name)] {
			continue
		}
		kept = append(kept, line...)
	}
	return kept
}

// minified leaves out comments but those that begin with "/*!", and blanks that mean nothing. What is quoted stays as it is.
func minified(css []byte) []byte {
	small := make([]byte, 0, len(css))
	blank := false
	for i := 0; i < len(css); {
		switch {
		case bytes.HasPrefix(css[i:], []byte("/*")):
			end := i + 2 + bytes.Index(css[i+2:], []byte("*/")) + 2
			if css[i+2] == '!' {
				small = append(small, css[i:end]...)
			}
			i = end
		case strings.IndexByte(" \t\r\n", css[i]) >= 0:
			blank, i = true, i+1
		default:
			end := i + 1
			if css[i] == '"' || css[i] == '\'' {
				end += bytes.IndexByte(css[end:], css[i]) + 1
			}
			small = append(joint(small, css[i], blank), css[i:end]...)
			blank, i = false, end
		}
	}
	return small
}

// joint prepares the end of a sheet for the next sign: with the blank between them where it means something, and without the last
// semicolon of a rule.
func joint(small []byte, next byte, blank bool) []byte {
	last := byte('{')
	if len(small) > 0 {
		last = small[len(small)-1]
	}
	if next == '}' {
		return bytes.TrimSuffix(small, []byte(";"))
	}
	if blank && strings.IndexByte("{};,", last) < 0 && next != '{' {
		return append(small, ' ')
	}
	return small
}

var importing = regexp.MustCompile(`^import (?:\{ [\w, ]+ \} from )?'\./([\w-]+\.js)';$`)

// script joins a script with those that it imports, each in a scope of its own, in the order in which a browser would run them. What
// one of them exports, all that follow may use; no two may export the same name.
func script(name string, read func(name string) []byte) []byte {
	j := joiner{read: read}
	j.include(name)
	return j.joined.Bytes()
}

// joiner is a script that is being joined.
type joiner struct {
	read   func(name string) []byte
	joined bytes.Buffer
	done   []string
}

func (j *joiner) include(name string) {
	if slices.Contains(j.done, name) {
		return
	}
	j.done = append(j.done, name)
	var body bytes.Buffer
	var exports []string
	for line := range strings.Lines(string(j.read(name))) {
		line = strings.TrimSpace(line)
		if strings.Count(line, "`")%2 != 0 {
			panic("static: " + name + " has a text of several lines, which would lose its blanks")
		}
		if found := importing.FindStringSubmatch(line); found != nil {
			j.include("js/" + found[1])
			continue
		}
		if rest, exported := strings.CutPrefix(line, "export function "); exported {
			exports = append(exports, rest[:strings.IndexByte(rest, '(')])
			line = strings.TrimPrefix(line, "export ")
		}
		if strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "export ") {
			panic("static: " + name + " can only import from beside it and export functions: " + line)
		}
		if line != "" && !strings.HasPrefix(line, "//") {
			body.WriteString(line + "\n")
		}
	}
	j.scope(body.String(), exports)
}

// scope adds a script whose names are its own, but for its exports.
func (j *joiner) scope(body string, exports []string) {
	switch {
	case len(exports) > 0:
		names := strings.Join(exports, ", ")
		j.joined.WriteString("const { " + names + " } = (() => {\n" + body + "return { " + names + " };\n})();\n")
	case body != "":
		j.joined.WriteString("(() => {\n" + body + "})();\n")
	}
}

// library joins the scripts of others.
func library() []byte {
	var joined []byte
	for _, name := range libraries {
		joined = append(append(joined, bytes.TrimSpace(read(name))...), ";\n"...)
	}
	return joined
}
