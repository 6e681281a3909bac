package graph

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/permission"
)

// permissionGrant is the consent of an administrator to delegated permissions of an app, for everybody in the tenant.
type permissionGrant struct {
	ID          string  `json:"id"`
	ClientID    string  `json:"clientId"`
	ConsentType string  `json:"consentType"`
	PrincipalID *string `json:"principalId"`
	ResourceID  string  `json:"resourceId"`
	Scope       string  `json:"scope"`
}

var ofClient = regexp.MustCompile(`^\s*clientId\s+eq\s+'([^']*)'\s*$`)

// listGrants lists the consents of the tenant's apps, all or those of one service principal.
func (g *request) listGrants() call.Answer {
	wanted := ""
	if filter := g.Request.URL.Query().Get("$filter"); filter != "" {
		found := ofClient.FindStringSubmatch(filter)
		if found == nil {
			return g.fail(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property of resource 'OAuth2PermissionGrant'.")
		}
		wanted = found[1]
	}
	grants := []permissionGrant{}
	for _, a := range g.tenant.Registrations() {
		client := guid.Derived("service principal", g.tenant.ID, a.AppID)
		if !fixture.IsTrue(a.Consented) || wanted != "" && !strings.EqualFold(wanted, client) {
			continue
		}
		for _, r := range g.resources() {
			if scopes := r.scopes(a.DelegatedPermissions); len(scopes) > 0 {
				grants = append(grants, permissionGrant{guid.Derived("grant", client, r.id), client, "AllPrincipals", nil, r.id, strings.Join(scopes, " ")})
			}
		}
	}
	return reply(members{{"@odata.context", "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#oauth2PermissionGrants"}, {"value", grants}})
}

// resource is an API of Microsoft's, as the tenant knows it.
type resource struct {
	id, appID, name string
	scopes          func(given []string) []string // those of a fixture's that are the resource's
}

// resources are Graph and SharePoint, which every tenant of the simulator has.
func (g *request) resources() []resource {
	id := func(app string) string { return guid.Derived("service principal", g.tenant.ID, app) }
	atSharePoint := func(given []string) []string { return permission.AtSharePoint(given, permission.SharePointScopes) }
	return []resource{
		{id(cloud.GraphAppID), cloud.GraphAppID, "Microsoft Graph", permission.AtGraph},
		{id(cloud.SharePointAppID), cloud.SharePointAppID, "Office 365 SharePoint Online", atSharePoint},
	}
}

// servicePrincipal is an app as a tenant knows it.
type servicePrincipal struct {
	ID          string `json:"id"`
	AppID       string `json:"appId"`
	DisplayName string `json:"displayName"`
}

var (
	byAppID = regexp.MustCompile(`^\s*appId\s+(?:eq\s+('[^']*')|in\s*\(([^()]*)\))\s*$`)
	appIDs  = regexp.MustCompile(`'([^']*)'`)
)

// listServicePrincipals lists Microsoft's APIs and the tenant's apps, all or those whose app ids a filter names.
func (g *request) listServicePrincipals() call.Answer {
	var wanted []string
	filter := g.Request.URL.Query().Get("$filter")
	if filter != "" {
		found := byAppID.FindStringSubmatch(filter)
		if found == nil {
			return g.fail(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property of resource 'ServicePrincipal'.")
		}
		for _, id := range appIDs.FindAllStringSubmatch(found[1]+found[2], -1) {
			wanted = append(wanted, strings.ToLower(id[1]))
		}
	}
	list := []servicePrincipal{}
	add := func(p servicePrincipal) {
		if filter == "" || slices.Contains(wanted, strings.ToLower(p.AppID)) {
			list = append(list, p)
		}
	}
	for _, r := range g.resources() {
		add(servicePrincipal{r.id, r.appID, r.name})
	}
	for _, a := range g.tenant.Registrations() {
		add(servicePrincipal{guid.Derived("service principal", g.tenant.ID, a.AppID), a.AppID, a.DisplayName})
	}
	return reply(members{{"@odata.context", "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#servicePrincipals"}, {"value", list}})
}

// passwordCredential is a client secret as Graph shows it: never the whole of it.
type passwordCredential struct {
	KeyID       string     `json:"keyId"`
	DisplayName *string    `json:"displayName"`
	Hint        string     `json:"hint"`
	Ends        *time.Time `json:"endDateTime"`
	SecretText  *string    `json:"secretText"`
}

// oneApplication shows the registration of an app of the tenant.
func (g *request) oneApplication() call.Answer {
	a := g.tenant.App(strings.TrimPrefix(g.path[1], "appId="))
	if a == nil {
		return missing(g.path[1]).answer(g.Call)
	}
	secrets := []passwordCredential{}
	for _, s := range a.Secrets() {
		shown := passwordCredential{KeyID: guid.Derived("secret", a.AppID, s.Value), Hint: s.Value[:min(3, len(s.Value))]}
		if !s.Expires.IsZero() {
			ends := s.Expires.UTC().Truncate(time.Second)
			shown.Ends = &ends
		}
		secrets = append(secrets, shown)
	}
	return reply(members{
		{"@odata.context", "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#applications/$entity"},
		{"id", guid.Derived("application", a.AppID)},
		{"appId", a.AppID},
		{"displayName", a.DisplayName},
		{"passwordCredentials", secrets},
	})
}

// subscribedSKU is one product that the tenant has bought.
type subscribedSKU struct {
	ID       string         `json:"id"`
	SKU      string         `json:"skuId"`
	Name     string         `json:"skuPartNumber"`
	Status   string         `json:"capabilityStatus"`
	Consumed int            `json:"consumedUnits"`
	Prepaid  map[string]int `json:"prepaidUnits"`
}

// listSKUs lists the products that the users have plans of, with some to spare.
func (g *request) listSKUs() call.Answer {
	skus := []subscribedSKU{}
	for u := range g.tenant.Users() {
		for _, p := range productsOf(u) {
			at := slices.IndexFunc(skus, func(s subscribedSKU) bool { return s.SKU == p.SKUID })
			if at < 0 {
				at = len(skus)
				skus = append(skus, subscribedSKU{g.tenant.ID + "_" + p.SKUID, p.SKUID, p.SKU, "Enabled", 0, nil})
			}
			skus[at].Consumed++
			skus[at].Prepaid = map[string]int{"enabled": skus[at].Consumed + 5, "suspended": 0, "warning": 0, "lockedOut": 0}
		}
	}
	return reply(members{{"@odata.context", "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#subscribedSkus"}, {"value", skus}})
}

// productsOf are a user's plans, one of each product.
func productsOf(u *directory.User) (list []directory.Plan) {
	for _, p := range u.Plans() {
		if !slices.ContainsFunc(list, func(other directory.Plan) bool { return other.SKUID == p.SKUID }) {
			list = append(list, p)
		}
	}
	return list
}

// sharePointSettings shows the switches of the tenant's SharePoint.
func (g *request) sharePointSettings() call.Answer {
	legacy := g.tenant.SharePoint != nil && g.tenant.SharePoint.LegacyAuthEnabled
	return reply(members{{"@odata.context", "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#admin/sharepoint/settings/$entity"}, {"isLegacyAuthProtocolsEnabled", legacy}})
}
