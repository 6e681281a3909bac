package verdict

import (
	"strings"

	"purser.example/internal/shown"
	"purser.example/internal/whose"
)

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
	// NoToken is the code with which Microsoft refused the app a token of its own; empty where it did not.
	NoToken string `json:"noToken,omitempty"`
	// NotAsked is the code of a question that got no answer of Microsoft's, about the token or the policy, and NotAskedFault whose
	// fault that was: nothing that anybody could correct here (X5).
	NotAsked      string      `json:"notAsked,omitempty"`
	NotAskedFault whose.Fault `json:"notAskedFault,omitempty"`
	// NoPremium says that Microsoft refused its sign-in log to the app: the tenant's licences do not open it, or the app lacks a second
	// permission. Microsoft gives both the same word.
	NoPremium bool `json:"noPremium,omitempty"`
	// Later says that the tenant's sign-in log did not have the attempt yet.
	Later bool `json:"later,omitempty"`
}

// The permissions with which an app reads which policy refused (Microsoft Graph permissions reference).
const (
	ReadPolicies = "Policy.Read.All"
	ReadAuditLog = "AuditLog.Read.All"
	// ReadDirectory is needed beside ReadAuditLog in some tenants (Microsoft Graph, known issues of the sign-in log).
	ReadDirectory = "Directory.Read.All"
)

// fair moves what is not the app's fault out of NoToken: earlier releases stored lost answers there too.
func (b Blame) fair(t *Table) Blame {
	told := strings.HasPrefix(b.NoToken, "AADSTS") // Microsoft refused, for whatever reason
	if rule, known := t.ofCode(b.NoToken); known && !rule.Whose().Blamed() && (rule.Whose() != whose.Untold || !told) {
		b.NoToken, b.NotAsked, b.NotAskedFault = "", b.NoToken, rule.Whose()
	}
	return b
}

// appTrouble says what is to be looked at where Microsoft refused the app a token of its own.
func (t *Table) appTrouble(code string) string {
	rule, known := t.ofCode(code)
	switch {
	case !known:
		return "Look up the code on Microsoft's site, and compare the tenant's app profile with the app registration."
	case rule.Class == "app_config" && rule.advice == "client-secret":
		return "Check the client secret or certificate of the tenant's app profile."
	}
	return rule.Cause + " Check the tenant's app profile."
}

// named lists the names of the policies of a kind.
func (b Blame) named(kind PolicyKind) []string {
	var names []string
	for _, p := range b.Policies {
		if p.Kind == kind && p.Name != "" {
			names = append(names, shown.Name(p.Name))
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
		return "The conditional access policy “" + names[0] + "” blocks this sign-in."
	case len(names) > 1:
		return "The conditional access policies “" + strings.Join(names, "”, “") + "” block this sign-in."
	case len(b.named(SecurityDefaults)) > 0:
		return "The tenant's security defaults block this sign-in."
	case len(b.named(PerUserMFA)) > 0:
		return "Neither a conditional access policy nor security defaults asked for a second factor, so multi-factor authentication is most likely set on the account itself (per-user MFA)."
	}
	return ""
}

// steps say how to have the policy named, where it is not.
func (b Blame) steps(t *Table) []Step {
	var list []Step
	b = b.fair(t)
	permissions := strings.Join(b.Lacks, " and ")
	switch {
	case b.sentence() != "" || permissions == "" && !b.NoSecret && b.NoToken == "" && b.NotAsked == "" && !b.NoPremium && !b.Later:
		return nil
	case b.NoSecret:
		list = append(list, Step{Text: "To see the policy's name here, give the app profile of this tenant a client secret or certificate, and its app registration the application permissions " + ReadPolicies + " and " + ReadAuditLog + " with admin consent."})
	case b.NoToken != "":
		list = append(list, Step{Text: "Purser couldn't find out which policy it was: Microsoft refused the app itself (" + b.NoToken + "). " + t.appTrouble(b.NoToken)})
	case b.NotAsked != "":
		list = append(list, Step{Text: "Purser couldn't find out which policy it was (" + b.NotAsked + "): " + b.NotAskedFault.Words().What + ". To see its name, validate again later."})
	case permissions != "":
		list = append(list, Step{Text: "To see the policy's name here, give Purser's app registration the application permission " + permissions + " with admin consent, then validate again."})
	case b.NoPremium:
		list = append(list, Step{Text: "Purser can't name the policy, because Microsoft didn't let the app read the sign-in log. That takes Microsoft Entra ID P1 or P2. Without it there is no conditional access either, so check security defaults and per-user MFA. If the tenant has it, give Purser's app registration the application permission " + ReadDirectory + " in addition to " + ReadAuditLog + ", with admin consent."})
	}
	if b.Later {
		list = append(list, Step{Text: "Microsoft's sign-in log takes a few minutes. Then open it, look for the correlation ID below, and see which policy failed.", Link: "Sign-in logs", Href: "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/SignInEventsV3Blade"})
	}
	return list
}
