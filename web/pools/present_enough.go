package pools

import (
	"strconv"

	"purser.example/internal/pool"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// usable says how many members can be used.
func usable(c pool.Counts, state pool.ReadingState) (string, ui.Tone) {
	if c.Members == 0 {
		if state == pool.ReadingRuns {
			return "", ""
		}
		return "No members", ui.Bad
	}
	text := words.Number(c.InOrder()) + " of " + words.Counted(c.Members, "member") + " can be used"
	switch {
	case c.InOrder() == c.Members:
		return text, ui.OK
	case c.InOrder() == 0:
		return text, ui.Warn
	default:
		return text, ui.Info
	}
}

// enough sizes the pool for the objects typed, with the rule written out (R45).
func enough(saved pool.Pool, f *poolForm, counts pool.Counts) enoughView {
	if typed, err := f.count(); err != nil || typed == 0 {
		saved.Objects = 0
	} else {
		saved = saved.Typed(typed)
	}
	objects, counted := saved.Known()
	size := pool.SizeOf(saved, counts)
	have := standings(size.Counts)
	view := enoughView{
		Class: string(saved.Class), Text: have + ".", Label: have, Tone: ui.Mute,
		Renew: address(enoughPath, "tenant", string(saved.Tenant), "tab", string(saved.Class), "reading", string(f.reading)),
	}
	scale := max(size.Needed(), size.Members, 1)
	view.Parts = parts(size.Counts, scale)
	if objects == 0 {
		view.Rule = "Enter the number of objects to see how many members are needed: 7 for every started 1,000 the first time, 3 for every started 2,000 later."
		return view
	}
	needed := words.Number(size.Needed()) + " needed"
	view.Mark = &markView{At: percent(size.Needed(), scale), Label: needed}
	view.Label += ", " + needed
	view.Text = view.Label + "."
	if size.FirstTime {
		view.Rule = words.Counted(objects, "object") + ", first time: 7 for every started 1,000. Later, " + words.Number(size.Later) + " are enough."
	} else {
		view.Rule = words.Counted(objects, "object") + ", not the first time: 3 for every started 2,000."
	}
	if !counted.IsZero() {
		view.Rule = "By the last scan: " + view.Rule
	}
	if size.Enough() {
		view.Tone, view.Badge = ui.OK, "Enough"
	} else {
		view.Tone, view.Badge = ui.Warn, words.Number(size.Needed()-size.InOrder())+" more needed"
	}
	return view
}

// standings says how many members are ready and how many are not. That a password is missing is no fault, but work to be done.
func standings(c pool.Counts) string {
	text := words.Number(c.InOrder()) + " ready"
	missing := c.Standings[pool.NoPassword]
	if n := c.Trouble() - missing; n > 0 {
		text += ", " + words.Number(n) + " " + words.Plural(n, "needs", "need") + " attention"
	}
	if missing > 0 {
		text += ", " + words.Number(missing) + " without a password"
	}
	if n := c.Standings[pool.Checking]; n > 0 {
		text += ", " + words.Number(n) + " being checked"
	}
	return text
}

// parts are the members as parts of a bar of that many.
func parts(c pool.Counts, scale int) []partView {
	missing, at := c.Standings[pool.NoPassword], 0.0
	list := []partView{{Kind: "ready", Width: percent(c.InOrder(), scale)}, {Kind: "attention", Width: percent(c.Trouble()-missing, scale)}, {Kind: "none", Width: percent(missing, scale)}}
	for i := range list {
		list[i].At, at = at, at+list[i].Width
	}
	return list
}

func percent(n, of int) float64 { return min(float64(n)*100/float64(of), 100) }

func percentage(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) + "%" }

func (p partView) place() string { return percentage(p.At) }

func (p partView) width() string { return percentage(p.Width) }

// anchor keeps the label of a mark inside the bar.
func (m markView) anchor() string {
	switch {
	case m.At > 70:
		return "end"
	case m.At < 30:
		return "start"
	default:
		return "middle"
	}
}
