package help_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/web/help"
)

var paths = []string{help.NotesPath, help.BrowserPath, help.CodesPath, help.AppPasswordsPath, help.PermissionsPath, help.PasswordsPath, help.ImportPath, help.PoolsPath, help.ScansPath, help.ConnectPath}

// open reads one page and gives its main part.
func open(t *testing.T, h help.Handlers, path string) *goquery.Selection {
	t.Helper()
	e := echo.New()
	h.Mount(e)
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	if recorder.Code != http.StatusOK {
		t.Fatalf("%s answers %d", path, recorder.Code)
	}
	document, err := goquery.NewDocumentFromReader(recorder.Body)
	if err != nil {
		t.Fatal(err)
	}
	return document.Find("main")
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// R18: the addresses and titles that verdicts and panes link to.
func TestEveryPageHasItsTitle(t *testing.T) {
	for i, want := range []string{
		"Helpful notes for passing the validation test", "Why is a password that works in the browser refused here?", "Validation test troubleshooting", "Validation test with an app password",
		"Required permissions of cloud services", "Password limitations and requirements", "Importing profiles", "Account pools", "Codes of scans", "Connecting a tenant",
	} {
		main := open(t, help.Handlers{}, paths[i])
		if got := words(main.Find("h1")); got != want || main.Find("h1").Length() != 1 {
			t.Errorf("%s is headed %q", paths[i], got)
		}
		if got := words(main.Find("nav a[aria-current=page]")); got != want || main.Find("nav > ul > li > a").Length() != len(paths)+1 {
			t.Errorf("%s: the way to the other pages says that this one is %q", paths[i], got)
		}
	}
}

func TestPagesAreAccessible(t *testing.T) {
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			main := open(t, help.Handlers{Provider: true}, path)
			headingsInOrder(t, main)
			main.Find("th").Each(func(_ int, th *goquery.Selection) {
				if scope := th.AttrOr("scope", ""); scope != "col" && scope != "row" {
					t.Errorf("the head %q has no scope", words(th))
				}
			})
			main.Find("section, p, li, dd, td, h2, h3").Each(func(_ int, s *goquery.Selection) {
				if words(s) == "" || strings.Contains(words(s), "@link") {
					t.Errorf("an empty or broken element: %q", words(s))
				}
			})
			seen := map[string]bool{}
			main.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				if id := s.AttrOr("id", ""); seen[id] {
					t.Errorf("the id %q stands twice", id)
				} else {
					seen[id] = true
				}
			})
		})
	}
}

func headingsInOrder(t *testing.T, main *goquery.Selection) {
	level := 0
	main.Find("h1, h2, h3, h4, h5, h6").Each(func(_ int, h *goquery.Selection) {
		next := int(goquery.NodeName(h)[1] - '0')
		if next > level+1 {
			t.Errorf("%q jumps from level %d to %d", words(h), level, next)
		}
		level = next
	})
}

// Links lead to a place that exists, or to one of the few hosts that the help may send people to.
func TestLinksLeadSomewhere(t *testing.T) {
	hosts := []string{"learn.microsoft.com", "entra.microsoft.com", "login.microsoftonline.com", "status.cloud.microsoft", "myaccount.microsoft.com", "mysignins.microsoft.com", "techcommunity.microsoft.com", "github.com"}
	pages := map[string]*goquery.Selection{}
	for _, path := range append([]string{help.Path}, paths...) {
		pages[path] = open(t, help.Handlers{}, path)
	}
	for path, main := range pages {
		main.Find("a").Each(func(_ int, a *goquery.Selection) {
			href, err := url.Parse(a.AttrOr("href", ""))
			if err != nil || words(a) == "" {
				t.Fatalf("%s: %q leads to %q", path, words(a), a.AttrOr("href", ""))
			}
			if href.Host != "" {
				if href.Scheme != "https" || !slices.Contains(hosts, href.Host) || a.AttrOr("target", "") != "_blank" || !strings.Contains(a.AttrOr("rel", ""), "noopener") {
					t.Errorf("%s: %q leads to %s", path, words(a), href)
				}
				return
			}
			target := pages[path]
			if slices.Contains([]string{"/classic/account-pool", "/service-accounts", "/service-accounts/import", "/scan-profiles"}, href.Path) || strings.HasPrefix(href.Path, "/app-profiles") {
				return // no page of help, and there always
			}
			if href.Path != "" {
				target = pages[href.Path]
			}
			if target == nil || href.Fragment != "" && target.Find("[id='"+href.Fragment+"']").Length() != 1 {
				t.Errorf("%s: nothing is at %s", path, href)
			}
		})
	}
}

