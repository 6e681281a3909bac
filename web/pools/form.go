package pools

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
)

// The names of a pool's fields in the form; each is followed by its class, and those of a member by the user's id too.
const (
	fieldGroup    = "group"
	fieldURL      = "url"
	fieldObjects  = "objects"
	fieldMFA      = "mfa"
	fieldPassword = "password"
	fieldForget   = "forget"
	// fieldAlso is another place of a member's account that gets a new password too, and fieldShown one that the page showed.
	fieldAlso  = "also"
	fieldShown = "shown"
	// fieldRow holds, for each member in sight, whether Enable MFA was on when the page was made, and the user's id.
	fieldRow = "row"
	// fieldOverwrite comes with "Overwrite with mine" only, and holds in place of fieldSeen.
	fieldOverwrite = "overwrite"
	fieldSeen      = "seen"
	fieldNamed     = "named" // what Group Name showed when its reading was found
	fieldReading   = "reading"
	fieldDrift     = "drift"
	fieldClear     = "clear"
	fieldWas       = "was" // what the page showed: a reading, an address, a number
	fieldChoice    = "choice"
)

// form is the whole page as somebody sent it.
type form struct {
	tenant  tenant.ID
	tab     pool.Class
	pools   map[pool.Class]*poolForm
	command string // "validate:sites": what is to be done, and with which pool
}

// poolForm is one pool as somebody typed it, beside what the page showed.
type poolForm struct {
	key            pool.Key
	seen           int64
	overwrite      bool
	group, named   string
	reading, drift pool.ReadingID
	clear          bool
	url, objects   string
	choice         string
	was            wasForm
	rows           []rowForm
	members        memberQuery
}

type wasForm struct {
	reading      pool.ReadingID
	url, objects string
}

// rowForm is a member in sight.
type rowForm struct {
	user        pool.UserID
	mfa, wasMFA bool
	password    secret.Value
	forget      bool
	elsewhere   account.Choice
}

func (r rowForm) touched() bool { return r.mfa != r.wasMFA || !r.password.Empty() || r.forget }

// formOf is a pool's form as it is saved.
func formOf(p pool.Pool) *poolForm {
	f := &poolForm{key: p.Key, seen: p.Number, group: p.Group.Name, named: p.Group.Name, reading: p.Reading, url: p.AdminURL}
	if p.Objects > 0 {
		f.objects = strconv.Itoa(p.Objects)
	}
	f.was = wasForm{reading: f.reading, url: f.url, objects: f.objects}
	return f
}

func readForm(c echo.Context) (form, error) {
	values, err := forms.Values(c)
	if err != nil {
		return form{}, err
	}
	f := form{tenant: tenant.ParseID(values.Get("tenant")), tab: classOf(values.Get("tab")), pools: map[pool.Class]*poolForm{}, command: values.Get(fieldDo)}
	for _, class := range pool.Classes {
		p, err := readPool(values, pool.Key{Tenant: f.tenant, Class: class})
		if err != nil {
			return form{}, err
		}
		if p != nil {
			f.pools[class] = p
		}
	}
	return f, nil
}

// readPool reads one pool; nil where the form does not hold it.
func readPool(values url.Values, key pool.Key) (*poolForm, error) {
	name := func(field string) string { return field + "-" + string(key.Class) }
	get := func(field string) string { return shown.Trim(values.Get(name(field))) }
	if !values.Has(name(fieldSeen)) {
		return nil, nil //nolint:nilnil // A request may be about one of the pools only, which is no mistake.
	}
	seen, err := strconv.ParseInt(cmp.Or(get(fieldOverwrite), get(fieldSeen)), 10, 64)
	if err != nil {
		return nil, forms.ErrDamaged // without the cause, which quotes the field
	}
	p := &poolForm{
		key: key, seen: seen, overwrite: get(fieldOverwrite) != "", group: pool.Typed(values.Get(name(fieldGroup))), named: pool.Typed(values.Get(name(fieldNamed))),
		reading: pool.ReadingID(get(fieldReading)), drift: pool.ReadingID(last(values[name(fieldDrift)])), clear: get(fieldClear) != "",
		url: get(fieldURL), objects: get(fieldObjects), choice: get(fieldChoice),
		was:     wasForm{reading: pool.ReadingID(get(fieldWas + "-" + fieldReading)), url: get(fieldWas + "-" + fieldURL), objects: get(fieldWas + "-" + fieldObjects)},
		members: memberQueryOf(get),
	}
	for _, row := range values[name(fieldRow)] {
		was, user, _ := strings.Cut(row, ":")
		p.rows = append(p.rows, rowForm{
			user: pool.UserID(user), wasMFA: was == "1", mfa: values.Get(name(fieldMFA)+"-"+user) != "",
			password: secret.FromString(values.Get(name(fieldPassword) + "-" + user)), forget: values.Get(name(fieldForget)+"-"+user) != "",
			elsewhere: account.Chosen(values[name(fieldShown)+"-"+user], values[name(fieldAlso)+"-"+user]),
		})
	}
	return p, nil
}

// last is the newest of several values: a script brings the drift that it found beside the field that the page came with.
func last(values []string) string {
	for _, value := range slices.Backward(values) {
		if value != "" {
			return value
		}
	}
	return ""
}

// clearPasswords removes what was typed from memory.
func (f form) clearPasswords() {
	for _, p := range f.pools {
		for _, row := range p.rows {
			row.password.Clear()
		}
	}
}

// touched reports whether a Save would change anything of the pool.
func (p *poolForm) touched() bool {
	if p.clear || p.overwrite || p.group != p.named || p.reading != p.was.reading || p.url != p.was.url || p.objects != p.was.objects {
		return true
	}
	for _, row := range p.rows {
		if row.touched() {
			return true
		}
	}
	return false
}

// change is what a Save is to store. A group that was typed and not validated is refused here: nobody has seen its members.
func (p *poolForm) change() (pool.Change, error) {
	objects, err := p.count()
	if err != nil {
		return pool.Change{}, err
	}
	change := pool.Change{Key: p.key, Seen: p.seen, Clear: p.clear, AdminURL: p.url, Objects: objects}
	switch {
	case p.clear:
		return change, nil
	case p.group == "" && p.named != "":
		return pool.Change{}, problem.Field(pool.FieldGroup, "Enter the group's name, or select Clear to remove the group from this pool.")
	case p.group != p.named:
		return pool.Change{}, problem.Field(pool.FieldGroup, "Select Validate first to see the members of this group.")
	case p.reading != p.was.reading || p.overwrite:
		change.Reading = p.reading
	}
	for _, row := range p.rows {
		if row.touched() {
			change.Members = append(change.Members, pool.MemberChange{User: row.user, MFA: row.mfa, Password: row.password, Forget: row.forget && row.password.Empty(), Elsewhere: row.elsewhere})
		}
	}
	return change, nil
}

// count reads the number of objects; people write thousands with commas, dots and spaces.
func (p *poolForm) count() (int, error) {
	if p.objects == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "", " ", "", " ", "", "'", "").Replace(p.objects))
	if err != nil || n < 0 || n > 1_000_000_000 {
		return 0, problem.Field(pool.FieldObjects, "Enter a whole number such as 2500, or leave it empty.")
	}
	return n, nil
}
