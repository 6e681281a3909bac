package pool

import (
	_ "embed"
	"slices"
	"strings"

	"purser.example/internal/catalogue"
)

// Requirement is a row of the table of what each object type needs (R45).
type Requirement struct {
	ObjectType string
	Pool       bool
	Username   bool
	Password   bool
	Role       string // whether the SharePoint Administrator role is needed: "No", or "No*" with its lost footnote
	Licence    string // which products; empty for none
}

// Holding says which object types a class holds for a service (R40).
type Holding struct {
	Service string // "EnPower", "Fly", "Other services"
	Objects string
}

var (
	//go:embed requirements.tsv
	requirementsTSV string
	//go:embed holdings.tsv
	holdingsTSV string

	requirements = func() []Requirement {
		var list []Requirement
		for _, f := range table(requirementsTSV, 6) {
			list = append(list, Requirement{f[0], f[1] == "Yes", f[2] == "Yes", f[3] == "Yes", f[4], f[5]})
		}
		return list
	}()
	holdings = func() map[Class][]Holding {
		of := map[Class][]Holding{}
		for _, f := range table(holdingsTSV, 3) {
			of[Class(f[0])] = append(of[Class(f[0])], Holding{f[1], f[2]})
		}
		return of
	}()
)

// table reads rows of fields with tabs between them, and lines that begin with # as comments.
func table(text string, fields int) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != fields {
			panic("pool: a table has a row of another width: " + line)
		}
		rows = append(rows, row)
	}
	return rows
}

// Requirements lists the table in the guide's order.
func Requirements() []Requirement { return slices.Clone(requirements) }

// Holdings lists what the class holds.
func (c Class) Holdings() []Holding { return slices.Clone(holdings[c]) }

// Services lists the services that use a pool when their scan profile signs in with a service account. Their Pools says
// "inferred" where the guide does not say so itself.
func Services() []catalogue.Service {
	return slices.DeleteFunc(slices.Clone(catalogue.Services(true)), func(s catalogue.Service) bool { return s.Pools == "no" })
}
