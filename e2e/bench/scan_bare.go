package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver that Purser has
)

// sitesPath is the first page of all sites, as Purser asks for it.
const sitesPath = "/v1.0/sites/getAllSites?%24select=id%2CdisplayName%2Cname%2CwebUrl%2CisPersonalSite%2CsiteCollection&%24top=999"

// bareScan is the limit: a client that does nothing but page through the sites and store each page in one transaction, one row after the
// other into a table with nothing but its key. It gives how long that takes, and how many sites there were.
func (t scanned) bareScan(ctx context.Context, sim, file string) (took time.Duration, sites int, err error) {
	db, err := bareStore(ctx, file)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	begin := time.Now()
	token, err := t.appToken(ctx, sim)
	if err != nil {
		return 0, 0, err
	}
	for path := sitesPath; path != ""; {
		body, err := ask(ctx, http.MethodGet, sim+path, "Bearer "+token, nil)
		if err != nil {
			return 0, 0, err
		}
		var page barePage
		if err := json.Unmarshal(body, &page); err != nil {
			return 0, 0, err
		}
		if err := page.store(ctx, db); err != nil {
			return 0, 0, err
		}
		next, err := url.Parse(page.Next)
		if err != nil {
			return 0, 0, err
		}
		sites, path = sites+len(page.Value), ""
		if page.Next != "" {
			path = next.RequestURI()
		}
	}
	return time.Since(begin), sites, nil
}

// bareStore makes the file, with the pragmas of Purser's own writer.
func bareStore(ctx context.Context, file string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)", "temp_store(memory)", "busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)",
	}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(file), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE sites (id TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, seen INTEGER NOT NULL)`)
	return db, err
}

// appToken signs in as the app.
func (t scanned) appToken(ctx context.Context, sim string) (string, error) {
	body, err := ask(ctx, http.MethodPost, sim+"/"+string(t.ID)+"/oauth2/v2.0/token", "", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {appID}, "client_secret": {clientSecret}, "scope": {"https://graph.microsoft.com/.default"},
	})
	if err != nil {
		return "", err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(body, &token)
	return token.AccessToken, err
}

type barePage struct {
	Value []struct {
		ID      string `json:"id"`
		Name    string `json:"displayName"`
		Address string `json:"webUrl"`
	} `json:"value"`
	Next string `json:"@odata.nextLink"`
}

func (p barePage) store(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO sites VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, s := range p.Value {
		if _, err := insert.ExecContext(ctx, s.ID, s.Name, s.Address, time.Now().UnixMilli()); err != nil {
			return err
		}
	}
	return tx.Commit()
}
