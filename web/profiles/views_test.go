package profiles

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/static"
	"purser.example/web/layout"
	"purser.example/web/lists"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

func html(t *testing.T, component templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := component.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func page(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	parsed, err := goquery.NewDocumentFromReader(strings.NewReader(html(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// named finds the control that a label names, to the letter.
func named(t *testing.T, in *goquery.Document, label string) *goquery.Selection {
	t.Helper()
	labels := in.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.Text() == label })
	if labels.Length() != 1 {
		t.Fatalf("%d labels read %q", labels.Length(), label)
	}
	control := in.Find("[id='" + labels.AttrOr("for", "none") + "']")
	if control.Length() != 1 {
		t.Fatalf("the label %q names %d controls", label, control.Length())
	}
	return control
}

// plain is a selection's text as somebody reads it: what stands in different elements is apart.
func plain(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, li, a, b, span, button, summary").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

func sampleShell() layout.Shell { return layout.Shell{Title: "Service account"} }

func sampleList() listView {
	return listView{
		Services: catalogue.Services(false), ClassicHref: "/classic/account-pool", CreateHref: "/service-accounts/new",
		Tiles:  []ui.TileProps{{Count: "5", Label: "Need attention", Href: "?status=attention", Tone: ui.Bad, Current: true}},
		Filter: filterView{Query: "svc", Tenants: []ui.Option{{Value: "1", Label: "Contoso", Selected: true}}, Hidden: []ui.Hidden{{Name: "sort", Value: "-name"}}, Active: true},
		Now:    "1795442520",
		Heads:  heads("-name", func(sort string) string { return "?sort=" + sort }),
		Rows: []rowView{{
			ID: "p1", Name: "Backup – Europe", Href: "/service-accounts/p1", Description: "Nightly", Tenant: "Contoso", Domain: "contoso.onmicrosoft.com",
			Services: []string{"Fly", "Opus", "Cense"}, Username: "svc-backup@contoso.com",
			Status:  statusView{Tone: ui.Warn, Text: "Valid", Reason: "SharePoint Administrator missing", Tried: "Not reached", TriedAt: words.Time{ISO: "2026-11-23T13:50:00Z", Text: "12 minutes ago", Full: "23 November 2026, 13:50 UTC", Now: "1795442520"}},
			Expires: expiryView{Time: words.Time{ISO: "2026-11-29T00:00:00Z", Text: "in 6 days", Full: "November 29, 2026, 00:00 UTC"}, Tone: ui.Warn},
		}},
		Pager: ui.PagerProps{Summary: "1–1 of 1"},
	}
}

func sampleForm() formView {
	view := formView{Action: "/service-accounts/new", Close: "/service-accounts?q=svc", Tenants: []ui.Option{{Value: "1", Label: "Contoso"}}, Rules: []ruleView{{"short", "8 characters or more", true}, {"sixteen", "16 characters or fewer", false}}}
	for _, service := range catalogue.Services(true) {
		view.Services = append(view.Services, serviceView{Value: service.ID, Name: service.Name, Needs: service.Needs})
	}
	return view
}

func TestTheListNamesItsColumnsFieldsAndRows(t *testing.T) { // R10, R11
	in := page(t, listPage(sampleShell(), sampleList()))
	var columns []string
	in.Find("thead th").Each(func(_ int, head *goquery.Selection) { columns = append(columns, plain(head)) })
	if got := strings.Join(columns, "|"); got != "|Profile name|Tenant|Services|Username|Status|Password expires|Last validated|Last modified" {
		t.Errorf("the columns are %s", got)
	}
	for _, label := range []string{"Search", "Tenant", "Service", "Status"} {
		if named(t, in, label).Closest("form").AttrOr("action", "") != listPath {
			t.Errorf("%s does not filter the list", label)
		}
	}
	if in.Find("form#selection input[aria-label='Select Backup – Europe'][name=id][value=p1]").Length() != 1 {
		t.Error("the row cannot be selected by its name")
	}
	if in.Find("th[aria-sort=descending]").Text() != "Profile name" {
		t.Error("the sorted column does not say so")
	}
	if in.Find("#filters input[name=sort]").AttrOr("value", "") != "-name" {
		t.Error("a search would forget the order")
	}
}

func TestTheCommandsWorkWithoutScript(t *testing.T) { // R11
	in := page(t, listPage(sampleShell(), sampleList()))
	if in.Find("a[href='/service-accounts/new']").Text() != "Create" {
		t.Error("there is no link Create")
	}
	for label, want := range map[string][2]string{"Edit": {editPath, "get"}, "Delete": {deletePath, "get"}, "Validate": {validatePath, "post"}} {
		button := in.Find("button[form=selection]").FilterFunction(func(_ int, b *goquery.Selection) bool { return b.Text() == label })
		if button.AttrOr("formaction", "") != want[0] || button.AttrOr("formmethod", in.Find("form#selection").AttrOr("method", "")) != want[1] {
			t.Errorf("%s sends nothing to %s by %s", label, want[0], want[1])
		}
		if _, disabled := button.Attr("disabled"); disabled {
			t.Errorf("%s is closed to those without script", label)
		}
	}
}

// R10: a pane opened for a selected row leads back to the list as it was filtered.
func TestTheCommandsCarryTheFiltersAlong(t *testing.T) {
	in := page(t, listPage(sampleShell(), sampleList()))
	var carried []string
	in.Find("#selection input[type=hidden]").Each(func(_ int, field *goquery.Selection) {
		carried = append(carried, field.AttrOr("name", "")+"="+field.AttrOr("value", ""))
	})
	if got := strings.Join(carried, "&"); got != "q=svc&tenant=1&sort=-name" {
		t.Errorf("they carry %s", got)
	}
}

func TestARowTellsEverything(t *testing.T) { // R10
	list := page(t, listPage(sampleShell(), sampleList()))
	row := list.Find("tbody tr")
	heads := list.Find("thead th")
	for label, want := range map[string]string{
		"Tenant": "Contoso", "Username": "svc-backup@contoso.com", "Password expires": "in 6 days", "Last validated": "Never", "Last modified": "–",
		"Status": "Valid SharePoint Administrator missing Not reached 12 minutes ago · earlier status shown", "Services": "Fly",
	} {
		at := heads.FilterFunction(func(_ int, head *goquery.Selection) bool { return head.Text() == label }).Index()
		if got := plain(row.Find("td").Eq(at)); got != want {
			t.Errorf("%s reads %q, want %q", label, got, want)
		}
	}
	// What one line has no room for describes the row's link.
	if row.Find("td[data-more='2']").Text() != "Fly" {
		t.Error("nothing says that there are more services")
	}
	if got := row.Find("td>a").AttrOr("aria-description", ""); got != "Nightly\ncontoso.onmicrosoft.com\nFly, Opus and Cense" {
		t.Errorf("the hint reads %q", got)
	}
	if when := row.Find("td:nth-child(7) time"); when.AttrOr("datetime", "") != "2026-11-29T00:00Z" {
		t.Error("the time has no exact spelling")
	}
	if row.Parent().AttrOr("data-now", "") != "1795442520" {
		t.Error("nothing says when the times were so")
	}
}

// On a card the moments of the list have the words of their heads, which stand in the style sheet: fifty rows need not carry them.
func TestCardsNameTheirMoments(t *testing.T) {
	sheet := served(t, "css/app.css")
	for i, column := range columns {
		words := fmt.Sprintf("[aria-label=Profiles] td:nth-child(%d)::before{content:\"%s \"}", i+2, column.Label)
		if named := column.Width == ui.Times && column.From != ui.FromWide; named != strings.Contains(sheet, words) {
			t.Errorf("%s is named on cards: %v", column.Label, !named)
		}
	}
}

func TestAnEmptyListSaysWhy(t *testing.T) { // R75
	for name, test := range map[string]struct {
		view listView
		want string
		link string
	}{
		"nothing was ever made":  {listView{CreateHref: "/new"}, "No profiles yet", "Create Import"},
		"no tenant is connected": {listView{NoTenant: true}, "No tenant is connected", "Create app profile"},
		"nothing matches":        {listView{Filter: filterView{Active: true}}, "No profiles found", "Clear filters"},
	} {
		t.Run(name, func(t *testing.T) {
			empty := page(t, listPage(sampleShell(), test.view)).Find(".empty")
			if empty.Find("h2").Text() != test.want || plain(empty.Find("a")) != test.link {
				t.Errorf("it reads %q", plain(empty))
			}
		})
	}
}

func TestThePageNamesTheServicesAndTheClassicUI(t *testing.T) { // R12
	in := page(t, listPage(sampleShell(), sampleList()))
	if !strings.Contains(plain(in.Find("summary")), "13 services support this method") || in.Find(".lead-list li").Length() != 13 {
		t.Error("the services are not named")
	}
	if link := in.Find("a[target=_blank]"); plain(link) != "classic UI" || link.AttrOr("href", "") != "/classic/account-pool" {
		t.Error("the classic UI is not a link to a new tab")
	}
	if page(t, listPage(sampleShell(), listView{})).Find("a[target=_blank]").Length() != 0 {
		t.Error("a page that does not exist is linked")
	}
}

func TestTheFormLabelsItsFieldsToTheLetter(t *testing.T) { // R14
	for title, pane := range map[string]templ.Component{"Create service account profile": newPane(sampleForm()), "Edit service account profile": editPane(formView{Edit: true, Services: sampleForm().Services})} {
		t.Run(title, func(t *testing.T) {
			in := page(t, pane)
			if dialog := in.Find("[role=dialog]"); in.Find("#"+dialog.AttrOr("aria-labelledby", "")).Text() != title {
				t.Error("the heading does not name the pane")
			}
			for label, name := range map[string]string{"Profile name": "name", "Description": "description", "Select tenant": "tenant", "Username": "username", "Password": "password", "Fly": "services"} {
				if got := named(t, in, label).AttrOr("name", ""); got != name {
					t.Errorf("%s is sent as %q", label, got)
				}
			}
			if in.Find("fieldset > legend").Text() != "Select service" {
				t.Error("the services are no group named Select service")
			}
			if in.Find("button[form=profile]:not([aria-hidden])").Text() != "Save" || in.Find(".pane-foot a").Text() != "Cancel" {
				t.Error("there are no Save and Cancel")
			}
			// Enter in a field presses the first button of the form, wherever it stands.
			if first := in.Find("button[form=profile], #profile button").First(); first.Text() != "Save" || first.AttrOr("name", "") != "" {
				t.Error("Enter would press another button than Save")
			}
		})
	}
}

// R15: the style sheet shows the nth line for the nth service, so both must stand in one order, and the sheet reach the last.
func TestEachServiceHasItsLineOfRequirements(t *testing.T) {
	in := page(t, newPane(sampleForm()))
	names, lines := in.Find("#services label"), in.Find(".needs-list > li b")
	if names.Length() != 14 || names.Length() != lines.Length() {
		t.Fatalf("%d services, %d lines", names.Length(), lines.Length())
	}
	names.Each(func(i int, name *goquery.Selection) {
		if lines.Eq(i).Text() != name.Text() {
			t.Errorf("line %d is of %q, not %q", i, lines.Eq(i).Text(), name.Text())
		}
	})
	if sheet := served(t, "css/app.css"); !strings.Contains(sheet, ".choice:nth-child(14) :checked) .needs-list>li:nth-child(14)") {
		t.Error("the style sheet cannot show the last line")
	}
}

func TestTheScriptKnowsEveryPasswordRule(t *testing.T) { // R16
	script := served(t, "js/app.js")
	for _, rule := range account.PasswordRules(false) {
		if !strings.Contains(script, "\n"+rule.ID+": (password)") {
			t.Errorf("js/password.js does not check %q", rule.ID)
		}
	}
	in := page(t, newPane(sampleForm()))
	if in.Find("#rules li[data-rule=short][data-refuse]").Length() != 1 || in.Find("#rules li[data-rule=sixteen]:not([data-refuse])").Length() != 1 {
		t.Error("rules and advice are not told apart")
	}
	if in.Find("details .password-facts dt").Length() != 6 {
		t.Error("the guide's table is not complete")
	}
}

func served(t *testing.T, name string) string {
	t.Helper()
	answer := httptest.NewRecorder()
	static.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, static.Path(name), nil))
	body, err := io.ReadAll(answer.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) { // R17
	view := sampleForm()
	view.Name, view.Description, view.Username, view.RetypeHint = "Night", "Words", "svc@contoso.com", true
	view.Tenants[0].Selected, view.Services[9].Checked = true, true
	view.Errors = map[string]string{fieldUsername: "Enter a username.", fieldServices: "Select one."}
	in := page(t, newPane(view))
	if named(t, in, "Profile name").AttrOr("value", "") != "Night" || named(t, in, "Description").Text() != "Words" || named(t, in, "Username").AttrOr("value", "") != "svc@contoso.com" {
		t.Error("a text is lost")
	}
	if in.Find("option[selected]").Text() != "Contoso" || in.Find("#services [checked]").AttrOr("value", "") != "fly" {
		t.Error("a choice is lost")
	}
	alert := in.Find("[role=alert]")
	if alert.Length() != 1 || !strings.Contains(plain(alert), "Correct 2 fields") {
		t.Errorf("the summary reads %q", plain(alert))
	}
	alert.Find("a").Each(func(_ int, link *goquery.Selection) {
		if in.Find("input"+link.AttrOr("href", "")).Length() != 1 {
			t.Errorf("%s leads to no field", plain(link))
		}
	})
	if named(t, in, "Username").AttrOr("aria-invalid", "") != "true" || in.Find("#services[aria-invalid=true]").Length() != 1 {
		t.Error("the fields do not say that they were refused")
	}
	if !strings.Contains(in.Find("#password-help").Text(), "Type the password again") {
		t.Error("nothing says that the password has to be typed again")
	}
}

func TestThePasswordIsNeverInThePage(t *testing.T) { // R17, R60
	password := page(t, newPane(sampleForm())).Find("input[type=password]")
	if _, has := password.Attr("value"); has || password.AttrOr("autocomplete", "") != "new-password" {
		t.Error("the password field carries a value, or the reader's own password would be filled in")
	}
}

// R17: the fragment holds the outcome, the version now seen and the notes, and no field that is typed into, so nothing typed can be replaced.
func TestTheFragmentLeavesTheFieldsAlone(t *testing.T) {
	view := sampleForm()
	view.Verdict = &verdicts.View{Tone: ui.Bad, Failed: true, Title: "Wrong password", Cause: "Microsoft 365 knows the account and refused the password.", Details: []ui.Detail{{Name: "Code", Value: "AADSTS50126"}, {Name: "Correlation ID", Value: "5a0c7a6e"}}, Links: []verdicts.Link{{Text: "Helpful notes for passing the validation test", Href: "/help/validation-notes"}}}
	in := page(t, outcomeFragment(view))
	if in.Find("input:not([type=hidden]), select, textarea").Length() != 0 {
		t.Error("the fragment holds a field")
	}
	alert := in.Find("#outcome [role=alert]")
	for _, want := range []string{"Wrong password", "refused the password", "AADSTS50126", "5a0c7a6e", "Helpful notes"} {
		if !strings.Contains(alert.Text(), want) {
			t.Errorf("the alert lacks %q", want)
		}
	}
	form := page(t, newPane(view))
	in.Find("[hx-swap-oob]").Each(func(_ int, notes *goquery.Selection) {
		if form.Find("#"+notes.AttrOr("id", "none")).Length() != 1 {
			t.Errorf("%s has no place in the form", notes.AttrOr("id", "a part without id"))
		}
	})
	if in.Find("[hx-swap-oob]").Length() != len(view.fields())+1 {
		t.Error("not every field gets its notes")
	}
}

func TestAConflictShowsBothVersions(t *testing.T) { // R19
	view := sampleForm()
	view.Edit, view.Version = true, "7"
	view.Conflict = &conflictView{By: "Megan Bowen", Version: "8", Reload: "/service-accounts/p1/edit", Rows: []conflictRow{{"Profile name", "Mine", "Theirs", true}}}
	in := page(t, editPane(view))
	if got := plain(in.Find("[role=alert] tbody tr")); got != "Profile name (differs) Mine Theirs" {
		t.Errorf("the versions read %q", got)
	}
	if over := in.Find("button[name=overwrite][value='8'][form=profile]"); over.Text() != "Overwrite with mine" {
		t.Error("nothing saves mine over the newer version")
	}
	if in.Find("input[name=version]").AttrOr("value", "") != "7" {
		t.Error("the version that was opened is lost")
	}
	view.Conflict = &conflictView{Gone: true}
	if gone := page(t, editPane(view)); gone.Find("[name=overwrite]").Length() != 0 || !strings.Contains(gone.Find("[role=alert]").Text(), "deleted") {
		t.Error("a deleted profile could be saved over")
	}
}

func TestTheDialogNamesWhatGoesAndWhatUsesIt(t *testing.T) { // R20
	view := deleteView{Action: deletePath, Close: listPath, Profiles: []deleteRow{
		{ID: "p1", Version: "3", Name: "Backup", Username: "svc@contoso.com", Tenant: "Contoso", Uses: []linkView{{"Scan profile Nightly", "/scan-profiles/9"}}},
		{ID: "p2", Version: "4", Name: "Migration", Username: "fly@contoso.com", Tenant: "Contoso"},
	}}
	in := page(t, deleteDialog(view))
	for _, want := range []string{"Delete 2 profiles?", "One of them is in use", "Backup svc@contoso.com · Contoso Used by: Scan profile Nightly", "Migration fly@contoso.com"} {
		if !strings.Contains(plain(in.Find("dialog")), want) {
			t.Errorf("the dialog lacks %q: %s", want, plain(in.Find("dialog")))
		}
	}
	var sent []string
	in.Find("#delete-form input").Each(func(_ int, field *goquery.Selection) {
		sent = append(sent, field.AttrOr("name", "")+"="+field.AttrOr("value", ""))
	})
	if got := strings.Join(sent, "&"); got != "id=p1&version=3&id=p2&version=4" {
		t.Errorf("it sends %s", got)
	}
	if in.Find("button[form=delete-form]").Text() != "Confirm" || in.Find(".dialog-footer a[href='/service-accounts']").Text() != "Cancel" {
		t.Error("there are no Confirm and Cancel")
	}
}

func TestTheDetailsTellWhatIsKnown(t *testing.T) { // R11
	view := detailsView{
		Said: &layout.Flash{Text: "Validated."}, Name: "Backup", EditHref: "/service-accounts/p1/edit", ValidateAction: "/service-accounts/p1/validate", DeleteHref: "/service-accounts/delete?id=p1",
		Verdict: &verdicts.View{Tone: ui.Bad, Title: "Wrong password", Quiet: true}, Tenant: "Contoso", Domain: "contoso.onmicrosoft.com", Cloud: "Worldwide", Username: "svc@contoso.com", Kind: "Common profile",
		Roles: []string{"User Administrator"}, Created: signedView{By: "Adele Vance"}, Version: "7",
		History: []attemptView{{Tone: ui.Bad, Status: "Wrong password", Code: "AADSTS50126", By: "Adele Vance"}}, Changes: []changeView{{By: "Megan Bowen", What: "Description changed"}},
	}
	in := page(t, detailsPane(view))
	for _, want := range []string{"Contoso contoso.onmicrosoft.com · Worldwide", "svc@contoso.com Common profile", "User Administrator", "Adele Vance", "AADSTS50126", "Megan Bowen", "Description changed", "Nothing"} {
		if !strings.Contains(plain(in.Find(".pane")), want) {
			t.Errorf("the details lack %q", want)
		}
	}
	if in.Find("[role=status]").Length() != 1 || in.Find("[role=alert]").Length() != 0 {
		t.Error("the outcome of the last request is not the only one")
	}
	if in.Find("form[method=post][action='/service-accounts/p1/validate'] button").Text() != "Validate" {
		t.Error("there is no button Validate")
	}
}

func TestTextsFromPeopleStayText(t *testing.T) {
	const bad = `"><script>alert(1)</script><b>`
	list, form := sampleList(), sampleForm()
	list.Filter.Query = bad
	list.Rows[0].Name, list.Rows[0].Description, list.Rows[0].Tenant, list.Rows[0].Username, list.Rows[0].Services = bad, bad, bad, bad+"@"+bad, []string{bad, bad}
	form.Name, form.Description, form.Username, form.Problem = bad, bad, bad, bad
	form.Errors = map[string]string{fieldName: bad}
	form.Verdict = &verdicts.View{Title: bad, Cause: bad, Steps: []ui.Step{{Text: bad, Link: bad, Href: "javascript:alert(1)", Command: bad}}, Copy: bad, Links: []verdicts.Link{{Text: bad, Href: "javascript:alert(1)"}}}
	form.Conflict = &conflictView{By: bad, Rows: []conflictRow{{bad, bad, bad, true}}}
	for name, component := range map[string]templ.Component{
		"list": listPage(sampleShell(), list), "form": newPane(form), "fragment": lists.Fragment(bad, outcomeFragment(form)),
		"details": detailsPane(detailsView{Name: bad, Description: bad, Username: bad, ExpiresReason: bad, UsedBy: []linkView{{bad, "javascript:alert(1)"}}, Changes: []changeView{{By: bad, What: bad}}}),
		"delete":  deleteDialog(deleteView{Profiles: []deleteRow{{ID: bad, Name: bad, Username: bad, Tenant: bad, Uses: []linkView{{bad, ""}}}}}),
	} {
		t.Run(name, func(t *testing.T) {
			in := page(t, component)
			if in.Find("script:not([src]), b:empty").Length() != 0 {
				t.Error("a text became an element")
			}
			if in.Find("[href^='javascript:']").Length() != 0 {
				t.Error("an address became a script")
			}
		})
	}
}

// What is open in the pane has headings without a gap (WCAG 1.3.1), and who it is and what can be done stand above what scrolls.
func TestTheDetailsAreInGroups(t *testing.T) {
	view := detailsView{Name: "Backup", Username: "svc@contoso.com", Tenant: "Contoso", Status: statusView{Tone: ui.OK, Text: "Valid"}, History: []attemptView{{Status: "Valid"}}, Changes: []changeView{{What: "Created"}}}
	in := page(t, detailsPane(view))
	head := in.Find(".pane-identity")
	if got := plain(head); !strings.HasPrefix(got, "Valid svc@contoso.com Contoso Edit Validate Delete") {
		t.Errorf("the head reads %q", got)
	}
	var titles []string
	level := 2
	in.Find(".pane h2, .pane h3, .pane h4, .pane h5").Each(func(_ int, h *goquery.Selection) {
		titles = append(titles, h.Text())
		now := int(goquery.NodeName(h)[1] - '0')
		if now > level+1 {
			t.Errorf("%s skips a level", h.Text())
		}
		level = now
	})
	if got := strings.Join(titles, "|"); got != "Backup|Account|Password|Use|History|Validation history|Changes" {
		t.Errorf("the headings are %s", got)
	}
}

// After Save the list marks the row that its message speaks of, and no other.
func TestTheListMarksWhatItsMessageSpeaksOf(t *testing.T) {
	view := sampleList()
	view.Rows = append(view.Rows, rowView{ID: "p2", Name: "Other"})
	view.mark("p2")
	if told := page(t, listPage(sampleShell(), view)).Find("tr[data-told]"); told.Length() != 1 || told.Find("input").AttrOr("value", "") != "p2" {
		t.Error("not the one row is marked")
	}
	view.mark("")
	if page(t, listPage(sampleShell(), view)).Find("tr[data-told]").Length() != 0 {
		t.Error("a row is marked for no message")
	}
}
