package pools

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/shown"
	"purser.example/web/retirements"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// usersView gathers one page of a reading's members, with what was typed into their rows.
func (h *Handlers) usersView(c echo.Context, tell *verdicts.Teller, r pool.Reading, f *poolForm) (*usersView, error) {
	page, err := h.Pools.Members(c.Request().Context(), session.Caller(c), f.members.of(r.ID))
	if err != nil {
		return nil, err
	}
	key, class := f.key, string(f.key.Class)
	view := &usersView{
		ID: "users-" + class, Class: class, Form: "find-" + class, Action: Path, Find: f.members.find, Passwords: key.Class.NeedsPasswords(),
		Several: page.Next != "" || page.Previous != "",
		Hidden:  []hiddenView{{"tenant", string(key.Tenant)}, {"tab", class}, {"reading", string(r.ID)}},
		Kept:    f.members.kept(class),
		Shows:   shows(f.members.show, key.Class), Empty: emptyUsers(r, f.members),
	}
	if key.Class.NeedsPasswords() && r.State == pool.ReadingDone && r.Counts.Members > 0 {
		view.Import = address(ImportPath, "tenant", string(key.Tenant), "tab", class, "reading", string(r.ID))
	}
	if view.Passwords && slices.ContainsFunc(page.Rows, func(m pool.Member) bool { return m.MFA && m.AppPassword }) {
		clock := retirements.AppPasswords(h.Now())
		view.Retired = &clock
	}
	if r.State == pool.ReadingRuns {
		view.Renew = f.members.address(usersPath, key, r.ID)
	}
	elsewhere, err := h.Pools.Elsewhere(c.Request().Context(), session.Caller(c), key, page.Rows)
	if err != nil {
		return nil, err
	}
	for _, m := range page.Rows {
		view.Rows = append(view.Rows, h.memberView(c, tell, m, f))
		view.Rows[len(view.Rows)-1].Elsewhere = placeViews(elsewhere[m.User], f, m.User)
	}
	if err := h.addPlanner(c, key, page.Rows, view); err != nil {
		return nil, err
	}
	view.Pager = pager(page, r, f)
	return view, nil
}

// placeViews are the other places of a member's account, all of them chosen but those that were turned off.
func placeViews(places []account.Where, f *poolForm, user pool.UserID) []placeView {
	var off []account.Place
	for _, row := range f.rows {
		if row.user == user {
			off = row.elsewhere.Off
		}
	}
	var list []placeView
	for _, p := range places {
		list = append(list, placeView{Value: p.Place.String(), Name: words.Capital(p.Name), Checked: !slices.Contains(off, p.Place)})
	}
	return list
}

// kept is the view as the pools' form carries it along, so that a refusal shows the same members.
func (q memberQuery) kept(class string) []hiddenView {
	return []hiddenView{{"show-" + class, string(q.show)}, {"find-" + class, q.find}, {"after-" + class, q.after}, {"before-" + class, q.before}}
}

func shows(now pool.Filter, class pool.Class) []ui.Option {
	var list []ui.Option
	for _, filter := range []pool.Filter{pool.NeedsAttention, pool.WithoutPassword, pool.WithMFA, pool.ServiceAccounts} {
		if class.NeedsPasswords() || filter == pool.NeedsAttention || filter == pool.ServiceAccounts {
			list = append(list, ui.Option{Value: string(filter), Label: filterTitle(filter), Selected: filter == now})
		}
	}
	return list
}

func emptyUsers(r pool.Reading, q memberQuery) string {
	switch {
	case r.State == pool.ReadingRuns:
		return "Reading the members…"
	case q.show != "" || q.find != "":
		return "No members match. Change the search or the filter."
	default:
		return "This group has no members that can join a pool. Add users to it in Microsoft 365, then select Validate."
	}
}

func pager(page pool.Page, r pool.Reading, f *poolForm) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Counted(r.Counts.Members, "member") + " in all"}
	if f.members.show != "" || f.members.find != "" {
		props.Summary = "Matches among " + words.Counted(r.Counts.Members, "member")
	}
	turned := func(after, before string) string {
		q := f.members
		q.after, q.before = after, before
		return q.address(Path, f.key, r.ID) + "#users-" + string(f.key.Class)
	}
	if page.Previous != "" {
		props.PreviousHref = turned("", page.Previous)
	}
	if page.Next != "" {
		props.NextHref = turned(page.Next, "")
	}
	return props
}

