package m365sim

// accessClaims are the claims of an access token that the simulator reads again. Clients must not read them at all.
type accessClaims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	Issued   int64    `json:"iat"`
	Before   int64    `json:"nbf"`
	Expires  int64    `json:"exp"`
	AppID    string   `json:"appid"`
	AppName  string   `json:"app_displayname"`
	Type     string   `json:"idtyp"` // user or app
	Name     string   `json:"name,omitempty"`
	ObjectID string   `json:"oid"`
	Subject  string   `json:"sub"`
	TenantID string   `json:"tid"`
	UPN      string   `json:"upn,omitempty"`
	Scope    string   `json:"scp,omitempty"`
	Roles    []string `json:"roles,omitempty"`
	RoleIDs  []string `json:"wids,omitempty"`
	TokenID  string   `json:"uti"`
	Version  string   `json:"ver"`
}

// legacyClaims are what a token of the legacy sign-in holds. It is good for SharePoint's cookie, and for nothing else.
type legacyClaims struct {
	Audience string `json:"aud"`
	TenantID string `json:"tid"`
	UserID   string `json:"oid"`
	Expires  int64  `json:"exp"`
}

// legacyAudience marks a token of the legacy sign-in.
const legacyAudience = "urn:passport:compact"
