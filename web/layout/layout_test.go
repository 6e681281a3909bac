package layout

import (
	"context"
	"flag"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"purser.example/static"
	"purser.example/web/ui"
)

var update = flag.Bool("update", false, "write testdata anew")

var ada = Person{Name: "Ada Lindqvist", SignIn: "ada@contoso.com", Role: "Tenant Owner"}

func sample() Shell {
	return Shell{
		Title: "Service account", Section: "Management", Person: ada, Session: Session{IdleSeconds: 900, MaxSeconds: 43200},
		Nav: []NavGroup{{Title: "Management", Items: []NavItem{
			{Label: "Service account", Href: "/service-accounts", Icon: "account", Current: true},
			{Label: "Account pools", Href: "/classic/account-pool", Icon: "pool", NewTab: true},
		}}},
		Help: &NavItem{Label: "Help", Href: "/help", Icon: "help"},
	}
}

func words(html string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, html)
		return err
	})
}

func render(t *testing.T, component templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := component.Render(templ.WithChildren(t.Context(), words("<p>Content</p>")), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func document(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	parsed, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func pages() map[string]templ.Component {
	classic, pane, failed := sample(), sample(), sample()
	classic.Classic, classic.Section = true, ""
	pane.Pane = ui.Pane(ui.PaneProps{ID: "create", Title: "Create service account profile", Close: "/service-accounts"})
	failed.Flash = &Flash{Failure: true, Text: "Nothing was changed."}
	return map[string]templ.Component{
		"page":    Page(sample()),
		"classic": Page(classic),
		"pane":    Page(pane),
		"failed":  Page(failed),
		"plain":   Plain(PlainPage{Title: "Sign in"}),
		"no_role": Plain(PlainPage{Title: "You need a role", Person: &Person{SignIn: "user@contoso.com"}}),
		"fault":   ErrorPage(Fault{Title: "This page doesn't exist", Text: "The address leads nowhere.", Next: "Check it.", Reference: "01JD8Z4Q", ActionLabel: "Go to Service account", ActionHref: "/"}),
	}
}

func TestPagesLookAsTheyDid(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			// The hash of the assets changes with every style, and says nothing about the page.
			got := strings.ReplaceAll(render(t, page), static.Path(""), "/static/HASH/")
			golden(t, name, strings.ReplaceAll(got, "><", ">\n<")+"\n")
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and review.\n%s", file, got)
	}
}

// The policy allows the site itself only, and a browser drops what it forbids without a word to the reader.
func TestPagesKeepTheContentSecurityPolicy(t *testing.T) {
	for name, page := range pages() {
		t.Run(name, func(t *testing.T) {
			parsed := document(t, page)
			if parsed.Find("[style], style, base, iframe, script:not([src])").Length() != 0 {
				t.Error("something stands inline")
			}
			parsed.Find("*").Each(func(_ int, element *goquery.Selection) {
				for _, attribute := range element.Get(0).Attr {
					if strings.HasPrefix(attribute.Key, "on") || strings.HasPrefix(attribute.Key, "hx-on") {
						t.Errorf("handler %s", attribute.Key)
					}
				}
			})
			parsed.Find("script, link, img").Each(func(_ int, element *goquery.Selection) {
				fetched(t, element.AttrOr("src", element.AttrOr("href", "")))
			})
		})
	}
}

func fetched(t *testing.T, path string) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	static.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", path, nil))
	if recorder.Code != 200 {
		t.Errorf("%q answers %d", path, recorder.Code)
	}
	return recorder.Body.String()
}

func TestEveryIconOnAPageHasAPicture(t *testing.T) {
	sheet := fetched(t, static.Path("css/app.css"))
	for name, page := range pages() {
		for _, icon := range regexp.MustCompile(`class="(?:icon )?(icon-[a-z-]+)"`).FindAllStringSubmatch(render(t, page), -1) {
			if !strings.Contains(sheet, "."+icon[1]+",.tone-") && !strings.Contains(sheet, "."+icon[1]+"{--icon:") {
				t.Errorf("%s shows %s, which has no picture", name, icon[1])
			}
		}
	}
}

func TestAPageHasOneHeadingAndATitle(t *testing.T) {
	for name, page := range pages() {
		parsed := document(t, page)
		heading := parsed.Find("h1")
		if heading.Length() != 1 || parsed.Find("title").Text() != heading.Text()+" · Purser" {
			t.Errorf("%s: heading %q, title %q", name, heading.Text(), parsed.Find("title").Text())
		}
		if parsed.Find("main#main").Length() != 1 {
			t.Errorf("%s has no main part", name)
		}
	}
}

func TestTheCurrentPageIsMarkedInTheNavigation(t *testing.T) {
	current := document(t, Page(sample())).Find("nav a[aria-current=page]")
	if current.Length() != 1 || strings.TrimSpace(current.Text()) != "Service account" {
		t.Errorf("marked: %q", current.Text())
	}
}

func TestTheHelpIsBehindTheQuestionMark(t *testing.T) {
	for name, page := range map[string]templ.Component{"page": pages()["page"], "classic": pages()["classic"]} {
		link := document(t, page).Find("header a[href='/help']")
		if strings.TrimSpace(link.Text()) != "" || link.AttrOr("title", "") != "Help" {
			t.Errorf("%s: %q, titled %q", name, link.Text(), link.AttrOr("title", ""))
		}
	}
	shell := sample()
	shell.Help = nil
	if document(t, Page(shell)).Find("header a[href='/help']").Length() != 0 {
		t.Error("help is offered to somebody who may not read it")
	}
}

func TestAClassicPageHasNoSideNavigation(t *testing.T) { // R40
	parsed := document(t, pages()["classic"])
	if parsed.Find("html.classic").Length() != 1 || parsed.Find("nav").Length() != 0 {
		t.Error("not the classic look")
	}
}

func TestAPageLoadsItsOwnScriptsOnly(t *testing.T) {
	sources := func(shell Shell) string {
		return strings.Join(document(t, Page(shell)).Find("script[type=module]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("src", "") }), " ")
	}
	every := static.Path("js/app.js")
	if got := sources(Shell{Title: "Service account"}); got != every {
		t.Errorf("a page without scripts of its own loads %s", got)
	}
	if got, want := sources(Shell{Title: "Manage Account Pool", Scripts: []string{"js/pool.js"}}), every+" "+static.Path("js/pool.js"); got != want {
		t.Errorf("a page with one loads %s, want %s", got, want)
	}
}

func TestTheMenuIsNamedAfterThePersonAndSignsOut(t *testing.T) { // R4
	for name, person := range map[string]Person{
		"Ada Lindqvist":   ada,
		"ada@contoso.com": {SignIn: "ada@contoso.com"},
	} {
		shell := sample()
		shell.Person = person
		parsed := document(t, Page(shell))
		button := parsed.Find("button[popovertarget=person-menu]")
		if !strings.Contains(button.Text(), name) {
			t.Errorf("the button reads %q", button.Text())
		}
		form := parsed.Find("#person-menu form[method=post][action='/auth/sign-out']")
		if strings.TrimSpace(form.Find("button").Text()) != "Sign out" {
			t.Error("the menu does not sign out")
		}
	}
}

func TestPlainPagesOfferSignOutOnlyToThoseSignedIn(t *testing.T) { // R2
	if document(t, pages()["plain"]).Find("form").Length() != 0 {
		t.Error("a signed-out page offers to sign out")
	}
	parsed := document(t, pages()["no_role"])
	if parsed.Find("form[action='/auth/sign-out']").Length() != 1 || !strings.Contains(parsed.Text(), "user@contoso.com") {
		t.Error("the page does not say who is signed in, or has no way out")
	}
}

func TestWhatStandsBehindAPaneIsInert(t *testing.T) {
	with, without := document(t, pages()["pane"]), document(t, pages()["page"])
	if with.Find("#shell[inert] main").Length() != 1 || with.Find("#shell [role=dialog]").Length() != 0 {
		t.Error("the page behind the pane is not inert, or the pane is")
	}
	// The header is inert with the rest, and the skip link leads into nothing that is (WCAG 2.4.1); js/overlay.js does the same.
	if with.Find(".skip-link[inert]").Length() != 1 || with.Find("header[inert]").Length() != 1 || with.Find("[inert]:not([data-shell])").Length() != 0 {
		t.Error("the header or the skip link can be reached behind the pane")
	}
	if without.Find("[inert]").Length() != 0 {
		t.Error("a page without a pane is inert")
	}
}

func TestAFlashIsOneOutcome(t *testing.T) {
	shell := sample()
	shell.Flash = &Flash{Text: "Profile Backup saved."}
	if got := strings.TrimSpace(document(t, Page(shell)).Find("[role=status]").Text()); got != "Profile Backup saved." {
		t.Errorf("status %q", got)
	}
	if got := strings.TrimSpace(document(t, pages()["failed"]).Find("[role=alert]").Text()); got != "Nothing was changed." {
		t.Errorf("alert %q", got)
	}
}

func TestASessionNobodyKnowsWarnsNobody(t *testing.T) { // R4
	shell := sample()
	if document(t, Page(shell)).Find("dialog#session[data-idle='900'][data-max='43200'][data-person='ada@contoso.com']").Length() != 1 {
		t.Error("the script cannot read when the session ends")
	}
	shell.Session = Session{Ask: true}
	if kept := document(t, Page(shell)); kept.Find("dialog#session[data-ask]").Length() != 1 || strings.Contains(kept.Find("#person-menu").Text(), "Your session ") {
		t.Error("a page that may be kept does not let the script ask, or says how much is left")
	}
	shell.Session = Session{}
	if strings.Contains(render(t, Page(shell)), "Your session ") {
		t.Error("a page that knows nothing speaks of the session")
	}
}
