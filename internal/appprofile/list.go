package appprofile

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"purser.example/internal/access"
)

// Column is what the list sorts by.
type Column string

// The columns that sort, by their value in addresses.
const (
	ByName        Column = "name"
	ByTenant      Column = "tenant"
	ByCloud       Column = "cloud"
	ByApplication Column = "application"
	ByExpires     Column = "expires"
	ByStatus      Column = "status"
	ByChecked     Column = "checked"
)

// Columns lists them.
var Columns = []Column{ByName, ByTenant, ByCloud, ByApplication, ByExpires, ByStatus, ByChecked}

// Query is a page of the list.
type Query struct {
	Filter
	Sort   Column // ByName unless set
	Down   bool   // descending
	After  string
	Before string // cursors of a Page; at most one of them
	Limit  int
}

// Page is a part of the list.
type Page struct {
	Rows     []Profile
	Total    int    // of all that the filter lets through
	Previous string // cursors; empty where there is nothing that way
	Next     string
}

// pageSize is how many rows a page of the list has where nobody says otherwise.
const pageSize = 50

// List gives a page of the app profiles. A page begins or ends at a row, not at a number, so that it holds whatever comes or goes before it.
// There is one for each tenant or a few, and which of its credentials counts is a rule and no column; so they are put in order here.
func (s *Service) List(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page{}, err
	}
	q.Limit = cmp.Or(max(q.Limit, 0), pageSize)
	if !slices.Contains(Columns, q.Sort) {
		q.Sort = ByName
	}
	listed, err := s.store.Profiles(ctx, q.Filter)
	if err != nil {
		return Page{}, err
	}
	return q.page(listed, s.now()), nil
}

// page cuts the page out of all rows.
func (q Query) page(listed []Listed, now time.Time) Page {
	places := make([]place, 0, len(listed))
	rows := make(map[ID]Profile, len(listed))
	for _, l := range listed {
		places, rows[l.ID] = append(places, placeOf(l, q.Sort, now)), l.Profile
	}
	slices.SortFunc(places, q.compare)
	begin, end := q.cut(places)
	page := Page{Total: len(places)}
	for _, at := range places[begin:end] {
		page.Rows = append(page.Rows, rows[at.ID])
	}
	if begin > 0 && begin < end {
		page.Previous = places[begin].cursor()
	}
	if end < len(places) && begin < end {
		page.Next = places[end-1].cursor()
	}
	return page
}

// cut says from which row to which one the page goes. A page before a row that has too few is the first one, and whole; one after the last
// row is the last one.
func (q Query) cut(places []place) (begin, end int) {
	if at, there := readPlace(q.Before, q.Sort); there {
		end, _ = slices.BinarySearchFunc(places, at, q.compare)
		begin = max(end-q.Limit, 0)
		if begin > 0 {
			return begin, end
		}
	} else if at, there := readPlace(q.After, q.Sort); there {
		next, found := slices.BinarySearchFunc(places, at, q.compare)
		if begin = next; found {
			begin++
		}
		if begin == len(places) {
			begin = max(begin-q.Limit, 0)
		}
	}
	return begin, min(begin+q.Limit, len(places))
}

// place is where a row stands in an order of the list.
type place struct {
	Sort Column `json:"s"`
	Key  string `json:"k"`
	Late bool   `json:"l,omitempty"` // it has no time to be sorted by, and stands behind those that have one, up and down
	Name string `json:"n"`           // of equals this decides
	ID   ID     `json:"i"`
}

func (q Query) compare(a, b place) int {
	switch {
	case a.Late && !b.Late:
		return 1
	case b.Late && !a.Late:
		return -1
	}
	order := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	if q.Down {
		return -order
	}
	return order
}

func placeOf(l Listed, by Column, now time.Time) place {
	at := place{Sort: by, Name: l.NameKey, ID: l.ID}
	switch by {
	case ByTenant:
		at.Key = l.TenantKey
	case ByCloud:
		at.Key = l.Cloud.Title()
	case ByApplication:
		at.Key = l.ApplicationID
	case ByExpires:
		at.Key, at.Late = moment(l.Ending(now).At)
	case ByStatus:
		at.Key = fmt.Sprint(slices.Index(Statuses(), l.Status))
	case ByChecked:
		at.Key, at.Late = moment(l.Checked)
	}
	return at
}

// moment is a time as a text in the order of times, and whether there is none.
func moment(at time.Time) (text string, none bool) {
	return at.UTC().Format("2006-01-02T15:04:05.000"), at.IsZero()
}

// cursor is the place as an address has it, for nobody to read.
func (p place) cursor() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("appprofile: " + err.Error()) // texts alone
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readPlace reads a cursor of the same order; anything else is none.
func readPlace(text string, by Column) (place, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return place{}, false
	}
	var at place
	err = json.Unmarshal(raw, &at)
	return at, err == nil && at.Sort == by && at.ID != ""
}
