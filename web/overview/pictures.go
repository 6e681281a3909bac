package overview

import (
	"time"

	"purser.example/internal/horizon"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/web/chart"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// shades are those of the tones that statuses have on other pages.
var shades = map[ui.Tone]chart.Shade{ui.OK: chart.OK, ui.Warn: chart.Warn, ui.Bad: chart.Bad, ui.Mute: chart.Mute}

// statusPicture is how many profiles stand how. Statuses that none has are left out, but for Valid.
func statusPicture(a asked, standing map[verdict.Status]int) chart.Share {
	share, all := chart.Share{ID: "status", Title: "Profiles by status"}, 0
	for _, s := range verdict.Statuses() {
		if n := standing[s]; n > 0 || s == verdict.Valid {
			all += n
			share.Parts = append(share.Parts, chart.Part{Label: s.Title(), Value: n, Shade: shades[verdicts.Tone(s)], Href: a.link(profilesPath, "status", string(s))})
		}
	}
	share.Summary = words.Counted(all, "profile") + ", of which " + words.Number(standing[verdict.Valid]) + " " + words.Plural(standing[verdict.Valid], "is", "are") + " valid"
	return share
}

const weeks = 13

// sortOf is which series of the picture something belongs to that ends.
func sortOf(k horizon.Kind) int {
	switch k {
	case horizon.ProfilePassword, horizon.MemberPassword:
		return 0
	case horizon.Retirement:
		return 2
	default:
		return 1
	}
}

// endsPicture is what ends in each of the weeks that come.
func (h *Handlers) endsPicture(a asked) (chart.Columns, error) {
	c := chart.Columns{
		ID: "ends", Title: "What ends in the coming 13 weeks", Head: "Week",
		Series: []chart.Series{{Label: "Passwords", Shade: chart.Plain}, {Label: "Credentials and certificates", Shade: chart.Warn}, {Label: "Retirements", Shade: chart.Mute}},
	}
	first := horizon.DayOf(h.Now())
	days, err := h.Horizon.Days(a.ctx, a.caller, horizon.Query{Tenant: a.tenant, From: first, To: first.AddDate(0, 0, 7*weeks)})
	if err != nil {
		return c, err
	}
	values, all := make([][]int, weeks), 0
	for i := range values {
		values[i] = make([]int, len(c.Series))
	}
	for _, d := range days {
		if week := int(d.Day.Sub(first) / (7 * 24 * time.Hour)); week >= 0 && week < weeks {
			values[week][sortOf(d.Kind)] += d.N
			all += d.N
		}
	}
	for i, v := range values {
		begins := first.AddDate(0, 0, 7*i)
		c.Columns = append(c.Columns, chart.Column{Label: brief(begins) + " – " + brief(begins.AddDate(0, 0, 6)), Values: v, Href: endsLink(a, horizon.Windows[len(horizon.Windows)-1])})
	}
	c.Axis = []string{brief(first), brief(first.AddDate(0, 0, 7*(weeks/2))), brief(first.AddDate(0, 0, 7*weeks-1))}
	c.Summary = words.Number(all) + " in all"
	if all == 0 {
		c.Summary = "Nothing ends that Purser knows of."
	}
	return c, nil
}

// healthPicture is what each of the last nights found.
func healthPicture(r watch.Recent) chart.Columns {
	c := chart.Columns{
		ID: "nights", Title: "Health checks of the last 30 nights", Head: "Night",
		Series: []chart.Series{{Label: "Refused", Shade: chart.Bad}, {Label: "Couldn't be checked", Shade: chart.Warn}, {Label: "Skipped", Shade: chart.Mute}, {Label: "Valid", Shade: chart.OK}},
	}
	last := watch.Night{}
	for _, n := range r.Nights {
		c.Columns = append(c.Columns, chart.Column{Label: brief(n.Day), Values: []int{n.Counts[watch.Bad], n.Counts[watch.Unknown], n.Counts[watch.Skipped], n.Counts[watch.Good]}})
		if len(n.Counts) > 0 {
			last = n
		}
	}
	if days := len(r.Nights); days > 0 {
		c.Axis = []string{brief(r.Nights[0].Day), brief(r.Nights[days/2].Day), brief(r.Nights[days-1].Day)}
	}
	c.Summary = "No night yet."
	if len(last.Counts) > 0 {
		c.Summary = "Night of " + brief(last.Day) + ": " + words.Number(last.Counts[watch.Good]) + " valid, " + words.Number(last.Counts[watch.Bad]) + " refused."
	}
	return c
}

// brief is a day in a picture: "Nov 30".
func brief(day time.Time) string { return day.Format("Jan 2") }
