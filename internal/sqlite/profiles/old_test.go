package profiles_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

var seen = time.Date(2026, 11, 3, 9, 5, 7, 123_000_000, time.UTC)

// oldProfiles hold everything that a verdict may.
var oldProfiles = []profile.Profile{
	{Name: "Backup – Europe", Username: "SVC-backup@contoso.com", Services: []string{"fly", "opus"}, Status: verdict.Valid, Validated: seen, Verdict: verdict.Verdict{
		Status: verdict.Valid, At: seen, Answered: seen.Truncate(time.Second), RolesRead: true, UserID: "u1", Attempted: true, RetryAfter: time.Second,
		Proof: verdict.Proof{Licence: verdict.Proved}, Products: []string{"Exchange Online", "SharePoint Online"},
		Roles:  []verdict.Role{verdict.NewRole(verdict.GlobalAdministrator, ""), verdict.NewRole("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "")},
		Expiry: verdict.Expiry{Kind: verdict.ExpiresOn, At: seen.AddDate(0, 2, 0), Warn: seen.AddDate(0, 2, -14).Add(456 * time.Millisecond), Reason: "A reason."},
	}},
	{Name: "Zürich", Username: "svc-2@contoso.com", Services: []string{"fly"}, Status: verdict.Valid, Validated: seen, Verdict: verdict.Verdict{
		Status: verdict.Valid, At: seen, Warnings: []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}, {Kind: verdict.AccountNotRead, Code: "TIMEOUT"}},
		Expiry: verdict.Expiry{Kind: verdict.ExpiryUnknown, Reason: "A reason."},
	}, Failed: &verdict.Verdict{Status: verdict.Unreachable, Code: "HTTP 503", At: seen.Add(time.Hour)}},
	{Name: "no roles", Username: "svc-3@contoso.com", Services: []string{"cense"}, Status: verdict.Valid, Validated: seen, Verdict: verdict.Verdict{
		Status: verdict.Valid, At: seen, RolesRead: true, Expiry: verdict.Expiry{Kind: verdict.ExpiresNever},
	}},
	{Name: "wrong", Username: "svc-4@contoso.com", Services: []string{"fly"}, Status: verdict.WrongPassword, Validated: seen, Verdict: verdict.Verdict{
		Status: verdict.WrongPassword, At: seen, Code: "AADSTS50126", Rule: "50126", Codes: []int{50126}, CorrelationID: "c1",
	}},
	{Name: "nobody tried", Kind: profile.ClassicMFA, Username: "svc-5@contoso.com", Services: []string{"common"}, Status: verdict.NotValidated, Verdict: verdict.Verdict{Status: verdict.NotValidated}},
}

// complete gives an old profile what all of them have.
func complete(p profile.Profile, i int) profile.Profile {
	p.ID, p.Tenant, p.Version, p.Description = profile.ID(fmt.Sprint("p", i)), contoso.ID, int64(i+1), "Nightly"
	if p.Kind == "" {
		p.Kind = profile.Common
	}
	p.Created, p.Modified = account.Stamp{At: seen.Add(-time.Hour), By: "Adele"}, account.Stamp{At: seen, By: "Alex"}
	return p
}

