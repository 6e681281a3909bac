package drill

import (
	"fmt"
	"maps"
	"slices"

	"purser.example/internal/profile"
)

// entry is a profile as somebody knows it. What the pages do not tell is left empty.
type entry struct {
	id          profile.ID
	name        string
	description string
	username    string
	version     int64
	password    string
}

// ledger is everything that was acknowledged, by name.
func (d *drill) ledger() map[string]entry {
	all := map[string]entry{}
	for _, w := range d.writers {
		maps.Copy(all, w.kept)
	}
	return all
}

// receipts are all the requests that were acknowledged.
func (d *drill) receipts() []receipt {
	var all []receipt
	for _, w := range d.writers {
		all = append(all, w.acknowledged...)
	}
	return all
}

// settle brings the ledger up to date with what the kill kept from us: which of the changes that it cut off are stored, and
// the ids of new profiles. A change that left neither the state before nor the one after is found by compare.
func (d *drill) settle(rows []entry) {
	found := map[string]entry{}
	for _, row := range rows {
		found[row.name] = row
	}
	for _, w := range d.writers {
		if c := w.pending; c != nil && c.action != profile.ValidationEnded { // which changes nothing that is compared
			d.cutOff++
			if now, there := found[c.name()]; c.madeIt(now, there) {
				d.stored++
				w.write(*c)
			}
		}
		w.pending = nil
		for name, e := range w.kept {
			if e.id == "" {
				e.id = found[name].id
				w.kept[name] = e
			}
		}
	}
}

func (c *change) name() string {
	if c.before != nil {
		return c.before.name
	}
	return c.after.name
}

// madeIt reports whether what is there now is the state after.
func (c *change) madeIt(now entry, there bool) bool {
	if c.after == nil || !there {
		return c.after == nil && !there
	}
	return now.description == c.after.description
}

// compare lists everything in which the rows differ from the ledger. It never tells a password.
func (d *drill) compare(rows []entry) []string {
	var wrong []string
	ledger, seen := d.ledger(), map[string]bool{}
	for _, got := range rows {
		want, known := ledger[got.name]
		switch {
		case seen[got.name]:
			wrong = append(wrong, got.name+": there twice")
		case !known:
			wrong = append(wrong, got.name+": there, though deleted or never made")
		default:
			wrong = append(wrong, got.against(want)...)
		}
		seen[got.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(ledger)) {
		if !seen[name] {
			wrong = append(wrong, name+": acknowledged, and lost")
		}
	}
	return wrong
}

func (e entry) against(want entry) []string {
	switch {
	case e.id != want.id || e.username != want.username:
		return []string{fmt.Sprintf("%s: %s with id %s instead of %s with id %s", e.name, e.username, e.id, want.username, want.id)}
	case e.description != want.description:
		return []string{fmt.Sprintf("%s: %q instead of %q", e.name, e.description, want.description)}
	case e.version != 0 && e.version != want.version:
		return []string{fmt.Sprintf("%s: version %d instead of %d", e.name, e.version, want.version)}
	case e.password != "" && e.password != want.password:
		return []string{e.name + ": the password of another step"}
	}
	return nil
}
