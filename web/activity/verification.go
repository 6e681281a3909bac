package activity

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/activity"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// verify has the log verified, or leads to the verification that goes on already.
func (h *Handlers) verify(c echo.Context) error {
	v, err := h.Activity.Verify(c.Request().Context(), session.Caller(c), session.Origin(c))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, verificationAddress(v.ID))
}

func verificationAddress(id activity.VerificationID) string {
	return verificationsPath + "/" + url.PathEscape(string(id))
}

func (h *Handlers) showVerification(c echo.Context) error {
	view, err := h.verificationView(c)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, verificationPage(respond.Shell(c, title, "Verification of the activity log"), view))
}

// followVerification sends the part of the page that changes, as it changes, until the verification is over.
func (h *Handlers) followVerification(c echo.Context) error {
	changes, stop := h.Activity.Watch(activity.VerificationID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.verificationView(c)
		return respond.Part{Body: verificationBody(view), Over: view.Over}, err
	})
}

// verificationView is one verification.
type verificationView struct {
	Here, Events string
	Over         bool
	Tone         ui.Tone
	Title, Text  string
	EntryHref    string // of the broken entry; empty: none
	By           string
	Begun        words.Time
	Read, Of     int
}

func (h *Handlers) verificationView(c echo.Context) (verificationView, error) {
	v, err := h.Activity.Verification(c.Request().Context(), session.Caller(c), activity.VerificationID(c.Param("id")))
	if err != nil {
		return verificationView{}, err
	}
	here := verificationAddress(v.ID)
	view := verificationView{Here: here, Events: here + "/events", Over: v.State.Over(), By: v.By, Begun: words.Moment(v.Begun, h.Now()), Read: int(v.Entries), Of: int(v.Of)}
	view.Tone, view.Title, view.Text = outcome(v)
	if v.State == activity.Broken && v.Broken > 0 {
		view.EntryHref = entryAddress(readListQuery(nil), v.Broken)
	}
	return view, nil
}

// outcome says what a verification came to.
func outcome(v activity.Verification) (tone ui.Tone, title, text string) {
	switch v.State {
	case activity.Holds:
		return ui.OK, "The activity log is intact", words.Number(int(v.Entries)) + " " + words.Plural(int(v.Entries), "entry", "entries") + " in " + words.Counted(v.Chains, "chain") + ", none altered, moved or missing."
	case activity.Broken:
		return ui.Bad, "The activity log is broken at entry " + words.Number(int(v.Broken)), words.Capital(v.Reason) + ". Keep a copy of the data folder as evidence, and compare the log with a backup or a shipped copy."
	case activity.Unread:
		return ui.Bad, "The activity log couldn't be read", "See the log of the program for why, then verify again."
	default:
		return ui.Info, "", ""
	}
}

// follows renews the part as it changes.
func (v verificationView) follows() templ.Attributes {
	if v.Over {
		return nil
	}
	return templ.Attributes{"hx-sse:connect": v.Events, "hx-sse:close": "over", "hx-swap": "innerMorph"}
}

func (v verificationView) progress() string {
	if v.Of == 0 {
		return ""
	}
	return words.Number(v.Read) + " of " + words.Number(v.Of) + " entries"
}

// verifyView is the newest verification in one line.
type verifyView struct {
	Href  string // empty: there is none
	Tone  ui.Tone
	Title string
	At    words.Time
}

func (h *Handlers) verifyView(v *activity.Verification) verifyView {
	if v == nil {
		return verifyView{}
	}
	view := verifyView{Href: verificationAddress(v.ID), At: words.Moment(v.Ended, h.Now())}
	if view.Tone, view.Title, _ = outcome(*v); !v.State.Over() {
		view.Title, view.At = "A verification is in progress", words.Moment(v.Begun, h.Now())
	}
	return view
}
