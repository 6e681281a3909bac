package scans

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
)

// reading is a section as far as pages are stored by it.
type reading struct {
	scan.Section
	lot       int64
	first, no int64 // numbers of readings; 0: nothing was read yet
}

const readingQuery = `SELECT first_reading, reading, coalesce((SELECT l.no FROM scan_lots l JOIN scans c ON c.tenant_id = l.tenant_id WHERE c.id = scan_id AND l.type = scan_sections.type), 0), ` +
	sectionColumns + ` FROM scan_sections WHERE scan_id = ? AND type = ?`

func scanReading(row sqlite.Row) (r reading, err error) {
	r.Section, err = scanSection(row, &r.first, &r.no, &r.lot)
	return r, gone(err)
}

// readingOf finds a section that is not over.
func readingOf(tx *sqlite.Tx, id scan.ID, t scan.Type) (reading, error) {
	r, err := scanReading(tx.QueryRow(readingQuery, id, t))
	if err == nil && r.State.Over() {
		err = scan.ErrChanged
	}
	return r, err
}

// BeginSection implements scan.Store.
func (s *Store) BeginSection(ctx context.Context, id scan.ID, t scan.Type, at time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		r, err := readingOf(tx, id, t)
		if err != nil || r.State == scan.SectionReading {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO scan_lots (tenant_id, type, read_at) SELECT tenant_id, ?, 0 FROM scans WHERE id = ? ON CONFLICT DO NOTHING`, t, id); err != nil {
			return err
		}
		no, err := nextReading(tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE scan_sections SET state = ?, begun_at = ?, first_reading = ?, reading = ? WHERE scan_id = ? AND type = ?`,
			scan.SectionReading, sqlite.Milliseconds(at), no, no, id, t)
		return err
	})
}

func nextReading(tx *sqlite.Tx) (no int64, err error) {
	err = tx.QueryRow(`UPDATE scan_readings SET no = no + 1 RETURNING no`).Scan(&no)
	return no, err
}

// Restart implements scan.Store. Under the number of another reading each object counts again.
func (s *Store) Restart(ctx context.Context, id scan.ID, t scan.Type) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := readingOf(tx, id, t); err != nil {
			return err
		}
		no, err := nextReading(tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM scan_warnings WHERE scan_id = ? AND type = ?`, id, t); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE scan_sections SET reading = ?, next_page = '', code = '', found = 0, fresh = 0, gone = 0, failed = 0 WHERE scan_id = ? AND type = ?`, no, id, t)
		return err
	})
}

// AddPage implements scan.Store.
func (s *Store) AddPage(ctx context.Context, id scan.ID, t scan.Type, p scan.Page, at time.Time) (section scan.Section, err error) {
	objects := fold(p.Objects) // before its turn comes: others wait behind it
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		r, err := readingOf(tx, id, t)
		if err != nil {
			return err
		}
		if r.no == 0 {
			return scan.ErrChanged
		}
		w := pageWriter{tx: tx, reading: r, at: at.UnixMilli(), counts: counting{}}
		if err := w.write(objects); err != nil {
			return err
		}
		if err := addWarnings(tx, id, p.Warnings); err != nil {
			return err
		}
		section, err = scanSection(tx.QueryRow(`UPDATE scan_sections SET found = found + ?, fresh = fresh + ?, failed = failed + ?, next_page = ?,
			code = coalesce(nullif(?, ''), code) WHERE scan_id = ? AND type = ? RETURNING `+sectionColumns, w.found, w.fresh, len(p.Warnings), p.Next, p.Lacking(), id, t))
		return err
	})
	return section, err
}

// object is one of a page, folded.
type object struct {
	scan.Found
	order      string // of its name
	addressKey any    // its address, folded; nil where lower() does that
	letters    int64
}

// fold prepares the objects of a page. Of one that it brings twice the last stands.
func fold(found []scan.Found) []object {
	objects := make([]object, 0, len(found))
	places := make(map[string]int, len(found))
	for _, f := range found {
		o, key := object{Found: f, order: account.SearchKey(f.Name)}, account.SearchKey(f.Address)
		if key != lower(f.Address) {
			o.addressKey = key
		}
		o.letters = sqlite.LettersOf(o.order) | sqlite.LettersOf(key)
		if place, twice := places[f.Key]; twice {
			objects[place] = o
			continue
		}
		places[f.Key] = len(objects)
		objects = append(objects, o)
	}
	return objects
}

// lower is SQLite's lower(), which folds ASCII alone.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// pageWriter stores the objects of a page: those that are new by many rows at a time, those that are as they were by one statement for
// all, and one by one only what has changed.
type pageWriter struct {
	tx           *sqlite.Tx
	reading      reading
	at           int64
	counts       counting
	found, fresh int
}

