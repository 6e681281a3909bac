package pools

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/scan"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// addPlanner tells of the members in sight of how many scanned groups each is owner and member (R42). Groups are of the first class.
func (h *Handlers) addPlanner(c echo.Context, key pool.Key, rows []pool.Member, view *usersView) error {
	if view.Planner = key.Class == pool.Sites; !view.Planner {
		return nil
	}
	usernames := make([]string, len(rows))
	for i, m := range rows {
		usernames[i] = m.Username
	}
	known, err := h.Scans.Planner(c.Request().Context(), session.Caller(c), key.Tenant, usernames)
	if err != nil {
		return err
	}
	for i, username := range usernames {
		if p, looked := known[account.Fold(username)]; looked {
			view.Looked, view.Rows[i].Planner = true, h.plannerView(p)
		}
	}
	return nil
}

// plannerView says what a scan found, or why none could tell: that is not the same as no group.
func (h *Handlers) plannerView(p scan.Planner) *plannerView {
	view := &plannerView{Tone: ui.Mute, State: "Not known"}
	if p.Known() {
		of := words.Number(p.Both) + " of " + words.Number(p.Groups)
		view.Tone, view.State, view.At = ui.OK, of, words.Moment(p.At, h.Now())
		view.Text = "Owner and member of " + of + " scanned " + words.Plural(p.Groups, "group", "groups") + ". Checked"
	}
	if p.Known() && p.Groups == 0 {
		view.Tone, view.State, view.Text = ui.Mute, "No groups", "No Microsoft 365 Groups were found. Checked"
	}
	if p.Known() && !p.Complete() {
		view.Tone = ui.Warn
		view.Todo = "To protect Planner data of all groups, add the account as an owner and as a member of the others in Microsoft 365, then run a scan of Microsoft 365 Groups. Groups with hidden membership count only if Purser has the permission " + pool.ReadHidden + "."
	}
	if p.Code != "" {
		e := scan.Explain(p.Code)
		title := e.Title
		if p.Detail != "" {
			title += " (" + p.Detail + ")"
		}
		view.Why, view.Code, view.Href = "The last scan couldn't check it: "+title+". "+e.Remedy, string(p.Code), scanCodesPath+"#"+string(p.Code)
	}
	return view
}
