package drift

import (
	"maps"
	"reflect"
)

// Difference is one item that came or went.
type Difference struct {
	Topic Topic
	Item  Item
	Way   Way
}

// Compare tells what came and went between two moments. A topic that was not read at one of them says nothing.
func Compare(was, now Facts) (list []Difference) {
	for _, topic := range Topics {
		before, read := was[topic]
		after, readAgain := now[topic]
		if !read || !readAgain {
			continue
		}
		for _, i := range before.Items {
			if !after.Has(i.Key) && !after.unsure(i.Key) {
				list = append(list, Difference{topic, i, Lost})
			}
		}
		for _, i := range after.Items {
			if !before.Has(i.Key) && !before.unsure(i.Key) {
				list = append(list, Difference{topic, i, Won})
			}
		}
	}
	return list
}

// drifts reports whether a change of a topic is to be told. A password that is changed is somebody's work, and one that Purser keeps is
// found wrong at the next check.
func (t Topic) drifts() bool { return t != Password }

// read gives the facts that are known after a reading: those that it has, and of the others those of before.
func (f Facts) read(now Facts) Facts {
	all := maps.Clone(f)
	if all == nil {
		all = Facts{}
	}
	maps.Copy(all, now)
	return all
}

// expecting gives what is expected after a reading: what was read for the first time is as expected. So is what nobody could tell at first.
func (f Facts) expecting(now Facts) Facts {
	all := f.read(nil)
	for topic, set := range now {
		old, known := all[topic]
		if !known {
			all[topic] = set
			continue
		}
		if len(old.Unsure) > 0 {
			all[topic] = old.settled(set)
		}
	}
	return all
}

// settled is a set of which more is known now: what was unsure is as it is found.
func (s Set) settled(now Set) Set {
	items, unsure := s.Items, []string(nil)
	for _, key := range s.Unsure {
		switch {
		case now.unsure(key):
			unsure = append(unsure, key)
		case now.Has(key):
			for _, i := range now.Items {
				if i.Key == key {
					items = append(items[:len(items):len(items)], i)
				}
			}
		}
	}
	settled := SetOf(items...)
	settled.Unsure = unsure
	return settled
}

// accepting gives what is expected after somebody accepted a difference.
func (f Facts) accepting(d Difference) Facts {
	all := f.read(nil)
	var items []Item
	for _, i := range all[d.Topic].Items {
		if i.Key != d.Item.Key {
			items = append(items, i)
		}
	}
	if d.Way == Won {
		items = append(items, d.Item)
	}
	set := SetOf(items...)
	set.Unsure = all[d.Topic].Unsure
	all[d.Topic] = set
	return all
}

// mattering are the groups that an account is expected in: those of before that still matter, and those that it is found in. That it came
// into the group of a pool that has it as a member is no drift.
func (s Set) mattering(groups []Item, now Set) Set {
	items := now.Items
	for _, i := range s.Items {
		if SetOf(groups...).Has(i.Key) {
			items = append(items[:len(items):len(items)], i)
		}
	}
	return SetOf(items...)
}

// same reports whether two facts say the same.
func (f Facts) same(other Facts) bool {
	return len(f) == len(other) && (len(f) == 0 || reflect.DeepEqual(f, other))
}
