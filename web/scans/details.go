package scans

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/tones"
	"purser.example/web/words"
)

const (
	// historyLimit is how many scans the details show at a time.
	historyLimit = 20
	// older is the parameter that names the scan behind which a page of the history begins.
	older = "older"
)

// show opens the details of one scan profile.
func (h *Handlers) show(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	view, err := h.detailsView(c, p)
	if err != nil {
		return err
	}
	return h.screen().Show(c, http.StatusOK, func(said *layout.Flash) (string, templ.Component) {
		view.Said = said
		return view.Name, detailsPane(view)
	})
}

func (h *Handlers) detailsView(c echo.Context, p scan.Profile) (detailsView, error) {
	ctx, query, id, now := c.Request().Context(), readListQuery(c), string(p.ID), h.Now()
	view := detailsView{
		Name: p.Name, Description: p.Description, Close: query.Address(), EditHref: query.Address(id, "edit"), RunAction: query.Address(id, "run"), StopAction: query.Address(id, "stop"),
		DeleteHref: query.With(deletePath, "id", id), Tenant: h.Tenants.Name(ctx, p.Tenant), TenantHref: tenants.Address(p.Tenant), ObjectsHref: with(objectsPath, "tenant", string(p.Tenant)),
		Method: p.Method.Title(), Schedule: scheduleWords(p.Schedule), Next: words.Moment(p.Next, now), Created: signedOf(p.Created, now), Modified: signedOf(p.Modified, now),
	}
	for _, t := range p.Types {
		view.Types = append(view.Types, typeFact{t.Title(), t.Limit(p.Method)})
	}
	active, err := h.activeOf(c, p.Tenant, id)
	if err != nil {
		return view, err
	}
	for _, s := range active {
		view.Active = &activeView{Href: scanAddress(s.ID), Name: s.Name}
	}
	if p.Method == scan.ByAccount {
		if err := h.accountOf(c, p, &view); err != nil {
			return view, err
		}
	}
	return view, h.historyOf(c, p, &view)
}

// accountOf fills in which account the scan signs in with, and what is left for a person to do for it.
func (h *Handlers) accountOf(c echo.Context, p scan.Profile, view *detailsView) error {
	choices, err := h.Scans.Choices(c.Request().Context(), session.Caller(c), p.Tenant)
	if err != nil {
		return err
	}
	view.AccountGone = true
	view.PoolHref = with(poolsPath, "tenant", string(p.Tenant))
	for _, choice := range choices {
		if choice.ID != p.Account {
			continue
		}
		view.Account, view.AccountHref, view.AccountGone = choice.Name, accountAddress(choice.ID), false
		view.TermStore, err = h.termStore(c, p, choice)
	}
	return err
}

// termStore tells of the account among the term store administrators; nil while nobody has tried.
func (h *Handlers) termStore(c echo.Context, p scan.Profile, of profile.Profile) (*termStoreView, error) {
	entry, err := h.Scans.TermStore(c.Request().Context(), session.Caller(c), p.Tenant, of.Username)
	if err != nil || entry.State == "" {
		return nil, err
	}
	view := &termStoreView{At: signedOf(entry.By, h.Now()), Code: entry.Code, Href: codeAddress(scan.Code(entry.Code))}
	switch entry.State {
	case scan.TermStoreAdded:
		view.Text = "Purser added the account."
	case scan.TermStoreConfirmed:
		view.Text = "A person added the account by hand."
	default:
		view.Open, view.Text = true, "Purser couldn't add the account. Add "+of.Username+" in the SharePoint admin center under Content services, Term store, Admins. Then select Done."
		view.Action = readListQuery(c).Address(string(p.ID), "term-store")
	}
	return view, nil
}

// confirmTermStore notes that a person has added the account by hand.
func (h *Handlers) confirmTermStore(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	choices, err := h.Scans.Choices(c.Request().Context(), session.Caller(c), p.Tenant)
	if err != nil {
		return err
	}
	for _, choice := range choices {
		if choice.ID != p.Account {
			continue
		}
		if err := h.Scans.ConfirmTermStore(c.Request().Context(), session.Caller(c), session.Origin(c), p.Tenant, choice.Username); err != nil {
			return err
		}
		return respond.Leave(c, readListQuery(c).Address(string(p.ID)), "Noted that the account is a term store administrator.")
	}
	return problem.New(problem.Conflict, "The service account profile of this scan profile no longer exists.")
}

// historyOf fills in a page of the scans of the past, and the last one.
func (h *Handlers) historyOf(c echo.Context, p scan.Profile, view *detailsView) error {
	q := scan.ScanQuery{Profile: p.ID, Before: scan.ID(c.QueryParam(older)), Limit: historyLimit}
	scans, more, err := h.Scans.Scans(c.Request().Context(), session.Caller(c), q)
	if err != nil {
		return err
	}
	view.History = h.scanRows(scans)
	here := readListQuery(c)
	if more {
		view.OlderHref = here.With(profileAddress(p.ID), older, string(scans[len(scans)-1].ID))
	}
	if q.Before != "" {
		view.NewestHref = here.Address(string(p.ID))
		return nil
	}
	if len(view.History) > 0 {
		view.Last = &view.History[0]
	}
	return nil
}

// scanRows are scans with the share that each took of the time of the longest.
func (h *Handlers) scanRows(scans []scan.Scan) []scanRow {
	now, longest := h.Now(), time.Second
	for _, s := range scans {
		longest = max(longest, lasted(s, now))
	}
	var rows []scanRow
	for _, s := range scans {
		total := sum(s)
		row := scanRow{
			Href: scanAddress(s.ID), Begun: words.Moment(s.Begun, now), Tone: tones.Scan(s.State), State: s.State.Title(), By: s.Who(),
			Found: words.Number(total.Found), New: words.Number(total.New), Gone: words.Number(total.Gone), Failed: words.Number(total.Failed),
			Took: words.Took(s.Begun, s.Begun.Add(lasted(s, now))), Share: int(lasted(s, now) * 100 / longest),
		}
		if s.State == scan.Skipped {
			row.Took, row.Share = "", 0
		}
		if s.Code != "" {
			row.Reason, row.Grant = scan.Explain(s.Code).Title, grantLink(s.Code, s.Tenant)
		}
		if row.Grant.Href != "" && s.Detail != "" {
			row.Reason += " (" + s.Detail + ")" // it names the permission
		}
		rows = append(rows, row)
	}
	return rows
}

// lasted is how long a scan went on, or goes on by now.
func lasted(s scan.Scan, now time.Time) time.Duration {
	if s.Ended.IsZero() {
		return max(now.Sub(s.Begun), 0)
	}
	return max(s.Ended.Sub(s.Begun), 0)
}

func signedOf(s account.Stamp, now time.Time) signedView {
	return signedView{words.Moment(s.At, now), s.By}
}
