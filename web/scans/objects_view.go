package scans

import (
	"purser.example/web/lists"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// objectsView is a view of what was found.
type objectsView struct {
	NoTenant   bool
	Query      string
	Tenants    []ui.Option
	Types      []ui.Option
	States     []ui.Option
	Grants     []ui.Option
	Kept       []ui.Hidden // what the address keeps besides: the order
	Filtered   bool        // something is searched or filtered
	ExportHref string
	Heads      []ui.Column
	Rows       []objectRow
	Pager      ui.PagerProps
	Now        string
}

// bare is true where no scan has found anything yet.
func (v objectsView) bare() bool { return len(v.Rows) == 0 && !v.Filtered }

// objectColumns are the heads of the list, each with its value of sort.
var objectColumns = []lists.Column{
	{Label: "Name", Sort: "name", Width: ui.Named},
	{Label: "Type", Sort: "type", Width: ui.Texts},
	{Label: "Tenant", Width: ui.Short, From: ui.FromMiddle},
	{Label: "Address", Width: ui.User, From: ui.FromMiddle},
	{Label: "First seen", Sort: "first", Width: ui.Times, From: ui.FromWide},
	{Label: "Last seen", Sort: "last", Width: ui.Times},
	{Label: "State"},
}

// objectRow is one object.
type objectRow struct {
	Name, Href  string // where it is at Microsoft 365; empty for nowhere
	Type        string
	Tenant      string
	Address     string
	First, Last words.Time
	Tone        ui.Tone
	State       string
	Grant       string // whether the pool's group is its administrator; empty where that is not asked
}
