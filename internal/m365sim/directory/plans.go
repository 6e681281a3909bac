package directory

import (
	_ "embed"

	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/table"
)

//go:embed plans.tsv
var plansFile string

// Plan is one plan of a licence, with the SKU under which the simulator shows it.
type Plan struct{ Name, ID, Service, SKU, SKUID string }

var servicePlans = readPlans(plansFile)

func readPlans(file string) map[string]Plan {
	plans := map[string]Plan{}
	for _, f := range table.Rows(file, 5) {
		plans[f[0]] = Plan{f[0], f[1], f[2], f[3], f[4]}
	}
	return plans
}

// planFor answers the plan of that name. A plan outside the table gets an id of its own and a SKU of everything else.
func planFor(name string) Plan {
	if p, ok := servicePlans[name]; ok {
		return p
	}
	return Plan{name, guid.Derived("plan", name), "Other", "SIMULATED_PACK", guid.Derived("sku", "SIMULATED_PACK")}
}
