package profiles

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/web/session"
)

// uses lists what uses the profile (R20): the account pools that its account is a member of, as saved or still in force.
func (h *Handlers) uses(c echo.Context, p profile.Profile) ([]linkView, error) {
	pools, err := h.Pools.Pools(c.Request().Context(), session.Caller(c), p.Tenant)
	if err != nil {
		return nil, err
	}
	var list []linkView
	for _, candidate := range pools {
		there, err := h.member(c, candidate, p)
		if err != nil {
			return nil, err
		}
		if there {
			href := classicPath + "?" + url.Values{"tenant": {string(p.Tenant)}, "tab": {string(candidate.Class)}}.Encode()
			list = append(list, linkView{Text: "Account pool " + candidate.Class.Title(), Href: href})
		}
	}
	return list, nil
}

func (h *Handlers) member(c echo.Context, of pool.Pool, p profile.Profile) (bool, error) {
	for _, reading := range slices.Compact([]pool.ReadingID{of.Reading, of.InForce.Reading}) {
		if reading == "" {
			continue
		}
		page, err := h.Pools.Members(c.Request().Context(), session.Caller(c), pool.Query{Reading: reading, Filter: pool.ServiceAccounts, Text: p.Username})
		if err != nil {
			return false, err
		}
		// By account and not by profile: of several profiles with one account, a member names the first only.
		own := account.KeyOf(p.Tenant, p.Username)
		if slices.ContainsFunc(page.Rows, func(m pool.Member) bool { return account.KeyOf(p.Tenant, m.Username) == own }) {
			return true, nil
		}
	}
	return false, nil
}