// R18: the notes walk through every obstacle as numbered steps.
func TestNotesWalkThroughEveryObstacle(t *testing.T) {
	main := open(t, help.Handlers{}, help.NotesPath)
	if !strings.Contains(words(main), "Your organization has set access policies that block the validation") {
		t.Error("the guide's sentence is missing")
	}
	for id, want := range map[string]string{
		"security-defaults":     "Manage security defaults",
		"per-user-mfa":          "Per-user MFA",
		"conditional-access":    "Exclude",
		"named-location":        "IP ranges location",
		"legacy-authentication": "February 16, 2026",
		"consent":               "Grant admin consent",
		"public-client":         "Allow public client flows",
		"federation":            "managed domain",
	} {
		section := main.Find("#" + id)
		if section.Find("h2").Length() != 1 || section.Find("ol li").Length() < 3 || !strings.Contains(words(section), want) {
			t.Errorf("%s: %q", id, words(section))
		}
		if section.Find(".help-source").Length() != 1 || main.Find(".help-contents a[href='#"+id+"']").Length() == 0 {
			t.Errorf("%s names no source, or nothing leads to it", id)
		}
	}
}

// R34: the dates that panes send people here for.
func TestNotesSayTheDates(t *testing.T) {
	dates := words(open(t, help.Handlers{}, help.NotesPath).Find("#dates"))
	for _, text := range []string{"May 1, 2026", "April 30, 2026", "October 1, 2025", "MC1184649"} {
		if !strings.Contains(dates, text) {
			t.Errorf("%q is missing: %s", text, dates)
		}
	}
}

// R14: why a password that works in the browser may be refused, each reason with what to do; a refused password leads here.
func TestTheBrowserPageNamesTheReasons(t *testing.T) {
	main := open(t, help.Handlers{}, help.BrowserPath)
	for id, want := range map[string]string{
		"remembered": "private window", "app-password": "the account's own password", "federated": "AuthenticationType", "blanks": "space at the start or end",
		"characters": "non-ASCII", "expired": "choose a new password", "changed": "few minutes", "tenant": "Guests", "no-password": "passkey",
		"agents": "pass-through", "none": "Change the password in Microsoft 365",
	} {
		section := main.Find("#" + id)
		if section.Find("h2").Length() != 1 || section.Find("ol li").Length() == 0 || !strings.Contains(words(section), want) {
			t.Errorf("%s: %q", id, words(section))
		}
		if main.Find(".help-contents a[href='#"+id+"']").Length() != 1 {
			t.Errorf("nothing leads to %s", id)
		}
	}
	if e := verdict.Fail("50126").Explain(verdict.Context{}); e.Links[0].Href != help.BrowserPath || e.Links[0].Text != words(main.Find("h1")) {
		t.Errorf("a refused password leads to %+v", e.Links)
	}
	if open(t, help.Handlers{}, help.NotesPath).Find("article a[href='"+help.BrowserPath+"']").Length() == 0 {
		t.Error("the notes do not lead here")
	}
}

