// Package docs proves what the documents for administrators say: it runs their commands on a scratch machine, and compares their
// tables with the code.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the folder of the repository.
const root = "../.."

// block is fenced text of a document.
type block struct {
	doc      string
	line     int // of the fence
	language string
	lines    []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") + "\n" }

// span is text in backticks within a sentence.
type span struct {
	doc  string
	line int
	text string
}

// document is what there is to prove of one.
type document struct {
	name   string
	blocks []block
	spans  []span
	rows   []row
}

// row is a row of a table, with what stands in the first line of its table.
type row struct {
	line        int
	head, cells []string
}

var inBackticks = regexp.MustCompile("`([^`]+)`")

// documents reads the README and every page of docs.
func documents(t *testing.T) []document {
	t.Helper()
	paths, err := filepath.Glob(root + "/docs/*.md")
	if err != nil || len(paths) < 9 {
		t.Fatalf("pages of docs: %q %v", paths, err)
	}
	var all []document
	for _, path := range append([]string{root + "/README.md"}, paths...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parse(t, strings.TrimPrefix(path, root+"/"), string(text)))
	}
	return all
}

func named(t *testing.T, name string) document {
	t.Helper()
	for _, d := range documents(t) {
		if d.name == name {
			return d
		}
	}
	t.Fatalf("no document %s", name)
	return document{}
}

// parse reads a document as far as its commands, settings and tables go. Indented code is refused, so that none goes unseen.
func parse(t *testing.T, name, text string) document {
	t.Helper()
	d := document{name: name}
	var open *block
	var head []string
	indent, blank := "", true
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		language, fence := strings.CutPrefix(trimmed, "```")
		switch {
		case open != nil && fence:
			d.blocks, open = append(d.blocks, *open), nil
			continue
		case open != nil:
			open.lines = append(open.lines, strings.TrimPrefix(line, indent))
			continue
		case fence:
			open, indent = &block{doc: name, line: i + 1, language: language}, line[:len(line)-len(trimmed)]
			continue
		case blank && strings.HasPrefix(line, "    ") && !strings.HasPrefix(trimmed, "|"):
			t.Errorf("%s:%d: indented code; give it a fence and a language", name, i+1)
		case strings.HasPrefix(trimmed, "|"):
			cells := cellsOf(line)
			if head == nil {
				head = cells
			} else if !strings.HasPrefix(cells[0], "---") {
				d.rows = append(d.rows, row{i + 1, head, cells})
			}
		default:
			head = nil
		}
		if strings.Count(line, "`")%2 != 0 {
			t.Errorf("%s:%d: a backtick is not closed in its line", name, i+1)
		}
		for _, text := range quoted(line) {
			d.spans = append(d.spans, span{name, i + 1, text})
		}
		blank = line == ""
	}
	if open != nil {
		t.Errorf("%s:%d: a fence is not closed", name, open.line)
	}
	return d
}

func cellsOf(line string) []string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

// table gives the rows of the tables whose heads begin with these words.
func (d document) table(head ...string) []row {
	return slices.Collect(func(yield func(row) bool) {
		for _, r := range d.rows {
			if len(r.head) >= len(head) && slices.Equal(r.head[:len(head)], head) && !yield(r) {
				return
			}
		}
	})
}

// quoted gives what stands in backticks in a cell.
func quoted(cell string) []string {
	var texts []string
	for _, found := range inBackticks.FindAllStringSubmatch(cell, -1) {
		texts = append(texts, found[1])
	}
	return texts
}

// command is a line of a block of commands, and those that continue it.
type command struct {
	line int
	text string // to be run as it stands
}

// key is the command without the remark behind it.
func (c command) key() string {
	if text, _, remark := strings.Cut(c.text, "  # "); remark {
		return strings.TrimSpace(text)
	}
	return strings.TrimSpace(c.text)
}

// commands gives those of a block.
func (b block) commands() []command {
	var all []command
	var under *command
	for i, line := range b.lines {
		switch {
		case under != nil:
			under.text += "\n" + line
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
			continue
		default:
			under = &command{b.line + 1 + i, line}
		}
		if !strings.HasSuffix(line, `\`) {
			all, under = append(all, *under), nil
		}
	}
	return all
}
