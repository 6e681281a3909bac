package appprofile

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"purser.example/internal/tenant"
)

// ConsentAddress is where an administrator of the tenant gives consent to the app.
func (p Profile) ConsentAddress(t tenant.Tenant) string { return t.ConsentAddress(p.ApplicationID) }

type resourceAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type requiredResource struct {
	ResourceAppID string           `json:"resourceAppId"`
	Access        []resourceAccess `json:"resourceAccess"`
}

// RequiredResourceAccess is the part of an app's manifest that asks for every permission that Purser can use, or only for those that are
// needed, as JSON to paste.
func RequiredResourceAccess(needed bool) string {
	var list []requiredResource
	for _, api := range apis {
		if access := accessOf(api, needed); access != nil {
			list = append(list, requiredResource{api.AppID(), access})
		}
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		panic("appprofile: " + err.Error()) // texts alone
	}
	return string(text)
}

func accessOf(api API, needed bool) (list []resourceAccess) {
	for _, p := range permissions {
		if p.API != api || needed && !p.Needed {
			continue
		}
		kind := "Scope"
		if p.Type == Application {
			kind = "Role"
		}
		list = append(list, resourceAccess{p.ID, kind})
	}
	return list
}

// environments are what Microsoft Graph PowerShell calls the clouds.
var environments = map[tenant.Cloud]string{tenant.GCCHigh: "USGov", tenant.DoD: "USGovDoD", tenant.China: "China"}

// Registration is what the lines of PowerShell are made for.
type Registration struct {
	Name   string // of the app
	Tenant string // a domain, or the id
	Cloud  tenant.Cloud
	Public []byte // a certificate to give to the app, DER; nil: the lines make a client secret
	None   bool   // a public client: neither
}

// PowerShell are the lines of Microsoft Graph PowerShell that make the whole registration with the consent to it, from nothing.
func PowerShell(r Registration) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	environment := environments[r.Cloud]
	if environment == "" {
		environment = "Global"
	}
	line("# Microsoft Graph PowerShell 2.37 or later: Install-Module Microsoft.Graph -MinimumVersion 2.37.0")
	line("Connect-MgGraph -Environment ", environment, " -TenantId ", quoted(r.Tenant), " -Scopes 'Application.ReadWrite.All','AppRoleAssignment.ReadWrite.All','DelegatedPermissionGrant.ReadWrite.All'")
	line("$required = @()")
	for _, api := range apis {
		v := variable(api)
		line(v, " = Get-MgServicePrincipal -Filter \"appId eq '", api.AppID(), "'\" # ", api.Title())
		line(v, "Access = @(")
		for _, a := range accessOf(api, false) {
			line("  @{ id = '", a.ID, "'; type = '", a.Type, "' }")
		}
		line(")")
		line("if (", v, ") { $required += @{ resourceAppId = '", api.AppID(), "'; resourceAccess = ", v, "Access } }")
	}
	public := ""
	if r.None { // with a credential, a public client would only be one more way in
		public = " -IsFallbackPublicClient"
	}
	line("$app = New-MgApplication -DisplayName ", quoted(r.Name), " -SignInAudience AzureADMyOrg", public, " -RequiredResourceAccess $required")
	switch {
	case len(r.Public) > 0:
		line("$key = [Convert]::FromBase64String('", base64.StdEncoding.EncodeToString(r.Public), "')")
		line("Update-MgApplication -ApplicationId $app.Id -KeyCredentials @(@{ type = 'AsymmetricX509Cert'; usage = 'Verify'; key = $key; displayName = 'Purser' })")
	case !r.None:
		line("$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'Purser'; endDateTime = (Get-Date).AddMonths(12) }")
	}
	line("$me = New-MgServicePrincipal -AppId $app.AppId")
	for _, api := range apis {
		v := variable(api)
		line("if (", v, ") {")
		line("  foreach ($role in ", v, "Access | Where-Object type -eq 'Role') { New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $me.Id -PrincipalId $me.Id -ResourceId ", v, ".Id -AppRoleId $role.id }")
		line("  New-MgOauth2PermissionGrant -ClientId $me.Id -ConsentType AllPrincipals -ResourceId ", v, ".Id -Scope ", quoted(strings.Join(scopes(api), " ")))
		line("}")
	}
	line("\"Application (client) ID: $($app.AppId)\"")
	if len(r.Public) == 0 && !r.None {
		line("\"Client secret: $($secret.SecretText)\"")
	}
	return b.String()
}

// variable is what an API is called in the lines. A tenant without SharePoint does not know it, so that its variable is empty there.
func variable(api API) string {
	if api == SharePoint {
		return "$sharePoint"
	}
	return "$graph"
}

func scopes(api API) (names []string) {
	for _, p := range permissions {
		if p.Type == Delegated && p.API == api {
			names = append(names, p.Name)
		}
	}
	return names
}

// quoted is a text as PowerShell reads it to the letter. It knows typographic quotation marks as quotation marks, too.
func quoted(text string) string {
	return "'" + strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛", "\n", " ", "\r", " ").Replace(text) + "'"
}