func insertOld(db *sql.DB, p profile.Profile) error {
	text, err := json.Marshal(p.Verdict)
	if err != nil {
		return err
	}
	var failed any
	if p.Failed != nil {
		b, err := json.Marshal(p.Failed)
		if err != nil {
			return err
		}
		failed = string(b)
	}
	expires, validated := int64(math.MaxInt64), int64(0)
	if p.Verdict.Expiry.Kind == verdict.ExpiresOn {
		expires = p.Verdict.Expiry.At.UnixMilli()
	}
	if !p.Validated.IsZero() {
		validated = p.Validated.UnixMilli()
	}
	if _, err = db.ExecContext(ctx, `INSERT INTO profiles (id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, password, version,
		status, expires_at, validated_at, verdict, failed, created_at, created_by, modified_at, modified_by) VALUES (?, ?, ?, ?, ?, ?, 'contoso', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.Kind, p.Name, account.Fold(p.Name), p.Description, p.Tenant, p.Username, account.Fold(p.Username), []byte("sealed "+p.ID), p.Version,
		p.Status, expires, validated, string(text), failed, p.Created.At.UnixMilli(), p.Created.By, p.Modified.At.UnixMilli(), p.Modified.By); err != nil {
		return err
	}
	for _, service := range p.Services {
		if _, err := db.ExecContext(ctx, `INSERT INTO profile_services (service, profile_id) VALUES (?, ?)`, service, p.ID); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, `INSERT INTO validations (id, profile_id, at, by_name, verdict) VALUES (?, ?, ?, 'Adele', ?)`, p.Version*7, p.ID, seen.UnixMilli(), string(text))
	return err
}

// A database that the release before wrote has everything afterwards, history and services too, and its list is the one that
// this release would have written.
func TestAnOldDatabaseKeepsItsProfiles(t *testing.T) {
	folder := t.TempDir()
	sqlitetest.MakeOld(t, folder, 2, func(db *sql.DB) error {
		if _, err := db.ExecContext(ctx, `INSERT INTO tenants VALUES (?, 'Contoso', 'contoso', 'contoso.onmicrosoft.com', 'worldwide', 1)`, contoso.ID); err != nil {
			return err
		}
		for i, p := range oldProfiles {
			if err := insertOld(db, complete(p, i)); err != nil {
				return err
			}
		}
		return nil
	})
	db := sqlitetest.OpenIn(t, folder, time.Now)
	if _, err := db.Unlock(ctx, secret.NewKey()); err != nil {
		t.Fatal(err)
	}
	store := profiles.New(db)
	if err := store.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	for i, p := range oldProfiles {
		want := complete(p, i)
		got, err := store.Profile(ctx, want.ID)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v (%v)", want.Name, got, want, err)
		}
		if password, err := store.Password(ctx, want.ID); err != nil || string(password) != "sealed "+string(want.ID) {
			t.Errorf("%s: password %q, %v", want.Name, password, err)
		}
		history, err := store.History(ctx, want.ID, 10)
		if err != nil || len(history) != 1 || !reflect.DeepEqual(history[0], profile.Validation{At: seen, By: "Adele", Verdict: want.Verdict}) {
			t.Errorf("%s: history %+v, %v", want.Name, history, err)
		}
		for _, q := range []profile.Query{{Text: want.Name}, {Text: want.Username[1:8]}, {Text: "NIGHTLY"}, {Text: account.SearchKey(want.Name)}, {Text: want.Services[0][:3]}, {Text: want.Verdict.Code}, {Service: want.Services[0]}, {Status: string(want.Status)}, {Tenant: want.Tenant}} {
			q.Limit = 50
			page, err := store.List(ctx, q)
			at := slices.IndexFunc(page.Rows, func(r profile.Row) bool { return r.ID == want.ID })
			if err != nil || at < 0 || !reflect.DeepEqual(page.Rows[at].Profile, shown(want)) {
				t.Errorf("%+v: row %d of %+v (%v)\nwant %+v", q, at, page.Rows, err, shown(want))
			}
		}
	}
	if err := store.Delete(ctx, []profile.Profile{complete(oldProfiles[0], 0)}, audit.Entry{Action: profile.Deleted}); err != nil {
		t.Fatal(err)
	}
	if history, err := store.History(ctx, "p0", 10); err != nil || len(history) != 0 {
		t.Errorf("the history of a deleted profile: %v, %v", history, err)
	}
}

// shown is what a row of the list holds of a profile.
func shown(p profile.Profile) profile.Profile {
	v := verdict.Verdict{Status: p.Status, Code: p.Verdict.Code, RolesRead: p.Verdict.RolesRead, Expiry: p.Verdict.Expiry}
	v.Expiry.Reason = ""
	v.Roles, v.Products = p.Verdict.Roles, p.Verdict.Products
	if p.Verdict.Proof.Licence != verdict.NotRead {
		v.Proof.Licence = verdict.Proved
	}
	for _, w := range p.Verdict.Warnings {
		v.Warnings = append(v.Warnings, verdict.Warning{Kind: w.Kind})
	}
	p.Verdict, p.Created, p.Modified.By = v, account.Stamp{}, ""
	if p.Failed != nil {
		p.Failed = &verdict.Verdict{Status: p.Failed.Status, At: p.Failed.At}
	}
	return p
}

// A row of the list says what the whole verdict says: the same warnings, the same expiry.
func TestARowShowsWhatTheVerdictSays(t *testing.T) {
	db, ring := sqlitetest.Open(t, time.Now)
	tenants := connect(t, db, ring, contoso)
	if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: 300}); err != nil {
		t.Fatal(err)
	}
	err := db.Write(ctx, func(tx *sqlite.Tx) error {
		for i, p := range oldProfiles {
			if err := profiles.Insert(tx, complete(p, i), []byte("sealed")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	service := profile.NewService(profiles.New(db), tenants, account.NewService(account.Parts{}), ring, profile.Settings{}, time.Now)
	page, err := profiles.New(db).List(ctx, profile.Query{Limit: 1000})
	if err != nil || len(page.Rows) != 300+len(oldProfiles) {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	kinds := map[string]bool{}
	for _, row := range page.Rows {
		whole, err := profiles.New(db).Profile(ctx, row.ID)
		if err != nil || !reflect.DeepEqual(row.Profile, shown(whole)) {
			t.Errorf("%+v\nwant %+v (%v)", row.Profile, shown(whole), err)
		}
		got, want := short(service.Warnings(row.Profile)), short(service.Warnings(whole))
		if got != want {
			t.Errorf("%s warns of %q, want %q", row.Name, got, want)
		}
		kinds[want] = true
	}
	if len(kinds) < 5 {
		t.Errorf("only these warnings: %v", kinds)
	}
}

func short(warnings []verdict.Warning) string {
	var words []string
	for _, w := range warnings {
		words = append(words, w.Short())
	}
	return strings.Join(words, ", ")
}
