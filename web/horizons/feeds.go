package horizons

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/feed"
	"purser.example/internal/problem"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// makePath is where addresses of calendars are made.
const makePath = listPath + "/calendar"

// The fields of the form.
const fieldAccounts = "accounts"

// typed is what somebody typed into it, and what is wrong with it.
type typed struct {
	Name     string
	Accounts bool
	Error    string
}

// feedsView is the person's own addresses, and the form for another.
type feedsView struct {
	Typed typed
	Rows  []feedRow
	Full  bool // there is no room for another
}

// feedRow is an address, without its secret.
type feedRow struct {
	Name, Revoke string
	Accounts     bool
	Made         words.Time
}

func (h *Handlers) feedsView(c echo.Context, t typed) (feedsView, error) {
	own, err := h.Feeds.Own(c.Request().Context(), session.Caller(c))
	view := feedsView{Typed: t, Full: len(own) >= feed.Most}
	for _, f := range own {
		view.Rows = append(view.Rows, feedRow{Name: f.Called(), Revoke: makePath + "/" + url.PathEscape(string(f.ID)) + "/revoke", Accounts: f.Accounts, Made: words.Moment(f.Made, h.Now())})
	}
	return view, err
}

// make answers with the address itself, which nobody can read again.
func (h *Handlers) make(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	t := typed{Name: values.Get(feed.FieldName), Accounts: values.Get(fieldAccounts) != ""}
	f, token, err := h.Feeds.Make(c.Request().Context(), session.Caller(c), session.Origin(c), t.Name, t.Accounts)
	if problem.KindOf(err) == problem.Invalid {
		t.Error = problem.Fields(err)[0].Message
		return h.page(c, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	defer token.Clear()
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	view := madeView{Name: f.Called(), Address: h.BaseURL + respond.CalendarPath + string(token.Reveal()) + extension, Accounts: f.Accounts}
	return respond.Page(c, http.StatusOK, madePage(respond.Shell(c, "Monitoring", "Calendar address"), view))
}

// madeView is a new address, shown once.
type madeView struct {
	Name, Address string
	Accounts      bool
}

// Webcal is the address for programs that subscribe at a click.
func (v madeView) webcal() string {
	_, rest, _ := strings.Cut(v.Address, "://")
	return "webcal://" + rest
}

func (h *Handlers) revoke(c echo.Context) error {
	if _, err := form.Values(c); err != nil {
		return err
	}
	if err := h.Feeds.Revoke(c.Request().Context(), session.Caller(c), session.Origin(c), feed.ID(c.Param("id"))); err != nil {
		return err
	}
	return respond.Leave(c, listPath+"#feeds", "Calendar address revoked. Programs no longer get anything from it.")
}
