package health

import (
	"context"
	"fmt"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/watch"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// Strip is how the checks of a profile went, for its details.
func (h *Handlers) Strip(ctx context.Context, caller access.Caller, p profile.Profile) (ui.StripProps, string, error) {
	of, err := h.Watch.Health(ctx, caller, place(p.ID), p.Tenant)
	if err != nil {
		return ui.StripProps{}, "", err
	}
	props := strip(of, h.Now())
	a, err := h.Drift.Account(ctx, caller, account.KeyOf(p.Tenant, p.Username))
	if n := len(a.Open); n > 0 {
		props.Note = words.Counted(n, "change") + " in Microsoft 365 that no one accepted yet. " + props.Note
	}
	return props, ofProfile(p.ID), err
}

// dayFormat is a day in sight.
const dayFormat = "January 2"

// strip is the last thirty days, by UTC. What is worst on a day is what the day shows.
func strip(h watch.Health, now time.Time) ui.StripProps {
	worst := map[string]watch.Check{}
	for _, c := range h.Checks {
		day := c.At.Format(time.DateOnly)
		if of, there := worst[day]; !there || weight(c) >= weight(of) {
			worst[day] = c
		}
	}
	p := ui.StripProps{Note: note(h, now)}
	counted := map[watch.Outcome]int{}
	for d := range watch.Days {
		at := now.UTC().AddDate(0, 0, d+1-watch.Days)
		c, there := worst[at.Format(time.DateOnly)]
		day := ui.StripDay{Text: at.Format(dayFormat) + ": not checked"}
		if there {
			counted[c.Outcome]++
			day = ui.StripDay{Tone: tone(c), Text: at.Format(dayFormat) + ": " + told(c)}
		}
		p.Days = append(p.Days, day)
	}
	p.Label = label(counted)
	return p
}

// label says in words what the picture shows.
func label(counted map[watch.Outcome]int) string {
	if len(counted) == 0 {
		return "Last 30 days: not checked yet."
	}
	var parts []string
	for _, each := range []struct {
		of   watch.Outcome
		says string
	}{{watch.Good, "valid"}, {watch.Bad, "refused"}, {watch.Unknown, "could not be checked"}, {watch.Skipped, "skipped"}} {
		if n := counted[each.of]; n > 0 {
			parts = append(parts, each.says+" on "+words.Counted(n, "day"))
		}
	}
	return "Last 30 days: " + strings.Join(parts, ", ") + "."
}

// note says what is to come, or why nothing is.
func note(h watch.Health, now time.Time) string {
	switch {
	case h.Off:
		return "Health checks are turned off for this installation."
	case h.Freeze != nil:
		return "Health checks are frozen " + freeze(*h.Freeze)
	case h.Tenant != nil:
		return "Health checks of this tenant are frozen " + freeze(*h.Tenant)
	case h.Next.IsZero():
		return "The first check follows in the next night."
	}
	return "Next check or night: " + words.Moment(h.Next, now).Full + "."
}

// freeze says until when and why: "until December 1, 2026, because the network is being moved (Adele Vance)."
func freeze(f watch.Freeze) string {
	until := "until someone resumes them"
	if !f.Until.IsZero() {
		until = "until " + f.Until.Format("January 2, 2006")
	}
	return fmt.Sprintf("%s, because: %s (%s)", until, f.Because, f.By.By)
}

func weight(c watch.Check) int {
	switch c.Outcome {
	case watch.Bad:
		return 4
	case watch.Unknown:
		return 2
	case watch.Good:
		return 3
	}
	return 1
}

func tone(c watch.Check) ui.Tone {
	switch c.Outcome {
	case watch.Good:
		return ui.OK
	case watch.Bad:
		return ui.Bad
	case watch.Unknown:
		return ui.Warn
	}
	if c.Reason == account.Parked {
		return ui.Bad
	}
	return ui.Mute
}

// told is a check in a few words.
func told(c watch.Check) string {
	if c.Reason != "" {
		return reason(c.Reason)
	}
	if c.Code != "" {
		return c.Status.Title() + " (" + c.Code + ")"
	}
	return c.Status.Title()
}

// reason says why there is no verdict.
func reason(why account.Reason) string {
	if text, known := reasons[why]; known {
		return text
	}
	return "Not checked"
}

var reasons = map[account.Reason]string{
	account.Parked:     "Not tried, because Microsoft refused this password before",
	account.Locked:     "Not tried, because the account is locked",
	account.Busy:       "Not tried, because someone else was using the account",
	account.Often:      "Not tried, because the account was tried often enough",
	account.Budget:     "Not tried, because the tenant was asked often enough",
	account.Outage:     "Microsoft 365 didn't answer",
	account.AppSetup:   "Microsoft refused the tenant's app registration",
	account.NoApp:      "The tenant has no app profile",
	account.AppAltered: "The tenant's app profile was changed outside of Purser",
	account.Altered:    "Not tried, because the password was changed outside of Purser",
	run.Damaged:        "Purser couldn't check the account; the log says why",
	profile.NoCenter:   "Not tried, because no admin center is entered",
	pool.Passwordless:  "Not tried, because no password is stored",
	pool.Undecided:     "Not tried, because a new password waits for its check",
	watch.Interrupted:  "Purser stopped during the check",
	watch.Frozen:       "Not tried, because checks were frozen",
	watch.Shared:       "Not tried, because the account failed at another place that night",
}
