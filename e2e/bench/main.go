// Command bench measures Purser against limits of the same machine in the same run, prints a table of ratios and writes it
// to docs/performance.md. Absolute figures drift with the machine; ratios are what to compare.
//
// It drives the real binary over HTTP with wrk, and needs a Unix with /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	log.SetFlags(0)
	bare := flag.String("bare", "", "serve the limit that pages are measured against on this address, and nothing else")
	out := flag.String("out", "docs/performance.md", "file for the table")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	var err error
	if *bare != "" {
		err = serveBare(ctx, *bare)
	} else {
		err = run(ctx, *out)
	}
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// run takes every measurement and writes them down; a limit that is not met is said in the table, and fails nothing.
func run(ctx context.Context, out string) error {
	folder, err := os.MkdirTemp("", "purser-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary := filepath.Join(folder, "purser")
	var rows []row
	for _, measure := range []func(context.Context, string, string) ([]row, error){program, start, shellPage, save} {
		found, err := measure(ctx, binary, folder)
		if err != nil {
			return err
		}
		rows = append(rows, found...)
	}
	text := table(rows)
	fmt.Print(text)
	return write(out, text)
}
