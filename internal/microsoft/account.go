package microsoft

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// me is the account's own object. Microsoft leaves out or empties what the token may not read.
type me struct {
	ID       string    `json:"id"`
	Username string    `json:"userPrincipalName"`
	Changed  time.Time `json:"lastPasswordChangeDateTime"`
	Policies string    `json:"passwordPolicies"`
	Synced   bool      `json:"onPremisesSyncEnabled"`
	Plans    []plan    `json:"assignedPlans"`
}

type plan struct {
	ID     string `json:"servicePlanId"`
	Status string `json:"capabilityStatus"`
}

type directoryRole struct {
	Type        string `json:"@odata.type"`
	TemplateID  string `json:"roleTemplateId"`
	DisplayName string `json:"displayName"`
	Assignable  *bool  `json:"isAssignableToRole"` // of a group
}

type domain struct {
	Name     string `json:"id"`
	Type     string `json:"authenticationType"`
	Root     *bool  `json:"isRoot"` // left out: a domain of its own
	Validity *int   `json:"passwordValidityPeriodInDays"`
	Notice   *int   `json:"passwordNotificationWindowInDays"`
}

// Only what is needed is asked for; most of it comes with $select only.
const (
	mePath      = "/v1.0/me?$select=id,userPrincipalName,lastPasswordChangeDateTime,passwordPolicies,onPremisesSyncEnabled,assignedPlans"
	rolesPath   = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId&$count=true"
	groupsPath  = "/v1.0/me/transitiveMemberOf?$select=id,displayName,roleTemplateId"
	memberPath  = "/v1.0/me/memberOf?$select=id,displayName,roleTemplateId,isAssignableToRole"
	domainsPath = "/v1.0/domains?$select=id,authenticationType,isRoot,passwordValidityPeriodInDays,passwordNotificationWindowInDays"
)

// readAccount completes a valid verdict with what the account is: roles, licences, the password's end. The three questions
// are asked at the same time, because a person waits.
func (s *signIn) readAccount(ctx context.Context, token secret.Value, v *verdict.Verdict) {
	g := graph{client: s.client, host: s.hosts.graph, token: token, patience: &s.patience, lane: laneOf(s.account.Tenant, s.account.Username, attending)}
	var (
		asked                      sync.WaitGroup
		self                       me
		roles                      []directoryRole
		domains                    []domain
		selfErr, rolesErr, domsErr error
	)
	asked.Go(func() { selfErr = guarded(func() error { return g.get(ctx, mePath, &self) }) })
	asked.Go(func() {
		rolesErr = guarded(func() (err error) { roles, err = rolesIn(ctx, g); return err })
	})
	asked.Go(func() {
		domsErr = guarded(func() (err error) { domains, err = list[domain](ctx, g, domainsPath); return err })
	})
	asked.Wait()

	if selfErr == nil && self.ID == "" {
		selfErr = noAnswer(verdict.BadAnswer, "an account without an id")
	}
	if unread(v, verdict.AccountNotRead, selfErr) {
		self = me{}
	} else {
		v.UserID, v.PasswordSet = key(self.ID), self.Changed.UTC()
		v.Proof.Licence, v.Products = licence(self)
	}
	var whole bool
	if v.Roles, whole = rolesOf(roles); rolesErr == nil && !whole {
		rolesErr = hiddenRoles
	}
	if !unread(v, verdict.RolesNotRead, rolesErr) {
		v.RolesRead, v.Proof.Roles = true, verdict.Proved
	}
	if domsErr != nil {
		v.Detail += "domains: " + domsErr.Error()
	}
	v.Expiry = s.expiry(self, selfErr, domains)
}

// rolesIn lists the account's roles, those that it holds by way of a group included. The list is a cast of what is related, which Graph
// calls an advanced query; where it does not take that, they are picked out of all that the account belongs to (X8). Where Graph gives
// that for the account itself alone, the roles of a group that may hold some are not known: the roles come with an error then.
func rolesIn(ctx context.Context, g graph) ([]directoryRole, error) {
	roles, err := list[directoryRole](ctx, g.advanced(), rolesPath)
	if !unsupported(err) {
		return roles, err
	}
	all, refused := list[directoryRole](ctx, g, groupsPath)
	if !unsupported(refused) {
		return rolesAmong(all), refused
	}
	all, err = list[directoryRole](ctx, g, memberPath)
	if err == nil && slices.ContainsFunc(all, directoryRole.mayHold) {
		err = refused
	}
	return rolesAmong(all), err
}

