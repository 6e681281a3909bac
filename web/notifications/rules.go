package notifications

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
)

const (
	fieldVersion = "version"
	fieldOn      = "on"
	fieldSending = "sending"
)

// ruleForm is what somebody chose and typed.
type ruleForm struct {
	rule notify.Rule
	time string
}

func readRule(c echo.Context) (f ruleForm, err error) {
	values, err := forms.Values(c)
	if err != nil {
		return f, err
	}
	f.rule = notify.Rule{ID: notify.RuleID(c.Param("id")), Name: values.Get(notify.FieldName), On: values.Get(fieldOn) != "", Zone: strings.ReplaceAll(shown.Trim(values.Get(notify.FieldZone)), " ", "_"), Morning: values.Get(fieldSending) == "morning"}
	for _, k := range values[notify.FieldKinds] {
		f.rule.Kinds = append(f.rule.Kinds, event.Kind(k))
	}
	for _, t := range values[notify.FieldTenants] {
		f.rule.Tenants = append(f.rule.Tenants, tenant.ID(t))
	}
	for _, id := range values[notify.FieldContacts] {
		f.rule.Contacts = append(f.rule.Contacts, notify.ContactID(id))
	}
	f.time = values.Get(notify.FieldTime)
	if f.rule.Morning {
		f.rule.Minute = minuteOf(f.time)
	}
	if f.rule.Version, err = version(values.Get(fieldVersion)); err != nil {
		return f, err
	}
	return f, nil
}

// minuteOf is a time of day in minutes; -1 for what is none.
func minuteOf(text string) int {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return -1
	}
	return at.Hour()*60 + at.Minute()
}

// version is that which somebody saw; 0 for what is new.
func version(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, forms.ErrDamaged
	}
	return n, nil
}

// ruleView is the pane of a rule.
type ruleView struct {
	Title, Action, Delete      string
	Version                    string
	Name, Time, Zone           string
	On                         bool
	Kinds, Tenants, Recipients []ui.Choice
	Sending                    []ui.Choice
	Errors                     map[string]string
	Problem                    string
	NoRecipient                bool
}

var ruleLabels = []struct{ name, label string }{
	{notify.FieldName, "Name"}, {notify.FieldKinds, "Events"}, {notify.FieldTenants, "Tenants"}, {notify.FieldContacts, "Recipients"}, {notify.FieldTime, "Time"}, {notify.FieldZone, "Time zone"},
}

func (v ruleView) mistakes() (list []ui.Mistake) {
	for _, f := range ruleLabels {
		if text := v.Errors[f.name]; text != "" {
			list = append(list, ui.Mistake{Label: f.label, Control: v.control(f.name), Text: text})
		}
	}
	return list
}

// control is the id to jump to: a group cannot take the focus, its first choice can.
func (v ruleView) control(field string) string {
	of := map[string][]ui.Choice{notify.FieldKinds: v.Kinds, notify.FieldTenants: v.Tenants, notify.FieldContacts: v.Recipients}[field]
	if len(of) > 0 {
		return field + "-" + of[0].Value
	}
	return field
}

func (h *Handlers) ruleView(c echo.Context, f ruleForm) (ruleView, error) {
	ctx, caller, r := c.Request().Context(), session.Caller(c), f.rule
	contacts, err := h.Notices.Contacts(ctx, caller)
	if err != nil {
		return ruleView{}, err
	}
	tenants, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return ruleView{}, err
	}
	view := ruleView{Title: "Create rule", Action: rulesPath, Name: r.Name, Time: f.time, Zone: r.Zone, On: r.On, NoRecipient: len(contacts) == 0, Errors: map[string]string{}}
	if r.ID != "" {
		view.Title, view.Action, view.Version = "Edit rule", rulesPath+"/"+string(r.ID), strconv.FormatInt(r.Version, 10)
		view.Delete = view.Action + "/delete"
	}
	for _, k := range event.Kinds() {
		view.Kinds = append(view.Kinds, ui.Choice{Value: string(k), Label: k.Title(), Checked: slices.Contains(r.Kinds, k)})
	}
	for _, t := range tenantNames(tenants) {
		view.Tenants = append(view.Tenants, ui.Choice{Value: string(t.ID), Label: t.Called(), Checked: slices.Contains(r.Tenants, t.ID)})
	}
	for _, one := range contacts {
		view.Recipients = append(view.Recipients, ui.Choice{Value: string(one.ID), Label: shown.Name(one.Name), Note: one.Way.Title(), Checked: slices.Contains(r.Contacts, one.ID)})
	}
	view.Sending = []ui.Choice{
		{Value: "once", Label: "At once", Note: "What happens within a few minutes and has one cause becomes one message.", Checked: !r.Morning},
		{Value: "morning", Label: "Once a day", Note: "One message with everything since the day before. Nothing is sent if nothing happened.", Checked: r.Morning},
	}
	return view, nil
}

