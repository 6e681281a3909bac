package verdict

import (
	"maps"
	"slices"
)

// Class is what kind of trouble a code is, such as "wrong_credentials" or "conditional_access".
type Class string

// serviceFault is the class that an HTTP status alone cannot be overruled out of.
const serviceFault Class = "service_fault"

// statusesOf says what a code of each class may lead to. It keeps a slip in a table from turning trouble of one kind into
// another, and any refusal into a valid account.
var statusesOf = map[Class][]Status{
	"wrong_credentials":  {WrongPassword, AccountNotFound},
	"account_state":      {AccountBlocked, AccountLocked, PasswordExpired, Unknown},
	"mfa_required":       {MFARequired},
	"conditional_access": {PolicyBlocked},
	"app_config":         {AppSetup},
	"tenant_not_found":   {TenantNotFound},
	"federation":         {Federated, Unreachable},
	serviceFault:         {Unreachable, LegacyRetired}, // the second for the legacy protocol's own rows only
	"unknown":            {Unknown},
}

// classes lists them for messages, in the order of the alphabet.
func classes() []string {
	var names []string
	for _, class := range slices.Sorted(maps.Keys(statusesOf)) {
		names = append(names, string(class))
	}
	return names
}
