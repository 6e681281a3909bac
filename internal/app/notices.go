package app

import (
	"context"
	"net/url"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/event"
	"purser.example/internal/horizon"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/webhook"
	"purser.example/web/places"
)

// noticesOf makes the notifications of what the others find out (R92).
func (a *App) noticesOf(kept stores, ring *secret.Keyring, o Options) *notify.Service {
	return notify.NewService(notify.Parts{
		Store: kept.notices, Ring: ring, Tenants: a.Tenants, Senders: a.senders, Events: a.Events, Page: a.pageOf, Now: o.Now, Log: o.Log,
		People: func(ctx context.Context, role access.Role) ([]notify.Person, error) {
			return reachable(ctx, kept.people, role)
		},
		Address: func(w notify.Way, text string) (*url.URL, error) {
			return readAddress(webhook.Hosts(a.cfg.WebhookHosts), w, text)
		},
		Standing: func(ctx context.Context, some func([]notify.Standing) error) error {
			return broken(ctx, kept.horizon, some)
		},
	})
}

func readAddress(hosts webhook.Hosts, w notify.Way, text string) (*url.URL, error) {
	if w == notify.Teams {
		return hosts.Workflow(text)
	}
	return hosts.Webhook(text)
}

// reachable are those with a role whose address is known. The list has the strongest roles first.
func reachable(ctx context.Context, store people.Store, role access.Role) (list []notify.Person, err error) {
	for q := (people.Query{Sort: people.ByRole, Down: true, Limit: people.PageSize}); ; {
		page, err := store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Rows {
			if people.Rank(p.Role()) < people.Rank(role) {
				return list, nil
			}
			if address := mailOf(p); p.Role() == role && !p.Deactivated && address != "" {
				list = append(list, notify.Person{Name: p.Called(), Mail: address})
			}
		}
		if q.After = page.Next; q.After == "" {
			return list, nil
		}
	}
}

// mailOf is where a person gets mail: the address that was looked up, or what they sign in with where that is one; empty: nowhere.
func mailOf(p people.Person) string {
	if p.Kind != people.OnePerson {
		return ""
	}
	for _, text := range []string{p.Mail, p.SignIn} {
		if notify.IsAddress(text) {
			return text
		}
	}
	return ""
}

// breakKinds are what health checks call that which can be broken.
var breakKinds = map[horizon.Kind]string{horizon.Profile: profile.PlaceKind, horizon.Member: pool.PlaceKind}

// broken gives what is broken now, some at a time.
func broken(ctx context.Context, store horizon.Store, some func([]notify.Standing) error) error {
	const limit = 200
	for q := (horizon.Query{Kinds: []horizon.Kind{horizon.Profile, horizon.Member}, Limit: limit}); ; {
		page, err := store.Breaks(ctx, q)
		if err != nil || len(page) == 0 {
			return err
		}
		var list []notify.Standing
		for _, b := range page {
			if !b.Since.IsZero() {
				list = append(list, notify.Standing{
					Object: event.Object{Kind: breakKinds[b.Kind], ID: b.Object, Name: b.What}, Tenant: b.Tenant, Account: b.Account, Cause: causeOf(b), Since: b.Since,
				})
			}
		}
		if err := some(list); err != nil {
			return err
		}
		q.After = page[len(page)-1].Place()
	}
}

func causeOf(b horizon.Break) string {
	title := verdict.Status(b.Status).Title()
	if b.Code == "" {
		return title
	}
	return title + " (" + b.Code + ")"
}

// pageOf is where Purser shows what a message tells. One of several kinds leads to where everybody begins.
func (a *App) pageOf(k event.Kind, o event.Object) notify.Link {
	place := places.Place{Path: "/", Called: "Purser"}
	if k != "" {
		place = places.Event(k, o)
	}
	return notify.Link{Text: "Open " + place.Called, Href: a.cfg.BaseURL.String() + place.Path}
}

// notify tells people what happened.
func (a *App) notify(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Notices.Tick(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Error("notifications not sent", "error", problem.Told(err))
	}
}

// lookAhead tells of what ends soon and of what is still broken, and removes what is kept no longer.
func (a *App) lookAhead(ctx context.Context) {
	for what, do := range map[string]func(context.Context) error{
		"what ends soon was not looked for":       func(ctx context.Context) error { return a.Horizon.Tell(ctx, a.Events) },
		"what is still broken was not looked for": a.Notices.Remind,
		"old notifications not removed":           a.Notices.Tidy,
	} {
		if err := problem.Guard(func() error { return do(ctx) }); err != nil && ctx.Err() == nil {
			a.log.Error(what, "error", problem.Told(err))
		}
	}
}

// aheadEvery is how often it is looked whether something ends soon.
const aheadEvery = 10 * time.Minute
