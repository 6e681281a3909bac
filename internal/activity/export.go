package activity

import (
	"context"

	"purser.example/internal/access"
	"purser.example/internal/audit"
)

// exportedAtOnce is how many entries of a view are given at a time.
const exportedAtOnce = 1000

// Export gives all entries of a view, some at a time, the newest first. The log says so before the first is given.
func (s *Service) Export(ctx context.Context, caller access.Caller, origin audit.Origin, q Query, write func([]Entry) error) error {
	if err := s.exported(ctx, caller, origin, "CSV", q); err != nil {
		return err
	}
	q.After, q.Before, q.Limit = "", "", exportedAtOnce
	for {
		page, err := s.store.Find(ctx, q)
		if err != nil {
			return err
		}
		if len(page.Entries) > 0 {
			if err := write(page.Entries); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Lines gives the whole log with what proves it, the oldest entry first.
func (s *Service) Lines(ctx context.Context, caller access.Caller, origin audit.Origin, begin func(audit.Header) error, each func([]audit.Link) error) error {
	if err := s.exported(ctx, caller, origin, "JSON Lines", Query{}); err != nil {
		return err
	}
	return s.lines.ExportActivity(ctx, begin, each)
}

// Lines is the log as it is exported whole.
type Lines interface {
	ExportActivity(ctx context.Context, begin func(audit.Header) error, each func([]audit.Link) error) error
	Record(ctx context.Context, e audit.Entry) error
}

func (s *Service) exported(ctx context.Context, caller access.Caller, origin audit.Origin, format string, q Query) error {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return err
	}
	e := audit.By(caller, origin, Exported, audit.Target{Kind: "activity log", Name: "Activity log"}).With("format", format)
	for name, value := range q.told() {
		e = e.With(name, value)
	}
	return s.lines.Record(ctx, e)
}

// told is a view in an entry.
func (q Query) told() map[string]string {
	told := map[string]string{"person": q.Person, "action": q.Action, "object": q.Object, "only result": string(q.Result), "of tenant": q.Tenant}
	if !q.From.IsZero() {
		told["from"] = q.From.Format(timeFormat)
	}
	if !q.To.IsZero() {
		told["to"] = q.To.Format(timeFormat)
	}
	for name, value := range told {
		if value == "" {
			delete(told, name)
		}
	}
	return told
}

const timeFormat = "2006-01-02T15:04:05Z07:00"
