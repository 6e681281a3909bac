package notifications

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/ui"
)

const (
	fieldWorkflow  = "workflow" // the address of Teams, which has a field of its own
	fieldUsernames = "usernames"
)

// ways are how a recipient gets messages, in the order of the form.
var ways = []struct {
	way  notify.Way
	note string
}{
	{notify.Mail, "A person's or a team's mailbox."},
	{notify.ByRole, "Each person with the role gets a message of their own. People who lose the role get no more messages."},
	{notify.Webhook, "A program of yours. Messages are signed as Standard Webhooks specify."},
	{notify.Teams, "A channel, by a workflow that posts what it is sent."},
}

// recipientView is the pane of a recipient. Addresses of webhooks and Teams are missing on purpose: the server never sends them.
type recipientView struct {
	ID, Title, Action, Version string
	Name, Mail, Host           string
	Way                        notify.Way
	Ways                       []ui.Choice
	Roles                      []ui.Option
	Usernames                  bool
	Retype                     bool // what is secret has to be entered again
	NoMail                     bool
	Former                     string // until when the former secret signs, too
	Errors                     map[string]string
	Problem                    string
	Tested                     string // what a test came to
}

func (v recipientView) is(w notify.Way) bool { return v.ID == "" || v.Way == w }

func (v recipientView) address() string { return recipientsPath + "/" + v.ID }

func (v recipientView) mistakes() (list []ui.Mistake) {
	for _, f := range []struct{ name, label string }{
		{notify.FieldName, "Name"}, {notify.FieldWay, "Type"}, {notify.FieldMail, "Email address"}, {notify.FieldRole, "Role"}, {notify.FieldAddress, "Webhook address"}, {fieldWorkflow, "Workflow address"},
	} {
		if text := v.Errors[f.name]; text != "" {
			control := f.name
			if f.name == notify.FieldWay {
				control += "-" + string(notify.Mail)
			}
			list = append(list, ui.Mistake{Label: f.label, Control: control, Text: text})
		}
	}
	return list
}

// addressHelp is what stands below a field for a secret address.
func (v recipientView) addressHelp(usual string) string {
	switch {
	case v.Retype:
		return "Enter it again. It is never sent back to the browser."
	case v.ID != "":
		return "Messages go to " + v.Host + ". Leave this empty to keep the address; it isn't shown again."
	}
	return usual
}

func (h *Handlers) recipientView(d notify.Draft) recipientView {
	view := recipientView{
		ID: string(d.ID), Title: "Add recipient", Action: recipientsPath, Name: d.Name, Mail: d.Mail, Way: d.Way, Usernames: d.Usernames, NoMail: !h.Notices.Set(notify.Mail), Errors: map[string]string{},
	}
	if d.ID != "" {
		view.Title, view.Version = "Edit recipient", strconv.FormatInt(d.Version, 10)
		view.Action = view.address()
	}
	for _, w := range ways {
		view.Ways = append(view.Ways, ui.Choice{Value: string(w.way), Label: w.way.Title(), Note: w.note, Checked: w.way == d.Way})
	}
	for _, r := range []access.Role{access.TenantOwner, access.ServiceAdministrator} {
		view.Roles = append(view.Roles, ui.Option{Value: string(r), Label: r.Title(), Selected: r == d.Role})
	}
	return view
}

func (h *Handlers) newRecipient(c echo.Context) error {
	if err := may(c); err != nil {
		return err
	}
	view := h.recipientView(notify.Draft{Way: notify.Mail, Usernames: true})
	return h.screen().Over(c, http.StatusOK, view.Title, recipientPane(view))
}

func (h *Handlers) findRecipient(c echo.Context) (notify.Contact, error) {
	contacts, err := h.Notices.Contacts(c.Request().Context(), session.Caller(c))
	if err != nil {
		return notify.Contact{}, err
	}
	i := slices.IndexFunc(contacts, func(one notify.Contact) bool { return string(one.ID) == c.Param("id") })
	if i < 0 {
		return notify.Contact{}, problem.New(problem.NotFound, "This recipient doesn't exist, or it was removed.")
	}
	return contacts[i], nil
}

// stored is the form of a recipient as it is.
func (h *Handlers) stored(one notify.Contact) recipientView {
	view := h.recipientView(notify.Draft{ID: one.ID, Version: one.Version, Name: one.Name, Way: one.Way, Mail: one.Mail, Role: one.Role, Usernames: one.Usernames})
	view.Host = one.Host
	if one.FormerUntil.After(h.Now()) {
		view.Former = one.FormerUntil.UTC().Format("January 2, 15:04 UTC")
	}
	return view
}

func (h *Handlers) editRecipient(c echo.Context) error {
	one, err := h.findRecipient(c)
	if err != nil {
		return err
	}
	view := h.stored(one)
	return h.screen().Over(c, http.StatusOK, view.Title, recipientPane(view))
}

