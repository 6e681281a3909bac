package microsoft

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser.example/internal/secret"
)

// Seen is what an app could read of its tenant and of itself. What was not read is empty, which says nothing of what is there.
type Seen struct {
	TenantID string // as the token says; empty where it could not be read

	RolesRead bool
	Roles     []string // application permissions, as the token says
	// Delegated permissions that an administrator consented to for everybody, of Graph and of SharePoint: either has names of the other.
	Scopes, SharePointScopes Consent

	resources map[string]string // app ids of the two, by what each is in this tenant; nil: not read

	Organization OrganizationInfo
	Domains      []DomainInfo // nil: not read
	Licences     []LicenceInfo
	Defaults     *bool // security defaults are on
	Legacy       *bool // SharePoint lets legacy protocols in

	SecretEnds time.Time // when the client secret ends; zero: not known
	Lacks      []string  // permissions for want of which something was not read
}

// Consent is what was consented to of one resource.
type Consent struct {
	Read  bool
	Names []string
}

// OrganizationInfo is the tenant by its own account. InitialDomain is empty where none of its domains, or more than one, is said to be that.
type OrganizationInfo struct{ ID, Name, InitialDomain string }

// DomainInfo is a domain of a tenant.
type DomainInfo struct {
	Name                        string
	Initial, Default, Federated bool
}

// LicenceInfo is how many of one product a tenant has.
type LicenceInfo struct {
	Product      string
	Bought, Used int
}

// Enter gets a token of the app itself and no more.
func (c *Client) Enter(ctx context.Context, t TenantRef, app App) error {
	_, err := c.appToken(ctx, t, app)
	return err
}

// question is one of those that Inspect asks.
type question struct {
	path  string
	needs []string // permissions of which one will do; the first is the one to grant
	read  func(*Seen, answer) error
	vital bool // without an answer, though the permission is there, Microsoft is down
}

// Inspect gets a token of the app and reads with it what the app may: the tenant, its domains, licences, security defaults and legacy
// authentication, which delegated permissions were consented to, and when its own secret ends. That is two requests, since Graph takes
// the questions as one batch. The error is a fault: of a token that was refused, or of a Graph that did not answer.
func (c *Client) Inspect(ctx context.Context, t TenantRef, app App) (Seen, error) {
	ctx, cancel := context.WithTimeout(ctx, c.totalTimeout)
	defer cancel()
	token, err := c.appToken(ctx, t, app)
	if err != nil {
		return Seen{}, err
	}
	h, _ := t.Cloud.hosts()
	claims := claimsOf(token.token)
	seen := Seen{TenantID: claims.tenant(), RolesRead: claims.read, Roles: claims.Roles}
	asked := slices.DeleteFunc(questions(claims, app), func(q question) bool { return seen.withheld(q) })
	var paths []string
	for _, q := range asked {
		paths = append(paths, q.path)
	}
	if len(paths) == 0 {
		return seen, nil
	}
	g := graph{client: c, host: h.graph, token: token.token, patience: &patience{left: c.patience}, lane: laneOf(t, app.ID, reading)}
	answers, err := g.batch(ctx, paths)
	if err != nil {
		return Seen{}, err
	}
	for i, q := range asked {
		if err := g.answered(&seen, q, answers[i]); err != nil {
			return Seen{}, err
		}
	}
	return seen, nil
}

// withheld notes what need not be asked, because the token says that the permission is not there.
func (s *Seen) withheld(q question) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(s.Roles, func(role string) bool { return strings.EqualFold(role, name) })
	}
	if !s.RolesRead || slices.ContainsFunc(q.needs, has) {
		return false
	}
	s.lack(q.needs[0])
	return true
}

// lack notes a missing permission, once.
func (s *Seen) lack(permission string) {
	if !slices.Contains(s.Lacks, permission) {
		s.Lacks = append(s.Lacks, permission)
	}
}

// answered reads the answer to one question.
func (g graph) answered(seen *Seen, q question, a answer) error {
	if a.status == http.StatusOK {
		return q.read(seen, a)
	}
	refused := g.refused(a)
	if refused.reply.Denied() {
		seen.lack(q.needs[0])
		return nil
	}
	if q.vital {
		return refused
	}
	return nil
}

