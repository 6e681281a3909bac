package profile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/secret"
	"purser.example/internal/sheet"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// judging says what becomes of the rows of a file, some at a time and in their order.
type judging struct {
	*Service
	named map[string]string // where each name stands first, by its key

	compared  int // passwords of the file that were compared with the stored ones
	different int // of these, those that are other ones
}

func (s *Service) judging() *judging { return &judging{Service: s, named: map[string]string{}} }

// judged is one row with what is to be stored of it.
type judged struct {
	row     ImportRow
	old     *Sharer // the profile that has the name; nil: none has
	draft   Draft
	kind    Kind
	tenant  tenant.Tenant // that the row names; zero: none that is connected
	unread  bool          // Purser does not know the domains of every connected tenant
	admin   string        // the admin center of a classic MFA profile
	changes string        // what differs from old
	renewed bool          // it has another password than old
	account bool          // it has another account than old
	reasons []string      // why it is refused
}

// stores reports whether there is anything to store of the row.
func (j *judged) stores() bool { return j.row.Outcome == RowNew || j.row.Outcome == RowChanged }

// anew reports whether a validation of before says nothing about the row's profile: the account, its password or the place where the
// password is tried is another one. A password that was refused stays so at another place, or a run would send it once more (R62).
func (j *judged) anew() bool {
	return j.old == nil || j.account || j.renewed || j.kind == ClassicMFA && j.admin != j.old.AdminCenterURL && !j.old.Parked()
}

// part judges some rows with one look at what is stored.
func (j *judging) part(ctx context.Context, rows []sheet.Row) ([]*judged, error) {
	connected, err := j.tenants.Connected(ctx)
	if err != nil {
		return nil, err
	}
	list, keys := make([]*judged, len(rows)), make([]string, 0, len(rows))
	for i, row := range rows {
		list[i] = j.read(row, connected)
		keys = append(keys, account.Fold(list[i].draft.Name))
	}
	stored, err := j.store.Called(ctx, keys)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]*Sharer, len(stored))
	for i, p := range stored {
		byName[account.Fold(p.Name)] = &stored[i]
	}
	for i, key := range keys {
		if list[i].row.Outcome != RowRefused {
			list[i].old = byName[key]
			j.judge(list[i], rows[i])
		}
	}
	return list, nil
}

// read takes over what stands in a row.
func (j *judging) read(row sheet.Row, connected []tenant.Tenant) *judged {
	out := &judged{row: ImportRow{Line: row.Line, Where: row.Where()}}
	if row.Mistake != "" {
		out.add(row.Mistake)
		out.refuse()
		return out
	}
	out.draft = Draft{
		Name: row.Text(columnName), Description: row.Text(columnDescription), Username: row.Text(columnUsername),
		Password: secret.NewValue(row.Field(columnPassword)),
	}
	out.draft.Name, out.admin = shown.Line(out.draft.Name), shown.Trim(row.Text(columnAdminCenter))
	out.row.Name = shown.Name(out.draft.Name)
	out.tenant = tenantCalled(connected, row.Text(columnTenant))
	out.draft.Tenant = out.tenant.ID
	out.unread = slices.ContainsFunc(connected, func(t tenant.Tenant) bool { return !t.Facts.DomainsRead() })
	return out
}

// tenantCalled finds a tenant by its id or by one of its domains. It gives none where several have the domain.
func tenantCalled(connected []tenant.Tenant, text string) tenant.Tenant {
	text = shown.Trim(text)
	var found []tenant.Tenant
	for _, t := range connected {
		has := strings.EqualFold(t.InitialDomain, text) || slices.ContainsFunc(t.Facts.Domains, func(d tenant.Domain) bool { return strings.EqualFold(d.Name, text) })
		if t.ID == tenant.ParseID(text) {
			return t
		}
		if has && text != "" {
			found = append(found, t)
		}
	}
	if len(found) != 1 {
		return tenant.Tenant{}
	}
	return found[0]
}

