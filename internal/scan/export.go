package scan

import (
	"context"

	"purser.example/internal/access"
	"purser.example/internal/audit"
)

// exported is how many objects are given at a time.
const exported = 1000

// Export gives all objects of a view, some at a time, in the order of the view. The activity log names the view before the first is given.
func (s *Service) Export(ctx context.Context, caller access.Caller, origin audit.Origin, q ObjectQuery, write func([]Object) error) error {
	if err := require(caller); err != nil {
		return err
	}
	q = q.tidy()
	if err := s.store.Note(ctx, q.entry(audit.By(caller, origin, Exported, audit.Target{Kind: "objects", ID: string(q.Tenant), Name: s.tenants.Name(ctx, q.Tenant)}))); err != nil {
		return err
	}
	q.After, q.Before, q.Limit = "", "", exported
	for {
		page, err := s.store.Objects(ctx, q)
		if err != nil {
			return err
		}
		if len(page.Rows) > 0 {
			if err := write(page.Rows); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// entry adds to an entry which objects the view has.
func (q ObjectQuery) entry(e audit.Entry) audit.Entry {
	e = e.With("shown", string(q.State))
	if q.Type != "" {
		e = e.With("type", string(q.Type))
	}
	if q.Text != "" {
		e = e.With("search", q.Text)
	}
	return e
}
