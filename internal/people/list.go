package people

import (
	"cmp"
	"context"
	"slices"

	"purser.example/internal/access"
)

// Column is what the list sorts by.
type Column string

// The columns that sort, by their value in addresses.
const (
	ByName   Column = "name"
	BySignIn Column = "sign-in"
	ByRole   Column = "role"
	BySeen   Column = "last"
	ByStatus Column = "status"
)

// Columns lists them.
var Columns = []Column{ByName, BySignIn, ByRole, BySeen, ByStatus}

// PageSize is how many rows a page has.
const PageSize = 50

// Query is a page of the list.
type Query struct {
	Text   string // searched in names and sign-ins
	Sort   Column // ByName unless set
	Down   bool
	After  string
	Before string // cursors of a Page; at most one of them
	Limit  int
}

// Page is a part of the list.
type Page struct {
	Rows     []Person
	Total    int
	AtLeast  bool // there are more than Total
	Previous string
	Next     string
}

// List gives a page of the people and groups.
func (s *Service) List(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return Page{}, err
	}
	if !slices.Contains(Columns, q.Sort) {
		q.Sort = ByName
	}
	q.Limit = cmp.Or(max(q.Limit, 0), PageSize)
	return s.Store.List(ctx, q)
}
