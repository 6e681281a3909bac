// Package help holds the pages that explain: what stands in the way of a validation, why a password that works elsewhere is
// refused, what each of Microsoft's codes means, what an app password meets, what the codes of scans mean, what the services require of an account, which passwords Microsoft takes, how profiles
// are imported, how account pools work, and what a tenant needs before it can be connected. They are one place: each page has the contents of all beside it.
//
// The pages only read what is built in: the table of package verdict, the catalogue, the password rules. What they add
// are words and Microsoft's dates, which stand as data in the Go files beside the templates.
package help

import (
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/retirements"
)

// Addresses of the pages. A code has its place at CodesPath + "#" + verdict.Rule.Anchor().
const (
	Path            = "/help"
	NotesPath       = "/help/validation-notes"
	CodesPath       = "/help/validation-codes"
	PermissionsPath = "/help/required-permissions"
	PasswordsPath   = "/help/password-rules"
	BrowserPath     = "/help/works-in-browser"
	PoolsPath       = "/help/account-pools"
	ConnectPath     = "/help/connecting-a-tenant"
	ScansPath       = "/help/scan-codes" // each code has its own place
	ImportPath      = "/help/importing-profiles"
	// AppPasswordsPath is the page of app passwords. A code of theirs has its place there, too.
	AppPasswordsPath = retirements.HelpPath
)

// Handlers answers everything under /help/. The zero value works: it offers no common service, and takes the password rules as advice.
type Handlers struct {
	Provider        bool             // the installation is set up as a service provider (R13)
	StrictPasswords bool             // every deviation from the password rules is refused (R16)
	Codes           *verdict.Table   // what Microsoft's answers mean here; nil: the built-in table
	Now             func() time.Time // what has come of Microsoft's dates goes by it; nil: time.Now
}

// Mount adds the routes. Whoever mounts them keeps out people who are not signed in (R1).
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path, h.start)
	e.GET(NotesPath, h.notes)
	e.GET(BrowserPath, h.browser)
	e.GET(CodesPath, h.codes)
	e.GET(AppPasswordsPath, h.appPasswords)
	e.GET(PermissionsPath, h.permissions)
	e.GET(PasswordsPath, h.passwords)
	e.GET(PoolsPath, h.pools)
	e.GET(ConnectPath, h.connect)
	e.GET(ScansPath, h.scans)
	e.GET(ImportPath, h.imports)
}

func (h *Handlers) start(c echo.Context) error {
	return answer(c, startLeaf, nil, startPage())
}

func (h *Handlers) notes(c echo.Context) error {
	return answer(c, notesLeaf, append(placesOf(notes), notePlaces...), notesPage(notes, retirements.All(h.now())))
}

// now is the time by which the pages speak of Microsoft's dates.
func (h *Handlers) now() time.Time {
	if h.Now == nil {
		return time.Now()
	}
	return h.Now()
}

func (h *Handlers) browser(c echo.Context) error {
	return answer(c, browserLeaf, append(placesOf(reasons), nonePlace), browserPage(reasons))
}

func (h *Handlers) codes(c echo.Context) error {
	list, searched := groups(h.Codes), shown.Trim(c.QueryParam("q"))
	return answer(c, codesLeaf, codePlaces(list), codesPage(codesView{Query: searched, Groups: matching(list, searched), Own: ownRows(list)}))
}

func (h *Handlers) appPasswords(c echo.Context) error {
	list := messages(h.Codes)
	return answer(c, appsLeaf, appCodePlaces(list), appPasswordsPage(retirements.AppPasswords(h.now()), list))
}

func (h *Handlers) permissions(c echo.Context) error {
	return answer(c, permissionsLeaf, permissionPlaces, permissionsPage(needs(catalogue.Services(h.Provider))))
}

func (h *Handlers) passwords(c echo.Context) error {
	return answer(c, passwordsLeaf, passwordPlaces, passwordsPage(ruleViews(account.PasswordRules(h.StrictPasswords))))
}

func (h *Handlers) pools(c echo.Context) error {
	return answer(c, poolsLeaf, poolPlaces, poolsPage())
}

func (h *Handlers) imports(c echo.Context) error {
	return answer(c, importLeaf, importPlaces, importsPage())
}

func (h *Handlers) connect(c echo.Context) error {
	return answer(c, connectLeaf, connectPlaces, connectPage())
}

func (h *Handlers) scans(c echo.Context) error {
	return answer(c, scansLeaf, scanPlaces(), scansPage(scanGroups()))
}

// answer sends a page with its own places in the contents beside it. It says nothing that changes from one minute to the next, so the
// browser may keep it and ask whether it still holds.
func answer(c echo.Context, of leaf, places []place, body templ.Component) error {
	section := startLeaf.Title
	if of == startLeaf {
		section = ""
	}
	railed := respond.Shell(c, section, of.Title)
	railed.Rail = true
	return respond.Kept(c, railed, func(shell layout.Shell) templ.Component {
		return page(shell, of, places, body)
	})
}
