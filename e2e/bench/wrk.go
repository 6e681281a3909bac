package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// load is what wrk measured.
type load struct {
	rate float64 // requests/s
	p99  time.Duration
}

// connections is how many browsers wrk stands for.
const connections = 32

// wrk loads an address with 32 connections from one thread for some seconds. An answer that is not 2xx is an error: it would
// be the speed of something else; so is none at all.
func wrk(ctx context.Context, p page, seconds int) (load, error) {
	args := []string{"-t1", fmt.Sprintf("-c%d", connections), fmt.Sprintf("-d%ds", seconds), "--latency"}
	if p.cookie != "" {
		args = append(args, "-H", "Cookie: "+p.cookie)
	}
	if p.accepts != "" {
		args = append(args, "-H", "Accept-Encoding: "+p.accepts)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, p.address)...).CombinedOutput()
	if err != nil {
		return load{}, fmt.Errorf("wrk (Debian package wrk): %w\n%s", err, out)
	}
	var l load
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		switch fields := strings.Fields(lines.Text()); {
		case len(fields) == 2 && fields[0] == "99%":
			l.p99, err = time.ParseDuration(fields[1])
		case len(fields) == 2 && fields[0] == "Requests/sec:":
			l.rate, err = strconv.ParseFloat(fields[1], 64)
		case strings.Contains(lines.Text(), "Non-2xx"):
			err = fmt.Errorf("%s answers %s", p.address, strings.TrimSpace(lines.Text()))
		}
		if err != nil {
			return load{}, err
		}
	}
	if l.rate == 0 || l.p99 == 0 {
		return load{}, fmt.Errorf("%s answered nothing that was counted\n%s", p.address, out)
	}
	return l, nil
}

// page is an address to load, with what signs in, and how it may be packed.
type page struct{ address, cookie, accepts string }

// packed is the page as browsers ask for it.
func (p page) packed() page {
	p.accepts = "gzip, deflate, br, zstd"
	return p
}

// warm asks for the page once on each connection that wrk is going to have.
func (p page) warm(ctx context.Context) error {
	failures := make(chan error)
	for range connections {
		go func() { failures <- p.ask(ctx) }()
	}
	var err error
	for range connections {
		err = errors.Join(err, <-failures)
	}
	return err
}

func (p page) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address, nil)
	if err != nil {
		return err
	}
	if p.cookie != "" {
		req.Header.Set("Cookie", p.cookie)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", p.address, err)
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// alternate loads the pages in turn, as often as there are rounds, so that what the machine does besides meets all of them.
func alternate(ctx context.Context, rounds, seconds int, pages ...page) ([][]load, error) {
	loads := make([][]load, len(pages))
	for _, p := range pages { // The first answer of all also pays for what stays in memory from then on.
		if err := p.warm(ctx); err != nil {
			return nil, err
		}
	}
	for range rounds {
		for i, p := range pages {
			l, err := wrk(ctx, p, seconds)
			if err != nil {
				return nil, err
			}
			loads[i] = append(loads[i], l)
		}
	}
	return loads, nil
}

// ratio is the median over the rounds of one figure divided by the other.
func ratio(above, below []load, figure func(load) float64) float64 {
	var ratios []float64
	for i := range above {
		ratios = append(ratios, figure(above[i])/figure(below[i]))
	}
	return median(ratios)
}

func rate(l load) float64 { return l.rate }
func p99(l load) float64  { return ms(l.p99) }

// middle is the median of a figure over the rounds.
func middle(loads []load, figure func(load) float64) float64 {
	var values []float64
	for _, l := range loads {
		values = append(values, figure(l))
	}
	return median(values)
}