// R30: the help of imports has every column of a file and every result of a row, each explained, and leads to the page of imports.
func TestTheHelpOfImportsIsWhole(t *testing.T) {
	main := open(t, help.Handlers{}, help.ImportPath)
	explained := func(section string) (names []string) {
		for _, row := range main.Find("#" + section + " tbody tr").EachIter() {
			names = append(names, words(row.Find("th")))
			row.Find("td").Each(func(_ int, cell *goquery.Selection) {
				if words(cell) == "" {
					t.Errorf("%q is not explained", words(row))
				}
			})
		}
		return names
	}
	if got := explained("columns"); strings.Join(got, ",")+"\r\n" != profile.Template {
		t.Errorf("columns: %q", got)
	}
	if got := explained("results"); !slices.Equal(got, []string{"New", "Changed", "Unchanged", "Refused"}) {
		t.Errorf("results: %q", got)
	}
	if said := words(main.Find("#file")); !strings.Contains(said, "8 MB and 20,000 rows") || main.Find("a[href='/service-accounts/import']").Length() != 1 {
		t.Errorf("the file: %s", said)
	}
}

// R56: every code of scans has its place in the help, where the pages lead to it, with its cause and what to do.
func TestEveryCodeOfAScanHasItsPlace(t *testing.T) {
	main := open(t, help.Handlers{}, help.ScansPath)
	for _, e := range scan.Explanations() {
		said := words(main.Find("#" + string(e.Code)))
		for _, part := range []string{string(e.Code), e.Title, e.Cause, e.Remedy} {
			if !strings.Contains(said, part) {
				t.Errorf("%s does not say %q", e.Code, part)
			}
		}
	}
	if open(t, help.Handlers{}, help.PoolsPath).Find("article a[href='"+help.ScansPath+"']").Length() == 0 {
		t.Error("the page of account pools does not lead here")
	}
}

// R34: every message of the validation test with an app password has its place by message and by code, where verdicts lead, with what to do;
// and the page says with dates what Microsoft has turned off.
func TestEveryCodeOfAnAppPasswordHasItsPlaceR34(t *testing.T) {
	at := func(day int) help.Handlers {
		return help.Handlers{Now: func() time.Time { return time.Date(2026, 4, day, 0, 0, 0, 0, time.UTC) }}
	}
	main := open(t, help.Handlers{}, help.AppPasswordsPath)
	walked := 0
	for _, rule := range verdict.Rules() {
		if !rule.Legacy() {
			continue
		}
		walked++
		v := verdict.Fail(rule.Key)
		v.AppPassword = true
		e := v.Explain(verdict.Context{})
		if last := e.Links[len(e.Links)-1].Href; last != help.AppPasswordsPath+"#"+rule.Anchor() || e.Links[0].Text != words(main.Find("h1")) {
			t.Errorf("%s leads to %+v", rule.Key, e.Links)
		}
		section := main.Find("[id='" + rule.Anchor() + "']").Closest(".help-code")
		for _, part := range []string{rule.Code(), rule.Cause, e.Steps[0].Text} {
			if !strings.Contains(words(section), part) {
				t.Errorf("%s does not say %q: %s", rule.Key, part, words(section))
			}
		}
		if message := section.ParentsFiltered("section").First(); words(message.Find("h2")) != e.Title || main.Find(".help-contents a[href='#"+message.AttrOr("id", "")+"']").Length() != 1 {
			t.Errorf("%s stands under %q, and its message is %q", rule.Key, words(message.Find("h2")), e.Title)
		}
	}
	if walked < 25 {
		t.Errorf("%d codes", walked)
	}
	retired := words(main.Find("#retired"))
	for _, text := range []string{"permanently since May 1, 2026", "February 16, 2026", "MC1184649", "Convert classic MFA profiles"} {
		if !strings.Contains(retired, text) {
			t.Errorf("%q is missing: %s", text, retired)
		}
	}
	if before := words(open(t, at(1), help.AppPasswordsPath).Find("#retired")); !strings.Contains(before, "in 30 days") || strings.Contains(before, "permanently since") {
		t.Errorf("on April 1: %s", before)
	}
	if open(t, help.Handlers{}, help.PoolsPath).Find("article a[href='"+help.AppPasswordsPath+"']").Length() == 0 {
		t.Error("the page of account pools does not lead here")
	}
}

