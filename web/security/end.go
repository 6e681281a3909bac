package security

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	core "purser.example/internal/session"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// endView asks whether sessions shall end.
type endView struct {
	Title  string
	Text   string
	Action string // a POST address
	Close  string
	Rows   []rowView // those that are named
	IDs    []string  // what the form says
}

const (
	lost      = "What they typed and did not save stays in their browser. They can sign in again and send it."
	lostHere  = "The session that you are using now is among them: you will be signed out of Purser."
	keepsThis = "The session that you are using now goes on."
)

// confirmEnd names the sessions before they end.
func (h *Handlers) confirmEnd(c echo.Context) error {
	if err := mayEnd(c); err != nil {
		return err
	}
	view, err := h.chosen(c, endPath, readView(c).Address())
	if err != nil || len(view.Rows) == 0 {
		return h.none(c, err, Path)
	}
	return h.screen().Over(c, http.StatusOK, "End", endDialog(view))
}

// none answers where nothing is left to ask about.
func (h *Handlers) none(c echo.Context, err error, back string) error {
	if err != nil {
		return err
	}
	return respond.Back(c, back, "Select one or more sessions that haven't ended.")
}

func (h *Handlers) chosen(c echo.Context, action, back string) (endView, error) {
	sessions, err := h.Sessions.Chosen(c.Request().Context(), asking(c), selected(c))
	view := endView{Title: "End this session?", Text: lost, Action: action, Close: back, Rows: h.rows(sessions)}
	if len(view.Rows) > 1 {
		view.Title = "End " + words.Counted(len(view.Rows), "session") + "?"
	}
	for _, row := range view.Rows {
		view.IDs = append(view.IDs, row.ID)
		if row.This {
			view.Text = lostHere
		}
	}
	return view, err
}

func (h *Handlers) end(c echo.Context) error {
	if err := mayEnd(c); err != nil {
		return err
	}
	return h.endChosen(c, Path)
}

func (h *Handlers) endChosen(c echo.Context, back string) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	keys := keysOf(values["id"])
	ended, err := h.Sessions.End(c.Request().Context(), asking(c), session.Origin(c), keys)
	if err != nil {
		return err
	}
	if ofThis(c, keys) {
		return h.gone(c)
	}
	return told(c, back, ended)
}

// told says how many sessions ended. Of those that had ended by themselves there is nothing more to say than that they did.
func told(c echo.Context, back string, ended int) error {
	if ended == 0 {
		return respond.Back(c, back, "Nothing was changed. No such session is left.")
	}
	return respond.Leave(c, back, words.Capital(words.Counted(ended, "session"))+" ended.")
}

// gone answers somebody who has ended the session that they asked with.
func (h *Handlers) gone(c echo.Context) error {
	if err := session.From(c).Drop(c); err != nil {
		return err
	}
	return respond.Leave(c, signedOutPath, "")
}

// confirmEndPerson names a person, one of whose sessions is selected, and asks whether all of them shall end.
func (h *Handlers) confirmEndPerson(c echo.Context) error {
	if err := mayEnd(c); err != nil {
		return err
	}
	one, err := h.Sessions.Chosen(c.Request().Context(), asking(c), selected(c))
	if err != nil {
		return err
	}
	if len(one) != 1 {
		return respond.Back(c, Path, "Select one session of the person.")
	}
	row := h.rows(one)[0]
	view := endView{
		Title: "End all sessions of " + row.Name + "?", Text: lost, Action: endPersonPath, Close: readView(c).Address(), IDs: []string{row.ID},
	}
	if one[0].Own {
		view.Text = keepsThis
	}
	return h.screen().Over(c, http.StatusOK, "End all of this person", endDialog(view))
}

func (h *Handlers) endPerson(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	ended, err := h.Sessions.EndPerson(c.Request().Context(), asking(c), session.Origin(c), core.Key(values.Get("id")))
	if problem.KindOf(err) == problem.NotFound {
		return respond.Back(c, Path, problem.Message(err))
	}
	if err != nil {
		return err
	}
	return told(c, Path, ended)
}

func (h *Handlers) confirmEndOthers(c echo.Context) error {
	if err := mayEnd(c); err != nil {
		return err
	}
	if !session.Recent(c) {
		return respond.SignInAgain(c, endOthersPath)
	}
	view := endView{
		Title: "End the sessions of everyone else?", Text: "Everyone but you is signed out of Purser. " + lost, Action: endOthersPath, Close: readView(c).Address(),
	}
	return h.screen().Over(c, http.StatusOK, "End all others", endDialog(view))
}

// endOthers asks for a recent sign-in: a stolen session shall not throw everybody out.
func (h *Handlers) endOthers(c echo.Context) error {
	if err := mayEnd(c); err != nil {
		return err
	}
	if !session.Recent(c) {
		return respond.SignInAgain(c, endOthersPath)
	}
	ended, err := h.Sessions.EndOthers(c.Request().Context(), asking(c), session.Origin(c))
	if err != nil {
		return err
	}
	return told(c, Path, ended)
}

func (h *Handlers) confirmEndOwn(c echo.Context) error {
	view, err := h.chosen(c, ownEndPath, OwnPath)
	if err != nil || len(view.Rows) == 0 {
		return h.none(c, err, OwnPath)
	}
	return h.ownScreen().Over(c, http.StatusOK, "End", endDialog(view))
}

func (h *Handlers) endOwn(c echo.Context) error { return h.endChosen(c, OwnPath) }

func (h *Handlers) confirmEndElsewhere(c echo.Context) error {
	view := endView{Title: "End all your other sessions?", Text: keepsThis, Action: endElsewherePath, Close: OwnPath}
	return h.ownScreen().Over(c, http.StatusOK, "End all others", endDialog(view))
}

func (h *Handlers) endElsewhere(c echo.Context) error {
	ended, err := h.Sessions.EndElsewhere(c.Request().Context(), asking(c), session.Origin(c))
	if err != nil {
		return err
	}
	return told(c, OwnPath, ended)
}
