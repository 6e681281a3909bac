package pools

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/scan"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tones"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// Scans is what the page asks of auto discovery, which scan.Service answers.
type Scans interface {
	ChainOf(ctx context.Context, caller access.Caller, key pool.Key) (scan.Chain, error)
	Rerun(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID) ([]scan.Scan, error)
	Planner(ctx context.Context, caller access.Caller, t tenant.ID, usernames []string) (map[string]scan.Planner, error)
	TermStore(ctx context.Context, caller access.Caller, t tenant.ID, username string) (scan.TermStoreEntry, error)
	ConfirmTermStore(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, username string) error
}

// Where auto discovery is.
const (
	scanProfilesPath = "/scan-profiles"
	scansPath        = "/scans"
	objectsPath      = "/objects"
	scanCodesPath    = "/help/scan-codes"
	profilesPath     = "/service-accounts"
)

// chainView is a pool's way into force, step by step.
type chainView struct {
	Class string
	Steps []chainStep
	Todo  []termStoreView
}

// chainStep is one of them: how it stands, in words.
type chainStep struct {
	Tone  ui.Tone
	Title string
	State string // how it stands, in a word or two
	Text  string
	At    words.Time // behind the text
	Links []chainLink
}

type chainLink struct{ Text, Href string }

// termStoreView is an account that a person has to make a term store administrator (R51).
type termStoreView struct {
	Username, Code, Href string
}

// chainView tells how far the pool's way into force is.
func (h *Handlers) chainView(c echo.Context, saved pool.Pool) (chainView, error) {
	chain, err := h.Scans.ChainOf(c.Request().Context(), session.Caller(c), saved.Key)
	if err != nil {
		return chainView{}, err
	}
	view := chainView{Class: string(saved.Class), Steps: []chainStep{accountStep(chain), poolStep(saved), h.scanStep(chain, saved), h.forceStep(saved)}}
	for _, a := range chain.Accounts {
		entry, err := h.Scans.TermStore(c.Request().Context(), session.Caller(c), saved.Tenant, a.Username)
		if err != nil {
			return view, err
		}
		if entry.State == scan.TermStoreOpen {
			view.Todo = append(view.Todo, termStoreView{Username: a.Username, Code: entry.Code, Href: scanCodesPath + "#" + entry.Code})
		}
	}
	return view, nil
}

// accountStep is by which service account profiles the sites are registered.
func accountStep(chain scan.Chain) chainStep {
	step := chainStep{Tone: ui.OK, Title: "Service account profile", State: "Ready"}
	for _, p := range chain.Accounts {
		step.Links = append(step.Links, chainLink{p.Name, profilesPath + "/" + url.PathEscape(string(p.ID))})
	}
	if len(step.Links) == 0 {
		step.Tone, step.State, step.Text = ui.Mute, "None yet", "No scan profile of this tenant signs in with a service account for these object types."
	}
	return step
}

// poolStep is what is saved of the pool.
func poolStep(saved pool.Pool) chainStep {
	if saved.Number == 0 || saved.Group.ID == "" {
		return chainStep{Tone: ui.Mute, Title: "Account pool", State: "None yet", Text: "Enter a group, select Validate, then Save."}
	}
	return chainStep{
		Tone: ui.OK, Title: "Account pool", State: "Saved",
		Text: "Version " + strconv.FormatInt(saved.Number, 10) + " · " + shown.Name(saved.Group.Name) + " · " + words.Counted(saved.Members, "member"),
	}
}

// scanStep is the scan that registers the pool.
func (h *Handlers) scanStep(chain scan.Chain, saved pool.Pool) chainStep {
	step := chainStep{Title: "Scan"}
	for _, p := range chain.Profiles {
		step.Links = append(step.Links, chainLink{p.Name, scanProfilesPath + "/" + url.PathEscape(string(p.ID))})
	}
	switch {
	case len(chain.Profiles) == 0:
		step.Tone, step.State, step.Text = ui.Warn, "None yet", "A scan by a service account brings the pool into force."
		step.Links = []chainLink{{createScanProfile, address(scanProfilesPath+"/new", "tenant", string(saved.Tenant))}}
		return step
	case chain.Last == nil:
		step.Tone, step.State, step.Text = ui.Mute, "Not run yet", registeredWords(chain)
		return step
	}
	step.Tone, step.State, step.Text, step.At = tones.Scan(chain.Last.State), chain.Last.State.Title(), registeredWords(chain), words.Moment(chain.Last.Begun, h.Now())
	step.Links = append(step.Links, chainLink{"Last scan", scansPath + "/" + url.PathEscape(string(chain.Last.ID))})
	if chain.Refused > 0 {
		step.Links = append(step.Links, chainLink{words.Counted(chain.Refused, "site") + " not registered", address(objectsPath, "tenant", string(saved.Tenant), "registration", "failed")})
	}
	return step
}

