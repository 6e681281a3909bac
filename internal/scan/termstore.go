package scan

import (
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// termStore makes the account of the scan a term store administrator, as the guide's scans of sites and groups do (R51). Where that does not
// come about it is an entry for a person.
func (w *working) termStore(ctx context.Context) error {
	if !slices.ContainsFunc(w.scan.Sections, func(of Section) bool { return (of.Type == Sites || of.Type == Groups) && of.State == SectionRead }) || w.scan.By == "" {
		return nil
	}
	have, err := w.store.TermStore(ctx, w.scan.Tenant, w.scan.By)
	if err != nil || have.State != "" && have.State != TermStoreOpen {
		return err
	}
	source, t, err := w.enter(ctx)
	if err != nil || t != nil {
		return err
	}
	entry := TermStoreEntry{Username: w.scan.By, State: TermStoreAdded, By: account.Stamp{At: w.now().UTC().Truncate(time.Millisecond), By: w.scan.Who()}}
	if err := source.AddTermStoreAdministrator(ctx, w.scan.By); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		entry.State, entry.Code = TermStoreOpen, string(w.termStoreCode(ctx, err))
		if have.State == entry.State && have.Code == entry.Code {
			return nil
		}
	}
	target := audit.Target{Kind: "tenant", ID: string(w.scan.Tenant), Name: w.tenants.Name(ctx, w.scan.Tenant)}
	e := audit.Entry{Actor: w.scan.Actor, Origin: w.scan.Origin, Action: TermStore, Target: target}.With("username", w.scan.By).With("state", entry.State).With("scan", string(w.scan.ID))
	return account.Persist(ctx, func() error { return w.store.SetTermStore(ctx, w.scan.Tenant, entry, e) })
}

func (w *working) termStoreCode(ctx context.Context, err error) Code {
	if errors.Is(err, ErrUnsupported) {
		return TermStoreByHand
	}
	if t := w.seen(ctx, w.scan, err); t != nil {
		return t.code
	}
	return OursFailed
}

// The states of TermStoreEntry.
const (
	TermStoreAdded     = "added"
	TermStoreConfirmed = "by-hand"
	TermStoreOpen      = "open"
)

// TermStore tells whether the account of a scan profile is term store administrator (R51); the zero value where nobody has tried.
func (s *Service) TermStore(ctx context.Context, caller access.Caller, t tenant.ID, username string) (TermStoreEntry, error) {
	if err := require(caller); err != nil {
		return TermStoreEntry{}, err
	}
	return s.store.TermStore(ctx, t, username)
}

// ConfirmTermStore notes that a person has added the account by hand.
func (s *Service) ConfirmTermStore(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, username string) error {
	have, err := s.TermStore(ctx, caller, t, username)
	if err != nil {
		return err
	}
	if have.State != TermStoreOpen {
		return problem.New(problem.Conflict, "There is nothing to confirm for this account.")
	}
	e := audit.By(caller, origin, TermStoreDone, audit.Target{Kind: "tenant", ID: string(t), Name: s.tenants.Name(ctx, t)}).With("username", have.Username)
	have.State, have.Code, have.By = TermStoreConfirmed, "", account.StampOf(caller, s.now())
	return s.store.SetTermStore(ctx, t, have, e)
}
