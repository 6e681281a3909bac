package tenants

import "purser.example/web/words"

const fieldDomain = "domain"

type tenantView struct {
	ID, Domain, Cloud string
	Connected         words.Time
	Domains           []domainView
	Action            string
	MayChange         bool // the person may say where passwords go
	Typed, Wrong      string
}

// domainView is a federated domain whose passwords the cloud checks.
type domainView struct {
	Domain, By string
	At         words.Time
}
