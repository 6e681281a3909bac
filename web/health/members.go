package health

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/drift"
	"purser.example/internal/pool"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
	"purser.example/web/session"
)

// driftPath is where a change of an account is. The screens of drift answer it.
func driftPath(id drift.ID) string { return "/health/drift/" + strconv.FormatInt(int64(id), 10) }

// membersPath is where the checks of the members of account pools are. The query names the tenant, the class and the member.
const membersPath = "/classic/account-pool/health"

// memberQuery names a member of a pool in an address.
func memberQuery(m pool.Membership) string {
	return "?" + url.Values{"tenant": {string(m.Pool.Tenant)}, "tab": {string(m.Pool.Class)}, "user": {string(m.User)}}.Encode()
}

// member is the member of a pool that an address is about.
func (h *Handlers) member(c echo.Context) (pool.Membership, error) {
	key := pool.Key{Tenant: tenant.ParseID(c.QueryParam("tenant")), Class: pool.Class(c.QueryParam("tab"))}
	return h.Pools.Member(c.Request().Context(), session.Caller(c), key, pool.UserID(c.QueryParam("user")))
}

// memberSubject is a member of a pool as a subject of health checks.
func memberSubject(m pool.Membership) subject {
	return subject{
		kind: "pool member", name: m.Username, username: m.Username, tenant: m.Pool.Tenant, place: m.Place(), path: membersPath, query: memberQuery(m),
		back: "/classic/account-pool?tenant=" + url.QueryEscape(string(m.Pool.Tenant)) + "&tab=" + string(m.Pool.Class), backTo: "Account pool",
		target: audit.Target{Kind: pool.PlaceKind, ID: m.Place().ID, Name: m.Username},
	}
}

// memberView is the checks of one member.
func (h *Handlers) memberView(c echo.Context, t typed) (placeView, error) {
	m, err := h.member(c)
	if err != nil {
		return placeView{}, err
	}
	of, view, err := h.subjectView(c, memberSubject(m), t)
	if err != nil {
		return placeView{}, err
	}
	view.Change, err = h.change(c, memberPast(m, of))
	return view, err
}

// memberPast is what the pool keeps of how a member broke.
func memberPast(m pool.Membership, of watch.Health) past {
	p := past{account: account.KeyOf(m.Pool.Tenant, m.Username), good: of.Watched.Good, bad: of.Watched.Bad}
	if m.Verdict != nil {
		p.last = *m.Verdict
		if m.Verdict.Valid() && m.Verdict.At.After(p.good) && !m.Verdict.At.After(p.bad) {
			p.good = m.Verdict.At
		}
	}
	if m.Failed != nil {
		p.now = *m.Failed
	}
	add := func(at account.Stamp, text string) {
		if at.By != "" {
			p.edits = append(p.edits, edit{at.At, at.By + text})
		}
	}
	add(m.Set, " stored a password for the member.")
	add(m.Pool.Version.By, " saved the account pool.")
	add(m.Pool.InForce.By, " brought the account pool into force.")
	return p
}

func (h *Handlers) showMember(c echo.Context) error {
	view, err := h.memberView(c, typed{})
	if err != nil {
		return err
	}
	return h.placePage(c, http.StatusOK, view)
}

func (h *Handlers) memberSubject(c echo.Context) (subject, error) {
	m, err := h.member(c)
	if err != nil {
		return subject{}, err
	}
	return memberSubject(m), nil
}

func (h *Handlers) freezeMember(c echo.Context) error {
	return h.freeze(c, h.memberSubject, h.memberView)
}

func (h *Handlers) resumeMember(c echo.Context) error { return h.resume(c, h.memberSubject) }
