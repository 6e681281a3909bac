package profiles

// deleteView asks whether profiles shall go (R20).
type deleteView struct {
	Action   string // a POST address
	Close    string
	Profiles []deleteRow
}

// deleteRow is one profile that would go. The form posts id and version in pairs, in this order.
type deleteRow struct {
	ID       string
	Version  string
	Name     string
	Username string
	Tenant   string
	Uses     []linkView // empty: nothing uses it
}
