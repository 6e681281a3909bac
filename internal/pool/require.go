package pool

import "purser.example/internal/catalogue"

// Requirement is a row of the table of what each object type needs (R45).
type Requirement struct {
	ObjectType string
	Pool       bool
	Username   bool
	Password   bool
	Role       string // whether the SharePoint Administrator role is needed: "No", or "No*" with its lost footnote
	Licence    string // which, empty for none
}

// Requirements lists the table in the guide's order.
func Requirements() []Requirement { return nil }

// Holding says which object types a class holds for a service (R40).
type Holding struct {
	Service string // "EnPower", "Fly", "Other services"
	Objects string
}

// Holdings lists what the class holds.
func (c Class) Holdings() []Holding { return nil }

// Services lists the services that use a pool when their scan profile signs in with a service account. Pools says "inferred" for
// those of which the guide does not say so itself.
func Services() []catalogue.Service { return nil }