// judge says what becomes of a row that can be read.
func (j *judging) judge(r *judged, row sheet.Row) {
	offered := j.Offered()
	if r.old != nil {
		offered = j.offeredTo(r.old.Profile)
		r.row.Profile, r.row.untested = r.old.ID, r.old.Status == verdict.NotValidated
	}
	r.add(j.twice(r.draft.Name, row))
	r.keep(row)
	r.checkDraft(row, offered)
	r.add(r.checkKind(row))
	r.add(r.checkConnected())
	r.add(j.checkAdminCenter(r))
	r.account = r.old != nil && (r.draft.Tenant != r.old.Tenant || !account.SameUsername(r.draft.Username, r.old.Username))
	r.add(j.checkSecret(r))
	if len(r.reasons) > 0 {
		r.refuse()
		return
	}
	j.compare(r)
}

// add notes why a row is refused; an empty reason is none.
func (j *judged) add(reason string) {
	if reason != "" && !slices.Contains(j.reasons, reason) {
		j.reasons = append(j.reasons, reason)
	}
}

func (j *judged) refuse() {
	j.row.Outcome, j.row.Notes = RowRefused, strings.Join(j.reasons, " ")
	j.draft.Password.Clear()
}

// twice refuses a name that stood in the file before.
func (j *judging) twice(name string, row sheet.Row) string {
	key := account.Fold(name)
	if first, there := j.named[key]; there && key != "" {
		return "This name is already in " + first + "."
	}
	j.named[key] = row.Where()
	return ""
}

// checkDraft checks the draft by the rules of the form.
func (j *judged) checkDraft(row sheet.Row, offered []catalogue.Service) {
	services, unknown := servicesCalled(row.Text(columnServices))
	j.draft.Services = services
	j.draft = j.draft.tidy(offered)
	for _, wrong := range j.draft.check(offered) {
		switch {
		case wrong.Field == FieldTenant && shown.Trim(row.Text(columnTenant)) == "":
			j.add("Enter the ID or a domain of the tenant.")
		case wrong.Field == FieldTenant && j.unread:
			j.add("This tenant is not connected. Enter the ID or a domain of a connected tenant. To make its custom domains known, select Check in App management first.")
		case wrong.Field == FieldTenant:
			j.add("This tenant is not connected. Enter the ID or a domain of a connected tenant.")
		case wrong.Field == FieldServices && unknown != "":
			j.add(unknown)
		case wrong.Field == FieldServices && len(j.draft.Services) == 0:
			j.add("Enter at least one service.")
		default:
			j.add(wrong.Message)
		}
	}
	if checkUsername(j.draft.Username) == "" { // what is no username may be a password that stands in the wrong column
		j.row.Username = j.draft.Username
	}
}

// keep takes over from the stored profile what the file says nothing about, because it has no such column.
func (j *judged) keep(row sheet.Row) {
	if j.old == nil {
		return
	}
	if !row.Has(columnDescription) {
		j.draft.Description = j.old.Description
	}
	if !row.Has(columnAdminCenter) {
		j.admin = j.old.AdminCenterURL
	}
}

// servicesCalled reads services that are separated by semicolons. What is not known is told by its place: it may be anything.
func servicesCalled(text string) (ids []string, mistake string) {
	n := 0
	for called := range strings.SplitSeq(text, ";") {
		if called = shown.Trim(called); called == "" {
			continue
		}
		n++
		service, known := catalogue.Find(called)
		if !known && mistake == "" {
			mistake = fmt.Sprintf("Service %d of this row is unknown. Enter services by name, such as Fly, separated by semicolons.", n)
		}
		ids = append(ids, cmp.Or(service.ID, "unknown"))
	}
	return ids, mistake
}

// checkKind reads the type. A row that says none is of the stored profile's, or a common one.
func (j *judged) checkKind(row sheet.Row) string {
	kind := Kind(strings.ToLower(shown.Trim(row.Text(columnType))))
	j.kind = kind
	switch {
	case kind == "" && j.old != nil:
		j.kind = j.old.Kind
	case kind == "":
		j.kind = Common
	case kind != Common && kind != ClassicMFA:
		return "Enter the type common or mfa."
	case j.old != nil && kind != j.old.Kind && kind == Common:
		return "The profile with this name is a classic MFA profile. An import doesn't convert it: open the profile and select Convert."
	case j.old != nil && kind != j.old.Kind:
		return "The profile with this name is a common profile, which doesn't become a classic MFA profile. Enter a different name."
	}
	return ""
}

