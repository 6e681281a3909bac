package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/demo"
)

const (
	saves    = 60
	tenantID = "6f1c0000-0000-4000-8000-000000000001"
	appID    = "a0000000-0000-4000-8000-000000000001"
	password = "Bench-only-1"
	warm     = 5 // Saves that open connections, and are not counted
)

// accountOf is the account of a Save: everyone has their own, as in a real installation.
func accountOf(n int) string { return fmt.Sprintf("svc-bench-%d@contoso.com", n) }

// shared is the account of all Saves that are to find it elsewhere.
const shared = "svc-shared@contoso.com"

// fixture is the tenant that the accounts are in.
func fixture() string {
	user := func(name string) string {
		return `{"userPrincipalName": "` + name + `", "password": "` + password + `", "roles": ["SharePoint Administrator"]}`
	}
	users := []string{user(shared)}
	for n := range warm + saves {
		users = append(users, user(accountOf(n)))
	}
	return `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}], "users": [` + strings.Join(users, ",") + `]}]}`
}

// save compares whole Saves with the simulator's own answers to the same questions, one after the other in turn, so that
// what is left is Purser's own time, durable commits included.
func (b *bench) save(ctx context.Context) ([]row, error) {
	file := filepath.Join(b.folder, "fixture.json")
	if err := os.WriteFile(file, []byte(fixture()), 0o600); err != nil {
		return nil, err
	}
	purser, err := programs.Demo(ctx, b.binary, os.Stderr, "--addr", "127.0.0.1:0", "--data", filepath.Join(b.folder, "save"), "--fixture", file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = purser.Kill() }()
	browser, err := programs.SignIn(ctx, purser.URL, "admin@purser.test", demo.Password)
	if err != nil {
		return nil, err
	}
	own, err := savesOf(ctx, browser, purser.Simulator, "Own", accountOf)
	if err != nil {
		return nil, err
	}
	one, err := savesOf(ctx, browser, purser.Simulator, "Shared", func(int) string { return shared })
	if err != nil {
		return nil, err
	}
	return []row{
		{"a Save's own time, p50, durable commits included", own.String(), "5 ms", own.purser() <= 5*time.Millisecond},
		{what: fmt.Sprintf("the same, of an account that stands in up to %d other profiles", warm+saves-1), found: one.String(), limit: "–", met: true},
	}, nil
}

// timed is what a Save takes, and what its answers alone do.
type timed struct{ whole, answers time.Duration }

func (t timed) purser() time.Duration { return t.whole - t.answers }

// String tells all three.
func (t timed) String() string {
	return fmt.Sprintf("%.1f ms (%.1f ms − %.1f ms of the simulator's answers)", ms(t.purser()), ms(t.whole), ms(t.answers))
}

// savesOf makes Saves, and gives their medians.
func savesOf(ctx context.Context, browser *programs.Browser, sim, called string, account func(n int) string) (timed, error) {
	var whole, answers []time.Duration
	for i := range warm + saves {
		took, err := saveOnce(ctx, browser, fmt.Sprintf("%s %d", called, i), account(i))
		if err != nil {
			return timed{}, err
		}
		alone, err := askOnce(ctx, sim, account(i))
		if err != nil {
			return timed{}, err
		}
		if i >= warm {
			whole, answers = append(whole, took), append(answers, alone)
		}
	}
	return timed{median(whole), median(answers)}, nil
}

// saveOnce creates a profile as the pane's form does.
func saveOnce(ctx context.Context, browser *programs.Browser, name, username string) (time.Duration, error) {
	form := url.Values{"name": {name}, "tenant": {tenantID}, "services": {"fly"}, "username": {username}, "password": {password}}
	begin := time.Now()
	a, err := browser.Post(ctx, listPath, form, false)
	took := time.Since(begin)
	if err != nil || a.Status != http.StatusSeeOther {
		return 0, errors.Join(err, fmt.Errorf("save: status %d", a.Status))
	}
	return took, nil
}

// askOnce asks the simulator what a validation asks, in the same order, with nothing around it.
func askOnce(ctx context.Context, sim, username string) (time.Duration, error) {
	begin := time.Now()
	if _, err := ask(ctx, http.MethodGet, sim+"/common/userrealm/"+username+"?api-version=1.0", "", nil); err != nil {
		return 0, err
	}
	body, err := ask(ctx, http.MethodPost, sim+"/"+tenantID+"/oauth2/v2.0/token", "", url.Values{
		"grant_type": {"password"}, "client_id": {appID}, "scope": {"https://graph.microsoft.com/.default"}, "username": {username}, "password": {password},
	})
	if err != nil {
		return 0, err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &token); err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, path := range []string{"/v1.0/me", "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole", "/v1.0/domains"} {
		all.Go(func() { _, _ = ask(ctx, http.MethodGet, sim+path, "Bearer "+token.AccessToken, nil) })
	}
	all.Wait()
	return time.Since(begin), nil
}

func ask(ctx context.Context, method, address, authorization string, form url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s answers %d", req.URL.Path, res.StatusCode))
	}
	return body, errors.Join(err, res.Body.Close())
}
