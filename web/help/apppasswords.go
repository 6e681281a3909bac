package help

import "purser.example/web/retirements"

// securityInfo is where people see and delete their app passwords.
const securityInfo = "https://mysignins.microsoft.com/security-info"

// clockSources are the sources of a retirement, as these pages name theirs.
func clockSources(clock retirements.View) []source {
	list := make([]source, 0, len(clock.Sources))
	for _, s := range clock.Sources {
		list = append(list, source(s))
	}
	return list
}
