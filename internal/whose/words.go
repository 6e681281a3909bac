package whose

// Words are a fault in words: what it is, as the end of "could not be read: …", and what to do about it, a sentence.
type Words struct{ What, Remedy string }

var words = map[Fault]Words{
	Account:   {"Microsoft refused the account", "Validate its profile, and try again."},
	App:       {"Microsoft refused the app profile of this tenant", "Correct the app profile, and try again."},
	Tenant:    {"something about the tenant blocks this, such as a policy, or Microsoft doesn't know the tenant", "Check the tenant, and try again."},
	Microsoft: {"Microsoft 365 has a problem of its own or is throttling requests", "Try again in a moment."},
	Network:   {"Purser couldn't connect to Microsoft 365", "Check the connection from this server to Microsoft 365, and try again."},
	Between:   {"something other than Microsoft 365 responded, such as a proxy or a web filter", "Check the connection from this server to Microsoft 365, and try again."},
	Purser:    {"Purser didn't wait for the response, or sent a request that Microsoft 365 doesn't accept", "Try again. If it keeps happening, report it as a bug in Purser."},
	Untold:    {"the problem could be with Microsoft, the network, or something in between", "Try again in a moment."},
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
