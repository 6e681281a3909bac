// Command bench measures Purser against limits of the same machine in the same run, prints a table of ratios and writes it
// to docs/performance.md. Absolute figures drift with the machine; ratios are what to compare.
//
// It drives the real binary over HTTP with wrk, and needs a Unix with /proc.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"purser.example/e2e/programs"
)

func main() {
	log.SetFlags(0)
	bare := flag.String("bare", "", "serve the limit that pages are measured against on this address, and nothing else")
	out := flag.String("out", "docs/performance.md", "file for the table")
	only := flag.String("only", "", "take these measurements only, such as `list,search`; nothing is written")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var err error
	switch {
	case *bare != "":
		err = serveBare(ctx, *bare)
	case *only != "":
		_, err = take(ctx, strings.Split(*only, ","))
	default:
		err = document(ctx, *out)
	}
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// bench is what the measurements share: the binary under test, and a temporary folder that it is built in.
type bench struct {
	folder string
	binary string
	seeded map[int]programs.Folder // by number of profiles, each made when it is first asked for
}

// measurements in the order of the table. Each is a group of rows.
var measurements = []struct {
	name    string
	measure func(*bench, context.Context) ([]row, error)
}{
	{"size", (*bench).size},
	{"start", (*bench).start},
	{"full", (*bench).startFull},
	{"idle", (*bench).idle},
	{"shell", (*bench).shellPage},
	{"save", (*bench).save},
	{"list", (*bench).list},
	{"overview", (*bench).overview},
	{"search", (*bench).search},
	{"edits", (*bench).edits},
	{"rotate", (*bench).rotate},
	{"backup", (*bench).backup},
	{"validate", (*bench).validate},
	{"import", (*bench).imports},
	{"scan", (*bench).scan},
	{"grants", (*bench).grants},
	{"beside", (*bench).besideScan},
	{"objects", (*bench).objects},
	{"people", (*bench).people},
	{"log", (*bench).activityLog},
	{"health", (*bench).health},
}

func document(ctx context.Context, file string) error {
	rows, err := take(ctx, nil)
	if err != nil {
		return err
	}
	return write(file, table(rows))
}

// take takes the measurements, or those named only, and prints each row as it comes; a limit that is not met is said in the
// table, and fails nothing.
func take(ctx context.Context, only []string) ([]row, error) {
	folder, err := os.MkdirTemp("", "purser-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	b := &bench{folder: folder, binary: filepath.Join(folder, "purser"), seeded: map[int]programs.Folder{}}
	if err := programs.Build(ctx, "purser", b.binary); err != nil {
		return nil, err
	}
	var rows []row
	for _, m := range measurements {
		if only != nil && !slices.Contains(only, m.name) {
			continue
		}
		begin := time.Now()
		found, err := m.measure(b, ctx)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("measure %s", m.name), err)
		}
		for _, r := range found {
			fmt.Print(r)
		}
		log.Printf("(%s took %s)", m.name, time.Since(begin).Round(time.Second))
		rows = append(rows, found...)
	}
	return rows, nil
}
