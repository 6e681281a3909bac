package horizons_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/horizon"
	"purser.example/internal/sqlite/horizons"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

var (
	ctx = context.Background()
	day = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
)

// Migration 0029: what is broken and what ends is there after an upgrade as it is in a database that always kept it, and health checks say
// since when.
func TestWhatEndsIsThereAfterAnUpgradeR91(t *testing.T) {
	folder := t.TempDir()
	sqlitetest.MakeOld(t, folder, 27, func(db *sql.DB) error {
		for _, statement := range []string{
			`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at) VALUES ('t1', 'Contoso', 'contoso', 'contoso.onmicrosoft.com', 'worldwide', 1)`,
			`INSERT INTO app_profiles VALUES ('a1', 'Fly', 'fly', 't1', 'x', 1, 'invalid', 1795424400000, '{"code": "AADSTS7000222"}', '{}', 1, 1, '', 1, '')`,
			`INSERT INTO profiles (id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, admin_center_url, version, services, status, expires_at,
				validated_at, code, expiry, warn_at, warnings, verdict, created_at, created_by, modified_at, modified_by, password, name_order, search_key, letters)
				SELECT value ->> 0, 'common', value ->> 0, value ->> 0, '', 't1', 'contoso', 'svc@contoso.com', 'svc@contoso.com', '', 1, '', value ->> 1, value ->> 2, 1795424400000,
				'', '', 0, '', json_object('status', value ->> 1), 1, '', 1, '', x'00', value ->> 0, value ->> 0, 0
				FROM json_each('[["p1", "valid", 1795510800000], ["p2", "wrong-password", 9223372036854775807], ["p3", "unreachable", 9223372036854775807], ["p4", "account-locked", 9223372036854775807]]')`,
			`INSERT INTO watch_places VALUES (1, 'profile', 'p2', 't1', 'svc@contoso.com', 0, 0, 0, 0, 1795424400000, 'bad', '', 'wrong-password', '', 0, 1795338000000)`,
			`INSERT INTO pools VALUES ('t1', 'sites', 1, '', 'r1', '', 0, 0, '', 0, '', '', '', 0, '')`,
			`INSERT INTO pool_readings (id, tenant_id, class, group_text, state, failure, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
				VALUES ('r1', 't1', 'sites', '', 'done', '', '', '', '', '', '', '', 1, 1)`,
			`INSERT INTO pool_members (reading_id, user_id, name, name_key, username, username_key, enabled, nested, unread, products, mfa, standing)
				VALUES ('r1', 'u1', 'Pool 1', 'pool 1', 'pool1@contoso.com', 'pool1@contoso.com', 1, 0, 0, '', 0, 'refused')`,
			`INSERT INTO pool_credentials VALUES ('t1', 'sites', 'u1', 0, x'00', NULL, 0, '{"status": "valid", "expiry": {"kind": "date", "at": "2026-11-25T09:00:00.5Z"}}',
				'{"status": "wrong-password", "code": "AADSTS50126"}', 1795424400000, 1, '')`,
		} {
			if _, err := db.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	store := horizons.New(sqlitetest.OpenIn(t, folder, time.Now))
	endings, err := store.Endings(ctx, horizon.Query{})
	if diff := cmp.Diff([]horizon.Ending{
		{Kind: horizon.ProfilePassword, Object: "p1", Tenant: "t1", At: day.AddDate(0, 0, 1), What: "p1", Account: "svc@contoso.com"},
		{Kind: horizon.MemberPassword, Object: "t1/sites/u1", Tenant: "t1", At: day.AddDate(0, 0, 2).Add(500 * time.Millisecond), What: "Pool 1", Account: "pool1@contoso.com"},
	}, endings); diff != "" || err != nil {
		t.Error(diff, err)
	}
	breaks, err := store.Breaks(ctx, horizon.Query{})
	if diff := cmp.Diff([]horizon.Break{
		{Kind: horizon.Profile, Object: "p4", Tenant: "t1", Since: day, Status: "account-locked", What: "p4", Account: "svc@contoso.com", Verdict: &verdict.Verdict{Status: "account-locked"}},
		{Kind: horizon.Member, Object: "t1/sites/u1", Tenant: "t1", Since: day, Status: "wrong-password", Code: "AADSTS50126", What: "Pool 1", Account: "pool1@contoso.com", Verdict: &verdict.Verdict{Status: "wrong-password", Code: "AADSTS50126"}},
		{Kind: horizon.App, Object: "a1", Tenant: "t1", Since: day, Status: "invalid", Code: "AADSTS7000222", What: "Fly"},
		{Kind: horizon.Profile, Object: "p2", Tenant: "t1", Since: day.AddDate(0, 0, -1), Status: "wrong-password", What: "p2", Account: "svc@contoso.com", Verdict: &verdict.Verdict{Status: "wrong-password"}},
	}, breaks); diff != "" || err != nil {
		t.Error(diff, err)
	}
	counts, err := store.Counts(ctx, day)
	if err != nil || len(counts) != 2 {
		t.Errorf("counts: %+v %v", counts, err)
	}
}
