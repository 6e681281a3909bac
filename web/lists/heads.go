package lists

import "purser.example/web/ui"

// Column is a column of a list, to the letter, with its value of sort; empty for one that does not sort.
type Column struct {
	Label, Sort string
	Width       ui.Width
	From        ui.From
}

// Heads makes the column heads for a list that is sorted by current, such as "-name". href gives the address of the list
// in another order, filters kept. The column that sorts now turns its order round; any other begins ascending.
func Heads(columns []Column, current string, href func(sort string) string) []ui.Column {
	made := make([]ui.Column, 0, len(columns))
	for _, column := range columns {
		head := ui.Column{Label: column.Label, Width: column.Width, From: column.From}
		switch {
		case column.Sort == "":
		case current == column.Sort:
			head.Href, head.Order = href("-"+column.Sort), ui.Ascending
		case current == "-"+column.Sort:
			head.Href, head.Order = href(column.Sort), ui.Descending
		default:
			head.Href = href(column.Sort)
		}
		if head.Href != "" {
			head.Attrs = Sorts(head)
		}
		made = append(made, head)
	}
	return made
}