func questions(claims claims, app App) []question {
	list := []question{
		{"/organization?$select=id,displayName,verifiedDomains", []string{"Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}, readOrganization, true},
		{"/domains?$select=id,authenticationType,isDefault,isInitial,isVerified", []string{"Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}, readDomains, true},
		{"/subscribedSkus?$select=skuPartNumber,consumedUnits,prepaidUnits", []string{"LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}, readLicences, false},
		{"/policies/identitySecurityDefaultsEnforcementPolicy?$select=isEnabled", []string{"Policy.Read.All"}, readDefaults, false},
		{"/admin/sharepoint/settings?$select=isLegacyAuthProtocolsEnabled", []string{"SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All"}, readLegacy, false},
	}
	if claims.ObjectID != "" {
		resources := url.Values{"$filter": {"appId in ('" + graphAppID + "','" + sharePointAppID + "')"}, "$select": {"id,appId"}}
		filter := url.Values{"$filter": {"clientId eq '" + claims.ObjectID + "'"}}
		list = append(
			list,
			question{"/servicePrincipals?" + escaped(resources), []string{"Directory.Read.All", "Application.Read.All", "Application.ReadWrite.All", "Directory.ReadWrite.All"}, readResources, false},
			question{"/oauth2PermissionGrants?" + escaped(filter), []string{"Directory.Read.All", "DelegatedPermissionGrant.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"}, readGrants, false},
		)
	}
	if len(app.Certificate) == 0 && guid.MatchString(app.ID) {
		list = append(list, question{"/applications(appId='" + app.ID + "')?$select=passwordCredentials", []string{"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"}, readSecrets(app), false})
	}
	return list
}

// claims are what a token says of the app, where it can be read: to whom it is given it says nothing that they may rely on.
type claims struct {
	TenantID string   `json:"tid"`
	ObjectID string   `json:"oid"`
	Roles    []string `json:"roles"`
	Scope    string   `json:"scp"`
	read     bool
}

func claimsOf(token secret.Value) (c claims) {
	parts := strings.Split(string(token.Reveal()), ".")
	if len(parts) != 3 {
		return claims{}
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(body, &c) != nil {
		return claims{}
	}
	c.read, c.ObjectID = true, id(c.ObjectID)
	c.Roles = slices.DeleteFunc(c.Roles, func(role string) bool { return key(role) == "" })
	return c
}

func (c claims) tenant() string {
	if id := strings.ToLower(c.TenantID); guid.MatchString(id) {
		return id
	}
	return ""
}

// values reads a list that has one page; what goes on was not read whole, and is nothing.
func values[T any](a answer) ([]T, error) {
	var page struct {
		Value []T    `json:"value"`
		Next  string `json:"@odata.nextLink"`
	}
	if err := a.decode(&page); err != nil {
		return nil, err
	}
	if page.Next != "" {
		return nil, errLonger
	}
	return page.Value, nil
}

var errLonger = errors.New("microsoft: there is more of the list")

func readOrganization(seen *Seen, a answer) error {
	type organization struct {
		ID      string `json:"id"`
		Name    string `json:"displayName"`
		Domains []struct {
			Name    string `json:"name"`
			Initial bool   `json:"isInitial"`
			Default bool   `json:"isDefault"`
			Type    string `json:"type"`
		} `json:"verifiedDomains"`
	}
	list, err := values[organization](a)
	if err != nil || len(list) != 1 || !guid.MatchString(strings.ToLower(list[0].ID)) {
		return cmp.Or(err, error(a.unusable("no organization that can be read")))
	}
	o := list[0]
	seen.Organization = OrganizationInfo{ID: strings.ToLower(o.ID), Name: toTheLetter(o.Name)}
	for _, d := range o.Domains {
		seen.Domains = append(seen.Domains, DomainInfo{toTheLetter(d.Name), d.Initial, d.Default, strings.EqualFold(d.Type, "Federated")})
	}
	seen.Organization.InitialDomain = initialOf(seen.Domains)
	return nil
}

// initialOf is the one initial domain; empty where none or several are said to be that, of which nobody can tell which it is (X50).
func initialOf(domains []DomainInfo) (name string) {
	for _, d := range domains {
		if d.Initial && name != "" {
			return ""
		}
		if d.Initial {
			name = d.Name
		}
	}
	return name
}

// readDomains reads the domains, or their initial one, where the organization did not tell.
func readDomains(seen *Seen, a answer) error {
	type domain struct {
		Name     string `json:"id"`
		Initial  bool   `json:"isInitial"`
		Default  bool   `json:"isDefault"`
		Verified *bool  `json:"isVerified"`
		Type     string `json:"authenticationType"`
	}
	list, err := values[domain](a)
	if err != nil || seen.Organization.InitialDomain != "" {
		return passing(err)
	}
	var domains []DomainInfo
	for _, d := range list {
		if d.Verified == nil || *d.Verified {
			domains = append(domains, DomainInfo{toTheLetter(d.Name), d.Initial, d.Default, strings.EqualFold(d.Type, "Federated")})
		}
	}
	seen.Organization.InitialDomain = initialOf(domains)
	if seen.Domains == nil || seen.Organization.InitialDomain != "" {
		seen.Domains = domains
	}
	return nil
}

// passing lets a list that goes on pass as one that was not read.
func passing(err error) error {
	if errors.Is(err, errLonger) {
		return nil
	}
	return err
}

func readLicences(seen *Seen, a answer) error {
	type sku struct {
		Product string `json:"skuPartNumber"`
		Used    int    `json:"consumedUnits"`
		Units   struct {
			Enabled int `json:"enabled"`
		} `json:"prepaidUnits"`
	}
	list, err := values[sku](a)
	if err != nil {
		return nil
	}
	seen.Licences = []LicenceInfo{}
	for _, s := range list {
		seen.Licences = append(seen.Licences, LicenceInfo{toTheLetter(s.Product), s.Units.Enabled, s.Used})
	}
	return nil
}

func readDefaults(seen *Seen, a answer) error {
	var body struct {
		On *bool `json:"isEnabled"`
	}
	if a.decode(&body) == nil {
		seen.Defaults = body.On
	}
	return nil
}

func readLegacy(seen *Seen, a answer) error {
	var body struct {
		On *bool `json:"isLegacyAuthProtocolsEnabled"`
	}
	if a.decode(&body) == nil {
		seen.Legacy = body.On
	}
	return nil
}

// What consent is about, as apps that every tenant calls the same.
const (
	graphAppID      = "00000003-0000-0000-c000-000000000000"
	sharePointAppID = "00000003-0000-0ff1-ce00-000000000000"
)

// readResources reads what Graph and SharePoint are called in this tenant, by which consent names them.
func readResources(seen *Seen, a answer) error {
	type principal struct {
		ID    string `json:"id"`
		AppID string `json:"appId"`
	}
	list, err := values[principal](a)
	if err != nil || list == nil {
		return nil
	}
	seen.resources = map[string]string{}
	for _, p := range list {
		seen.resources[strings.ToLower(p.ID)] = strings.ToLower(p.AppID)
	}
	return nil
}

// readGrants reads what was consented to. Where nobody could read which resource is which, nothing is known of either; a tenant without
// SharePoint has consented to nothing of it.
func readGrants(seen *Seen, a answer) error {
	type grant struct {
		Consent  string `json:"consentType"`
		Resource string `json:"resourceId"`
		Scope    string `json:"scope"`
	}
	list, err := values[grant](a)
	if err != nil || seen.resources == nil {
		return nil
	}
	seen.Scopes.Read, seen.SharePointScopes.Read = true, true
	for _, g := range list {
		of := seen.consent(g.Resource)
		if of == nil || !strings.EqualFold(g.Consent, "AllPrincipals") {
			continue
		}
		for _, name := range strings.Fields(g.Scope) {
			if key(name) != "" && !slices.Contains(of.Names, name) {
				of.Names = append(of.Names, name)
			}
		}
	}
	return nil
}

// consent is where consent to a resource is noted; nil for one that Purser does not use.
func (s *Seen) consent(resource string) *Consent {
	switch s.resources[strings.ToLower(resource)] {
	case graphAppID:
		return &s.Scopes
	case sharePointAppID:
		return &s.SharePointScopes
	}
	return nil
}

// readSecrets finds the end of the client secret among those of the app, by what Graph shows of each: its first three characters. Where
// several begin like it, the first end counts, because nobody could tell them apart.
func readSecrets(app App) func(*Seen, answer) error {
	return func(seen *Seen, a answer) error {
		var body struct {
			Secrets []struct {
				Hint string    `json:"hint"`
				Ends time.Time `json:"endDateTime"`
			} `json:"passwordCredentials"`
		}
		if a.decode(&body) != nil {
			return nil
		}
		for _, s := range body.Secrets {
			fits := len(s.Hint) >= 3 && strings.HasPrefix(string(app.Secret.Reveal()), s.Hint)
			if fits && !s.Ends.IsZero() && (seen.SecretEnds.IsZero() || s.Ends.Before(seen.SecretEnds)) {
				seen.SecretEnds = s.Ends.UTC()
			}
		}
		return nil
	}
}