// known is what is there of an object already.
type known struct {
	id            int64
	name, address string
	site          scan.Site
	gone          bool
	grant         int
	made, seen    int64
}

func (w *pageWriter) write(objects []object) error {
	there, err := w.there(objects)
	if err != nil {
		return err
	}
	var same, back []int64
	var fresh []object
	for i := range objects {
		o := &objects[i]
		k, known := there[o.Key]
		if !known {
			fresh = append(fresh, *o)
			continue
		}
		w.count(k)
		switch {
		case k.name != o.Name || k.address != o.Address || k.site != o.Site:
			if err := w.change(k, o); err != nil {
				return err
			}
		case k.gone:
			back = append(back, k.id)
		default:
			same = append(same, k.id)
		}
	}
	if err := w.renew(`seen = max(seen, ?), last_at = ?`, same); err != nil {
		return err
	}
	// Apart from the others, because the indexes by name and by first go by whether an object is there.
	if err := w.renew(`seen = max(seen, ?), last_at = ?, gone_at = 0`, back); err != nil {
		return err
	}
	if err := w.insert(fresh); err != nil {
		return err
	}
	return w.counts.write(w.tx)
}

// there reads which objects of the page are known, by their keys.
func (w *pageWriter) there(objects []object) (map[string]known, error) {
	keys := make([]string, len(objects))
	for i := range objects {
		keys[i] = objects[i].Key
	}
	list, err := sqlite.List(keys)
	if err != nil {
		return nil, err
	}
	there := map[string]known{}
	err = w.tx.Query(`SELECT o.object_key, o.id, o.name, o.address, o.site_id, o.locked, o.archived, o.gone_at > 0, o.grant_state, o.made, o.seen
		FROM `+sqlite.ListRows+` f CROSS JOIN scan_objects o INDEXED BY scan_objects_by_key ON o.lot = ? AND o.object_key = f.value`, list, w.reading.lot).Each(func(row sqlite.Row) error {
		var key string
		var k known
		err := row.Scan(&key, &k.id, &k.name, &k.address, &k.site.ID, &k.site.Locked, &k.site.Archived, &k.gone, &k.grant, &k.made, &k.seen)
		there[key] = k
		return err
	})
	return there, err
}

// count counts an object that is known, unless this reading has seen it already. What this scan found first is new, though another of its
// readings did.
func (w *pageWriter) count(k known) {
	if k.seen < w.reading.no {
		w.found++
		if k.made >= w.reading.first {
			w.fresh++
		}
	}
	if k.gone {
		w.counts[shelfNo(w.reading.lot, true, k.grant)]--
		w.counts[shelfNo(w.reading.lot, false, k.grant)]++
	}
}

// change writes an object that is called otherwise than before, or can be administered otherwise.
func (w *pageWriter) change(k known, o *object) error {
	if _, err := w.tx.Exec(`UPDATE scan_objects SET name = ?, name_order = ?, address = ?, address_key = ?, letters = ?, site_id = ?, locked = ?, archived = ?,
		seen = max(seen, ?), last_at = ?, gone_at = 0 WHERE id = ?`,
		o.Name, o.order, o.Address, o.addressKey, o.letters, o.Site.ID, o.Site.Locked, o.Site.Archived, w.reading.no, w.at, k.id); err != nil {
		return err
	}
	if k.name == o.Name && k.address == o.Address {
		return nil
	}
	_, err := w.tx.Exec(`INSERT INTO scan_search_due (object) SELECT ?1 FROM scan_search_through WHERE object >= ?1 ON CONFLICT DO NOTHING`, k.id)
	return err
}

// renew notes that objects were seen.
func (w *pageWriter) renew(set string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	_, err = w.tx.Exec(`UPDATE scan_objects SET `+set+` WHERE id `+sqlite.InList, w.reading.no, w.at, string(list))
	return err
}

// rowsAtOnce are how many new objects one statement takes: as many as fit, and then the rest.
var rowsAtOnce = []int{50, 10, 1}

// insertions are the statements for so many.
var insertions = func() map[int]string {
	texts := map[int]string{}
	for _, n := range rowsAtOnce {
		texts[n] = `INSERT INTO scan_objects (object_key, name, name_order, address, address_key, letters, site_id, locked, archived,
			lot, first_at, last_at, gone_at, made, seen, grant_state, grant_group, grant_reason, grant_at)
			SELECT *, ?1, ?2, ?2, 0, ?3, ?3, 0, '', '', 0 FROM (VALUES ` + strings.Repeat(`, (?, ?, ?, ?, ?, ?, ?, ?, ?)`, n)[2:] + `)`
	}
	return texts
}()

