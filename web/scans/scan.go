package scans

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/tones"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// showScan shows one scan, while it goes on and afterwards (R50).
func (h *Handlers) showScan(c echo.Context) error {
	view, err := h.scanView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, scanPage(respond.Shell(c, title, view.Name), view))
}

// followScan sends the part of the page that changes, as it changes, until the scan is over.
func (h *Handlers) followScan(c echo.Context) error {
	changes, stop := h.Scans.Watch(scan.ID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.scanView(c)
		return respond.Part{Body: scanBody(view), Over: view.Over}, err
	})
}

// after is where a page of warnings begins.
func after(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("after"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// page is an address with the page of warnings that somebody looks at.
func page(path string, after int) string {
	if after == 0 {
		return path
	}
	return with(path, "after", strconv.Itoa(after))
}

func (h *Handlers) scanView(c echo.Context) (scanView, error) {
	ctx, caller, now := c.Request().Context(), session.Caller(c), h.Now()
	s, err := h.Scans.Scan(ctx, caller, scan.ID(c.Param("id")))
	if err != nil {
		return scanView{}, err
	}
	path, profile := scanAddress(s.ID), profileAddress(s.Profile)
	view := scanView{
		Name: s.Name, Tenant: h.Tenants.Name(ctx, s.Tenant), TenantHref: tenants.Address(s.Tenant), Begun: words.Moment(s.Begun, now), Took: words.Took(s.Begun, s.Ended),
		Over: s.State.Over(), Stopping: s.State == scan.Stopping, Progress: progressWords(s), Reading: readingWords(s), StopAction: path + "/stop", RunAction: profile + "/run",
		Here: page(path, after(c)), Events: page(path+"/events", after(c)), By: s.By, Method: s.Method.Title(), Attended: begunBy(s), All: len(s.Sections),
		Rests: words.Moment(s.Rests, now), Soon: s.Rests.Sub(now) < time.Minute,
		Links: []link{{"Scan profile", profile}, {"Objects found", with(objectsPath, "tenant", string(s.Tenant))}, {title, listPath}},
	}
	for _, of := range s.Sections {
		view.Sections = append(view.Sections, sectionOf(of, s.Tenant, now))
		if of.State.Over() {
			view.Done++
		}
	}
	view.Total = sectionOf(sum(s), s.Tenant, now)
	if view.Over {
		outcome := outcomeOf(s)
		view.Outcome = &outcome
	}
	if view.Grants, err = h.grantsView(c, s); err != nil {
		return view, err
	}
	if view.Planner, err = h.plannerWords(c, s.ID); err != nil {
		return view, err
	}
	view.Members = with(poolsPath, "tenant", string(s.Tenant), "tab", string(pool.Sites))
	return view, h.warningsOf(c, s, &view)
}

// plannerWords say what the scan learned of the members of the account pool, for Planner data (R42).
func (h *Handlers) plannerWords(c echo.Context, id scan.ID) (string, error) {
	check, err := h.Scans.PlannerOf(c.Request().Context(), session.Caller(c), id)
	switch {
	case err != nil || check.Members == 0:
		return "", err
	case check.Groups == 0:
		return "Planner data: no Microsoft 365 Groups were found.", nil
	case check.Known == 0:
		return "Planner data: the members of the account pool couldn't be checked. The warnings say why.", nil
	}
	said := "Planner data: " + words.Number(check.Complete) + " of " + words.Counted(check.Members, "member") + " of the account pool " + words.Plural(check.Complete, "is", "are") +
		" owner and member of all " + words.Counted(check.Groups, "group") + "."
	if unknown := check.Members - check.Known; unknown > 0 {
		said += " " + words.Number(unknown) + " couldn't be checked; the warnings say why."
	}
	return said, nil
}

// begunBy says who or what began the scan.
func begunBy(s scan.Scan) string {
	if s.Attended {
		return "started by " + s.Who()
	}
	return "started by its schedule"
}

// progressWords say what goes on as a whole.
func progressWords(s scan.Scan) string {
	switch s.State {
	case scan.Waiting:
		return "Waiting to start…"
	case scan.Stopping:
		return "Stopping. What is already in progress will finish…"
	case scan.Registering:
		return "Registering sites…"
	default:
		return "Finding objects…"
	}
}

// readingWords name what is being read.
func readingWords(s scan.Scan) string {
	var titles []string
	for _, of := range s.Sections {
		if of.State == scan.SectionReading {
			titles = append(titles, of.Type.Title())
		}
	}
	if len(titles) == 0 || s.State != scan.Running {
		return ""
	}
	return "Reading " + words.Sentence(titles)
}

// sectionTones and sectionTitles are the states of sections as people see them.
var (
	sectionTones = map[scan.SectionState]ui.Tone{
		scan.SectionReading: ui.Info, scan.SectionRead: ui.OK, scan.SectionUnreadable: ui.Warn, scan.SectionFailed: ui.Bad,
	}
	sectionTitles = map[scan.SectionState]string{
		scan.SectionWaiting: "Waiting", scan.SectionReading: "Reading", scan.SectionRead: "Read", scan.SectionUnreadable: "Can't be read", scan.SectionFailed: "Failed", scan.SectionStopped: "Stopped",
	}
)

func sectionOf(s scan.Section, of tenant.ID, now time.Time) sectionView {
	view := sectionView{
		Tone: cmp.Or(sectionTones[s.State], ui.Mute), State: sectionTitles[s.State], Detail: s.Detail, Busy: s.State == scan.SectionReading,
		Found: words.Number(s.Found), New: words.Number(s.New), Gone: words.Number(s.Gone), Failed: words.Number(s.Failed),
	}
	if s.Type != "" {
		view.Title = s.Type.Title()
	}
	if !s.Begun.IsZero() {
		ended := s.Ended
		if ended.IsZero() {
			ended = now
		}
		view.Took = words.Took(s.Begun, ended)
	}
	if s.Code != "" {
		e := scan.Explain(s.Code)
		view.Reason, view.Remedy, view.Code, view.Href = e.Title, e.Remedy, string(s.Code), codeAddress(s.Code)
		view.Grant = grantLink(s.Code, of)
	}
	return view
}

// outcomeOf says what came of a scan that is over, with cause and remedy where something is to be done (R56).
func outcomeOf(s scan.Scan) ui.VerdictProps {
	total := sum(s)
	found := words.Counted(total.Found, "object") + " found, " + words.Number(total.New) + " new, " + words.Number(total.Gone) + " gone."
	props := ui.VerdictProps{Tone: tones.Scan(s.State), Title: s.State.Title(), Cause: found, Failed: s.State == scan.Exception || s.State == scan.Failed}
	if s.Code == "" {
		return props
	}
	e := scan.Explain(s.Code)
	props.Title += ": " + e.Title
	props.Cause = e.Cause
	if s.State != scan.Failed && s.State != scan.Skipped {
		props.Cause += " " + found
	}
	props.Steps = []ui.Step{{Text: e.Remedy}}
	if to := grantLink(s.Code, s.Tenant); to.Href != "" {
		props.Steps = append(props.Steps, ui.Step{Text: "Open the tenant's", Link: to.Text, Href: to.Href})
	}
	props.Details = []ui.Detail{{Name: "Code", Value: string(s.Code), Href: codeAddress(s.Code)}}
	if s.Detail != "" {
		props.Details = append(props.Details, ui.Detail{Name: "Response", Value: s.Detail})
	}
	props.Copy = strings.Join([]string{"Scan: " + s.Name, "Started: " + s.Begun.UTC().Format(time.RFC3339), "State: " + s.State.Title(), "Code: " + string(s.Code), "Response: " + s.Detail}, "\n")
	return props
}

// grantsView tells how far the registration of the sites is; nil where there is none. A scan that was stopped while its registration was
// being prepared has the id of one that never came about.
func (h *Handlers) grantsView(c echo.Context, s scan.Scan) (*grantsView, error) {
	if s.Grants == "" {
		return nil, nil
	}
	r, err := h.Runs.Find(c.Request().Context(), session.Caller(c), h.Scans.Grants(), s.Grants)
	if problem.KindOf(err) == problem.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	view := grantsOf(r)
	return &view, nil
}

func grantsOf(r run.Run) grantsView {
	view := grantsView{Href: grantsAddress(r.ID), Done: r.Done(), Total: r.Total, Over: r.State.Over(), Tone: ui.OK}
	said := grantsOutcome(r)
	view.Text = said.Text
	if said.Title != "" {
		view.Text = said.Title
	}
	view.Tone = said.Tone
	return view
}

// warningsOf fills in one page of what the scan could not settle.
func (h *Handlers) warningsOf(c echo.Context, s scan.Scan, view *scanView) error {
	from := after(c)
	list, more, err := h.Scans.Warnings(c.Request().Context(), session.Caller(c), s.ID, from)
	if err != nil {
		return err
	}
	for _, w := range list {
		e := scan.Explain(w.Code)
		view.Warnings = append(view.Warnings, warningView{
			Name: cmp.Or(w.Name, w.Key), Type: w.Type.Title(), Address: w.Address, Title: e.Title, Remedy: e.Remedy, Code: string(w.Code), Href: codeAddress(w.Code), Detail: w.Detail,
		})
	}
	path := scanAddress(s.ID)
	view.Pager.Label = "Pages of warnings"
	if len(list) > 0 {
		view.Pager.Summary = words.Number(from+1) + "–" + words.Number(from+len(list))
	}
	if from > 0 {
		view.Pager.PreviousHref = page(path, max(from-warningsPage, 0))
	}
	if more {
		view.Pager.NextHref = page(path, from+len(list))
	}
	return nil
}

// warningsPage is how many warnings the service gives at a time, so that Previous leads to what stood before.
const warningsPage = 50