// Every page says when it was right, and what it rests on.
func TestPagesSayWhenTheyWereRight(t *testing.T) {
	for _, path := range paths {
		sources := open(t, help.Handlers{}, path).Find("article .help-source")
		if last := words(sources.Last()); last != "As of November 23, 2026." || sources.Length() < 2 {
			t.Errorf("%s ends with %q after %d sources", path, last, sources.Length())
		}
	}
}

// R18: the lines for copying are of Microsoft Graph PowerShell as it is today, and whole.
func TestLinesForCopyingAreOfToday(t *testing.T) {
	retired := regexp.MustCompile(`(?i)msol|azuread|azure ad|azure active directory|portal\.azure|windowsazure`)
	for _, path := range paths {
		main := open(t, help.Handlers{}, path)
		today := strings.ReplaceAll(words(main), "AzureADMyOrg", "") // what Microsoft calls the audience of an app of one tenant, to this day
		if old := retired.FindString(today); old != "" {
			t.Errorf("%s speaks of %q", path, old)
		}
		main.Find(".command").Each(func(_ int, line *goquery.Selection) {
			command := words(line.Find("code"))
			if strings.Contains(command, "…") || strings.Count(command, `"`)%2 != 0 || strings.Count(command, "(") != strings.Count(command, ")") || strings.Count(command, "{") != strings.Count(command, "}") {
				t.Errorf("%s: %q is not whole", path, command)
			}
		})
	}
	if lines := open(t, help.Handlers{}, help.CodesPath).Find("#AADSTS50057 .command code"); words(lines) != "Update-MgUser -UserId 'svc-backup@contoso.com' -AccountEnabled:$true" {
		t.Errorf("the line of AADSTS50057 is %q", words(lines))
	}
}

// R17: each row of the table has its place, with cause, proof and remedy.
func TestEveryCodeHasItsPlace(t *testing.T) {
	main := open(t, help.Handlers{}, help.CodesPath)
	for _, rule := range verdict.Rules() {
		section := main.Find("[id='" + rule.Anchor() + "']").Closest(".help-code")
		if !slices.Contains(strings.Fields(section.Find("h3").Text()), strings.Fields(rule.Code())[0]) || !strings.Contains(words(section.Find("h3")), rule.Code()) || section.Find("b").Length() != 3 || !strings.Contains(words(section), rule.Cause) || section.Find("ol li").Length() == 0 {
			t.Errorf("%s: %q", rule.Code(), words(section))
		}
		group := section.Closest("[id='status-" + string(rule.Status) + "']")
		if words(group.Find("h2")) != rule.Status.Title() {
			t.Errorf("%s does not stand under %q", rule.Code(), rule.Status.Title())
		}
		if main.Find("#index a[href='#"+rule.Anchor()+"']").Length() != 1 {
			t.Errorf("%s is not in the index", rule.Code())
		}
		if strings.ContainsAny(words(section.Find("p, li")), "{}") {
			t.Errorf("%s shows a hole: %q", rule.Code(), words(section))
		}
	}
}

// R17: an operator's own rows stand in their places and are marked; ours are not.
func TestOwnRowsAreMarked(t *testing.T) {
	table, mistakes := verdict.Builtin().Overlay("50126,999999\twrong_credentials\twrong-password\tpassword-\t-\tAsk <Contoso> for it.\tContoso's runbook\n")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	main := open(t, help.Handlers{Codes: table}, help.CodesPath)
	for _, rule := range table.Rules() {
		section := main.Find("[id='" + rule.Anchor() + "']").Closest(".help-code")
		if marked := strings.Contains(words(section.Find("h3")), "Your organization's own"); marked != rule.Own {
			t.Errorf("%s is marked: %v", rule.Key, marked)
		}
		if rule.Own && (!strings.Contains(words(section), "Ask <Contoso> for it.") || !strings.Contains(words(section), "Source: Contoso's runbook") || section.Find("ol li").Length() == 0) {
			t.Errorf("%s: %q", rule.Key, words(section))
		}
	}
	if !strings.Contains(words(main), "2 of the codes below come from your organization's own file") || strings.Contains(words(open(t, help.Handlers{}, help.CodesPath)), "own file") {
		t.Error("the page does not say that rows are the organization's own, or says so without any")
	}
}

