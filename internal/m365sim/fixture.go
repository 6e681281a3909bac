package m365sim

// Fixture is everything the simulator holds. Every field but those said to be needed may be left out. Times are RFC 3339 or relative to the start of the simulator: -30d, +5d, -36h.
type Fixture struct {
	Tenants []Tenant `json:"tenants"`
	// PageSize is the number of objects on a page of Graph when the request names none; 0 stands for 100. Below 100 it is
	// also the most that $top can ask for, so that a handful of objects already fills several pages.
	PageSize int `json:"pageSize,omitempty"`
}

// Tenant is one Microsoft 365 tenant. ID (a GUID) and InitialDomain are needed.
type Tenant struct {
	ID            string `json:"id"`
	DisplayName   string `json:"displayName,omitempty"`
	InitialDomain string `json:"initialDomain"`
	// Cloud is worldwide, gcc, gccHigh, dod or china; left out: worldwide.
	Cloud string `json:"cloud,omitempty"`
	// Connected asks the demo to make an app profile from the first app. The simulator itself does nothing with it.
	Connected bool `json:"connected,omitempty"`
	// LatencyMs delays each answer about this tenant.
	LatencyMs int `json:"latencyMs,omitempty"`
	// Domains need not list the initial domain: it is Managed and its passwords never expire unless it is listed. A domain
	// that only a username names is added in the same way.
	Domains []Domain `json:"domains,omitempty"`
	Apps    []App    `json:"apps,omitempty"`
	// SecurityDefaults switches Microsoft's security defaults on, which refuse every password sign-in (530035).
	SecurityDefaults bool        `json:"securityDefaults,omitempty"`
	Policies         []Policy    `json:"policies,omitempty"`
	Users            []User      `json:"users,omitempty"`
	Groups           []Group     `json:"groups,omitempty"`
	Generate         *Generate   `json:"generate,omitempty"`
	Objects          *Objects    `json:"objects,omitempty"`
	SharePoint       *SharePoint `json:"sharePoint,omitempty"`
	// Throttle is how much each app may ask for; left out: as much as it likes.
	Throttle *Throttle `json:"throttle,omitempty"`
}

// Domain is a verified domain of a tenant. ID, the domain's name, is needed.
type Domain struct {
	ID string `json:"id"`
	// AuthenticationType is Managed or Federated; left out: Managed.
	AuthenticationType string `json:"authenticationType,omitempty"`
	// PasswordValidityPeriodInDays left out is null in Graph and means 90 days; 2147483647 means never.
	PasswordValidityPeriodInDays     *int   `json:"passwordValidityPeriodInDays,omitempty"`
	PasswordNotificationWindowInDays *int   `json:"passwordNotificationWindowInDays,omitempty"`
	FederationMetadataURL            string `json:"federationMetadataUrl,omitempty"`
	ActiveAuthURL                    string `json:"activeAuthUrl,omitempty"`
}

// App is an app registration with its service principal in the tenant. AppID (a GUID) is needed.
type App struct {
	AppID       string `json:"appId"`
	DisplayName string `json:"displayName,omitempty"`
	// Enabled, PublicClient and Consented are true when left out.
	Enabled      *bool `json:"enabled,omitempty"`
	PublicClient *bool `json:"publicClient,omitempty"`
	// Consented says whether the delegated permissions of a token request have been consented to.
	Consented *bool `json:"consented,omitempty"`
	// Permissions are the application permissions; left out (nil): all, empty: none.
	Permissions  []string    `json:"permissions,omitzero"`
	Secrets      []AppSecret `json:"secrets,omitempty"`
	Certificates []string    `json:"certificates,omitempty"`
	// ClientSecret is short for one secret that does not expire.
	ClientSecret string `json:"clientSecret,omitempty"`
}

// AppSecret is one client secret of an app. Without Expires it does not expire.
type AppSecret struct {
	Value   string `json:"value"`
	Expires string `json:"expires,omitempty"`
}

// Policy is a conditional access policy. State is enabled, disabled or enabledForReportingButNotEnforced; left out: enabled.
type Policy struct {
	ID          string `json:"id,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	State       string `json:"state,omitempty"`
}

// Generate makes many users at once, numbered from First (left out: 1) on. UPN and Password hold one %d verb such as %05d.
type Generate struct {
	Users    int    `json:"users"`
	First    int    `json:"first,omitempty"`
	UPN      string `json:"upn,omitempty"`
	Password string `json:"password,omitempty"`
	// Group is the group that has them all as members, by mail, id or name; a security group is made when there is none.
	Group string `json:"group,omitempty"`
}

// Objects is how many objects of each kind a scan of the tenant finds.
type Objects struct {
	Sites         int `json:"sites,omitempty"`
	OneDrives     int `json:"oneDrives,omitempty"`
	Groups        int `json:"groups,omitempty"`
	Teams         int `json:"teams,omitempty"`
	Mailboxes     int `json:"mailboxes,omitempty"`
	ProjectSites  int `json:"projectSites,omitempty"`
	PublicFolders int `json:"publicFolders,omitempty"`
	Users         int `json:"users,omitempty"`
}

// SharePoint is the state of the legacy sign-in protocols. LegacyRetired is true when left out, as Microsoft has done it.
type SharePoint struct {
	LegacyAuthEnabled bool  `json:"legacyAuthEnabled,omitempty"`
	LegacyRetired     *bool `json:"legacyRetired,omitempty"`
}
