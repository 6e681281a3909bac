// Package token makes and reads what the sign-in hosts give out: signed claims that Graph and SharePoint believe. The keys are
// those of all tenants, as Microsoft's are.
package token

// Access are the claims of an access token that the simulator reads again. Clients must not read them at all.
type Access struct {
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