func (w *pageWriter) insert(objects []object) error {
	w.found += len(objects)
	w.fresh += len(objects)
	w.counts[shelfNo(w.reading.lot, false, 0)] += len(objects)
	for _, n := range rowsAtOnce {
		for len(objects) >= n {
			if _, err := w.tx.Exec(insertions[n], w.arguments(objects[:n])...); err != nil {
				return err
			}
			objects = objects[n:]
		}
	}
	return nil
}

func (w *pageWriter) arguments(objects []object) []any {
	args := make([]any, 0, 3+9*len(objects))
	args = append(args, w.reading.lot, w.at, w.reading.no)
	for i := range objects {
		o := &objects[i]
		args = append(args, o.Key, o.Name, o.order, o.Address, o.addressKey, o.letters, o.Site.ID, o.Site.Locked, o.Site.Archived)
	}
	return args
}

// addWarnings keeps warnings as far as the scan keeps them.
func addWarnings(tx *sqlite.Tx, id scan.ID, list []scan.Warning) error {
	if len(list) == 0 {
		return nil
	}
	var have, last int
	if err := tx.QueryRow(`SELECT count(*), coalesce(max(no), 0) FROM scan_warnings WHERE scan_id = ?`, id).Scan(&have, &last); err != nil {
		return err
	}
	for i, w := range list[:max(0, min(len(list), scan.KeptWarnings-have))] {
		if _, err := tx.Exec(`INSERT INTO scan_warnings (scan_id, no, type, object, name, address, code, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			id, last+1+i, w.Type, w.Key, w.Name, w.Address, w.Code, w.Detail); err != nil {
			return err
		}
	}
	return nil
}

// EndSection implements scan.Store.
func (s *Store) EndSection(ctx context.Context, id scan.ID, ended scan.Section) error {
	r, err := scanReading(s.db.QueryRow(ctx, readingQuery, id, ended.Type))
	if err != nil || r.State.Over() {
		return err
	}
	if ended.State == scan.SectionRead {
		if err := s.markGone(ctx, id, ended, r); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE scan_sections SET state = ?, code = ?, detail = ?, ended_at = ? WHERE scan_id = ? AND type = ? AND state IN ('waiting', 'reading')`,
			ended.State, ended.Code, ended.Detail, sqlite.Milliseconds(ended.Ended), id, ended.Type)
		if err != nil || n == 0 || ended.State != scan.SectionRead {
			return err
		}
		_, err = tx.Exec(`UPDATE scan_lots SET read_at = ? WHERE no = ?`, sqlite.Milliseconds(ended.Ended), r.lot)
		return err
	})
}

// markGone marks what the scan has not seen, a step at a time, looking for it without keeping others from writing.
func (s *Store) markGone(ctx context.Context, id scan.ID, ended scan.Section, r reading) error {
	for after := int64(0); ; {
		ids, err := s.unseen(ctx, r, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		if err := s.db.Write(ctx, func(tx *sqlite.Tx) error { return mark(tx, id, ended, r, ids) }); err != nil {
			return err
		}
	}
}

// unseen finds objects of the lot behind one that are there, and that no reading of the scan has seen.
func (s *Store) unseen(ctx context.Context, r reading, after int64) ([]int64, error) {
	shelves := make([]int64, len(grantStates))
	for grant := range grantStates {
		shelves[grant] = shelfNo(r.lot, false, grant)
	}
	q := walk{by: inOrder[scan.ByFirst], shelves: shelves, tests: []clause{{"place > ?", []any{after}}, {"seen < ?", []any{r.first}}}}
	query, args := q.numbers(s.limits.marked)
	return sqlite.All(s.db.Query(ctx, query, args...), sqlite.Only[int64])
}

// mark marks those of the objects gone that nobody has seen meanwhile.
func mark(tx *sqlite.Tx, id scan.ID, ended scan.Section, r reading, ids []int64) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	counts, n := counting{}, 0
	err = tx.Query(`UPDATE scan_objects SET gone_at = ? WHERE id `+sqlite.InList+` AND seen < ? AND gone_at = 0 RETURNING grant_state`,
		ended.Ended.UnixMilli(), string(list), r.first).Each(func(row sqlite.Row) error {
		var grant int
		err := row.Scan(&grant)
		counts[shelfNo(r.lot, false, grant)]--
		counts[shelfNo(r.lot, true, grant)]++
		n++
		return err
	})
	if err != nil {
		return err
	}
	if err := counts.write(tx); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE scan_sections SET gone = gone + ? WHERE scan_id = ? AND type = ?`, n, id, ended.Type)
	return err
}