func (h *Handlers) memberView(c echo.Context, tell *verdicts.Teller, m pool.Member, f *poolForm) memberView {
	view := memberView{
		User: string(m.User), Name: shown.Name(words.Either(m.Name, m.Username)), Username: m.Username, Nested: m.Nested,
		Licenses: m.Products, ProfileName: m.ProfileName, MFA: m.MFA, Row: "0:" + string(m.User), Waiting: m.Standing == pool.Checking,
	}
	if m.MFA {
		view.Row = "1:" + string(m.User)
	}
	if m.Profile != "" {
		view.ProfileHref = "/service-accounts/" + url.PathEscape(string(m.Profile))
	}
	if view.Name == "" {
		view.Name = "Name not available"
	}
	view.LicensesNote = licensesNote(m)
	standing(c, tell, m, f, &view)
	stored(m, f.key, h, &view)
	for _, row := range f.rows {
		if row.user == m.User {
			view.MFA, view.Forget = row.mfa, row.forget
		}
	}
	return view
}

// licensesNote says what stands in place of licenses.
func licensesNote(m pool.Member) string {
	if m.Unread {
		return "Not read"
	}
	return "None"
}

// retiredNote is what a row says of an app password that is kept though nothing takes it any more.
const retiredNote = "The app password is stored. Microsoft accepted it, but has turned off the sign-in it belongs to."

// signInAllowed is what a row says of most members that have no password yet.
const signInAllowed = "Sign-in allowed"

// standing is where the member stands, with the verdict in full where there is something to explain.
func standing(c echo.Context, tell *verdicts.Teller, m pool.Member, f *poolForm, view *memberView) {
	said := m.Verdict
	if m.Failed != nil {
		said = m.Failed
	}
	view.Tone, view.State = standingFace(m.Standing, f.key.Class)
	switch m.Standing {
	case pool.Refused:
		if said != nil {
			view.Tone, view.State = verdicts.Tone(said.Status), said.Status.Title()
		}
		switch {
		case m.Failed == nil && m.Verdict != nil:
			view.Sub = append(view.Sub, retiredNote)
		case m.MFA && m.AppPassword && m.Verdict == nil:
			view.Sub = append(view.Sub, "The stored app password was not accepted.")
		case m.MFA && m.AppPassword, !m.MFA && m.Password:
			view.Sub = append(view.Sub, "The last password was not stored. The one before it still is.")
		}
	case pool.Barred:
		view.Sub = append(view.Sub, "Conditional access asks for MFA")
	case pool.Unchecked:
		view.Sub = append(view.Sub, "Checked with the next Save")
	case pool.NotReached:
		view.Sub = append(view.Sub, "Not the account's fault. The password is still waiting.")
	}
	if m.Enabled && m.Standing == pool.NoPassword {
		view.Sub = append(view.Sub, signInAllowed)
	}
	if said == nil || said.Valid() || m.Standing.InOrder() || m.Standing == pool.Checking || m.Standing == pool.NoPassword {
		return
	}
	view.Code = verdicts.Quotable(said.Code)
	told := tell.Tell(c.Request().Context(), *said, verdicts.Account{Username: m.Username, Tenant: f.key.Tenant}).Row()
	view.Verdict = &told
}

func standingFace(s pool.Standing, class pool.Class) (ui.Tone, string) {
	switch s {
	case pool.Ready:
		if !class.NeedsPasswords() {
			return ui.OK, "Ready"
		}
		return ui.OK, "Valid"
	case pool.Unchecked:
		return ui.Warn, "Not checked"
	case pool.Checking:
		return ui.Info, "Being checked"
	case pool.Refused:
		return ui.Bad, "Refused"
	case pool.NotReached:
		return ui.Warn, "Not reached"
	case pool.Barred:
		return ui.Bad, "Cannot join"
	case pool.Disabled:
		return ui.Bad, "Sign-in blocked"
	default:
		return ui.Mute, "No password"
	}
}

// stored says what is kept of the member, and under which word a new password is entered; without such a word the field stands
// open.
func stored(m pool.Member, key pool.Key, h *Handlers, view *memberView) {
	if !key.Class.NeedsPasswords() {
		return
	}
	switch {
	case m.MFA && m.AppPassword:
		view.Stored = "App password stored"
	case !m.MFA && m.Password:
		view.Stored = "Stored"
	}
	if view.Stored != "" {
		view.StoredAt = words.Moment(m.Set.At, h.Now())
		view.HealthHref = address(healthPath, "tenant", string(key.Tenant), "tab", string(key.Class), "user", string(m.User))
	}
	switch {
	case view.Waiting || view.Stored != "" && m.Standing.InOrder():
		view.Fold = "Replace"
	case slices.Contains([]pool.Standing{pool.Barred, pool.Disabled}, m.Standing):
		view.Fold = "Add a password"
	}
}
