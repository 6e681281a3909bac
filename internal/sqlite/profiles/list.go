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
	read, err := s.read(ctx, q, p, back, placed)
	more := len(read) > q.Limit
	if placed == nil && !more {
		page.Total, page.AtLeast = len(read), false // all of it is here
	}
	if err != nil || len(read) == 0 {
		return err
	}
	read = read[:min(len(read), q.Limit)]
	if back {
		slices.Reverse(read)
	}
	page.Rows = make([]profile.Row, len(read))
	for i := range read {
		page.Rows[i] = read[i].Row
	}
	if back || more {
		page.Next = read[len(read)-1].place(q.Sort)
	}
	if onward || back && more {
		page.Previous = read[0].place(q.Sort)
	}
	return nil
}

// read reads as many rows as a page has, and one more, a part of the order after the other.
func (s *Store) read(ctx context.Context, q profile.Query, p plan, back bool, from *cursor) ([]listedRow, error) {
	var list []listedRow
	for _, of := range p.order.parts(q.Down, back) {
		if !p.order.holds(of, from) {
			continue
		}
		left := q.Limit + 1 - len(list)
		rows, err := s.listed(ctx, p.page(listColumns, of, q.Down != back, from, left), left)
		if list = append(list, rows...); err != nil || len(rows) == left {
			return list, err
		}
		from = nil
	}
	return list, nil
}

// listColumns are what a row of the list shows, and what a cursor to it holds; the key of the order follows.
const listColumns = `p.id, p.kind, p.name, p.description, p.tenant_id, p.username, p.version, p.services, p.status, p.validated_at, p.code, p.expiry, p.expires_at,
	p.warn_at, p.roles, p.products, p.warnings, p.failed_status, p.failed_at, p.modified_at, p.row`

// listedRow is a row with its place in the present order.
type listedRow struct {
	profile.Row
	row int64
	key any
}

func (r listedRow) place(sort profile.Column) string { return cursor{sort, r.key, r.row}.encode() }

func (s *Store) listed(ctx context.Context, query *statement, size int) ([]listedRow, error) {
	list := make([]listedRow, 0, size)
	err := s.db.Query(ctx, query.String(), query.args...).Each(func(row sqlite.Row) error {
		list = append(list, listedRow{})
		return list[len(list)-1].scan(row)
	})
	return list, err
}

func (r *listedRow) scan(row sqlite.Row) error {
	var services, warnings string
	var validated, expires, warn, modified int64
	var roles, products, failedStatus sql.NullString
	var failedAt sql.NullInt64
	v := &r.Verdict
	if err := row.Scan(&r.ID, &r.Kind, &r.Name, &r.Description, &r.Tenant, &r.Username, &r.Version, &services, &r.Status, &validated, &v.Code, &v.Expiry.Kind, &expires,
		&warn, &roles, &products, &warnings, &failedStatus, &failedAt, &modified, &r.row, &r.key); err != nil {
		return err
	}
	r.Services = inCatalogueOrder(strings.Fields(services))
	r.Validated, r.Modified.At = sqlite.Moment(validated), sqlite.Moment(modified)
	v.Status, v.RolesRead, v.Expiry.Warn = r.Status, roles.Valid, sqlite.Moment(warn)
	if v.Expiry.Kind == verdict.ExpiresOn {
		v.Expiry.At = sqlite.Moment(expires)
	}
	v.Roles = rolesOf(roles.String)
	if products.Valid {
		v.Proof.Licence, v.Products = verdict.Proved, lines(products.String)
	}
	for kind := range strings.FieldsSeq(warnings) {
		v.Warnings = append(v.Warnings, verdict.Warning{Kind: verdict.WarningKind(kind)})
	}
	if failedStatus.Valid {
		r.Failed = &verdict.Verdict{Status: verdict.Status(failedStatus.String), At: sqlite.Moment(failedAt.Int64)}
	}
	return nil
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