func (h *Handlers) createRecipient(c echo.Context) error { return h.saveRecipient(c) }
func (h *Handlers) updateRecipient(c echo.Context) error { return h.saveRecipient(c) }

func readRecipient(c echo.Context) (d notify.Draft, err error) {
	values, err := forms.Values(c)
	if err != nil {
		return d, err
	}
	d = notify.Draft{
		ID: notify.ContactID(c.Param("id")), Name: values.Get(notify.FieldName), Way: notify.Way(values.Get(notify.FieldWay)), Mail: values.Get(notify.FieldMail),
		Role: access.Role(values.Get(notify.FieldRole)), Usernames: values.Get(fieldUsernames) != "",
	}
	address := values.Get(notify.FieldAddress)
	if d.Way == notify.Teams {
		address = values.Get(fieldWorkflow)
	}
	d.Address = secret.FromString(shown.Trim(address))
	d.Version, err = version(values.Get(fieldVersion))
	return d, err
}

func (h *Handlers) saveRecipient(c echo.Context) error {
	if err := may(c); err != nil {
		return err
	}
	d, err := readRecipient(c)
	if err != nil {
		return err
	}
	defer d.Address.Clear()
	one, key, err := h.Notices.SaveContact(c.Request().Context(), session.Caller(c), session.Origin(c), d)
	defer key.Clear()
	if err == nil && key.Empty() {
		return respond.Leave(c, Path, "Recipient "+shown.Name(one.Name)+" saved. To see whether messages arrive, open it and select Send a test.")
	}
	if err == nil {
		return h.showSecret(c, one, key)
	}
	sentence, refused := refusal(err)
	if !refused {
		return err
	}
	view := h.recipientView(d)
	if d.ID != "" {
		before, err := h.findRecipient(c)
		if err != nil {
			return err
		}
		view.Host = before.Host
	}
	view.Retype = !d.Address.Empty()
	if view.Errors = byField(err); d.Way == notify.Teams && view.Errors[notify.FieldAddress] != "" {
		view.Errors[fieldWorkflow] = view.Errors[notify.FieldAddress]
		delete(view.Errors, notify.FieldAddress)
	}
	if len(view.mistakes()) == 0 {
		view.Problem = sentence
	}
	return h.screen().Whole(c, statusOf(err), respond.Shell(c, section, title), view.Title, recipientPane(view))
}

// showSecret is the one page that shows a signing secret. Nobody may keep it.
func (h *Handlers) showSecret(c echo.Context, one notify.Contact, key secret.Value) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	const name = "Signing secret"
	return h.screen().Whole(c, http.StatusOK, respond.Shell(c, section, title), name, secretPane(shown.Name(one.Name), recipientsPath+"/"+string(one.ID), string(key.Reveal())))
}

func (h *Handlers) confirmRemoveRecipient(c echo.Context) error {
	one, err := h.findRecipient(c)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, "Delete", deleteDialog(deleteView{
		Title: "Delete this recipient?", Text: "What waits to be sent there is dropped.", Name: shown.Name(one.Name),
		Action: recipientsPath + "/" + string(one.ID) + "/delete", Version: strconv.FormatInt(one.Version, 10), Close: Path,
	}))
}

func (h *Handlers) removeRecipient(c echo.Context) error {
	return h.remove(c, "Recipient deleted.", func(version int64) error {
		return h.Notices.RemoveContact(c.Request().Context(), session.Caller(c), session.Origin(c), notify.ContactID(c.Param("id")), version)
	})
}

func (h *Handlers) confirmRenew(c echo.Context) error {
	one, err := h.findRecipient(c)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, "Renew signing secret", renewDialog(deleteView{
		Name: shown.Name(one.Name), Action: recipientsPath + "/" + string(one.ID) + "/secret", Version: strconv.FormatInt(one.Version, 10), Close: recipientsPath + "/" + string(one.ID),
	}))
}

func (h *Handlers) renew(c echo.Context) error {
	one, err := h.findRecipient(c)
	if err != nil {
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
	key, err := h.Notices.RenewKey(c.Request().Context(), session.Caller(c), session.Origin(c), one.ID, seen)
	if sentence, refused := refusal(err); refused {
		return respond.Back(c, Path, sentence)
	}
	if err != nil {
		return err
	}
	defer key.Clear()
	return h.showSecret(c, one, key)
}

// test sends a message at once and says what came of it.
func (h *Handlers) test(c echo.Context) error {
	one, err := h.findRecipient(c)
	if err != nil {
		return err
	}
	err = h.Notices.Test(c.Request().Context(), session.Caller(c), session.Origin(c), one.ID)
	view := h.stored(one)
	switch sentence, refused := refusal(err); {
	case refused: // it was tried, which is what was asked for
		view.Problem = "The test didn't arrive. " + sentence
	case err != nil:
		return err
	default:
		view.Tested = "The test was taken. Look whether it arrived."
	}
	return h.screen().Whole(c, http.StatusOK, respond.Shell(c, section, title), view.Title, recipientPane(view))
}
