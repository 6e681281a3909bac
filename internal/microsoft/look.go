package microsoft

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser.example/internal/verdict"
)

// Where an account is looked at (Microsoft Graph v1.0).
const (
	lookColumns       = "id,userPrincipalName,accountEnabled,lastPasswordChangeDateTime,assignedPlans"
	registrationsPath = "/v1.0/reports/authenticationMethods/userRegistrationDetails/"
	policiesPath      = "/v1.0/identity/conditionalAccess/policies?$select=id,displayName,state,conditions"
)

// The application permissions by which an account is looked at, beside those of package verdict (Microsoft Graph permissions reference).
const (
	readAccounts = "User.Read.All"
	readMembers  = "GroupMember.Read.All"
)

// Looked is what the app of a tenant may read of an account. What is nil was not read.
type Looked struct {
	ID      string
	Gone    bool // there is no such account
	Enabled *bool
	Changed time.Time // of the password; zero: not told
	Groups  []string  // ids of all groups that it belongs to, in lower case
	Roles   []verdict.Role
	MFA     *bool // a second factor is registered
	Lacks   []string

	Licence  verdict.Proven // as of a verdict, with the products
	Products []string

	GroupsRead, RolesRead bool
}

// Look reads an account as the app. What Microsoft refuses for want of a permission is noted with it. The error says that the account itself
// could not be read for another reason; what else could not be read is not there.
func (d *Directory) Look(ctx context.Context, username string) (Looked, error) {
	var seen Looked
	var self struct {
		ID      string    `json:"id"`
		Enabled *bool     `json:"accountEnabled"`
		Changed time.Time `json:"lastPasswordChangeDateTime"`
		Plans   []plan    `json:"assignedPlans"`
	}
	g := d.graph()
	err := ofObject(g.get(ctx, "/v1.0/users/"+url.PathEscape(username)+"?$select="+lookColumns, &self))
	f, _ := errors.AsType[fault](err)
	switch {
	case err == nil && key(self.ID) == "":
		return seen, noAnswer(verdict.BadAnswer, "an account without an id")
	case err == nil:
	case f.gone:
		seen.Gone = true
		return seen, nil
	case seen.denied(readAccounts, err):
		return seen, nil
	default:
		return seen, err
	}
	seen.ID, seen.Enabled, seen.Changed = strings.ToLower(key(self.ID)), self.Enabled, self.Changed.UTC()
	seen.Licence, seen.Products = licence(me{Plans: self.Plans})
	if self.Enabled == nil {
		seen.lack(readAccounts)
	}
	seen.belongs(ctx, g)
	seen.registered(ctx, g)
	return seen, nil
}

func (l *Looked) lack(permission string) {
	if !slices.Contains(l.Lacks, permission) {
		l.Lacks = append(l.Lacks, permission)
	}
}

// denied notes the permission where Graph refused for want of it.
func (l *Looked) denied(permission string, err error) bool {
	f, ok := errors.AsType[fault](err)
	denied := ok && (f.reply.Denied() || slices.Contains(withoutPremium, f.reply.Word))
	if denied {
		l.lack(permission)
	}
	return denied
}

// belongs reads the groups and the roles of the account. An account that is in nothing at all is remarkable: where Graph hides what it
// belongs to it lists nothing as well, and says nothing of it (X9), so that nothing was read.
func (l *Looked) belongs(ctx context.Context, g graph) {
	all, err := list[struct {
		directoryRole
		ID string `json:"id"`
	}](ctx, g, "/v1.0/users/"+url.PathEscape(l.ID)+"/transitiveMemberOf?$select=id,displayName,roleTemplateId&$top="+graphTop)
	if err != nil || len(all) == 0 {
		l.denied(readMembers, err)
		return
	}
	var roles []directoryRole
	for _, o := range all {
		switch o.Type {
		case "#microsoft.graph.group":
			l.Groups = append(l.Groups, strings.ToLower(key(o.ID)))
		case "#microsoft.graph.directoryRole":
			roles = append(roles, o.directoryRole)
		}
	}
	l.GroupsRead = true
	if l.Roles, l.RolesRead = rolesOf(roles); !l.RolesRead {
		l.Roles = nil // the account's own token tells of them at its next sign-in
	}
}

// registered reads whether a second factor is registered. The report is some hours late.
func (l *Looked) registered(ctx context.Context, g graph) {
	var report struct {
		ID         string `json:"id"`
		Registered *bool  `json:"isMfaRegistered"`
	}
	err := g.get(ctx, registrationsPath+url.PathEscape(l.ID)+"?$select=id,isMfaRegistered", &report)
	if err != nil {
		l.denied(verdict.ReadAuditLog, err)
		return
	}
	if strings.EqualFold(key(report.ID), l.ID) {
		l.MFA = report.Registered
	}
}

// PolicyInfo is a conditional access policy, as far as it says whom and what it is for.
type PolicyInfo struct {
	ID, Name, State   string
	Users, NotUsers   []string
	Groups, NotGroups []string
	Roles, NotRoles   []string
	Resources, Spared []string
}

// Policies lists the conditional access policies of the tenant. denied says that the app may not read them.
func (d *Directory) Policies(ctx context.Context) (found []PolicyInfo, denied bool, err error) {
	type policy struct {
		ID         string `json:"id"`
		Name       string `json:"displayName"`
		State      string `json:"state"`
		Conditions *struct {
			Users struct {
				Users     []string `json:"includeUsers"`
				NotUsers  []string `json:"excludeUsers"`
				Groups    []string `json:"includeGroups"`
				NotGroups []string `json:"excludeGroups"`
				Roles     []string `json:"includeRoles"`
				NotRoles  []string `json:"excludeRoles"`
			} `json:"users"`
			Applications struct {
				Resources []string `json:"includeApplications"`
				Spared    []string `json:"excludeApplications"`
			} `json:"applications"`
		} `json:"conditions"`
	}
	all, err := list[policy](ctx, d.graph(), policiesPath)
	if f, ok := errors.AsType[fault](err); ok && f.reply.Denied() {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, p := range all {
		if key(p.ID) == "" || p.Conditions == nil {
			return nil, false, noAnswer(verdict.BadAnswer, "a policy without an id or conditions")
		}
		u, a := p.Conditions.Users, p.Conditions.Applications
		found = append(found, PolicyInfo{
			strings.ToLower(key(p.ID)), toTheLetter(p.Name), p.State, u.Users, u.NotUsers, u.Groups, u.NotGroups, u.Roles, u.NotRoles, a.Resources, a.Spared,
		})
	}
	return found, false, nil
}
