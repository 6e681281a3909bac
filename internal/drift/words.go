package drift

import (
	"strconv"

	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/shown"
	"purser.example/internal/verdict"
)

// Title is the topic as people see it.
func (t Topic) Title() string {
	switch t {
	case Identity:
		return "Account"
	case SignIn:
		return "Sign-in"
	case Roles:
		return "Roles"
	case Licenses:
		return "Licenses"
	case MFA:
		return "Multi-factor authentication"
	case Groups:
		return "Groups"
	case Policies:
		return "Conditional access"
	case Password:
		return "Password"
	}
	return string(t)
}

// Known reports whether drifts may be of the topic.
func (t Topic) Known() bool { return t != Password && t.Title() != string(t) }

// Title is the change in a few words: "Role lost: SharePoint Administrator".
func (d Difference) Title() string {
	name := shown.Name(d.Item.Name)
	if name == "" {
		name = d.Item.Key
	}
	won := d.Way == Won
	switch d.Topic {
	case Identity:
		return either(won, "Another account has the username", "Account removed")
	case SignIn:
		return either(won, "Sign-in blocked", "Sign-in allowed again")
	case Roles:
		return either(won, "Role added: ", "Role lost: ") + name
	case Licenses:
		return either(won, "License added: ", "License lost: ") + name
	case MFA:
		return either(won, "Multi-factor authentication registered", "Multi-factor authentication no longer registered")
	case Groups:
		return either(won, "Added to the group ", "Left the group ") + name
	case Policies:
		return either(won, "Now covered by the policy ", "No longer covered by the policy ") + name
	case Password:
		return "Password changed in Microsoft 365"
	}
	return name
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// Title is the drift in a few words.
func (d Drift) Title() string { return d.difference().Title() }

// Todo says what to do about it, where it is not as it should be.
func (d Drift) Todo() string {
	won := d.Way == Won
	switch d.Topic {
	case Identity:
		return either(won, "Make sure that the new account may do the work of the former one, and store its password in Purser.", "Restore the account in Microsoft 365, where deleted users are kept for 30 days, or delete it from Purser.")
	case SignIn:
		return either(won, "In the Microsoft 365 admin center, open the user and select Unblock sign-in. Find out first who blocked it, and why.", "Find out who allowed the sign-in again.")
	case Roles:
		return either(won, "In the Microsoft Entra admin center, open the user and remove the role under Assigned roles. A service account is safer with fewer roles.", "In the Microsoft Entra admin center, open the user and assign the role again, unless no service needs it anymore.")
	case Licenses:
		return either(won, "In the Microsoft 365 admin center, take the license back if the account doesn't need it.", "In the Microsoft 365 admin center, open the user and assign a license with this product again, unless no service needs it.")
	case MFA:
		return either(won, "A service account can't answer a second prompt. In the Microsoft Entra admin center, open the user and delete what is registered under Authentication methods, and make sure that no policy requires it.", "Nothing, unless a policy requires multi-factor authentication.")
	case Groups:
		return either(won, "Take the account out of the group if it isn't to work for the account pool.", "Add the account to the group again, or remove it from the account pool.")
	case Policies:
		return either(won, "In the Microsoft Entra admin center, exclude the account from the policy if it blocks the sign-in or requires multi-factor authentication.", "Make sure that the account isn't meant to be protected by this policy.")
	}
	return ""
}

// Matters reports whether accepting it takes somebody who confirms it: what gives an account the most power, and what makes it another one or
// useless.
func (d Drift) Matters() bool {
	switch d.Topic {
	case Identity, SignIn:
		return true
	case Roles:
		return d.Way == Won && d.Item.Key == verdict.GlobalAdministrator
	}
	return false
}

// event is what people are told of a drift when it is first seen.
func (d Drift) event(k account.Key) event.Event {
	at := strconv.FormatInt(d.First.UnixMilli(), 10)
	return event.Event{
		ID:   event.IDOf(event.Drifted, string(k.Tenant), k.Username, string(d.Topic), d.Item.Key, string(d.Way), at),
		Kind: event.Drifted, Tenant: d.Tenant, Object: event.Object{Kind: "drift", ID: string(d.Topic), Name: "A service account"},
		Account: d.Username, Cause: d.Title(), At: d.First,
		Facts: []event.Fact{{Name: "Change", Value: d.Title()}, {Name: "What to do", Value: d.Todo()}},
	}
}
