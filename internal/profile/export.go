package profile

import (
	"context"
	"slices"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/tenant"
)

// exportedAtOnce is how many profiles are given at a time.
const exportedAtOnce = 1000

// ExportHead names the columns of an export: those of a file of profiles but for the passwords, so that it can be imported again.
var ExportHead = []string{columnName, columnDescription, columnTenant, columnServices, columnUsername, columnType, columnAdminCenter}

// Export gives all profiles that the query's search and filters match, in its order and some at a time, as rows below ExportHead (R30).
// The activity log names the view before the first is given.
func (s *Service) Export(ctx context.Context, caller access.Caller, origin audit.Origin, q Query, selection string, write func(rows [][]string) error) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	connected, err := s.tenants.Connected(ctx)
	if err != nil {
		return err
	}
	if err := s.store.Note(ctx, audit.By(caller, origin, Exported, audit.Target{Kind: "profiles", Name: selection})); err != nil {
		return err
	}
	called := map[tenant.ID]string{}
	q.After, q.Before, q.Limit, q.Window = "", "", exportedAtOnce, expiring(s.now())
	for {
		page, err := s.store.List(ctx, q)
		if err != nil {
			return err
		}
		rows := make([][]string, len(page.Rows))
		for i, row := range page.Rows {
			if called[row.Tenant] == "" {
				called[row.Tenant] = textOf(connected, row.Tenant)
			}
			rows[i] = row.exported(called[row.Tenant])
		}
		if len(rows) > 0 {
			if err := write(rows); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

func (p Profile) exported(tenant string) []string {
	var services []string
	for s := range catalogue.Named(p.Services) {
		services = append(services, s.Name)
	}
	return []string{p.Name, p.Description, tenant, strings.Join(services, ";"), p.Username, string(p.Kind), p.AdminCenterURL}
}

// textOf is how a file calls a tenant: by the domain that people know it by, where an import finds the tenant by that, or by its id.
func textOf(connected []tenant.Tenant, id tenant.ID) string {
	i := slices.IndexFunc(connected, func(t tenant.Tenant) bool { return t.ID == id })
	if i >= 0 && tenantCalled(connected, connected[i].InitialDomain).ID == id {
		return connected[i].InitialDomain
	}
	return string(id)
}
