package m365sim

// Group is a group of a tenant. DisplayName is needed; an id left out is derived from the mail address or the name.
type Group struct {
	ID          string `json:"id,omitempty"`
	DisplayName string `json:"displayName"`
	Mail        string `json:"mail,omitempty"`
	// Kind is microsoft365, mailEnabledSecurity, security or distribution; left out: security without a mail address, and
	// mailEnabledSecurity with one.
	Kind string `json:"kind,omitempty"`
	// DynamicRule is the membership rule; empty: members are assigned by hand.
	DynamicRule string `json:"dynamicRule,omitempty"`
	Team        bool   `json:"team,omitempty"`
	// Members and Owners are users by userPrincipalName or id.
	Members []string `json:"members,omitempty"`
	Owners  []string `json:"owners,omitempty"`
	// MemberGroups are groups of the same tenant by mail, id or a name that only one of them has.
	MemberGroups []string      `json:"memberGroups,omitempty"`
	OtherMembers []OtherMember `json:"otherMembers,omitempty"`
}

// OtherMember is a member that is neither user nor group. Type is device, servicePrincipal or orgContact.
type OtherMember struct {
	Type        string `json:"type"`
	DisplayName string `json:"displayName,omitempty"`
}

// The kinds of group.
const (
	kindMicrosoft365        = "microsoft365"
	kindMailEnabledSecurity = "mailEnabledSecurity"
	kindSecurity            = "security"
	kindDistribution        = "distribution"
)

// The ways in which multifactor authentication stands in a sign-in's way.
const (
	mfaNone              = "none"
	mfaPerUser           = "perUser"
	mfaRegister          = "register"
	mfaConditionalAccess = "conditionalAccess"
	mfaSecurityDefaults  = "securityDefaults"
)
