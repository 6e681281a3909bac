package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// row is one measurement: what, how it came out, and what it must reach.
type row struct {
	what  string
	found string
	limit string
	met   bool
}

const preface = `# Performance

Written by ` + "`make bench`" + `. Pages are compared with a bare Echo handler that renders the same templ components from memory, measured
in the same run with the same load: read the ratios, not the absolute figures, which drift with the machine. The load generator
shares the processors with the server.

`

func table(rows []row) string {
	var b strings.Builder
	b.WriteString(preface)
	fmt.Fprintf(&b, "Last run: %s, %d processors.\n\n| what | measured | limit | met |\n| --- | --- | --- | --- |\n", runtime.Version(), runtime.NumCPU())
	for _, r := range rows {
		met := "yes"
		if !r.met {
			met = "**no**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.what, r.found, r.limit, met)
	}
	return b.String()
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
