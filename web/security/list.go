package security

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	core "purser.example/internal/session"
	"purser.example/internal/shown"
	"purser.example/web/lists"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// kept are the parameters that make a view of the list.
var kept = []string{"after", "before"}

func readView(c echo.Context) lists.View { return lists.Read(Path, kept, c.QueryParams()) }

// listView is who is signed in, and the settings.
type listView struct {
	Rows   []rowView
	Pager  ui.PagerProps
	Groups []Group
	Now    string // when its times were so
}

// rowView is one session in a list.
type rowView struct {
	ID      string
	Name    string
	SignIn  string
	Role    string
	Since   words.Time
	Seen    words.Time
	Address string
	Browser string
	This    bool
}

// ownListView is one's own sessions.
type ownListView struct {
	Rows []rowView
	Now  string
}

// unknown stands for what a session of an earlier version did not keep.
const unknown = "Not known"

func (h *Handlers) rows(sessions []core.SignedIn) (rows []rowView) {
	now := h.Now()
	for _, s := range sessions {
		rows = append(rows, rowView{
			ID: string(s.Key), Name: shown.Name(s.Caller.Called()), SignIn: shown.Name(s.Caller.SignIn), Role: s.Caller.Role().Title(), Since: words.Moment(s.Since, now),
			Seen: words.Moment(s.Seen, now), Address: cmp.Or(s.Came.Address, unknown), Browser: cmp.Or(s.Came.Browser, unknown), This: s.This,
		})
	}
	return rows
}

func (h *Handlers) listView(c echo.Context) (listView, error) {
	query := readView(c)
	listing, err := h.Sessions.List(c.Request().Context(), asking(c), core.Page{After: placeOf(query.Values.Get("after")), Before: placeOf(query.Values.Get("before"))})
	if err != nil {
		return listView{}, err
	}
	view := listView{Rows: h.rows(listing.Sessions), Groups: h.InForce(c.Request().Context()), Now: words.Moment(h.Now(), h.Now()).Now}
	view.Pager = pager(listing, query)
	return view, nil
}

func pager(listing core.Listing, query lists.View) ui.PagerProps {
	n := len(listing.Sessions)
	props := ui.PagerProps{Summary: words.Counted(n, "session"), Label: "Pages of sessions"}
	if listing.Earlier || listing.Later {
		props.Summary += " on this page"
	}
	if n > 0 && listing.Later {
		props.PreviousHref = query.FirstPage("before", cursor(listing.Sessions[0].Place()))
	}
	if n > 0 && listing.Earlier {
		props.NextHref = query.FirstPage("after", cursor(listing.Sessions[n-1].Place()))
	}
	return props
}

// cursor is a place in the list as an address carries it.
func cursor(at core.Place) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at.Created.UnixMilli(), 10) + " " + string(at.Key)))
}

// placeOf reads a cursor. One that is none leads to the first page: an old bookmark still opens.
func placeOf(cursor string) *core.Place {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	created, key, found := strings.Cut(string(text), " ")
	at, bad := strconv.ParseInt(created, 10, 64)
	if err != nil || !found || bad != nil {
		return nil
	}
	return &core.Place{Created: time.UnixMilli(at).UTC(), Key: core.Key(key)}
}

func (h *Handlers) ownView(c echo.Context) (ownListView, error) {
	sessions, err := h.Sessions.Own(c.Request().Context(), asking(c))
	return ownListView{Rows: h.rows(sessions), Now: words.Moment(h.Now(), h.Now()).Now}, err
}

// others counts one's sessions but this one.
func (v ownListView) others() int {
	n := 0
	for _, row := range v.Rows {
		if !row.This {
			n++
		}
	}
	return n
}

// columns are the heads of the list of all sessions, and of one's own, where everybody is the same.
var columns = []ui.Column{
	{Label: "Name", Width: ui.Named},
	{Label: "Role", Width: ui.Texts, From: ui.FromMiddle},
	{Label: "Signed in", Width: ui.Times},
	{Label: "Last activity", Width: ui.Times},
	{Label: "Address", Width: ui.User, From: ui.FromMiddle},
	{Label: "Browser"},
}

var ownColumns = []ui.Column{
	{Label: "Browser", Width: ui.Named},
	{Label: "Address", Width: ui.User},
	{Label: "Signed in", Width: ui.Times},
	{Label: "Last activity", Width: ui.Times},
	{Label: "Session"},
}

// hint is what a row of one line leaves out, a fact a line.
func (r rowView) hint() string {
	return strings.Join([]string{r.SignIn, r.Role, r.Address, r.Browser}, "\n")
}

// selects names the box of a row. A screen reader hears from which browser, because a person may have several sessions.
func (r rowView) selects() string { return "Select " + r.Name }

// where says of a session where it is, for dialogs.
func (r rowView) where() string {
	return r.Browser + " · " + r.Address + " · signed in " + r.Since.Text
}

func selected(c echo.Context) []core.Key { return keysOf(c.QueryParams()["id"]) }

func keysOf(ids []string) []core.Key {
	keys := make([]core.Key, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, core.Key(id))
	}
	return keys
}

// ofThis reports whether the session that asks is among those named.
func ofThis(c echo.Context, keys []core.Key) bool {
	_, known := session.From(c).Session()
	for _, key := range keys {
		if known && key == asking(c).Key {
			return true
		}
	}
	return false
}
