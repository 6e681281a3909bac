package keychanges

import (
	"strconv"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/breakglass"
	"purser.example/internal/feed"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Places is everything that the keyring seals: secrets, and the proofs of rows that give rights or say where passwords are sent (X43). A test
// compares it with the tables.
var Places = []sqlite.Sealed{
	sqlite.ChainKeys,
	{
		Table: "sessions", Columns: []string{"state", "id_token", "proof"}, Key: []string{"key"},
		Facts: []string{"t.key", "t.issuer", "t.subject", "t.name", "t.sign_in", "t.roles", "t.created_at"}, Records: ofSession,
	},
	{
		Table: "break_glass", Columns: []string{"proof"}, Key: []string{"id"},
		Facts: []string{"t.id", "t.token", "t.made_at", "t.made_by"}, Records: ofLink,
	},
	{
		Table: "feeds", Columns: []string{"proof"}, Key: []string{"id"},
		Facts: []string{"t.id", "t.token", "t.issuer", "t.subject", "t.accounts"}, Records: ofFeed,
	},
	{
		Table: "people", Columns: []string{"proof"}, Key: []string{"id"},
		Facts: []string{"t.id", "t.kind", "t.issuer", "t.subject", "t.tenant_id", "t.object_id", "t.claim", "t.given", "t.deactivated", "t.primary_owner"}, Records: ofPerson,
	},
	{
		Table: "people_groups", Columns: []string{"proof"}, Key: []string{"person", "grp"},
		Facts: []string{"t.person", "t.grp"}, Records: ofMembership,
	},
	{
		Table: "tenant_cloud_domains", Columns: []string{"proof"}, Key: []string{"tenant_id", "domain"},
		Facts: []string{"t.tenant_id", "t.domain"}, Records: ofDomain,
	},
	{
		Table: "app_credentials", Columns: []string{"secret"}, Key: []string{"profile_id", "id"},
		Facts: []string{
			"t.profile_id", "t.id", "(SELECT p.tenant_id FROM app_profiles p WHERE p.id = t.profile_id)", "(SELECT p.application_id FROM app_profiles p WHERE p.id = t.profile_id)",
			ofItsTenant("cloud"), ofItsTenant("initial_domain"),
		}, Records: ofApp,
	},
	{
		Table: "profiles", Columns: []string{"password"}, Key: []string{"row"},
		Facts: []string{"t.id", "t.tenant_id", "t.username", "t.kind"}, Records: ofProfile,
	},
	{
		Table: "pool_credentials", Columns: []string{"password", "app_password"}, Key: []string{"tenant_id", "class", "user_id"},
		Facts: []string{"t.tenant_id", "t.class", "t.user_id", usernames}, Records: ofMember,
	},
	{
		Table: "notify_contacts", Columns: []string{"address", "signing_key", "former_key"}, Key: []string{"id"}, Facts: []string{"t.id", "t.way", "t.host"}, Records: ofContact,
	},
	{
		Table: "run_items", Columns: []string{"sealed"}, Key: []string{"run_id", "no"},
		Facts: []string{"t.run_id", "t.no", "t.subject", "t.username", "t.tenant_id", "t.note", "(SELECT r.scope FROM runs r WHERE r.id = t.run_id)"}, Records: ofItem,
	},
}

// ofItsTenant is a column of the tenant of a credential's profile.
func ofItsTenant(column string) string {
	return "(SELECT n." + column + " FROM app_profiles p JOIN tenants n ON n.id = p.tenant_id WHERE p.id = t.profile_id)"
}

// usernames are those that a member of a pool has in what was read of its group: in force, and as saved.
const usernames = `coalesce((SELECT group_concat(DISTINCT m.username) FROM pool_readings r JOIN pool_members m ON m.reading_id = r.id AND m.user_id = t.user_id
	WHERE r.tenant_id = t.tenant_id AND r.class = t.class), '')`

// one is a column whose value is bound in one way.
func one(r secret.Record) []secret.Record { return []secret.Record{r} }

func ofSession(f []string) [][]secret.Record {
	row := session.Row{Key: session.Key(f[0]), Caller: access.Caller{Issuer: f[1], Subject: f[2], Name: f[3], SignIn: f[4]}, Created: moment(f[6])}
	for role := range strings.FieldsSeq(f[5]) {
		row.Caller.Roles = append(row.Caller.Roles, access.Role(role))
	}
	return [][]secret.Record{one(session.StateRecord(row.Key)), one(session.TokenRecord(row.Key)), one(session.ProofRecord(row))}
}

func ofLink(f []string) [][]secret.Record {
	return [][]secret.Record{one(breakglass.Link{ID: f[0], Token: f[1], Made: moment(f[2]), By: f[3]}.Record())}
}

func ofFeed(f []string) [][]secret.Record {
	return [][]secret.Record{one(feed.Feed{ID: feed.ID(f[0]), Token: f[1], Issuer: f[2], Subject: f[3], Accounts: f[4] == "1"}.Record())}
}

func ofPerson(f []string) [][]secret.Record {
	return [][]secret.Record{one(people.Person{
		ID: people.ID(f[0]), Kind: people.Kind(f[1]), Issuer: f[2], Subject: f[3], Tenant: tenant.ID(f[4]), Object: f[5],
		Claim: role(f[6]), Given: role(f[7]), Deactivated: f[8] == "1", Primary: f[9] == "1",
	}.Record())}
}

func role(rank string) access.Role {
	n, _ := strconv.Atoi(rank) // a column of integers
	return people.Ranked(n)
}

func ofMembership(f []string) [][]secret.Record {
	return [][]secret.Record{one(people.MembershipRecord(people.ID(f[0]), people.ID(f[1])))}
}

func ofDomain(f []string) [][]secret.Record {
	return [][]secret.Record{one(tenant.DomainRecord(tenant.CloudDomain{Tenant: tenant.ID(f[0]), Domain: f[1]}))}
}

func ofApp(f []string) [][]secret.Record {
	of := tenant.Tenant{ID: tenant.ID(f[2]), Cloud: tenant.Cloud(f[4]), InitialDomain: f[5]}
	p := appprofile.Profile{ID: appprofile.ID(f[0]), Tenant: of.ID, ApplicationID: f[3]}
	return [][]secret.Record{one(appprofile.SecretRecord(of, p, appprofile.CredentialID(f[1])))}
}

func ofProfile(f []string) [][]secret.Record {
	return [][]secret.Record{one(profile.PasswordRecord(profile.Profile{ID: profile.ID(f[0]), Tenant: tenant.ID(f[1]), Username: f[2], Kind: profile.Kind(f[3])}))}
}

func ofMember(f []string) [][]secret.Record {
	key, user := pool.Key{Tenant: tenant.ID(f[0]), Class: pool.Class(f[1])}, pool.UserID(f[2])
	var password, app []secret.Record
	for username := range strings.SplitSeq(f[3], ",") {
		password = append(password, pool.PasswordRecord(key, user, username, pool.FieldPassword))
		app = append(app, pool.PasswordRecord(key, user, username, pool.FieldAppPassword))
	}
	return [][]secret.Record{password, app}
}

func ofContact(f []string) [][]secret.Record {
	c := notify.Contact{ID: notify.ContactID(f[0]), Way: notify.Way(f[1]), Host: f[2]}
	return [][]secret.Record{one(notify.AddressRecord(c)), one(notify.KeyRecord(c)), one(notify.FormerRecord(c))}
}

func ofItem(f []string) [][]secret.Record {
	no, _ := strconv.Atoi(f[1]) // a column of integers
	item := run.Item{No: no, Subject: f[2], Username: f[3], Tenant: tenant.ID(f[4])}
	return [][]secret.Record{one(pool.ItemRecord(run.Run{ID: run.ID(f[0]), Scope: f[6]}, run.Held{Item: item, Note: f[5]}))}
}

// moment reads a column of milliseconds.
func moment(text string) time.Time {
	at, _ := strconv.ParseInt(text, 10, 64) // a column of integers
	return sqlite.Moment(at)
}
