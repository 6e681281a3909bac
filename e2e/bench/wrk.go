package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// load is what wrk measured.
type load struct {
	rate float64 // requests/s
	p99  string
}

// wrk loads an address with 32 connections from one thread for five seconds. An answer that is not 2xx is an error: it
// would be the speed of something else.
func wrk(ctx context.Context, address, cookie string) (load, error) {
	args := []string{"-t1", "-c32", "-d5s", "--latency"}
	if cookie != "" {
		args = append(args, "-H", "Cookie: "+cookie)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, address)...).CombinedOutput()
	if err != nil {
		return load{}, fmt.Errorf("wrk (Debian package wrk): %w\n%s", err, out)
	}
	var l load
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		switch fields := strings.Fields(lines.Text()); {
		case len(fields) == 2 && fields[0] == "99%":
			l.p99 = fields[1]
		case len(fields) == 2 && fields[0] == "Requests/sec:":
			l.rate, err = strconv.ParseFloat(fields[1], 64)
		case strings.Contains(lines.Text(), "Non-2xx"):
			err = fmt.Errorf("%s answers %s", address, strings.TrimSpace(lines.Text()))
		}
		if err != nil {
			return load{}, err
		}
	}
	return l, nil
}
