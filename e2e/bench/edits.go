package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/profile"
)

const (
	editors    = 16
	editFor    = 4 * time.Second
	editRounds = 3
)

// house is a Purser in this process, so that its service can be called without HTTP while its pages are loaded with it.
type house struct {
	*demo.Demo
	list  page
	desks [editors][]profile.Profile // what each editor works on, nobody else
}

// edits measures changes of descriptions, sixteen at once, against writes of one row that are as durable; and the list beside
// them against the list alone.
func (b *bench) edits(ctx context.Context) ([]row, error) {
	h, stop, err := b.openHouse(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	var limits, edits, beside, pages []float64
	var alone, accompanied []load
	for range editRounds {
		if limits, err = h.measured(ctx, limits, h.oneRow); err != nil {
			return nil, err
		}
		if edits, err = h.measured(ctx, edits, h.edit); err != nil {
			return nil, err
		}
		if pages, err = h.measured(ctx, pages, h.editor(ctx)); err != nil {
			return nil, err
		}
		quiet, err := wrk(ctx, h.list, int(editFor.Seconds()))
		if err != nil {
			return nil, err
		}
		var busy load
		var loaded error
		var all sync.WaitGroup
		all.Go(func() { busy, loaded = wrk(ctx, h.list, int(editFor.Seconds())) })
		beside, err = h.measured(ctx, beside, h.edit)
		all.Wait()
		if err := errors.Join(err, loaded); err != nil {
			return nil, err
		}
		alone, accompanied = append(alone, quiet), append(accompanied, busy)
	}
	share, slower := median(edits)/median(limits), ratio(accompanied, alone, p99)
	return []row{
		{
			"edits a second, 16 at once, logged and durable", fmt.Sprintf("%.0f (%.2f of %.0f durable writes of one row)", median(edits), share, median(limits)),
			"at least 1,500", median(edits) >= 1500,
		},
		{"the same as forms over HTTP", fmt.Sprintf("%.0f", median(pages)), "–", true},
		{
			"list of 50 of 100,000 beside these edits ÷ alone, p99", fmt.Sprintf("%.1f (%.0f ÷ %.0f ms; %.0f edits and %.0f pages a second)", slower, middle(accompanied, p99), middle(alone, p99), median(beside), middle(accompanied, rate)),
			"at most 2.5", slower <= 2.5,
		},
	}, nil
}

// measured adds how often a second the editors together get something done.
func (h *house) measured(ctx context.Context, so []float64, do func(ctx context.Context, editor, n int) error) ([]float64, error) {
	var done atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, editors)
	begin := time.Now()
	for e := range editors {
		all.Go(func() {
			for n := 0; time.Since(begin) < editFor && failed[e] == nil; n++ {
				if failed[e] = do(ctx, e, n); failed[e] == nil {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return append(so, float64(done.Load())/time.Since(begin).Seconds()), errors.Join(failed...)
}

// oneRow is the limit: the least that can be written durably through the same group commit.
func (h *house) oneRow(ctx context.Context, _, _ int) error { return h.App.DB.CheckWritable(ctx) }

func (h *house) edit(ctx context.Context, editor, n int) error {
	p := &h.desks[editor][n%len(h.desks[editor])]
	changed, err := h.App.Profiles.Update(ctx, programs.Administrator, audit.Origin{Request: "bench", Address: "127.0.0.1"}, p.ID, p.Version, profile.Draft{
		Name: p.Name, Description: fmt.Sprintf("Looked after by editor %d, time %d", editor, n), Tenant: p.Tenant, Services: p.Services, Username: p.Username,
	})
	if err == nil {
		*p = changed
	}
	return err
}

// editor is edit as a form over HTTP, for each editor in a browser of their own.
func (h *house) editor(ctx context.Context) func(context.Context, int, int) error {
	browsers := make([]*programs.Browser, editors)
	return func(_ context.Context, editor, n int) (err error) {
		if browsers[editor] == nil {
			if browsers[editor], err = programs.SignIn(ctx, h.URL(), "admin@purser.test", demo.Password); err != nil {
				return err
			}
		}
		p := &h.desks[editor][n%len(h.desks[editor])]
		a, err := browsers[editor].Post(ctx, listPath+"/"+string(p.ID), url.Values{
			"name": {p.Name}, "description": {fmt.Sprintf("Looked after in browser %d, time %d", editor, n)}, "tenant": {string(p.Tenant)}, "services": p.Services,
			"username": {p.Username}, "version": {strconv.FormatInt(p.Version, 10)},
		}, false)
		if err != nil || a.Status != http.StatusSeeOther {
			return errors.Join(err, fmt.Errorf("edit: status %d", a.Status))
		}
		p.Version++
		return nil
	}
}

// openHouse opens the demo in this process on 100,000 profiles.
func (b *bench) openHouse(ctx context.Context) (*house, func(), error) {
	return b.openHouseOf(ctx, 100_000)
}

func (b *bench) openHouseOf(ctx context.Context, profiles int) (*house, func(), error) {
	folder, err := b.seed(ctx, profiles)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := config.LoadDemo(nil)
	if err != nil {
		return nil, nil, err
	}
	d, err := demo.Open(ctx, demo.Options{
		Addr: "127.0.0.1:0", Data: folder.Path, NoProfiles: true, Config: cfg,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return nil, nil, err
	}
	served, end := context.WithCancel(ctx)
	var server sync.WaitGroup
	server.Go(func() { _ = d.Serve(served) })
	stop := func() { end(); server.Wait(); _ = d.Close() }
	h := &house{Demo: d}
	if err := errors.Join(h.fillDesks(ctx), h.signIn(ctx)); err != nil {
		stop()
		return nil, nil, err
	}
	return h, stop, nil
}

func (h *house) signIn(ctx context.Context) error {
	browser, err := programs.SignIn(ctx, h.URL(), "admin@purser.test", demo.Password)
	if err != nil {
		return err
	}
	cookie, err := browser.Cookie()
	h.list = page{address: h.URL() + listPath, cookie: cookie}
	return err
}

// fillDesks gives each editor a page of the list.
func (h *house) fillDesks(ctx context.Context) error {
	after := ""
	for e := range h.desks {
		page, _, err := h.App.Profiles.List(ctx, programs.Administrator, profile.Query{Sort: profile.ByName, After: after})
		if err != nil {
			return err
		}
		for _, r := range page.Rows {
			if r.Kind == profile.Common {
				h.desks[e] = append(h.desks[e], r.Profile)
			}
		}
		after = page.Next
	}
	return nil
}
