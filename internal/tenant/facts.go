package tenant

import "time"

// Domain is a domain of a tenant.
type Domain struct {
	Name      string `json:"name"`
	Initial   bool   `json:"initial,omitempty"`
	Default   bool   `json:"default,omitempty"`
	Federated bool   `json:"federated,omitempty"`
}

// Licence is how many of one product a tenant has bought and given out.
type Licence struct {
	Product string `json:"product"` // Microsoft's name for it, such as ENTERPRISEPACK
	Bought  int    `json:"bought"`
	Used    int    `json:"used"`
}

// Facts are what an app could read of its tenant (R73). A nil list or switch was not read.
type Facts struct {
	Domains          []Domain  `json:"domains,omitzero"`
	Licences         []Licence `json:"licences,omitzero"`
	SecurityDefaults *bool     `json:"securityDefaults,omitempty"`
	LegacyAuth       *bool     `json:"legacyAuth,omitempty"` // whether SharePoint lets legacy protocols in

	Former   string    `json:"former,omitempty"` // what the tenant was called before it was renamed at Microsoft; empty: nothing else that Purser knows of
	Renaming time.Time `json:"renamed,omitzero"` // when Purser read the new name
}

// DomainsRead reports whether the domains are known.
func (f Facts) DomainsRead() bool { return f.Domains != nil }

// Renewed are the facts with what was read now. What could not be read stays as it was.
func (f Facts) Renewed(now Facts) Facts {
	if now.Domains != nil {
		f.Domains = now.Domains
	}
	if now.Licences != nil {
		f.Licences = now.Licences
	}
	if now.SecurityDefaults != nil {
		f.SecurityDefaults = now.SecurityDefaults
	}
	if now.LegacyAuth != nil {
		f.LegacyAuth = now.LegacyAuth
	}
	return f
}
