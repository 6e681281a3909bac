package whose

// Words are a fault in words: what it is, as the end of "could not be read: …", and what to do about it, a sentence.
type Words struct{ What, Remedy string }

var words = map[Fault]Words{
	Account:   {"Microsoft refused the account", "Validate its profile, and try again."},
	App:       {"Microsoft refused the app profile of this tenant", "Correct the app profile, and try again."},
	Tenant:    {"something about the tenant stands in the way, such as one of its policies, or that Microsoft does not know it", "Look at the tenant, and try again."},
	Microsoft: {"Microsoft 365 has a fault of its own, or holds requests back", "Try again in a moment."},
	Network:   {"no connection to Microsoft 365 could be made", "Check the way from this server to Microsoft 365, and try again."},
	Between:   {"something answered that is not Microsoft 365, such as a proxy or a web filter", "Check the way from this server to Microsoft 365, and try again."},
	Purser:    {"Purser did not wait for the answer, or asked in a way that Microsoft 365 does not take", "Try again; if it stays so, report it as a mistake of Purser's."},
	Untold:    {"whether the fault is Microsoft's, the network's or that of something in between cannot be told", "Try again in a moment."},
}

// Words puts the fault into words. One that this release does not know is Untold.
func (f Fault) Words() Words {
	if w, known := words[f]; known {
		return w
	}
	return words[Untold]
}

// Blamed reports whether somebody in the organization can mend it at Microsoft 365: the account, the app or the tenant. Everything
// else says nothing about them, and trying again later may help.
func (f Fault) Blamed() bool { return f == Account || f == App || f == Tenant }
