package pools

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// checkTiles count by outcome, and each is a way to see what it counts. What nothing has is left out where it is rare.
func checkTiles(check pool.Check, now profile.Outcome) []ui.TileProps {
	path := checkPath(check.ID)
	tiles := []ui.TileProps{{Count: words.Number(check.Total), Label: "In all", Href: path, Current: now == ""}}
	for _, o := range profile.Outcomes {
		n := check.Counts[o]
		usual := o == profile.Confirmed || o == profile.Rejected || o == profile.NotReached
		if now != o && !usual && (n == 0 || o == profile.Trying) {
			continue
		}
		label, tone := itemFace(o)
		tile := ui.TileProps{Count: words.Number(n), Label: label, Href: itemsAddress(path, o, 0), Current: now == o}
		if n > 0 {
			tile.Tone = tone
		}
		tiles = append(tiles, tile)
	}
	return tiles
}

func itemFace(o profile.Outcome) (string, ui.Tone) {
	switch o {
	case profile.Confirmed:
		return "Stored", ui.OK
	case profile.Rejected:
		return "Refused", ui.Bad
	case profile.NotReached:
		return "Not reached", ui.Warn
	case profile.Skipped:
		return "Skipped", ui.Mute
	case profile.Interrupted:
		return "Interrupted", ui.Warn
	case profile.Dropped:
		return "Not tried", ui.Mute
	case profile.Trying:
		return "Checking", ui.Mute
	default:
		return "Waiting", ui.Mute
	}
}

// checkOutcome says what came of a check that is over; nil while it goes on.
func checkOutcome(check pool.Check) *ui.MessageProps {
	if !check.State.Over() {
		return nil
	}
	stored := check.Counts[profile.Confirmed]
	text := words.Number(stored) + " of " + words.Counted(check.Total, "password") + " " + words.Plural(check.Total, "is", "are") + " stored."
	switch {
	case check.State == profile.RunCancelled:
		return &ui.MessageProps{Tone: ui.OK, Title: "Cancelled", Text: text + " What had not been tried is kept: select Check again to try it."}
	case stored == check.Total:
		return &ui.MessageProps{Tone: ui.OK, Text: text + " Microsoft 365 confirmed each of them."}
	default:
		return &ui.MessageProps{Tone: ui.Bad, Title: text, Text: "The others are told below. A refused password is not stored, and what was stored before it still is."}
	}
}

func (h *Handlers) checkItemView(c echo.Context, tell *verdicts.Teller, check pool.Check, i pool.CheckItem) checkItemView {
	view := checkItemView{Name: words.Either(i.Name, i.Username), Username: i.Username, At: words.Moment(i.At, h.Now()), Reason: itemReason(i)}
	view.Text, view.Tone = itemFace(i.Outcome)
	v := i.Verdict
	if v == nil || v.Valid() {
		return view
	}
	view.Tone, view.Text, view.Code = verdicts.Tone(v.Status), v.Status.Title(), verdicts.Quotable(v.Code)
	if pool.ByConditionalAccess(*v) {
		view.Tone, view.Text = ui.Bad, "Cannot join"
	}
	told := tell.Tell(c.Request().Context(), *v, verdicts.Account{Username: i.Username, Tenant: check.Key.Tenant}).Row()
	view.Verdict = &told
	return view
}

// itemReason says why there is no verdict, and what to do where something can be done.
func itemReason(i pool.CheckItem) string {
	switch i.Reason {
	case pool.Replaced:
		return "Somebody entered another password before this one had its turn."
	case profile.Locked:
		return "Microsoft locked the account a short while ago; another attempt would prolong that."
	case profile.Busy:
		return "Somebody else was validating this account."
	case profile.Gone:
		return "No member of the pool any more."
	case profile.Parked:
		return "Microsoft refused this account's password before. Enter the right one."
	case profile.Outage:
		return "Microsoft 365 did not answer for this tenant for too long. The password was not sent."
	case profile.AppSetup:
		return "Microsoft 365 refuses the tenant's app registration. The password was not sent."
	case profile.Damaged:
		return "Something went wrong on our side; the log says what."
	}
	switch {
	case i.Outcome == profile.Interrupted:
		return "Purser ended during the attempt. It may have counted at Microsoft, so it was not repeated."
	case i.Outcome == profile.Waiting && i.Tries > 0:
		return "Microsoft asked to come back later."
	case i.Outcome == profile.NotReached:
		return "Not the account's fault."
	}
	return ""
}
