package pool

// Difference is what changed from one reading to a later one. The lists hold the first of each by name, at most Shown.
type Difference struct {
	Joined, Left, Disabled, Enabled     []Member
	JoinedN, LeftN, DisabledN, EnabledN int
}

// None reports whether nothing changed.
func (d Difference) None() bool { return d.JoinedN+d.LeftN+d.DisabledN+d.EnabledN == 0 }

// Shown is how many members each list of a Difference holds at most.
const Shown = 100

// Versions are the saved pool beside what is in force (R46).
type Versions struct {
	Pool     Pool
	Group    bool // the group is another one
	AdminURL bool
	Difference
}

// Same reports whether everything that is saved is in force. A Save that changes neither group nor members nor address, such as
// one of passwords, leaves nothing for a scan to bring.
func (v Versions) Same() bool {
	return !v.Group && !v.AdminURL && v.None()
}
