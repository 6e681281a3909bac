package m365sim

import _ "embed"

//go:embed plans.tsv
var plansFile string

// servicePlan is one plan of a licence, with the SKU under which the simulator shows it.
type servicePlan struct{ name, id, service, sku, skuID string }

var servicePlans = readPlans(plansFile)

func readPlans(file string) map[string]servicePlan {
	plans := map[string]servicePlan{}
	for _, f := range tableRows(file, 5) {
		plans[f[0]] = servicePlan{f[0], f[1], f[2], f[3], f[4]}
	}
	return plans
}

// planFor answers the plan of that name. A plan outside the table gets an id of its own and a SKU of everything else.
func planFor(name string) servicePlan {
	if p, ok := servicePlans[name]; ok {
		return p
	}
	return servicePlan{name, derivedGUID("plan", name), "Other", "SIMULATED_PACK", derivedGUID("sku", "SIMULATED_PACK")}
}
