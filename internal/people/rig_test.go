package people_test

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/people"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	store "purser.example/internal/sqlite/people"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

const (
	issuer  = "https://login.microsoftonline.com/6f1c0000-0000-4000-8000-000000000001/v2.0"
	contoso = tenant.ID("6f1c0000-0000-4000-8000-000000000001")
	owner   = access.TenantOwner
	admin   = access.ServiceAdministrator
	none    = access.Role("")
)

var (
	ctx   = context.Background()
	here  = audit.Origin{Request: "r1", Address: "192.0.2.1"}
	glass = access.Caller{Issuer: breakglass.Issuer, Subject: "l1", Name: "Break-glass", Roles: []access.Role{owner}}
)

// rig is people on a real database, with a clock that stands until it is moved.
type rig struct {
	*people.Service
	testing.TB
	db    *sqlite.DB
	ring  *secret.Keyring
	clock *sqlitetest.Clock
	ended []string
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{TB: t, clock: sqlitetest.NewClock()}
	r.db, r.ring = sqlitetest.Open(t, r.clock.Now)
	r.Service = r.joined(issuer)
	return r
}

// joined is the service of an installation whose people come by an issuer.
func (r *rig) joined(by string) *people.Service {
	return people.NewService(people.Parts{Store: store.New(r.db), Ring: r.ring, Issuer: by, Ended: func(key string) { r.ended = append(r.ended, key) }, Now: r.clock.Now, Log: slog.New(slog.DiscardHandler)})
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// caller is somebody whom the claim gives a role, or none.
func caller(name string, claim access.Role) access.Caller {
	c := access.Caller{Issuer: issuer, Subject: "subject of " + name, Name: name, SignIn: name + "@contoso.com"}
	if claim != "" {
		c.Roles = []access.Role{claim}
	}
	return c
}

// arrive signs somebody in, and gives them as they are from now on.
func (r *rig) arrive(c access.Caller) access.Caller {
	r.Helper()
	come, err := r.Arrive(ctx, people.Arrival{Caller: c}, here)
	r.must(err)
	return come.Caller
}

// id is the number under which somebody is kept.
func (r *rig) id(c access.Caller) people.ID {
	r.Helper()
	p, err := r.Self(ctx, c)
	r.must(err)
	return p.ID
}

// role is what somebody may do at their next request.
func (r *rig) role(c access.Caller) access.Role {
	r.Helper()
	now, err := r.Roles(ctx, c)
	r.must(err)
	return now.Role()
}

// now is somebody as their next request has them.
func (r *rig) now(c access.Caller) access.Caller {
	r.Helper()
	now, err := r.Roles(ctx, c)
	r.must(err)
	return now
}

// newest are the newest entries of the log.
func (r *rig) newest(n int) []audit.Link {
	r.Helper()
	links, err := r.db.Activity(ctx, n)
	r.must(err)
	return links
}

func (r *rig) exec(query string, args ...any) {
	r.Helper()
	r.must(r.db.Write(ctx, func(tx *sqlite.Tx) error { _, err := tx.Exec(query, args...); return err }))
}

// object is what Microsoft Entra ID calls somebody.
func object(n int) string {
	return "0b1e0000-0000-4000-8000-" + strconv.FormatInt(100000000000+int64(n), 10)
}

const day = 24 * time.Hour

// came is must for an arrival.
func (r *rig) came(_ people.Come, err error) { r.Helper(); r.must(err) }