// checkConnected refuses a tenant that is known from profiles only. A stored profile of it stays what it is.
func (j *judged) checkConnected() string {
	if j.tenant.ID == "" || j.tenant.Apps > 0 || j.old != nil && j.old.Tenant == j.tenant.ID {
		return ""
	}
	return "This tenant no longer has an app profile. Create one for it first."
}

// checkAdminCenter gives the address of the admin center its one form. Classic MFA profiles, whose app passwords are tried there, cannot do
// without (R32). What is stored beside a password that stays may be none, or one that is not allowed any more, so that an export comes back
// whole: nothing is sent there.
func (j *judging) checkAdminCenter(r *judged) string {
	normal, mistake := tenant.CheckAdminURL(r.admin, r.tenant.Cloud, j.settings.AdminCenterHosts)
	switch {
	case r.old != nil && r.admin == r.old.AdminCenterURL && r.draft.Tenant == r.old.Tenant && r.draft.Password.Empty():
		return ""
	case r.admin != "":
		r.admin = normal
		return mistake
	case r.kind == ClassicMFA:
		return "A classic MFA profile needs its admin_center_url. " + mistake
	}
	return ""
}

// checkSecret says why the password cannot be stored. An empty one keeps what is stored, as long as it is of the same account.
func (j *judging) checkSecret(r *judged) string {
	password := r.draft.Password
	switch {
	case password.Empty() && r.old != nil && r.account:
		return anotherAccount
	case password.Empty() && r.old != nil:
		return ""
	case password.Empty() && r.kind == ClassicMFA:
		return "Enter the app password of the account."
	case r.kind == ClassicMFA:
		return account.CheckAppPassword(password)
	}
	return j.accounts.CheckFilePassword(password)
}

// compare tells a new row from one that changes a profile and from one that does not.
func (j *judging) compare(r *judged) {
	if r.old == nil {
		r.row.Outcome, r.row.untested = RowNew, true
		if r.kind == ClassicMFA {
			r.note("Classic MFA profile.")
		}
		r.note(j.Doubt(r.tenant, r.admin))
		return
	}
	r.renewed = !r.draft.Password.Empty() && (r.account || !j.has(r.old, r.draft.Password))
	if r.changes = differences(r.old.Profile, r.profile(), r.renewed); r.changes == nothing {
		r.row.Outcome = RowUnchanged
		r.draft.Password.Clear()
		return
	}
	r.row.Outcome = RowChanged
	r.note("Changes: " + r.changes + ".")
	if r.admin != r.old.AdminCenterURL {
		r.note(j.Doubt(r.tenant, r.admin))
	}
	if r.anew() {
		if !r.row.untested {
			r.note("It has to be validated again.")
		}
		r.row.untested = true
	}
}

func (j *judged) note(text string) { j.row.Notes = shown.Trim(j.row.Notes + " " + text) }

// counted adds to an entry how many passwords were compared. Whoever sees the report knows which of them are the stored ones.
func (j *judging) counted(e audit.Entry) audit.Entry {
	if j.compared == 0 {
		return e
	}
	return e.With("compared", strconv.Itoa(j.compared)).With("different", strconv.Itoa(j.different))
}

// has reports whether a profile has that password. One that does not open is no password any more.
func (j *judging) has(p *Sharer, password secret.Value) bool {
	stored, err := j.ring.Open(p.Sealed, PasswordRecord(p.Profile))
	if err != nil {
		return false
	}
	defer stored.Clear()
	j.compared++
	same := stored.Equal(password)
	if !same {
		j.different++
	}
	return same
}

// profile is the profile as the row wants it, without what a stamp says.
func (j *judged) profile() Profile {
	p := Profile{Kind: j.kind}
	if j.old != nil {
		p = j.old.Profile
	}
	d := j.draft
	p.Name, p.Description, p.Tenant, p.Services, p.Username, p.AdminCenterURL = d.Name, d.Description, d.Tenant, d.Services, d.Username, j.admin
	if j.anew() {
		p.Status, p.Verdict = verdict.NotValidated, verdict.Verdict{Status: verdict.NotValidated}
		p.Validated, p.Failed = time.Time{}, nil
	}
	return p
}
