package scan

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// ListColumn is what the list of scan profiles is sorted by.
type ListColumn string

// The columns of the list that sort, by their value in addresses.
const (
	ListByName     ListColumn = "name"
	ListByTenant   ListColumn = "tenant"
	ListByMethod   ListColumn = "method"
	ListBySchedule ListColumn = "schedule"
	ListByLast     ListColumn = "last"
	ListByNext     ListColumn = "next"
)

// ListColumns lists them.
var ListColumns = []ListColumn{ListByName, ListByTenant, ListByMethod, ListBySchedule, ListByLast, ListByNext}

// ListQuery is a page of the list of scan profiles.
type ListQuery struct {
	Text   string // looked for in names, without regard to case
	Tenant tenant.ID
	Sort   ListColumn // ListByName unless set
	Down   bool
	After  string
	Before string // cursors of a ListPage; at most one of them
	Limit  int
}

// ListPage is a part of the list.
type ListPage struct {
	Rows     []Listed
	Total    int
	Previous string // cursors; empty where there is nothing that way
	Next     string
}

// pageSize is how many rows a page has where nobody says otherwise.
const pageSize = 50

func limited(limit, most int) int {
	if limit <= 0 || limit > most {
		return most
	}
	return limit
}

// List gives a page of the scan profiles. A tenant has eight of them at most, so that they are put in order here, and a page begins or
// ends at a row, not at a number.
func (s *Service) List(ctx context.Context, caller access.Caller, q ListQuery) (ListPage, error) {
	if err := require(caller); err != nil {
		return ListPage{}, err
	}
	q.Limit = limited(q.Limit, pageSize)
	if !slices.Contains(ListColumns, q.Sort) {
		q.Sort = ListByName
	}
	all, err := s.store.Profiles(ctx, q.Tenant)
	if err != nil {
		return ListPage{}, err
	}
	text := account.Fold(shown.Trim(q.Text))
	all = slices.DeleteFunc(all, func(l Listed) bool { return !strings.Contains(account.Fold(l.Name), text) })
	for i := range all {
		s.enliven(all[i].Last)
	}
	return q.page(all, func(t tenant.ID) string { return account.Fold(s.tenants.Name(ctx, t)) }), nil
}

// page cuts the page out of all rows.
func (q ListQuery) page(all []Listed, called func(tenant.ID) string) ListPage {
	places := make([]place, 0, len(all))
	rows := make(map[ProfileID]Listed, len(all))
	for _, l := range all {
		places, rows[l.ID] = append(places, placeOf(l, q.Sort, called)), l
	}
	slices.SortFunc(places, q.compare)
	begin, end := q.cut(places)
	page := ListPage{Total: len(places)}
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
func (q ListQuery) cut(places []place) (begin, end int) {
	if at, there := readPlace(q.Before, q.Sort); there {
		end, _ = slices.BinarySearchFunc(places, at, q.compare)
		if begin = max(end-q.Limit, 0); begin > 0 {
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
	Sort ListColumn `json:"s"`
	Key  string     `json:"k"`
	Late bool       `json:"l,omitempty"` // it has nothing to be sorted by, and stands behind those that have, up and down
	Name string     `json:"n"`           // of equals this decides
	ID   ProfileID  `json:"i"`
}

func (q ListQuery) compare(a, b place) int {
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

func placeOf(l Listed, by ListColumn, called func(tenant.ID) string) place {
	at := place{Sort: by, Name: account.Fold(l.Name), ID: l.ID}
	switch by {
	case ListByTenant:
		at.Key = called(l.Tenant)
	case ListByMethod:
		at.Key = l.Method.Title()
	case ListBySchedule:
		at.Key, at.Late = l.Schedule.Clock(), !l.Schedule.Daily
	case ListByLast:
		var last time.Time
		if l.Last != nil {
			last = l.Last.Begun
		}
		at.Key, at.Late = keyOf(last)
	case ListByNext:
		at.Key, at.Late = keyOf(l.Next)
	}
	return at
}

// keyOf is a time as a text in the order of times, and whether there is none.
func keyOf(at time.Time) (text string, none bool) {
	return at.UTC().Format("2006-01-02T15:04:05.000"), at.IsZero()
}

// cursor is the place as an address has it, for nobody to read.
func (p place) cursor() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("scan: " + err.Error()) // texts alone
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readPlace reads a cursor of the same order; anything else is none.
func readPlace(text string, by ListColumn) (place, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return place{}, false
	}
	var at place
	err = json.Unmarshal(raw, &at)
	return at, err == nil && at.Sort == by && at.ID != ""
}

var errNoProfile = problem.New(problem.NotFound, "This scan profile doesn't exist. It may have been deleted.")

// Find gives one scan profile, or problem.NotFound.
func (s *Service) Find(ctx context.Context, caller access.Caller, id ProfileID) (Profile, error) {
	if err := require(caller); err != nil {
		return Profile{}, err
	}
	p, err := s.store.Profile(ctx, id)
	if errors.Is(err, ErrGone) {
		return Profile{}, errNoProfile
	}
	return p, err
}

// Choices lists the common profiles of a tenant whose account may be taken for scans, by name. Classic MFA profiles are not among them:
// what they keep is an app password, which Microsoft doesn't take for Graph and SharePoint any more, so that no scan could sign in.
func (s *Service) Choices(ctx context.Context, caller access.Caller, t tenant.ID) ([]profile.Profile, error) {
	var list []profile.Profile
	q := profile.Query{Tenant: t, Sort: profile.ByName}
	for {
		page, _, err := s.profiles.List(ctx, caller, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			if row.Kind == profile.Common {
				list = append(list, row.Profile)
			}
		}
		if q.After = page.Next; q.After == "" {
			return list, nil
		}
	}
}
