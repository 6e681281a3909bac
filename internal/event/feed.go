package event

import (
	"context"
	"slices"

	"purser.example/internal/access"
)

// Feed shows people what happened since they last looked.
type Feed struct{ Store Store }

// ofOwners are the kinds that only Tenant Owners see: what they are about is for them alone.
var ofOwners = []Kind{RoleRequested, LogBroken}

// kindsFor are those that somebody may see; none: all.
func kindsFor(caller access.Caller) []Kind {
	if caller.May(access.ReadActivity) {
		return nil
	}
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return slices.Contains(ofOwners, k) })
}

// ManyUnseen is from where on it makes no difference how many more there are.
const ManyUnseen = 100

// Unseen counts what happened since somebody last said that they have seen everything, up to ManyUnseen. Whoever may see no events has none.
func (f Feed) Unseen(ctx context.Context, caller access.Caller) (int, error) {
	if !caller.May(access.ManageServiceAccounts) {
		return 0, nil
	}
	seen, err := f.Store.Seen(ctx, caller.Issuer, caller.Subject)
	if err != nil {
		return 0, err
	}
	return f.Store.Count(ctx, Query{Behind: seen, Kinds: kindsFor(caller)}, ManyUnseen)
}

// List gives a page of what happened, and up to which number the person has seen it.
func (f Feed) List(ctx context.Context, caller access.Caller, q Query) (page Page, seen int64, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return page, 0, err
	}
	if seen, err = f.Store.Seen(ctx, caller.Issuer, caller.Subject); err != nil {
		return page, 0, err
	}
	q.Kinds = kindsFor(caller)
	page, err = f.Store.List(ctx, q)
	return page, seen, err
}

// See says that the person has seen everything up to an event. It never goes back.
func (f Feed) See(ctx context.Context, caller access.Caller, through int64) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	newest, err := f.Store.Newest(ctx)
	if err != nil {
		return err
	}
	return f.Store.See(ctx, caller.Issuer, caller.Subject, min(through, newest))
}
