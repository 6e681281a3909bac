package health

import (
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/drift"
	"purser.example/internal/shown"
	"purser.example/web/session"
	"purser.example/web/words"
)

// knownView is what Purser knows of an account as Microsoft 365 has it.
type knownView struct {
	Open   []openView
	Facts  []topicView // empty: nothing was read yet
	Looked words.Time
	Lacks  string // what to grant, so that more could be read; empty for nothing
}

// openView is a change that nobody accepted yet.
type openView struct {
	Href, Title string
	First       words.Time
}

// topicView is what was read about one topic.
type topicView struct{ Title, Text string }

func (h *Handlers) known(c echo.Context, k account.Key) (view knownView, err error) {
	a, err := h.Drift.Account(c.Request().Context(), session.Caller(c), k)
	if err != nil {
		return view, err
	}
	view.Looked = words.Moment(a.Looked, h.Now())
	for _, d := range a.Open {
		view.Open = append(view.Open, openView{driftPath(d.ID), d.Title(), words.Moment(d.First, h.Now())})
	}
	if a.No > 0 {
		for _, topic := range []drift.Topic{drift.SignIn, drift.Roles, drift.Licenses, drift.MFA, drift.Policies, drift.Password} {
			set, read := a.Read[topic]
			view.Facts = append(view.Facts, topicView{topic.Title(), saying(topic, set, read)})
		}
	}
	if len(a.Lacks) > 0 {
		view.Lacks = "Not everything could be read, because Purser's app registration lacks " + words.Sentence(a.Lacks) + ". The details of the app profile say how to grant permissions."
	}
	return view, nil
}

// saying is what was read about a topic, in words.
func saying(topic drift.Topic, set drift.Set, read bool) string {
	switch {
	case !read:
		return "Not read"
	case topic == drift.SignIn:
		return map[bool]string{true: "Blocked", false: "Allowed"}[set.Has(drift.Blocked)]
	case topic == drift.MFA:
		return map[bool]string{true: "Registered", false: "Not registered"}[set.Has(drift.Registered)]
	case topic == drift.Password:
		at := (drift.Facts{topic: set}).PasswordAt()
		return "Changed on " + at.Format("January 2, 2006, 15:04") + " UTC"
	}
	var names []string
	for _, i := range set.Items {
		names = append(names, shown.Name(words.Either(i.Name, i.Key)))
	}
	if len(set.Unsure) > 0 {
		names = append(names, words.Number(len(set.Unsure))+words.Plural(len(set.Unsure), " policy", " policies")+" that Purser can't tell about")
	}
	return words.Either(strings.Join(names, ", "), "None")
}
