package help

import "purser.example/internal/account"

// fact is one property of passwords: what the guide's table says, and what Microsoft says today.
type fact struct {
	Property string
	Guide    []string
	Today    []string
}

// facts are the guide's table (R16) beside Microsoft's own page on password policies.
var facts = []fact{
	{"Characters allowed", []string{"A–Z, a–z, 0–9", "@ # $ % ^ & * - _ ! + = [ ] { }"}, []string{"The same, and | \\ : ' , . ? / ` ~ \" ( ) ; < >", "Spaces"}},
	{"Characters not allowed", []string{"Unicode characters", "Spaces", "Strong passwords only: a dot right before an @"}, []string{"Unicode characters", "For services, also a space at the start or end", "The dot before an @ is now a rule for usernames"}},
	{"Length", []string{"8 to 16 characters"}, []string{"8 to 256 characters"}},
	{"Kinds of characters", []string{"Strong passwords only: three of lower case, upper case, digits and symbols"}, []string{"Always three of lower case, upper case, digits and symbols"}},
	{"Used or known before", []string{"–"}, []string{"The last password can't be reused", "Passwords on Microsoft's banned list are refused"}},
	{"Expiry", []string{"On by default"}, []string{"Off by default in tenants created in 2021 or later, on in older ones"}},
	{"Expiry duration", []string{"90 days by default"}, []string{"90 days in older tenants that haven't changed it"}},
	{"Expiry notification", []string{"14 days before, by default"}, []string{"14 days before, unless the tenant changed it"}},
}

// ruleView is what Purser does with a password that breaks a rule.
type ruleView struct {
	Text    string
	Outcome string
}

func ruleViews(rules []account.PasswordRule) []ruleView {
	list := make([]ruleView, 0, len(rules))
	for _, rule := range rules {
		outcome := "Advice only: it is still sent"
		if rule.Refuse {
			outcome = "Refused before it is sent"
		}
		list = append(list, ruleView{rule.Text, outcome})
	}
	return list
}

// expiries are the ways in which a password's end is shown, each with its reasons.
var expiries = []struct {
	Shown   string
	Reasons []string
}{
	{"A date", []string{"The day of the last change plus the days that the account's domain allows."}},
	{"Never", []string{"The account's password is set to never expire, or", "the passwords of its domain do not expire."}},
	{"On-premises", []string{"Active Directory decides, or", "the identity provider of a federated domain does."}},
	{"Unknown", []string{"The app can't read the tenant's domains (Domain.Read.All) or the account, or", "Microsoft does not say when the password was last changed. Purser does not assume 90 days then."}},
}