// Whoever has a number finds it in the index of its status.
func TestTheIndexIsInOrder(t *testing.T) {
	open(t, help.Handlers{}, help.CodesPath).Find("#index ul").Each(func(_ int, list *goquery.Selection) {
		before, words := 0, false
		list.Find("a").Each(func(_ int, a *goquery.Selection) {
			n, err := strconv.Atoi(strings.TrimPrefix(a.Text(), "AADSTS"))
			words = words || err != nil
			if n < before && err == nil || words && err == nil {
				t.Errorf("%s stands behind %d", a.Text(), before)
			}
			before = n
		})
	})
}

// R17, R62: what an answer proves is said only as far as it goes.
func TestCodesSayWhatIsProven(t *testing.T) {
	main := open(t, help.Handlers{}, help.CodesPath)
	for code, want := range map[string]string{
		"AADSTS50126":   "Microsoft did not accept the password.",
		"AADSTS50034":   "The account is not in this tenant.",
		"AADSTS53003":   "The account exists. The password is right. A policy blocks the sign-in.",
		"AADSTS50057":   "The account exists. It doesn't show whether the password is right.",
		"AADSTS50053":   "Nothing about the account or its password.",
		"AADSTS65001":   "The account exists. The password is right. The account keeps its earlier status.",
		"TIMEOUT":       "Nothing about the account or its password. The account keeps its earlier status.",
		"AADSTS7000218": "Nothing about the account or its password. The account keeps its earlier status.",
	} {
		if got := words(main.Find("#" + code)); !strings.Contains(got, "What this proves: "+want+"What to do:") {
			t.Errorf("%s: %q", code, got)
		}
	}
}

// R70, R75: what is to be corrected in an app profile leads to App management, and connecting a tenant to its form.
func TestTheHelpLeadsToAppManagement(t *testing.T) {
	if open(t, help.Handlers{}, help.CodesPath).Find("a[href='/app-profiles']").Length() == 0 {
		t.Error("the codes of an app lead nowhere")
	}
	if main := open(t, help.Handlers{}, help.ConnectPath); main.Find("a[href='/app-profiles/new']").Length() != 1 || main.Find("#permissions tbody tr").Length() != len(appprofile.Permissions()) {
		t.Errorf("connecting a tenant says %s", words(main))
	}
}

// R12, R13, R15: every service with what it needs; inferred facts are shown as such.
func TestPermissionsListEveryService(t *testing.T) {
	for _, provider := range []bool{false, true} {
		services := catalogue.Services(provider)
		rows := open(t, help.Handlers{Provider: provider}, help.PermissionsPath).Find("tbody tr")
		if rows.Length() != len(services) {
			t.Fatalf("%d rows for %d services", rows.Length(), len(services))
		}
		for i, service := range services {
			row := rows.Eq(i)
			if words(row.Find("th")) != service.Name || !strings.Contains(words(row), service.Needs) {
				t.Errorf("%s: %q", service.Name, words(row))
			}
			want := map[string]string{"yes": "Yes", "no": "No", "inferred": "Yes Inferred"}[service.Pools]
			if got := words(row.Find("td").Last()); got != want {
				t.Errorf("%s uses pools: %q", service.Name, got)
			}
		}
	}
}

