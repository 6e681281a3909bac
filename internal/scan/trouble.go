package scan

import (
	"context"
	"errors"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// trouble is what stood in the way at Microsoft, or here, as people read of it.
type trouble struct {
	code   Code
	detail string // what Microsoft said: "HTTP 403", "AADSTS50126"; empty for nothing
	whole  bool   // it lies with the account or the app, so that everything else would hear the same
	ours   bool   // a surprise, which the log tells
}

// ofVerdict is which code a verdict about the account means.
var ofVerdict = map[verdict.Status]Code{
	verdict.WrongPassword: AccountRefused, verdict.AccountNotFound: AccountRefused, verdict.AccountBlocked: AccountOff, verdict.AccountLocked: AccountLocked,
	verdict.PasswordExpired: PasswordEnded, verdict.MFARequired: MFAEnabled, verdict.PolicyBlocked: PolicyBlocks, verdict.AppSetup: AppRefused,
	verdict.TenantNotFound: NoTenant, verdict.Federated: FederatedDomain, verdict.LegacyRetired: PolicyBlocks, verdict.Unreachable: NotReachable, verdict.Unknown: AccountRefused,
}

// ofFault is which code an answer means, by whose fault it is.
var ofFault = map[whose.Fault]Code{
	whose.Account: AccountRefused, whose.App: AppRefused, whose.Tenant: PolicyBlocks, whose.Microsoft: Unavailable,
	whose.Network: NotReachable, whose.Between: NotReachable, whose.Untold: NotReachable, whose.Purser: OursFailed,
}

// ofReason is which code it means that an account is left alone.
var ofReason = map[account.Reason]Code{
	account.NoApp: NoAppProfile, account.AppAltered: AlteredOutside, account.Altered: AlteredOutside, account.Busy: AccountBusy,
}

// troubleOf says what an error means for people. It is nil where the database cannot be used: that is nothing of a scan's, and waits.
func troubleOf(err error, m Method) *trouble {
	if problem.KindOf(err) == problem.Unavailable {
		return nil
	}
	if refused, ok := errors.AsType[*profile.Refused](err); ok {
		return ofRefused(refused.Verdict)
	}
	if u, ok := errors.AsType[*Unread](err); ok {
		return ofUnread(u, m)
	}
	if known, ok := errors.AsType[*hindrance](err); ok {
		return &trouble{code: known.code, whole: true}
	}
	if errors.Is(err, ErrNowhere) {
		return &trouble{code: NotReadOn}
	}
	if _, ok := errors.AsType[account.Excess](err); ok {
		return &trouble{code: LeftAlone, whole: true}
	}
	if why := account.Hindrance(err); why != "" {
		return &trouble{code: ofReason[why], whole: true}
	}
	return &trouble{code: OursFailed, ours: true}
}

func ofRefused(v verdict.Verdict) *trouble {
	t := &trouble{code: ofVerdict[v.Status], detail: v.Code, whole: true}
	if v.Status == verdict.Unreachable && v.Busy {
		t.code = Throttled
	}
	return t
}

func ofUnread(u *Unread, m Method) *trouble {
	t := &trouble{code: ofFault[u.Whose], detail: u.said()}
	switch {
	case u.Throttled:
		t.code = Throttled
	case u.Denied && (m == ByApp || u.Whose == whose.App):
		t.code = NoPermission
	case u.Denied:
		t.code = NoRole
	case u.Whose == whose.Account, u.Whose == whose.App:
		t.whole = true
		if off := turnedOff[u.Code]; off != "" {
			t.code = off
		}
	case t.code == "":
		t.code = NotReachable
	}
	return t
}

// turnedOff are codes of Microsoft about an account that was in order when its scan began: AADSTS50057 says that it was turned off
// meanwhile, 50053 that it was locked, 50055 that its password ended, 50173 that it was changed.
var turnedOff = map[string]Code{
	"AADSTS50057": AccountOff, "AADSTS50053": AccountLocked, "AADSTS50055": PasswordEnded, "AADSTS50173": AccountRefused, "AADSTS50076": MFAEnabled, "AADSTS50079": MFAEnabled,
}

// said is what Microsoft said, with the permission that is missing where its name is known.
func (u *Unread) said() string { return strings.Trim(u.Code+" "+u.Permission, " ") }

// hindrance is an error that has a code of its own.
type hindrance struct{ code Code }

func (h *hindrance) Error() string { return "scan: " + string(h.code) }

// seen tells the log of what surprised Purser, and gives the trouble.
func (s *Service) seen(ctx context.Context, of Scan, err error) *trouble {
	t := troubleOf(err, of.Method)
	if t != nil && t.ours {
		s.log.ErrorContext(ctx, "something of a scan failed", "scan", of.ID, "tenant", of.Tenant, "error", problem.Told(err))
	}
	return t
}

// isGone reports whether what an error is about is not there any more.
func isGone(err error) bool {
	return errors.Is(err, profile.ErrGone) || errors.Is(err, ErrGone) || errors.Is(err, appprofile.ErrGone) || problem.KindOf(err) == problem.NotFound
}
