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
	{"Characters allowed", []string{"A–Z, a–z, 0–9", "@ # $ % ^ & * - _ ! + = [ ] { }"}, []string{"The same, and | \\ : ' , . ? / ` ~ \" ( ) ; < >", "Blanks"}},
	{"Characters not allowed", []string{"Unicode characters", "Blanks", "Strong passwords only: a dot right before an @"}, []string{"Unicode characters", "For services also a blank at either end", "The dot before an @ is a rule for usernames now"}},
	{"Length", []string{"8 to 16 characters"}, []string{"8 to 256 characters"}},
	{"Kinds of characters", []string{"Strong passwords only: three of lower case, upper case, digits and symbols"}, []string{"Always three of lower case, upper case, digits and symbols"}},
	{"Used or known before", []string{"–"}, []string{"The last password cannot be chosen again when it is changed", "Passwords of Microsoft's list of banned ones are refused"}},
	{"Expiry", []string{"On by default"}, []string{"Off by default in tenants made in 2021 or later, on in older ones"}},
	{"Expiry duration", []string{"90 days by default"}, []string{"90 days where older tenants have not changed it"}},
	{"Expiry notification", []string{"14 days before, by default"}, []string{"14 days before, where the tenant says nothing else"}},
}

// ruleView is what Purser does with a password that breaks a rule.
type ruleView struct {
	Text    string
	Outcome string
}

func ruleViews(rules []account.PasswordRule) []ruleView {
	list := make([]ruleView, 0, len(rules))
	for _, rule := range rules {
		outcome := "Advice: it is sent all the same"
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
	{"A date", []string{"The day of the last change and the days that the account's domain allows."}},
	{"Never", []string{"The account is set to keep its password, or", "the passwords of its domain do not expire."}},
	{"On premises", []string{"An Active Directory decides, or", "the identity provider of a federated domain does."}},
	{"Unknown", []string{"The app may not read the tenant's domains (Domain.Read.All) or the account, or", "Microsoft does not say when the password was last changed. Purser does not assume 90 days then."}},
}