// R16: the guide's table, what holds today, and what Purser makes of it.
func TestPasswordPageSaysWhatHolds(t *testing.T) {
	main := open(t, help.Handlers{}, help.PasswordsPath)
	for _, want := range []string{"8 to 16 characters", "8 to 256 characters", "90 days by default", "14 days before", "Security & privacy", "November 23, 2026"} {
		if !strings.Contains(words(main), want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, strict := range []bool{false, true} {
		rows := open(t, help.Handlers{StrictPasswords: strict}, help.PasswordsPath).Find("#purser tbody tr")
		for i, rule := range account.PasswordRules(strict) {
			got := words(rows.Eq(i))
			if !strings.HasPrefix(got, rule.Text) || strings.Contains(got, "Refused") != rule.Refuse {
				t.Errorf("strict %v: %q", strict, got)
			}
		}
	}
}

// R45: the sizes and the guide's table, with what is lost of it.
func TestThePageOfPoolsGivesTheRule(t *testing.T) {
	main := open(t, help.Handlers{}, help.PoolsPath)
	var rows []string
	main.Find("#size tbody tr").Each(func(_ int, row *goquery.Selection) {
		rows = append(rows, strings.Join(row.Children().Map(func(_ int, cell *goquery.Selection) string { return words(cell) }), " "))
	})
	if got, want := strings.Join(rows, "; "), "1 7 3; 1000 7 3; 1500 14 3; 2500 21 6; 10000 70 15"; got != want {
		t.Errorf("sizes %q, want %q", got, want)
	}
	if main.Find("#needs tbody tr").Length() != 11 || !strings.Contains(words(main), "lost") {
		t.Error("the guide's table is not whole, or says nothing of the lost footnote")
	}
	if !strings.Contains(words(main.Find("#size")), "doesn't get around them") {
		t.Error("nothing is said of what a pool cannot do")
	}
}

// The help is one place: its first page leads to all others by their titles, and each page has its own sections in the contents.
func TestTheHelpIsOnePlace(t *testing.T) {
	start := open(t, help.Handlers{}, help.Path)
	if got := words(start.Find("h1")); got != "Help" {
		t.Errorf("the first page is headed %q", got)
	}
	for _, path := range paths {
		main := open(t, help.Handlers{}, path)
		if link := start.Find(".help-start a[href='" + path + "']"); words(link) != words(main.Find("h1")) {
			t.Errorf("the first page calls %s %q", path, words(link))
		}
		sections := main.Find("article > section, article > #codes > section").Not("#index")
		contents := main.Find(".help-contents a")
		if contents.Length() != sections.Length() {
			t.Errorf("%s: %d of %d sections in the contents", path, contents.Length(), sections.Length())
		}
		contents.Each(func(i int, a *goquery.Selection) {
			if target := main.Find(a.AttrOr("href", "")); words(target.Find("h2")) != words(a) {
				t.Errorf("%s: %q leads to %q", path, words(a), words(target.Find("h2")))
			}
		})
	}
}

// Whoever has a code, or words of a message, sees what matches and how much that is, without script too.
func TestCodesCanBeLookedFor(t *testing.T) {
	all := open(t, help.Handlers{}, help.CodesPath).Find("#codes .help-code").Length()
	for query, want := range map[string]struct {
		first, said string
	}{
		"50126":             {"AADSTS50126", "code"},
		"aadsts50126":       {"AADSTS50126", "code"},
		"\u00a050126\u200b": {"AADSTS50126", "code"}, // X17
		"federated":         {"REALM-FEDERATED", "code"},
		"  ":                {"", ""},
		"nothing-such":      {"", "No codes match."},
	} {
		main := open(t, help.Handlers{}, help.CodesPath+"?q="+url.QueryEscape(query))
		found, said := main.Find("#codes .help-code"), words(main.Find("form[role=search] [role=status]"))
		switch {
		case want.said == "" && (found.Length() != all || said != ""):
			t.Errorf("%q leaves %d of %d codes, and says %q", query, found.Length(), all, said)
		case want.said != "" && (found.Length() >= all || !strings.Contains(said, want.said)):
			t.Errorf("%q finds %d codes, and says %q", query, found.Length(), said)
		case want.first != "" && main.Find("#codes #"+want.first).Length() != 1:
			t.Errorf("%q does not find %s", query, want.first)
		}
		if field := main.Find("form[method=get] input[type=search]"); field.AttrOr("value", "") != shown.Trim(query) || words(main.Find("label[for=q]")) != "Search" {
			t.Errorf("%q: the field says %q", query, field.AttrOr("value", ""))
		}
		if main.Find("#not-listed").Length() != 1 {
			t.Errorf("%q: what to do about other codes is gone", query)
		}
	}
}
