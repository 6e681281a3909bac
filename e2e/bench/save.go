package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/demo"
	"purser.example/internal/demo/idp/idptest"
)

const (
	saves    = 60
	tenantID = "6f1c0000-0000-4000-8000-000000000001"
	appID    = "a0000000-0000-4000-8000-000000000001"
	account  = "svc-bench@contoso.com"
	fixture  = `{"tenants": [{"id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"domains": [{"id": "contoso.com"}], "apps": [{"appId": "` + appID + `", "displayName": "Purser"}],
		"users": [{"userPrincipalName": "` + account + `", "password": "` + password + `-1", "roles": ["SharePoint Administrator"]}]}]}`
)

// save compares whole Saves with the simulator's own answers to the same questions, one after the other in turn, so that
// what is left is Purser's own time, durable commits included.
func save(ctx context.Context, binary, folder string) ([]row, error) {
	file := filepath.Join(folder, "fixture.json")
	if err := os.WriteFile(file, []byte(fixture), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(folder, "save"), "--fixture", file)
	cmd.Env = append(os.Environ(), "PURSER_LOG_LEVEL=warn")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	words := strings.Fields(line)
	if err != nil || len(words) != 4 {
		return nil, errors.Join(err, fmt.Errorf("ready line: %q", line))
	}
	client, err := signedIn(ctx, words[1])
	if err != nil {
		return nil, err
	}
	var whole, answers []time.Duration
	for i := range saves + 5 {
		took, err := saveOnce(ctx, client, words[1], i)
		if err != nil {
			return nil, err
		}
		alone, err := askOnce(ctx, words[3])
		if err != nil {
			return nil, err
		}
		if i >= 5 { // the first ones open connections
			whole, answers = append(whole, took), append(answers, alone)
		}
	}
	slices.Sort(whole)
	slices.Sort(answers)
	own := whole[saves/2] - answers[saves/2]
	return []row{{
		"a Save's own time, p50, durable commits included", fmt.Sprintf("%.1f ms (%.1f ms − %.1f ms of the simulator's answers)", ms(own), ms(whole[saves/2]), ms(answers[saves/2])),
		"5 ms", own <= 5*time.Millisecond,
	}}, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func signedIn(ctx context.Context, base string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	callback, err := idptest.SignIn(ctx, client, base+"/auth/sign-in", "admin@purser.test", demo.Password)
	if err != nil {
		return nil, err
	}
	if status, err := get(ctx, client, callback); err != nil || status != http.StatusSeeOther {
		return nil, errors.Join(err, fmt.Errorf("sign-in: status %d", status))
	}
	return client, nil
}

// saveOnce creates a profile as the pane's form does.
func saveOnce(ctx context.Context, client *http.Client, base string, n int) (time.Duration, error) {
	form := url.Values{
		"name": {fmt.Sprintf("Bench %d", n)}, "tenant": {tenantID}, "services": {"fly"}, "username": {account}, "password": {password + "-1"},
	}
	begin := time.Now()
	status, _, err := post(ctx, client, base+"/service-accounts", form)
	took := time.Since(begin)
	if err != nil || status != http.StatusSeeOther {
		return 0, errors.Join(err, fmt.Errorf("save: status %d", status))
	}
	return took, nil
}

// askOnce asks the simulator what a validation asks, in the same order, with nothing around it.
func askOnce(ctx context.Context, sim string) (time.Duration, error) {
	begin := time.Now()
	if status, err := get(ctx, http.DefaultClient, sim+"/common/userrealm/"+account+"?api-version=1.0"); err != nil || status != http.StatusOK {
		return 0, errors.Join(err, fmt.Errorf("realm: status %d", status))
	}
	status, body, err := post(ctx, http.DefaultClient, sim+"/"+tenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"password"}, "client_id": {appID}, "scope": {"https://graph.microsoft.com/.default"}, "username": {account}, "password": {password + "-1"},
	})
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := errors.Join(err, json.Unmarshal(body, &token)); err != nil || status != http.StatusOK {
		return 0, errors.Join(err, fmt.Errorf("token: status %d", status))
	}
	var all sync.WaitGroup
	for _, path := range []string{"/v1.0/me", "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole", "/v1.0/domains"} {
		all.Go(func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, sim+path, nil)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer "+token.AccessToken)
			if res, err := http.DefaultClient.Do(req); err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		})
	}
	all.Wait()
	return time.Since(begin), nil
}

func post(ctx context.Context, client *http.Client, address string, form url.Values) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, errors.Join(err, res.Body.Close())
}