// rolesAmong are the roles among all that an account belongs to.
func rolesAmong(all []directoryRole) (roles []directoryRole) {
	for _, r := range all {
		if r.Type == "#microsoft.graph.directoryRole" {
			roles = append(roles, r)
		}
	}
	return roles
}

// mayHold reports whether it is a group that may hold roles itself. Such groups have no groups within (Microsoft Entra, role-assignable
// groups), so that whoever holds a role by way of one belongs to it directly.
func (r directoryRole) mayHold() bool {
	return r.Type == "#microsoft.graph.group" && (r.Assignable == nil || *r.Assignable)
}

// hiddenRoles is the fault of roles that Graph lists as ids alone, because the app may not read more of them (X8).
var hiddenRoles = fault{detail: "roles came without their template ids", whose: whose.App, hidden: true}

// guarded asks on a goroutine of its own. A mistake of ours over an answer is an answer that cannot be used, and the detail says
// more.
func guarded(ask func() error) error {
	err := problem.Guard(ask)
	if surprise, ok := errors.AsType[*problem.Panicked](err); ok {
		return noAnswer(verdict.BadAnswer, surprise.Error())
	}
	return err
}

// unread notes in the verdict that something could not be read.
func unread(v *verdict.Verdict, kind verdict.WarningKind, err error) bool {
	f, ok := errors.AsType[fault](err)
	if ok {
		w := verdict.Warning{Kind: kind, Code: f.code, Fault: f.whose}
		if f.hidden || f.reply.Denied() {
			w.Permission = readingPermission[kind]
		}
		v.Warnings = append(v.Warnings, w)
		v.Detail += string(kind) + ": " + f.Error() + "; "
	}
	return ok
}

// readingPermission is the delegated permission that lets each be read (Microsoft Graph permissions reference).
var readingPermission = map[verdict.WarningKind]string{
	verdict.RolesNotRead: "RoleManagement.Read.Directory", verdict.AccountNotRead: "User.Read",
}

// licence reports whether at least one service plan is on, and for which products. Without the list nothing is known.
func licence(self me) (verdict.Proven, []string) {
	if self.Plans == nil {
		return verdict.NotRead, nil
	}
	on := plansOn(self.Plans)
	if len(on) == 0 {
		return verdict.Refuted, nil
	}
	return verdict.Proved, verdict.Products(on)
}

// plansOn lists the plans that are on. Plans that were taken away stay in the list and do not count.
func plansOn(plans []plan) []string {
	var on []string
	for _, p := range plans {
		if p.Status == "Enabled" || p.Status == "Warning" {
			on = append(on, p.ID)
		}
	}
	return on
}

// rolesOf sorts the roles by name, and reports whether all of them could be read. Graph leaves the template id empty for whoever may
// not read roles, and a role without it may be any (X8).
func rolesOf(list []directoryRole) (roles []verdict.Role, whole bool) {
	whole = true
	for _, r := range list {
		template := key(r.TemplateID)
		if template == "" {
			whole = false
			continue
		}
		roles = append(roles, verdict.NewRole(template, toTheLetter(r.DisplayName)))
	}
	slices.SortFunc(roles, func(a, b verdict.Role) int { return cmp.Compare(a.Name, b.Name) })
	return roles, whole
}

// longestName is four times Microsoft's limit for names, so that nothing but nonsense is cut.
const longestName = 1024

// toTheLetter keeps a name as Microsoft has it, because it finds what it names again (X17). Making it fit to be shown is for those who
// show it; see package shown.
func toTheLetter(name string) string {
	if runes := []rune(name); len(runes) > longestName {
		return string(runes[:longestName])
	}
	return name
}

func (s *signIn) expiry(self me, selfErr error, domains []domain) verdict.Expiry {
	if selfErr != nil {
		return verdict.Expiry{Kind: verdict.ExpiryUnknown, Reason: "The account's own data could not be read."}
	}
	var policies []verdict.Domain
	for _, d := range domains {
		if d.Type == "" { // it came with its name alone, so that nothing is known of its passwords (X47)
			continue
		}
		policies = append(policies, verdict.Domain{
			Name: toTheLetter(d.Name), Federated: strings.EqualFold(d.Type, "Federated"), Root: d.Root == nil || *d.Root,
			ValidityDays: d.Validity, NoticeDays: d.Notice,
		})
	}
	return verdict.ExpiryOf(verdict.Password{
		Username: cmp.Or(self.Username, s.account.Username), Changed: self.Changed, Policies: self.Policies, Synced: self.Synced,
	}, policies)
}
