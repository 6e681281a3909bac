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
	username = "svc-bench@contoso.com"
	password = "Bench-only-1"
	fixture  = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"users": [{"userPrincipalName": "` + username + `", "password": "` + password + `", "roles": ["SharePoint Administrator"]}]}]}`
)

// save compares whole Saves with the simulator's own answers to the same questions, one after the other in turn, so that
// what is left is Purser's own time, durable commits included.
func (b *bench) save(ctx context.Context) ([]row, error) {
	file := filepath.Join(b.folder, "fixture.json")
	if err := os.WriteFile(file, []byte(fixture), 0o600); err != nil {
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
	var whole, answers []time.Duration
	for i := range saves + 5 {
		took, err := saveOnce(ctx, browser, i)
		if err != nil {
			return nil, err
		}
		alone, err := askOnce(ctx, purser.Simulator)
		if err != nil {
			return nil, err
		}
		if i >= 5 { // the first ones open connections
			whole, answers = append(whole, took), append(answers, alone)
		}
	}
	own := median(whole) - median(answers)
	return []row{{
		"a Save's own time, p50, durable commits included", fmt.Sprintf("%.1f ms (%.1f ms − %.1f ms of the simulator's answers)", ms(own), ms(median(whole)), ms(median(answers))),
		"5 ms", own <= 5*time.Millisecond,
	}}, nil
}

// saveOnce creates a profile as the pane's form does.
func saveOnce(ctx context.Context, browser *programs.Browser, n int) (time.Duration, error) {
	form := url.Values{"name": {fmt.Sprintf("Bench %d", n)}, "tenant": {tenantID}, "services": {"fly"}, "username": {username}, "password": {password}}
	begin := time.Now()
	a, err := browser.Post(ctx, listPath, form, false)
	took := time.Since(begin)
	if err != nil || a.Status != http.StatusSeeOther {
		return 0, errors.Join(err, fmt.Errorf("save: status %d", a.Status))
	}
	return took, nil
}

// askOnce asks the simulator what a validation asks, in the same order, with nothing around it.
func askOnce(ctx context.Context, sim string) (time.Duration, error) {
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
