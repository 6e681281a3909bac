package help

import (
	"strings"

	"purser.example/internal/catalogue"
)

// need is one service's row.
type need struct {
	Service  string
	Requires string
	Checked  []string // roles that a validation looks for, one line for each that must be there
	Pools    string
	Inferred bool // Pools is our conclusion
}

func needs(services []catalogue.Service) []need {
	list := make([]need, 0, len(services))
	for _, s := range services {
		list = append(list, need{Service: s.Name, Requires: s.Needs, Checked: checked(s), Pools: pools(s), Inferred: s.Pools == "inferred"})
	}
	return list
}

func checked(s catalogue.Service) []string {
	var lines []string
	for _, oneOf := range s.Roles {
		if len(oneOf) > 2 {
			lines = append(lines, "One of: "+strings.Join(oneOf, ", "))
			continue
		}
		lines = append(lines, strings.Join(oneOf, " or "))
	}
	for _, role := range s.Sometimes {
		lines = append(lines, role+" (for some features only)")
	}
	return lines
}

func pools(s catalogue.Service) string {
	if s.Pools == "no" {
		return "No"
	}
	return "Yes"
}
