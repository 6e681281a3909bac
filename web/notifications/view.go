package notifications

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/notify"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// pageView is all of the page.
type pageView struct {
	Rules      []ruleRow
	Recipients []recipientRow
	Dead, Sent []messageRow
	NoMail     bool // no mail server is set up
	More       string
	Now        string
}

type ruleRow struct {
	Name, Href                           string
	Events, Tenants, Recipients, Sending string
	On                                   bool
}

type recipientRow struct {
	Name, Href, Way, Where string
	Took                   words.Time
	Tone                   ui.Tone
	State, Reason          string
}

type messageRow struct {
	Subject, To, Reason string
	At                  words.Time
	Again               string // the address that sends it again; empty where it is not given up
	Tone                ui.Tone
	State               string
}

var (
	ruleColumns      = []ui.Column{{Label: "Rule", Width: ui.Named}, {Label: "Events", Width: ui.Texts}, {Label: "Tenants", Width: ui.Texts, From: ui.FromWide}, {Label: "Recipients", Width: ui.Texts}, {Label: "Sending", Width: ui.Short}}
	recipientColumns = []ui.Column{{Label: "Recipient", Width: ui.Named}, {Label: "Type", Width: ui.Short}, {Label: "Address", Width: ui.Texts}, {Label: "Last message", Width: ui.Times}, {Label: "Status"}}
	deadColumns      = []ui.Column{{Label: "Message", Width: ui.Named}, {Label: "Recipient", Width: ui.Texts}, {Label: "Time", Width: ui.Times}, {Label: "Reason"}, {Label: "Command", Width: ui.Short}}
	sentColumns      = []ui.Column{{Label: "Message", Width: ui.Named}, {Label: "Recipient", Width: ui.Texts}, {Label: "Time", Width: ui.Times}, {Label: "Status"}}
)

// lately is how many messages of each kind the page has.
const lately = 20

func (h *Handlers) view(c echo.Context) (pageView, error) {
	ctx, caller, now := c.Request().Context(), session.Caller(c), h.Now()
	rules, err := h.Notices.Rules(ctx, caller)
	if err != nil {
		return pageView{}, err
	}
	contacts, err := h.Notices.Contacts(ctx, caller)
	if err != nil {
		return pageView{}, err
	}
	dead, err := h.Notices.Letters(ctx, caller, notify.LetterQuery{State: notify.Dead, After: c.QueryParam("after"), Limit: lately})
	if err != nil {
		return pageView{}, err
	}
	all, err := h.Notices.Letters(ctx, caller, notify.LetterQuery{Limit: lately})
	if err != nil {
		return pageView{}, err
	}
	view := pageView{NoMail: !h.Notices.Set(notify.Mail), Now: words.Moment(now, now).Now, Dead: messages(dead.Rows, now)}
	view.Sent = messages(slices.DeleteFunc(all.Rows, func(l notify.Letter) bool { return l.State == notify.Dead }), now)
	if dead.Next != "" {
		view.More = Path + "?after=" + dead.Next
	}
	for _, r := range rules {
		view.Rules = append(view.Rules, h.ruleRow(c, r, contacts))
	}
	for _, one := range contacts {
		view.Recipients = append(view.Recipients, h.recipientRow(one, now))
	}
	return view, nil
}

func (h *Handlers) ruleRow(c echo.Context, r notify.Rule, contacts []notify.Contact) ruleRow {
	row := ruleRow{Name: shown.Name(r.Name), Href: rulesPath + "/" + string(r.ID), On: r.On, Tenants: "All tenants", Sending: "At once"}
	var kinds, tenants, names []string
	for _, k := range r.Kinds {
		kinds = append(kinds, k.Title())
	}
	for _, t := range r.Tenants {
		tenants = append(tenants, h.Tenants.Name(c.Request().Context(), t))
	}
	for _, one := range contacts {
		if slices.Contains(r.Contacts, one.ID) {
			names = append(names, shown.Name(one.Name))
		}
	}
	row.Events, row.Recipients = words.Sentence(kinds), words.Sentence(names)
	if len(tenants) > 0 {
		row.Tenants = words.Sentence(tenants)
	}
	if r.Morning {
		row.Sending = "Daily at " + r.Schedule().Clock() + " " + r.Zone
	}
	if !r.On {
		row.Sending = "Off"
	}
	return row
}

func (h *Handlers) recipientRow(one notify.Contact, now time.Time) recipientRow {
	row := recipientRow{
		Name: shown.Name(one.Name), Href: recipientsPath + "/" + string(one.ID), Way: one.Way.Title(), Took: words.Moment(one.Took, now),
		Where: cmp.Or(one.Mail, one.Host, one.Role.Title()), Tone: ui.OK, State: "Takes messages",
	}
	switch {
	case !h.Notices.Set(one.Way):
		row.Tone, row.State, row.Reason = ui.Warn, "No mail server", "Your server administrator can set PURSER_SMTP_HOST."
	case !one.Failing.IsZero():
		row.Tone, row.State, row.Reason = ui.Bad, "Takes no messages", one.Reason
	case one.Took.IsZero():
		row.Tone, row.State = ui.Mute, "Nothing sent yet"
	}
	return row
}

var stateTones = map[notify.State]struct {
	tone ui.Tone
	says string
}{
	notify.Waiting: {ui.Info, "Waiting"}, notify.Sending: {ui.Info, "Being sent"}, notify.Sent: {ui.OK, "Sent"}, notify.Dead: {ui.Bad, "Given up"},
}

func messages(letters []notify.Letter, now time.Time) (rows []messageRow) {
	for _, l := range letters {
		at := l.Ended
		if at.IsZero() {
			at = l.Made
		}
		state := stateTones[l.State]
		row := messageRow{Subject: shown.Name(l.Message.Subject), To: shown.Name(cmp.Or(l.Mail, l.Called)), Reason: l.Reason, At: words.Moment(at, now), Tone: state.tone, State: state.says}
		if l.State == notify.Dead {
			row.Again = messagesPath + "/" + string(l.ID) + "/again"
		}
		if l.State == notify.Waiting && l.Tries > 0 {
			row.State = "Tries again"
		}
		rows = append(rows, row)
	}
	return rows
}

// tenantNames are the tenants that a rule can choose, by name.
func tenantNames(list []tenant.Tenant) []tenant.Tenant {
	return slices.SortedFunc(slices.Values(list), func(a, b tenant.Tenant) int {
		return strings.Compare(strings.ToLower(a.Called()), strings.ToLower(b.Called()))
	})
}