const createScanProfile = "Create scan profile"

// registeredWords say on how many sites the group is an administrator.
func registeredWords(chain scan.Chain) string {
	if chain.Sites == 0 {
		return ""
	}
	parts := []string{words.Number(chain.Granted) + " of " + words.Counted(chain.Sites, "site") + " registered"}
	if chain.Left > 0 {
		parts = append(parts, words.Number(chain.Left)+" locked or archived")
	}
	return strings.Join(parts, ", ") + "."
}

// forceStep is which version is in force.
func (h *Handlers) forceStep(saved pool.Pool) chainStep {
	step := chainStep{Title: "In force", Tone: ui.Mute, State: "Nothing yet"}
	if saved.InForce.Number > 0 {
		step.Text, step.At = "Version "+strconv.FormatInt(saved.InForce.Number, 10), words.Moment(saved.InForce.By.At, h.Now())
		step.Tone, step.State = ui.OK, "In force"
	}
	if saved.InForce.Number != saved.Number && saved.InForce.Number > 0 {
		step.Tone, step.State = ui.Warn, "Earlier version"
	}
	return step
}

// countedWords say how many objects of a class the last scan found (R45).
func (h *Handlers) countedWords(saved pool.Pool) (text string, at words.Time) {
	if saved.Counted.At.IsZero() {
		return "", words.Time{}
	}
	return "Found by the last scan: " + words.Counted(saved.Counted.Objects, "object"), words.Moment(saved.Counted.At, h.Now())
}

// rerun begins the scan profiles of the tenant, so that what was saved comes into force now (R46), and shows them.
func (h *Handlers) rerun(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	key := pool.Key{Tenant: tenant.ParseID(values.Get("tenant")), Class: classOf(values.Get("tab"))}
	begun, err := h.Scans.Rerun(c.Request().Context(), session.Caller(c), session.Origin(c), key.Tenant)
	if kind := problem.KindOf(err); err != nil && (kind == problem.Invalid || kind == problem.Conflict) {
		return respond.Back(c, pageAddress(key), problem.Message(err))
	}
	if err != nil {
		return err
	}
	skipped := 0
	for _, s := range begun {
		if s.State == scan.Skipped {
			skipped++
		}
	}
	said := words.Counted(len(begun)-skipped, "scan") + " started."
	if skipped > 0 {
		said += " " + words.Counted(skipped, "scan profile") + " " + words.Plural(skipped, "was", "were") + " skipped, because the previous scan is still in progress."
	}
	return respond.Leave(c, address(scanProfilesPath, "tenant", string(key.Tenant)), said)
}

// confirmTermStore notes that a person has added an account to the term store administrators.
func (h *Handlers) confirmTermStore(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	key := pool.Key{Tenant: tenant.ParseID(values.Get("tenant")), Class: classOf(values.Get("tab"))}
	err = h.Scans.ConfirmTermStore(c.Request().Context(), session.Caller(c), session.Origin(c), key.Tenant, values.Get("username"))
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, pageAddress(key), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, pageAddress(key), "Noted that "+values.Get("username")+" is a term store administrator.")
}

// rerunView asks whether the scan profiles of a tenant shall run now.
type rerunView struct {
	Of     string // the pool's title
	Later  string // where Later leads
	Tenant string
	Tab    string
	Create string // where a scan profile is made; empty: there is one
	Names  []string
}

// rerunView gathers what the dialog says.
func (h *Handlers) rerunView(c echo.Context, key pool.Key, later string) (rerunView, error) {
	view := rerunView{Of: key.Class.Title(), Later: later, Tenant: string(key.Tenant), Tab: string(key.Class)}
	chain, err := h.Scans.ChainOf(c.Request().Context(), session.Caller(c), key)
	if err != nil {
		return view, err
	}
	for _, p := range chain.Profiles {
		view.Names = append(view.Names, p.Name)
	}
	if len(view.Names) == 0 {
		view.Create = address(scanProfilesPath+"/new", "tenant", string(key.Tenant))
	}
	return view, nil
}
