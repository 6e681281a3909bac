package graph

import "slices"

// list is the objects of a collection, each with a place. Those that the directory makes by number are made when a page shows them, so
// that a list of a hundred thousand costs no more than its page. The place of one that was removed is empty: at answers nil.
type list struct {
	places int
	at     func(place int) object
}

// listOf is the list of objects that are there already.
func listOf(objects []object) list {
	return list{len(objects), func(place int) object { return objects[place] }}
}

// from calls take for the objects that stand at a place or after it and pass the query, until take answers false.
func (q query) from(l list, place int, take func(place int, o object) bool) {
	for ; place < l.places; place++ {
		o := l.at(place)
		if o == nil || q.filter != nil && !q.filter(o) || !q.found(o) {
			continue
		}
		if !take(place, o) {
			return
		}
	}
}

// size is how many objects pass the query.
func (q query) size(l list) (n int) {
	q.from(l, 0, func(int, object) bool {
		n++
		return true
	})
	return n
}

// sorted is the list in the order that the query wants. Only then are all objects looked at.
func (q query) sorted(l list) list {
	if q.orderBy == "" {
		return l
	}
	var all []object
	q.from(l, 0, func(_ int, o object) bool {
		all = append(all, o)
		return true
	})
	slices.SortStableFunc(all, q.compare)
	return listOf(all)
}

// cut takes the objects of a page, and answers the token of the page after it, or nil where there is nothing more.
func (q query) cut(l list, size int) (page []object, next *pageToken) {
	place := q.token.start(l)
	q.from(l, place, func(at int, o object) bool {
		if len(page) == size {
			next = &pageToken{page[size-1].objectID(), place}
			return false
		}
		page, place = append(page, o), at+1
		return true
	})
	return page, next
}

// start is the place where the page begins. Where objects were removed since the page before, it looks for the last one it gave.
func (t *pageToken) start(l list) int {
	if t == nil {
		return 0
	}
	is := func(place int) bool {
		o := l.at(place)
		return o != nil && o.objectID() == t.After
	}
	if t.Offset > 0 && t.Offset <= l.places && is(t.Offset-1) {
		return t.Offset
	}
	for place := range l.places {
		if is(place) {
			return place + 1
		}
	}
	return min(t.Offset, l.places)
}
