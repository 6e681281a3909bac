package verdict

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

//go:embed plans.tsv
var plansTSV string

var productOfPlan = func() map[string]string {
	products := map[string]string{}
	for row := range rows(plansTSV, 3) {
		products[row[0]] = row[1]
	}
	return products
}()

// Products names what an account is licensed for by the ids of its service plans that are on, as far as it matters to a
// service. Plans are compared and not subscriptions, because hundreds of those carry the same plans, and each plan may be
// switched off for one account.
func Products(plans []string) []string {
	var list []string
	for _, id := range plans {
		if product := productOfPlan[strings.ToLower(id)]; product != "" {
			list = append(list, product)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// KnowsProduct reports whether a product of that name is one that we can recognize.
func KnowsProduct(name string) bool {
	return slices.Contains(slices.Collect(maps.Values(productOfPlan)), name)
}

// Licence is a product that a service needs its account to be licensed for.
type Licence struct {
	Product string // "Exchange Online"
	For     string // "public folders"; what a service does without it stays unmentioned
}

// LicencesMissing lists the licences that the services need and the account lacks. It is empty when the plans were not read.
func (v Verdict) LicencesMissing(needs []Need) []Warning {
	var missing []Warning
	if v.Proof.Licence == NotRead {
		return nil
	}
	for _, need := range needs {
		for _, licence := range need.Licences {
			if !slices.Contains(v.Products, licence.Product) {
				missing = append(missing, Warning{Kind: LicenceMissing, Service: need.Service, Product: licence.Product, For: licence.For})
			}
		}
	}
	return missing
}
