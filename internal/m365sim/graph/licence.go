package graph

import (
	"slices"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

// licenceDetail is one SKU of a user with its plans.
type licenceDetail struct {
	ID    string        `json:"id"`
	SKU   string        `json:"skuId"`
	Name  string        `json:"skuPartNumber"`
	Plans []licencePlan `json:"servicePlans"`
}

type licencePlan struct {
	ID      string `json:"servicePlanId"`
	Name    string `json:"servicePlanName"`
	Status  string `json:"provisioningStatus"`
	Applies string `json:"appliesTo"`
}

func (g *request) myLicences() call.Answer {
	u := g.tenant.User(g.caller.userID)
	if u == nil {
		return missing(g.caller.userID).answer(g.Call)
	}
	return g.licenceDetails(u)
}

func (g *request) licences() call.Answer {
	u, refused := g.reachUser("LicenseAssignment.Read.All")
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.licenceDetails(u)
}

func (g *request) licenceDetails(u *directory.User) call.Answer {
	details := []licenceDetail{}
	for _, p := range u.Plans() {
		at := slices.IndexFunc(details, func(d licenceDetail) bool { return d.SKU == p.SKUID })
		if at < 0 {
			at = len(details)
			details = append(details, licenceDetail{ID: guid.Derived("licence", u.ID, p.SKUID), SKU: p.SKUID, Name: p.SKU})
		}
		details[at].Plans = append(details[at].Plans, licencePlan{p.ID, p.Name, "Success", "User"})
	}
	context := "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#users('" + u.ID + "')/licenseDetails"
	return reply(members{{"@odata.context", context}, {"value", details}})
}
