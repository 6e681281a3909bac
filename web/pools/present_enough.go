package pools

import (
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
		return "No member", ui.Bad
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
	objects, err := f.count()
	if err != nil {
		objects = 0
	}
	saved.Objects = objects
	size := pool.SizeOf(saved, counts)
	have := words.Number(size.InOrder()) + " in order, " + words.Number(size.Trouble()) + " in trouble"
	if n := size.Standings[pool.Checking]; n > 0 {
		have += ", " + words.Number(n) + " being checked"
	}
	view := enoughView{
		Class: string(saved.Class), Text: have + ".", Label: have, Tone: ui.Mute,
		Renew: address(enoughPath, "tenant", string(saved.Tenant), "tab", string(saved.Class), "reading", string(f.reading)),
	}
	scale := max(size.Needed(), size.Members, 1)
	view.Order, view.Bad = percent(size.InOrder(), scale), percent(size.Trouble(), scale)
	view.BadAt = view.Order
	if objects == 0 {
		view.Rule = "Enter the number of objects to see how many members are needed: 7 for every started 1,000 objects the first time, 3 for every started 2,000 later."
		return view
	}
	view.Needed = percent(size.Needed(), scale)
	view.Label += ", " + words.Number(size.Needed()) + " needed"
	if size.FirstTime {
		view.Rule = words.Counted(objects, "object") + ", first time: 7 for every started 1,000. Later " + words.Number(size.Later) + " will do."
	} else {
		view.Rule = words.Counted(objects, "object") + ", not the first time: 3 for every started 2,000."
	}
	if size.Enough() {
		view.Tone, view.Badge = ui.OK, "Enough"
	} else {
		view.Tone, view.Badge = ui.Warn, words.Number(size.Needed()-size.InOrder())+" more needed"
	}
	view.Text = view.Label + "."
	return view
}

func percent(n, of int) int { return min(n*100/of, 100) }
