package profiles

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
)

// List implements profile.Store: one page by keyset, never by offset.
func (s *Store) List(ctx context.Context, q profile.Query) (profile.Page, error) {
	if _, known := orders[q.Sort]; !known {
		q.Sort = profile.ByName
	}
	var page profile.Page
	c, err := s.counted(ctx, q)
	if err != nil {
		return page, err
	}
	if page.Counts, err = s.tally(ctx, q, c); err != nil {
		return page, err
	}
	p, err := s.planOf(ctx, q, c)
	if err != nil {
		return page, err
	}
	if page.Total, page.AtLeast, err = s.total(ctx, p, c.all); err != nil || page.Total == 0 && !page.AtLeast {
		return page, err
	}
	return page, s.fill(ctx, &page, q, p)
}

// fill reads the page's rows, and one more to know whether anything follows. Backwards it reads in the other order.
func (s *Store) fill(ctx context.Context, page *profile.Page, q profile.Query, p plan) error {
	from, back := decodeCursor(q.Before, q.Sort)
	onward := false
	if !back {
		from, onward = decodeCursor(q.After, q.Sort)
	}
	placed := &from
	if !back && !onward {
		placed = nil
	}
	rows, places, err := s.read(ctx, q, p, back, placed)
	more := len(rows) > q.Limit
	if placed == nil && !more {
		page.Total, page.AtLeast = len(rows), false // all of it is here
	}
	if err != nil || len(rows) == 0 {
		return err
	}
	size := min(len(rows), q.Limit)
	rows, places = rows[:size], places[:size]
	if back {
		slices.Reverse(rows)
		slices.Reverse(places)
	}
	page.Rows = rows
	if back || more {
		page.Next = places[len(places)-1].encode()
	}
	if onward || back && more {
		page.Previous = places[0].encode()
	}
	return nil
}

// read reads as many rows as a page has, and one more, a part of the order after the other, and each row's place in the order.
func (s *Store) read(ctx context.Context, q profile.Query, p plan, back bool, from *cursor) ([]profile.Row, []cursor, error) {
	r := newReader(q.Sort, q.Limit+1)
	for _, of := range p.order.parts(q.Down, back) {
		if !p.order.holds(of, from) {
			continue
		}
		query := p.page(listColumns, of, q.Down != back, from, cap(r.rows)-len(r.rows))
		if err := s.db.Query(ctx, query.String(), query.args...).Each(r.next); err != nil || len(r.rows) == cap(r.rows) {
			return r.rows, r.places, err
		}
		from = nil
	}
	return r.rows, r.places, nil
}

// listColumns are what a row of the list shows, and what a cursor to it holds; the key of the order follows.
const listColumns = `p.id, p.kind, p.name, p.description, p.tenant_id, p.username, p.admin_center_url, p.version, p.services, p.status, p.validated_at, p.code, p.expiry, p.expires_at,
	p.warn_at, p.roles, p.products, p.warnings, p.failed_status, p.failed_at, p.modified_at, p.row`

// reader makes a page out of rows with listColumns. The columns are scanned into the same variables each time, and the rows stay where
// they were made: a row costs little more than its texts, which is felt at fifty of them a page.
type reader struct {
	rows   []profile.Row
	places []cursor // of each row, in the present order

	row                                profile.Row
	place                              cursor
	services, warnings                 string
	validated, expires, warn, modified int64
	roles, products, failedStatus      sql.NullString
	failedAt                           sql.NullInt64
	targets                            []any
}

func newReader(sort profile.Column, size int) *reader {
	r := &reader{rows: make([]profile.Row, 0, size), places: make([]cursor, 0, size), place: cursor{Sort: sort}}
	p, v := &r.row, &r.row.Verdict
	r.targets = []any{
		&p.ID, &p.Kind, &p.Name, &p.Description, &p.Tenant, &p.Username, &p.AdminCenterURL, &p.Version, &r.services, &p.Status, &r.validated, &v.Code, &v.Expiry.Kind, &r.expires,
		&r.warn, &r.roles, &r.products, &r.warnings, &r.failedStatus, &r.failedAt, &r.modified, &r.place.Row, &r.place.Key,
	}
	return r
}

// next takes a row over.
func (r *reader) next(row sqlite.Row) error {
	r.row = profile.Row{}
	if err := row.Scan(r.targets...); err != nil {
		return err
	}
	r.rest()
	r.rows, r.places = append(r.rows, r.row), append(r.places, r.place)
	return nil
}

// rest fills in what has another form in the columns than in the row.
func (r *reader) rest() {
	p, v := &r.row, &r.row.Verdict
	p.Services = inCatalogueOrder(strings.Fields(r.services))
	p.Validated, p.Modified.At = sqlite.Moment(r.validated), sqlite.Moment(r.modified)
	v.Status, v.RolesRead, v.Expiry.Warn = p.Status, r.roles.Valid, sqlite.Moment(r.warn)
	if v.Expiry.Kind == verdict.ExpiresOn {
		v.Expiry.At = sqlite.Moment(r.expires)
	}
	v.Roles = rolesOf(r.roles.String)
	if r.products.Valid {
		v.Proof.Licence, v.Products = verdict.Proved, lines(r.products.String)
	}
	for kind := range strings.FieldsSeq(r.warnings) {
		v.Warnings = append(v.Warnings, verdict.Warning{Kind: verdict.WarningKind(kind)})
	}
	if r.failedStatus.Valid {
		p.Failed = &verdict.Verdict{Status: verdict.Status(r.failedStatus.String), At: sqlite.Moment(r.failedAt.Int64)}
	}
}

// rolesOf reads the roles of a row: template id, a blank, name; one to a line.
func rolesOf(text string) []verdict.Role {
	var roles []verdict.Role
	for _, line := range lines(text) {
		id, name, _ := strings.Cut(line, " ")
		roles = append(roles, verdict.Role{TemplateID: id, Name: name})
	}
	return roles
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
