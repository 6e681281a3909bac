package pools

import (
	"context"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/web/runs"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// Checks is how checks of new passwords look (R43).
func (h *Handlers) Checks() runs.Face {
	return runs.Face{
		Kind: h.Pools.Checks(), Path: checksPath, Section: title, Classic: true,
		Words: runs.Words{
			One: "Password check", Many: "Password checks", Lead: "Each Save with new passwords starts a check. Checks continue when you leave the page and after a restart.",
			Progress: "Checking passwords with Microsoft 365…", Leave: "Everything else is saved. You can leave this page: the check continues, and this address keeps the result.",
			Cancel: "Cancel check", Again: "Check again", Items: "Passwords of this check", Subject: "Name", Result: "Result", At: "Checked",
			None:  "No passwords in this check have that outcome.",
			Empty: ui.EmptyProps{Icon: "validate", Title: "No password checks yet", Text: "Enter passwords for members, then select Save."},
		},
		Columns: []runs.Column{
			{Label: "Group Name", Text: func(r run.Run) string { return r.Title }},
			{Label: "Passwords", Text: func(r run.Run) string { return words.Number(r.Total) }},
			{Label: "Stored", Text: func(r run.Run) string { return words.Number(storedOf(r)) }},
			{Label: "Refused", Text: func(r run.Run) string { return words.Number(r.Counts[run.Rejected]) }},
		},
		Outcomes: map[run.Outcome]string{run.Confirmed: "Stored", run.Warned: "Stored, legacy retired", run.Rejected: "Refused", run.Trying: "Checking"},
		Usual:    []run.Outcome{run.Confirmed, run.Rejected, run.NotReached},
		Reasons: map[account.Reason]string{
			run.Replaced: "Someone entered another password before this one was checked.",
			run.Gone:     "No longer a member of the pool.",
		},
		NotReached: "Not the account's fault.",
		Scope:      func(c echo.Context) string { return keyOf(c).Scope() },
		Lead: func(r run.Run) string {
			return pool.KeyOf(r.Scope).Class.Title() + " · " + r.Title + " · started by " + r.By()
		},
		Said: checkOutcome,
		Left: leftOfCheck,
		Again: func(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error) {
			return h.Runs.Reopen(ctx, caller, origin, h.Pools.Checks(), id)
		},
		Item: h.checkItem,
		Below: func(r run.Run) []runs.Link {
			key := pool.KeyOf(r.Scope)
			return []runs.Link{backTo(key), {Text: "All password checks of this pool", Href: address(checksPath, "tenant", string(key.Tenant), "tab", string(key.Class))}}
		},
		ListBelow: func(c echo.Context) []runs.Link { return []runs.Link{backTo(keyOf(c))} },
		Pane:      h.rerunPane,
	}
}

func backTo(key pool.Key) runs.Link {
	return runs.Link{Text: "Back to the pool", Href: pageAddress(key)}
}

func checkPath(id run.ID) string { return runs.Face{Path: checksPath}.Address(id) }

// leftOfCheck says what Check again would do.
func leftOfCheck(r run.Run) string {
	if !r.Kept {
		return ""
	}
	return "Tries the passwords that were not checked."
}

// rerunPane asks about the scan where the Save that led here changed the group (R46).
func (h *Handlers) rerunPane(c echo.Context, r run.Run, here string) templ.Component {
	changed := pool.Class(c.QueryParam("changed"))
	if !changed.Known() {
		return nil
	}
	view, err := h.rerunView(c, pool.Key{Tenant: pool.KeyOf(r.Scope).Tenant, Class: changed}, here)
	if err != nil {
		h.Log.WarnContext(c.Request().Context(), "not asked whether to rerun the scan", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		return nil
	}
	return rerunDialog(view)
}

// checkOutcome says what came of a check that is over.
func checkOutcome(r run.Run) ui.MessageProps {
	stored := storedOf(r)
	text := words.Number(stored) + " of " + words.Counted(r.Total, "password") + " " + words.Plural(r.Total, "is", "are") + " stored."
	switch {
	case r.State == run.Cancelled:
		return ui.MessageProps{Tone: ui.OK, Title: "Canceled", Text: text + " Passwords that were not checked are kept. Select Check again to check them."}
	case r.Counts[run.Confirmed] == r.Total:
		return ui.MessageProps{Tone: ui.OK, Text: text + " Microsoft 365 accepted each of them."}
	case stored == r.Total:
		return ui.InPart(stored, text, retiredOf(r))
	default:
		rest := "See the other passwords below. A refused password is not stored; the one stored before still is."
		if retired := retiredOf(r); retired != "" {
			rest = retired + " " + rest
		}
		return ui.InPart(stored, text, rest)
	}
}

// storedOf counts the passwords that a check stored.
func storedOf(r run.Run) int { return r.Counts[run.Confirmed] + r.Counts[run.Warned] }

// retiredOf says of app passwords that were stored though nothing takes them any more; empty for none.
func retiredOf(r run.Run) string {
	n := r.Counts[run.Warned]
	if n == 0 {
		return ""
	}
	return "Of these, " + words.Counted(n, "app password") + " can't be used: Microsoft accepted " + words.Plural(n, "it", "them") + ", but has turned off the sign-in that app passwords belong to."
}

// checkItem shows what Microsoft said of a password, with what to do.
func (h *Handlers) checkItem(c echo.Context, r run.Run) func(run.Item, *runs.Item) {
	key, tell := pool.KeyOf(r.Scope), h.Verdicts.Begin()
	return func(i run.Item, view *runs.Item) {
		v := i.Verdict
		if v == nil || v.Valid() {
			return
		}
		view.Tone, view.Text, view.Code = verdicts.Tone(v.Status), v.Status.Title(), verdicts.Quotable(v.Code)
		if pool.ByConditionalAccess(*v) {
			view.Tone, view.Text = ui.Bad, "Cannot join"
		}
		told := tell.Tell(c.Request().Context(), *v, verdicts.Account{Username: i.Username, Tenant: key.Tenant}).Row()
		view.Verdict = &told
	}
}
