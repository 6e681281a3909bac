// Package help holds the pages that explain: what stands in the way of a validation, why a password that works elsewhere is
// refused, what each of Microsoft's codes means, what the services require of an account, which passwords Microsoft takes, and how account pools work.
//
// The pages only read what is built in: the table of package verdict, the catalogue, the password rules. What they add
// are words and Microsoft's dates, which stand as data in the Go files beside the templates.
package help

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/verdict"
	"purser.example/web/respond"
)

// Addresses of the pages. A code has its place at CodesPath + "#" + verdict.Rule.Anchor().
const (
	NotesPath       = "/help/validation-notes"
	CodesPath       = "/help/validation-codes"
	PermissionsPath = "/help/required-permissions"
	PasswordsPath   = "/help/password-rules"
	BrowserPath     = "/help/works-in-browser"
	PoolsPath       = "/help/account-pools"
)

// Handlers answers everything under /help/. The zero value works: it offers no common service, takes the password rules
// as advice, and leads nowhere that does not exist.
type Handlers struct {
	Provider        bool           // the installation is set up as a service provider (R13)
	StrictPasswords bool           // every deviation from the password rules is refused (R16)
	AppProfiles     bool           // the page App management exists; links to it are left out otherwise
	Codes           *verdict.Table // what Microsoft's answers mean here; nil: the built-in table
}

// Mount adds the routes. Whoever mounts them keeps out people who are not signed in (R1).
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(NotesPath, h.notes)
	e.GET(BrowserPath, h.browser)
	e.GET(CodesPath, h.codes)
	e.GET(PermissionsPath, h.permissions)
	e.GET(PasswordsPath, h.passwords)
	e.GET(PoolsPath, h.pools)
}

func (h *Handlers) notes(c echo.Context) error {
	return answer(c, notesLeaf, notesPage(notes))
}

func (h *Handlers) browser(c echo.Context) error {
	return answer(c, browserLeaf, browserPage(reasons))
}

func (h *Handlers) codes(c echo.Context) error {
	return answer(c, codesLeaf, codesPage(groups(h.Codes, h.leads)))
}

func (h *Handlers) permissions(c echo.Context) error {
	return answer(c, permissionsLeaf, permissionsPage(needs(catalogue.Services(h.Provider))))
}

func (h *Handlers) passwords(c echo.Context) error {
	return answer(c, passwordsLeaf, passwordsPage(ruleViews(account.PasswordRules(h.StrictPasswords))))
}

func (h *Handlers) pools(c echo.Context) error {
	return answer(c, poolsLeaf, poolsPage())
}

// leads reports whether there is a page at one of our own addresses that the advice knows.
func (h *Handlers) leads(href string) bool { return href != "/app-profiles" || h.AppProfiles }

func answer(c echo.Context, of leaf, body templ.Component) error {
	return respond.Page(c, http.StatusOK, page(respond.Shell(c, "Help", of.Title), of, body))
}

// leaf is one of the help pages, as the others lead to it.
type leaf struct{ Path, Title string }

var (
	notesLeaf       = leaf{NotesPath, "Helpful notes for passing the validation test"}
	browserLeaf     = leaf{BrowserPath, "Why is a password that works in the browser refused here?"}
	codesLeaf       = leaf{CodesPath, "Validation test troubleshooting"}
	permissionsLeaf = leaf{PermissionsPath, "Required permissions of cloud services"}
	passwordsLeaf   = leaf{PasswordsPath, "Password limitations and requirements"}
	poolsLeaf       = leaf{PoolsPath, "Account pools"}

	leaves = []leaf{notesLeaf, browserLeaf, codesLeaf, permissionsLeaf, passwordsLeaf, poolsLeaf}
)
