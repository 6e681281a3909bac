package verdict

import "strings"

// PolicyKind tells the sorts of policies that stand in the way of a sign-in.
type PolicyKind string

// The kinds of policies.
const (
	ConditionalAccess PolicyKind = "conditional-access"
	SecurityDefaults  PolicyKind = "security-defaults"
	PerUserMFA        PolicyKind = "per-user-mfa"
)

// Policy is one that stood in the way, as the tenant lets Purser read it.
type Policy struct {
	Kind PolicyKind `json:"kind"`
	ID   string     `json:"id,omitempty"`
	Name string     `json:"name,omitempty"` // empty where only the id is known
}

// Blame is what Purser found out about the policy that refused, beyond what Microsoft said at the sign-in.
type Blame struct {
	Policies []Policy `json:"policies,omitempty"`
	// Lacks are the application permissions that would have told more.
	Lacks []string `json:"lacks,omitempty"`
	// NoSecret says that the app profile has no client secret, so that Purser could not ask as the app.
	NoSecret bool `json:"noSecret,omitempty"`
	// NoPremium says that the tenant's licences do not open its sign-in log to apps.
	NoPremium bool `json:"noPremium,omitempty"`
	// Later says that the tenant's sign-in log did not have the attempt yet.
	Later bool `json:"later,omitempty"`
}

// The permissions with which an app reads which policy refused (Microsoft Graph permissions reference).
const (
	ReadPolicies = "Policy.Read.All"
	ReadAuditLog = "AuditLog.Read.All"
)

// named lists the names of the policies of a kind.
func (b Blame) named(kind PolicyKind) []string {
	var names []string
	for _, p := range b.Policies {
		if p.Kind == kind && p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// name gives the name of the policy with an id, where it is known.
func (b Blame) name(id string) string {
	for _, p := range b.Policies {
		if strings.EqualFold(p.ID, id) {
			return p.Name
		}
	}
	return ""
}

// sentence names what stands in the way; empty where nothing is known by name.
func (b Blame) sentence() string {
	switch names := b.named(ConditionalAccess); {
	case len(names) == 1:
		return "The conditional access policy “" + names[0] + "” stands in the way of this sign-in."
	case len(names) > 1:
		return "The conditional access policies “" + strings.Join(names, "”, “") + "” stand in the way of this sign-in."
	case len(b.named(SecurityDefaults)) > 0:
		return "The tenant's security defaults stand in the way of this sign-in."
	case len(b.named(PerUserMFA)) > 0:
		return "Neither a conditional access policy nor security defaults asked for a second factor, so multi-factor authentication is most likely set on the account itself (per-user MFA)."
	}
	return ""
}

// steps say how to have the policy named, where it is not.
func (b Blame) steps() []Step {
	var list []Step
	permissions := strings.Join(b.Lacks, " and ")
	switch {
	case b.sentence() != "" || permissions == "" && !b.NoSecret && !b.NoPremium && !b.Later:
		return nil
	case b.NoSecret:
		list = append(list, Step{Text: "To have the policy named here: give the app profile of this tenant a client secret, and its app registration the application permissions " + ReadPolicies + " and " + ReadAuditLog + " with admin consent."})
	case permissions != "":
		list = append(list, Step{Text: "To have the policy named here: give Purser's app registration the application permission " + permissions + " with admin consent, then validate again."})
	case b.NoPremium:
		list = append(list, Step{Text: "Purser cannot have the policy named here: Microsoft opens the sign-in log to apps only where the tenant has Microsoft Entra ID P1 or P2. Without that there is no conditional access either: look at the security defaults and at per-user MFA."})
	}
	if b.Later {
		list = append(list, Step{Text: "Microsoft's sign-in log takes some minutes. Open it then, look for the correlation id below, and read which policy failed.", Link: "Sign-in logs", Href: "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/SignInEventsV3Blade"})
	}
	return list
}