// blank is the rule that a new one begins with.
func blank() ruleForm {
	return ruleForm{time: "08:00", rule: notify.Rule{On: true, Zone: "UTC", Kinds: []event.Kind{event.Broken, event.Unreachable, event.Ending}}}
}

func (h *Handlers) newRule(c echo.Context) error { return h.showRule(c, blank()) }

func (h *Handlers) showRule(c echo.Context, f ruleForm) error {
	view, err := h.ruleView(c, f)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, view.Title, rulePane(view))
}

func (h *Handlers) findRule(c echo.Context) (notify.Rule, error) {
	rules, err := h.Notices.Rules(c.Request().Context(), session.Caller(c))
	if err != nil {
		return notify.Rule{}, err
	}
	i := slices.IndexFunc(rules, func(r notify.Rule) bool { return string(r.ID) == c.Param("id") })
	if i < 0 {
		return notify.Rule{}, problem.New(problem.NotFound, "This rule doesn't exist, or it was removed.")
	}
	return rules[i], nil
}

func (h *Handlers) editRule(c echo.Context) error {
	r, err := h.findRule(c)
	if err != nil {
		return err
	}
	f := ruleForm{rule: r, time: r.Schedule().Clock()}
	if !r.Morning {
		f.time = blank().time
	}
	if f.rule.Zone == "" {
		f.rule.Zone = blank().rule.Zone
	}
	return h.showRule(c, f)
}

func (h *Handlers) createRule(c echo.Context) error { return h.saveRule(c) }
func (h *Handlers) updateRule(c echo.Context) error { return h.saveRule(c) }

func (h *Handlers) saveRule(c echo.Context) error {
	if err := may(c); err != nil {
		return err
	}
	f, err := readRule(c)
	if err != nil {
		return err
	}
	r, err := h.Notices.SaveRule(c.Request().Context(), session.Caller(c), session.Origin(c), f.rule)
	if err == nil {
		return respond.Leave(c, Path, "Rule "+shown.Name(r.Name)+" saved.")
	}
	sentence, refused := refusal(err)
	if !refused {
		return err
	}
	view, broken := h.ruleView(c, f)
	if broken != nil {
		return broken
	}
	if view.Errors = byField(err); len(view.mistakes()) == 0 {
		view.Problem = sentence
	}
	if respond.ByScript(c) {
		return respond.Page(c, statusOf(err), ruleOutcome(view))
	}
	return h.screen().Whole(c, statusOf(err), respond.Shell(c, section, title), view.Title, rulePane(view))
}

// refusal is the sentence about what somebody can mend by themselves.
func refusal(err error) (sentence string, refused bool) {
	switch problem.KindOf(err) {
	case problem.Invalid, problem.Conflict, problem.Upstream:
		return problem.Message(err), err != nil
	}
	return "", false
}

func statusOf(err error) int {
	switch problem.KindOf(err) {
	case problem.Conflict:
		return http.StatusConflict
	case problem.Upstream:
		return http.StatusBadGateway
	}
	return http.StatusUnprocessableEntity
}

func byField(err error) map[string]string {
	found := map[string]string{}
	for _, f := range problem.Fields(err) {
		if _, there := found[f.Field]; !there {
			found[f.Field] = f.Message
		}
	}
	return found
}

// deleteView asks whether something shall go.
type deleteView struct {
	Title, Text, Name, Action, Version, Close string
}

func (h *Handlers) confirmRemoveRule(c echo.Context) error {
	r, err := h.findRule(c)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, "Delete", deleteDialog(deleteView{
		Title: "Delete this rule?", Text: "It no longer notifies anyone. Messages that are on their way still arrive.", Name: shown.Name(r.Name),
		Action: rulesPath + "/" + string(r.ID) + "/delete", Version: strconv.FormatInt(r.Version, 10), Close: Path,
	}))
}

func (h *Handlers) removeRule(c echo.Context) error {
	return h.remove(c, "Rule deleted.", func(version int64) error {
		return h.Notices.RemoveRule(c.Request().Context(), session.Caller(c), session.Origin(c), notify.RuleID(c.Param("id")), version)
	})
}

// remove does what somebody confirmed.
func (h *Handlers) remove(c echo.Context, done string, do func(version int64) error) error {
	if err := may(c); err != nil {
		return err
	}
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	seen, err := version(values.Get(fieldVersion))
	if err != nil {
		return err
	}
	err = do(seen)
	if sentence, refused := refusal(err); refused {
		return respond.Back(c, Path, sentence)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, Path, done)
}
