package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"purser.example/internal/app"
	"purser.example/internal/profile"
)

type importCommand struct {
	File   string `arg:"" type:"path" help:"A CSV or JSON file with the columns name, description, tenant, services, username, password, type, admin_center_url."`
	DryRun bool   `name:"dry-run" help:"Say what would happen to each row, and store nothing."`
}

// errRefused says that rows were refused, which the report has told already.
var errRefused = errors.New("some rows were refused; see the report")

func (c importCommand) Run(ctx context.Context, s streams) error {
	cfg, err := app.Checks().LoadWork(os.Environ())
	if err != nil {
		return err
	}
	found, rows, err := app.ImportFile(ctx, cfg, app.Options{Log: logger(cfg, s), Version: version}, operator(os.Getenv), c.File, c.DryRun)
	if err != nil {
		return err
	}
	if err := report(s.out, found, rows); err != nil {
		return err
	}
	switch {
	case found.State == profile.Stopped:
		return fmt.Errorf("the import stopped after %d of %d rows. %s Every profile that was imported is stored whole, and it is safe to import the same file again", found.Done, found.Total, found.Failure)
	case found.Counts[profile.RowRefused] > 0:
		return errRefused
	}
	return nil
}

// The columns of the report in signs, at most: with two blanks between them a row keeps to lineWidth. The last has no blanks behind it.
var columnWidths = [...]int{10, 9, 30, 45}

// lineWidth is how wide a terminal need be.
const lineWidth = 100

// report prints what became of each row, with its notes below it, and a line about all of them.
func report(out io.Writer, found profile.Import, rows []profile.ImportRow) error {
	table := make([][]string, len(rows))
	var widths [len(columnWidths)]int
	for i, row := range rows {
		table[i] = []string{row.Where, string(row.Outcome), row.Name, row.Username}
		for column := range table[i] {
			table[i][column] = shortened(table[i][column], columnWidths[column])
			widths[column] = max(widths[column], utf8.RuneCountInString(table[i][column]))
		}
	}
	text := bufio.NewWriter(out)
	for i, row := range rows {
		line := ""
		for column, cell := range table[i] {
			line += cell + strings.Repeat(" ", widths[column]-utf8.RuneCountInString(cell)+2)
		}
		_, _ = text.WriteString(strings.TrimRight(line, " ") + "\n")
		for _, line := range wrapped(row.Notes, lineWidth-len(notesIndent)) {
			_, _ = text.WriteString(notesIndent + line + "\n")
		}
	}
	begin := "imported"
	if found.State == profile.Checked {
		begin = "nothing was stored"
	}
	_, _ = fmt.Fprintf(text, "%s: %d new, %d changed, %d unchanged, %d refused\n", begin, found.Counts[profile.RowNew], found.Counts[profile.RowChanged], found.Counts[profile.RowUnchanged], found.Counts[profile.RowRefused])
	return text.Flush() // the first error there was
}

// notesIndent stands before the notes of a row.
const notesIndent = "    "

// shortened cuts a text that is longer than so many signs.
func shortened(text string, most int) string {
	if signs := []rune(text); len(signs) > most {
		return strings.TrimRight(string(signs[:most-1]), " ") + "…"
	}
	return text
}

// wrapped is a text in lines of so many signs, where its words allow.
func wrapped(text string, most int) (lines []string) {
	for word := range strings.FieldsSeq(text) {
		if last := len(lines) - 1; last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= most {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
