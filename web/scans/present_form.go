package scans

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// newView is the pane that creates.
func (h *Handlers) newView(c echo.Context, f form) (formView, error) {
	query := readListQuery(c)
	view := h.viewOf(c, f)
	view.Title, view.Action, view.Close, view.Follow, view.New = "Create scan profile", query.Address(), query.Address(), query.With(newPath), f.zone == ""
	view.Zone = cmp.Or(f.zone, "UTC")
	known, err := h.Tenants.All(c.Request().Context(), session.Caller(c))
	if err != nil {
		return view, err
	}
	view.NoTenant = len(known) == 0
	for _, t := range known {
		view.Tenants = append(view.Tenants, tenants.Option(t, t.ID == f.tenant))
	}
	return view, h.ofTenant(c, f, "", &view)
}

// editView is the pane that edits one.
func (h *Handlers) editView(c echo.Context, f form, p scan.Profile) (formView, error) {
	query, id := readListQuery(c), string(p.ID)
	view := h.viewOf(c, f)
	view.Title, view.Action, view.Close, view.Fixed = "Edit scan profile", query.Address(id), query.Address(id), true
	view.Tenant = h.Tenants.Name(c.Request().Context(), p.Tenant)
	view.Zone, view.New = cmp.Or(f.zone, "UTC"), f.zone == ""
	f.tenant = p.Tenant
	return view, h.ofTenant(c, f, p.ID, &view)
}

func (h *Handlers) viewOf(_ echo.Context, f form) formView {
	method, schedule := cmp.Or(f.method, scan.ByAccount), byHand
	if f.daily {
		schedule = daily
	}
	view := formView{
		Name: f.name, Description: f.description, Time: cmp.Or(f.clock, "02:00"), Zones: zones(), Errors: map[string]string{},
		Methods: []ui.Choice{
			{Value: string(scan.ByApp), Label: scan.ByApp.Title(), Note: "The tenant's app profile. It finds objects, but can't make the group of an account pool an administrator of sites.", Checked: method == scan.ByApp},
			{Value: string(scan.ByAccount), Label: scan.ByAccount.Title(), Note: "It finds objects, registers sites, and brings the saved account pool into force.", Checked: method == scan.ByAccount},
		},
		Schedules: []ui.Choice{
			{Value: byHand, Label: "By hand", Note: "Only when someone selects Run.", Checked: schedule == byHand},
			{Value: daily, Label: "Daily", Note: "At the same time every day. A time missed while Purser was stopped is made up once.", Checked: schedule == daily},
		},
	}
	if f.version != 0 {
		view.Version = strconv.FormatInt(f.version, 10)
	}
	return view
}

// ofTenant fills in what follows the tenant: its service account profiles, and which types other scan profiles of it have (R52).
func (h *Handlers) ofTenant(c echo.Context, f form, self scan.ProfileID, view *formView) error {
	taken, err := h.taken(c, f.tenant, self)
	if err != nil {
		return err
	}
	for _, t := range scan.Types {
		view.Types = append(view.Types, typeView{
			Value: string(t), Label: t.Title(), Checked: slices.Contains(f.types, t), ByApp: t.Limit(scan.ByApp), ByAccount: t.Limit(scan.ByAccount), Taken: taken[t],
		})
	}
	if f.tenant == "" {
		return nil
	}
	choices, err := h.Scans.Choices(c.Request().Context(), session.Caller(c), f.tenant)
	if err != nil {
		return err
	}
	view.Accounts, view.NoAccount = accountOptions(choices, f.account), len(choices) == 0
	return nil
}

// taken are the types that other scan profiles of the tenant have. Each has one at least, so that all of them are one page.
func (h *Handlers) taken(c echo.Context, t tenant.ID, self scan.ProfileID) (map[scan.Type]*takenView, error) {
	taken := map[scan.Type]*takenView{}
	if t == "" {
		return taken, nil
	}
	page, err := h.Scans.List(c.Request().Context(), session.Caller(c), scan.ListQuery{Tenant: t, Sort: scan.ListByName, Limit: len(scan.Types)})
	for _, p := range page.Rows {
		for _, of := range p.Types {
			if p.ID != self {
				taken[of] = &takenView{Name: p.Name, Href: profileAddress(p.ID)}
			}
		}
	}
	return taken, err
}

func accountOptions(choices []profile.Profile, chosen profile.ID) []ui.Option {
	var options []ui.Option
	for _, p := range choices {
		options = append(options, ui.Option{Value: string(p.ID), Label: p.Name + " (" + p.Username + ")", Selected: p.ID == chosen})
	}
	return options
}

// conflictOf shows what somebody else saved meanwhile beside what this person typed.
func (h *Handlers) conflictOf(c echo.Context, f form, now scan.Profile) *conflictView {
	mine, stored := f.profile(), now
	row := func(field, yours, theirs string) conflictRow {
		return conflictRow{Field: field, Yours: words.Either(yours, "–"), Stored: words.Either(theirs, "–"), Differs: yours != theirs}
	}
	return &conflictView{
		By: stored.Modified.By, At: words.Moment(stored.Modified.At, h.Now()), Version: strconv.FormatInt(stored.Version, 10), Reload: readListQuery(c).Address(string(stored.ID), "edit"),
		Rows: []conflictRow{
			row("Scan profile name", mine.Name, stored.Name),
			row("Description", mine.Description, stored.Description),
			row("Object types", strings.Join(typeTitles(mine.Types), ", "), strings.Join(typeTitles(stored.Types), ", ")),
			row("Authentication method", mine.Method.Title(), stored.Method.Title()),
			row("Service account profile", h.accountName(c, stored.Tenant, mine.Account), h.accountName(c, stored.Tenant, stored.Account)),
			row("Schedule", f.scheduleWords(), scheduleWords(stored.Schedule)),
		},
	}
}

// scheduleWords are those of what was typed, which may be no time of day.
func (f form) scheduleWords() string {
	if p := f.profile(); p.Schedule.Minute != noMinute {
		return scheduleWords(p.Schedule)
	}
	return "Daily " + f.clock + " " + f.zone
}

// accountName is how a service account profile of a tenant is called; empty for none, and its id where it cannot be chosen any more.
func (h *Handlers) accountName(c echo.Context, t tenant.ID, id profile.ID) string {
	choices, err := h.Scans.Choices(c.Request().Context(), session.Caller(c), t)
	if err != nil || id == "" {
		return string(id)
	}
	for _, p := range choices {
		if p.ID == id {
			return p.Name
		}
	}
	return string(id)
}
