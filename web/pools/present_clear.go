package pools

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/web/session"
	"purser.example/web/words"
)

// losesView is what the pool loses when it is cleared: what is saved, or else the group that was found. Nil for nothing that anyone
// would miss.
func (h *Handlers) losesView(c echo.Context, saved pool.Pool, f *poolForm, now pool.Counts) (*losesView, error) {
	typed := "What you typed on this tab and did not save"
	switch {
	case f.clear || saved.Group.ID == "" && f.reading == "":
		return nil, nil //nolint:nilnil // Most pools of a new tenant have nothing to lose.
	case saved.Group.ID == "":
		return &losesView{Lead: "Nothing of this pool is saved yet. You lose:", What: []string{"The group " + f.named, words.Counted(now.Members, "member"), typed}, Then: afterClear(saved)}, nil
	case f.reading != saved.Reading:
		r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), saved.Reading)
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return nil, err
		}
		now = r.Counts
	}
	view := &losesView{Lead: "With the next Save, the pool loses:", What: []string{"The group " + groupName(saved.Group), words.Counted(saved.Members, "member")}, Then: afterClear(saved)}
	if saved.Class.NeedsPasswords() && now.Standings[pool.NoPassword] < now.Members {
		view.What = append(view.What, "All stored passwords, which can't be restored ("+words.Counted(now.InOrder(), "member")+" ready)")
	}
	view.What = append(view.What, typed)
	return view, nil
}

// afterClear says what stays.
func afterClear(saved pool.Pool) string {
	stays := "The group and its accounts in Microsoft 365 do not change."
	if saved.InForce.Number > 0 {
		return "Jobs use the version in force until the next scan. " + stays
	}
	return stays
}
