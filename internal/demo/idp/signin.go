package idp

import (
	"errors"
	"mime/multipart"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// showSignIn shows the page for the request named in the address.
func (p *Provider) showSignIn(w http.ResponseWriter, r *http.Request) {
	waiting, ok := p.requests.find(r.URL.Query().Get("request"), browser(r))
	if !ok {
		p.stale(w, r)
		return
	}
	p.render(w, r, http.StatusOK, signInPage(p.signInView(waiting.id, waiting.hint)))
}

// signIn checks email address and password, and sends the browser back to the client with a code. What was typed is not
// logged: people type passwords into the wrong field.
func (p *Provider) signIn(w http.ResponseWriter, r *http.Request) {
	waiting, ok := p.requests.find(r.URL.Query().Get("request"), browser(r))
	if !ok {
		p.stale(w, r)
		return
	}
	if status := unreadable(r); status != 0 {
		p.render(w, r, status, messagePage(messageView{
			Style: p.prefix + stylePath, Title: "This form could not be read",
			Text: "It is damaged or too long. No one was signed in.", Link: p.startAgain, LinkText: "Start again",
		}))
		return
	}
	email := r.PostForm.Get("email")
	person, ok := p.people.signIn(email, r.PostForm.Get("password"))
	if !ok {
		p.log.InfoContext(r.Context(), "sign-in refused", "client_id", waiting.client)
		page := p.signInView(waiting.id, email)
		page.Problem = "Email or password is wrong."
		p.render(w, r, http.StatusUnprocessableEntity, signInPage(page))
		return
	}
	p.finish(w, r, waiting, person)
}

// unreadable reads the form in the body, and gives the status with which to answer one that cannot be read: 413 for one that is too long,
// 400 for any other; 0 where it was read. What it holds is in r.PostForm.
func unreadable(r *http.Request) int {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(maxBody)
	}
	_, tooLong := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLong, errors.Is(err, multipart.ErrMessageTooLarge):
		return http.StatusRequestEntityTooLarge
	case err != nil && !errors.Is(err, http.ErrNotMultipart):
		return http.StatusBadRequest
	}
	return 0
}

func (p *Provider) finish(w http.ResponseWriter, r *http.Request, waiting request, person Person) {
	answered, code, ok := p.requests.answer(waiting.id, waiting.browser, person.Subject)
	if !ok {
		p.stale(w, r)
		return
	}
	back, err := op.AuthResponseURL(answered.redirect, answered.GetResponseType(), answered.GetResponseMode(),
		&op.CodeResponseType{Code: code, State: answered.state}, p.protocol.Encoder())
	if err != nil {
		p.log.ErrorContext(r.Context(), "cannot build the address to return to", "client_id", answered.client)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	p.log.InfoContext(r.Context(), "signed in", "subject", person.Subject, "client_id", answered.client)
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// stale answers a sign-in that is unknown, expired, finished or another browser's; which one is nobody's business.
func (p *Provider) stale(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusBadRequest, messagePage(messageView{
		Style: p.prefix + stylePath, Title: "This sign-in is no longer valid",
		Text: "It was started more than ten minutes ago or in another browser, or it is already finished.",
		Link: p.startAgain, LinkText: "Start again",
	}))
}

func (p *Provider) showSignedOut(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, messagePage(messageView{
		Style: p.prefix + stylePath, Title: "You are signed out",
		Text: "You can close this page.", Link: p.startAgain, LinkText: "Sign in again",
	}))
}
