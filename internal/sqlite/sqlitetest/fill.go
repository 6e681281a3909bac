package sqlitetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// FillOptions says what Fill makes.
type FillOptions struct {
	Profiles int             // how many
	First    int             // the number of the first one; left out: 1. A second Fill goes on where the first one ended
	Tenants  []tenant.Tenant // connected ones, to take in turn; left out: all that are connected
	Kind     profile.Kind    // left out: common
	Username string          // a pattern for the number; left out: "u%05d@contoso.com", as the simulator's "generate" makes
	Password string          // a pattern for the number; left out: "Gen-%05d!", as the simulator's "generate" makes
	Now      time.Time       // when it is meant to be; left out: the machine's time
}

func (o *FillOptions) complete(ctx context.Context, db *sqlite.DB) (err error) {
	if o.First == 0 {
		o.First = 1
	}
	if o.Kind == "" {
		o.Kind = profile.Common
	}
	if o.Username == "" {
		o.Username = "u%05d@contoso.com"
	}
	if o.Password == "" {
		o.Password = "Gen-%05d!"
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Now = o.Now.UTC().Truncate(time.Millisecond)
	if len(o.Tenants) > 0 {
		return nil
	}
	if o.Tenants, err = tenants.New(db).Tenants(ctx); err == nil && len(o.Tenants) == 0 {
		return errors.New("sqlitetest: fill: no tenant is connected")
	}
	return err
}

// filledAtOnce is how many profiles share a commit.
const filledAtOnce = 20_000

// Fill stores profiles in bulk, as they would be after some months of use, and the same for the same options: names such as
// "Backup – Europe 000123", one username and password each, most of them valid. Counters and search are kept; the activity
// log and the history of validations stay empty. Indexes and triggers are away meanwhile, so nobody else should work in the
// database, and one that fails half-way is of no use.
func Fill(ctx context.Context, db *sqlite.DB, ring *secret.Keyring, o FillOptions) error {
	if err := o.complete(ctx, db); err != nil {
		return err
	}
	if err := db.Pragma(ctx, "PRAGMA cache_size = -100000"); err != nil { // 100 MB, or pages go to the disk and back
		return fmt.Errorf("fill: %w", err)
	}
	restore, err := strip(ctx, db, "profiles", "profile_services")
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	for begin := 0; begin < o.Profiles; begin += filledAtOnce {
		err := db.Write(ctx, func(tx *sqlite.Tx) error {
			for i := begin; i < min(begin+filledAtOnce, o.Profiles); i++ {
				if err := o.insert(tx, ring, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	if err := db.Write(ctx, func(tx *sqlite.Tx) error { return errors.Join(restore(tx), recount(tx)) }); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	folded := func(tx *sqlite.Tx) error { return execute(tx, []string{`DELETE FROM to_fold`}) } // as the rows were written, see profiles.Insert
	if err := db.Write(ctx, folded); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return settle(ctx, db)
}

// settle leaves the database as one that was closed in peace.
func settle(ctx context.Context, db *sqlite.DB) error {
	return errors.Join(db.Pragma(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"), db.Pragma(ctx, "PRAGMA cache_size = -2000"))
}

func (o *FillOptions) insert(tx *sqlite.Tx, ring *secret.Keyring, i int) error {
	number := o.First + i
	p := specimen(number, o.Tenants[number%len(o.Tenants)].ID, o.Now)
	p.Kind, p.Username = o.Kind, fmt.Sprintf(o.Username, number)
	sealed, err := ring.Seal(secret.FromString(fmt.Sprintf(o.Password, number)), profile.PasswordRecord(p))
	if err != nil {
		return err
	}
	return profiles.Insert(tx, p, sealed)
}

// strip takes away what every single row of some tables would have to keep, and gives back how to restore it: an index is made in a
// fraction of the time when all its rows are there.
func strip(ctx context.Context, db *sqlite.DB, tables ...string) (restore func(*sqlite.Tx) error, err error) {
	list, err := sqlite.List(tables)
	if err != nil {
		return nil, err
	}
	var statements []string
	err = db.Write(ctx, func(tx *sqlite.Tx) error {
		var drops []string
		err := tx.Query(`SELECT type, name, sql FROM sqlite_schema WHERE tbl_name `+sqlite.InList+` AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type`, list).
			Each(func(row sqlite.Row) error {
				var kind, name, text string
				err := row.Scan(&kind, &name, &text)
				drops, statements = append(drops, "DROP "+kind+" "+name), append(statements, text)
				return err
			})
		if err != nil {
			return err
		}
		return execute(tx, drops)
	})
	return func(tx *sqlite.Tx) error { return execute(tx, statements) }, err
}

func execute(tx *sqlite.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// recount makes anew what the triggers would have kept.
func recount(tx *sqlite.Tx) error {
	return execute(tx, []string{
		`DELETE FROM profile_counts`,
		`INSERT INTO profile_counts SELECT 'status', status, count(*) FROM profiles GROUP BY status`,
		`INSERT INTO profile_counts SELECT 'tenant', tenant_id, count(*) FROM profiles GROUP BY tenant_id`,
		`INSERT INTO profile_counts SELECT 'tenant status', tenant_id || ' ' || status, count(*) FROM profiles GROUP BY tenant_id, status`,
		`INSERT INTO profile_counts SELECT 'expires', printf('%06d', expires_at / 86400000), count(*) FROM profiles WHERE expires_at < 9223372036854775807 GROUP BY 2`,
		`INSERT INTO profile_counts SELECT 'kind', kind, count(*) FROM profiles WHERE kind = 'mfa' GROUP BY kind`,
		`INSERT INTO profile_counts SELECT 'service', service, count(*) FROM profile_services GROUP BY service`,
		`INSERT INTO profile_search (rowid, keys) SELECT row, substr(search_key, 2) || lower(code) || char(1, 1) FROM profiles
			WHERE row > (SELECT coalesce(max(rowid), 0) FROM profile_search) ORDER BY row`,
		`DELETE FROM endings WHERE kind = 'profile_password'`,
		`INSERT INTO endings (kind, object, tenant_id, at) SELECT 'profile_password', id, tenant_id, expires_at FROM profiles WHERE expires_at < 9223372036854775807 ORDER BY id`,
		`DELETE FROM breaks WHERE kind = 'profile'`,
		`INSERT INTO breaks (kind, object, tenant_id, status, since_at) SELECT 'profile', id, tenant_id, status, validated_at FROM profiles
			WHERE status NOT IN ('valid', 'not-validated', 'app-setup', 'tenant-not-found', 'unreachable') ORDER BY id`,
	})
}

var (
	jobs     = []string{"Backup", "Archive", "Migration", "Governance", "Reporting", "Discovery", "Records", "Licences"}
	places   = []string{"Europe", "Asia", "Americas", "Africa", "Oceania", "Zürich", "İstanbul", "Αθήνα", "東京"}
	services = [][]string{{"fly"}, {"cloud-backup-m365"}, {"cloud-governance", "fly"}, {"enpower"}, {"opus", "policies"}, {"cense"}, {"cloud-management", "enpower", "fly"}}
	people   = []string{"Adele Vance", "Alex Wilber", "Megan Bowen"}
	// Of a hundred profiles, seventy-seven are valid.
	troubles = []struct {
		share  int
		status verdict.Status
		code   string
	}{
		{77, verdict.Valid, ""},
		{6, verdict.NotValidated, ""},
		{5, verdict.WrongPassword, "AADSTS50126"},
		{4, verdict.MFARequired, "AADSTS50076"},
		{3, verdict.PolicyBlocked, "AADSTS53003"},
		{2, verdict.PasswordExpired, "AADSTS50055"},
		{1, verdict.AccountLocked, "AADSTS50053"},
		{1, verdict.AccountBlocked, "AADSTS50057"},
		{1, verdict.AccountNotFound, "AADSTS50034"},
	}
)

// specimen is the profile of a number, with everything but its username.
func specimen(number int, of tenant.ID, now time.Time) profile.Profile {
	dice := rand.New(rand.NewPCG(uint64(number), 0x507572736572))
	past := func(within time.Duration) time.Time {
		return now.Add(-time.Duration(dice.Int64N(int64(within)))).Truncate(time.Millisecond)
	}
	const year = 365 * 24 * time.Hour
	job, place := jobs[dice.IntN(len(jobs))], places[dice.IntN(len(places))]
	p := profile.Profile{
		ID:   profile.ID(fmt.Sprintf("%08x-%04x-7000-8000-%012x", now.UnixMilli()>>16&0xffffffff, now.UnixMilli()&0xffff, number)),
		Name: fmt.Sprintf("%s – %s %06d", job, place, number), Tenant: of, Version: 1,
		Services: services[dice.IntN(len(services))], Created: account.Stamp{At: past(2 * year), By: people[number%len(people)]},
	}
	if dice.IntN(2) == 0 {
		p.Description = job + " of " + place + ", every night"
	}
	p.Modified = account.Stamp{At: p.Created.At.Add(time.Duration(dice.Int64N(int64(now.Sub(p.Created.At) + 1)))).Truncate(time.Millisecond), By: people[dice.IntN(len(people))]}
	p.Verdict = judged(dice, now, past(30*24*time.Hour))
	p.Status = p.Verdict.Status
	if p.Status != verdict.NotValidated {
		p.Validated = p.Verdict.At
	}
	if dice.IntN(50) == 0 {
		p.Failed = &verdict.Verdict{Status: verdict.Unreachable, Code: "TIMEOUT", Rule: "TIMEOUT", At: past(24 * time.Hour)}
	}
	return p
}

func judged(dice *rand.Rand, now, at time.Time) verdict.Verdict {
	v := verdict.Verdict{At: at}
	n := dice.IntN(100)
	for _, t := range troubles {
		if v.Status, v.Code, v.Rule = t.status, t.code, t.code; n < t.share {
			break
		}
		n -= t.share
	}
	if v.Status == verdict.NotValidated {
		return verdict.Verdict{Status: v.Status}
	}
	v.Answered, v.Attempted = at.Truncate(time.Second), true
	v.CorrelationID, v.TraceID = fmt.Sprintf("c0ffee00-0000-4000-8000-%012x", dice.Int64N(1<<47)), fmt.Sprintf("7ace0000-0000-4000-8000-%012x", dice.Int64N(1<<47))
	if !v.Valid() {
		return v
	}
	v.RolesRead, v.Expiry = true, expiry(dice, now)
	switch role := dice.IntN(20); {
	case role == 0:
		v.Roles = []verdict.Role{verdict.NewRole(verdict.GlobalAdministrator, "")}
	case role == 1:
		v.RolesRead, v.Warnings = false, []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}}
	case role < 15:
		v.Roles = []verdict.Role{verdict.NewRole("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", ""), verdict.NewRole("29232cdf-9323-42fd-ade2-1d097af3e4de", "")}
	}
	return v
}

func expiry(dice *rand.Rand, now time.Time) verdict.Expiry {
	switch dice.IntN(4) {
	case 0:
		return verdict.Expiry{Kind: verdict.ExpiresNever, Reason: "Passwords of contoso.com do not expire."}
	case 1:
		return verdict.Expiry{Kind: verdict.ExpiresElsewhere, Reason: "The account is synchronized from Active Directory, which decides when the password expires."}
	default:
		end := now.AddDate(0, 0, dice.IntN(360)-5).Add(-time.Duration(dice.IntN(86400)) * time.Second).Truncate(time.Second)
		return verdict.Expiry{Kind: verdict.ExpiresOn, At: end, Warn: end.AddDate(0, 0, -14), Reason: "Last changed some months ago; passwords of contoso.com are valid for 365 days."}
	}
}
