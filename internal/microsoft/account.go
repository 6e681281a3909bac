package microsoft

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"purser.example/internal/problem"
	"purser.example/internal/verdict"
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
	TemplateID  string `json:"roleTemplateId"`
	DisplayName string `json:"displayName"`
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
	rolesPath   = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId"
	domainsPath = "/v1.0/domains?$select=id,authenticationType,isRoot,passwordValidityPeriodInDays,passwordNotificationWindowInDays"
)

// readAccount completes a valid verdict with what the account is: roles, licences, the password's end. The three questions
// are asked at the same time, because a person waits.
func (s *signIn) readAccount(ctx context.Context, token string, v *verdict.Verdict) {
	g := graph{client: s.client, host: s.hosts.graph, token: token, patience: &s.patience}
	var (
		asked                      sync.WaitGroup
		self                       me
		roles                      []directoryRole
		domains                    []domain
		selfErr, rolesErr, domsErr error
	)
	asked.Go(func() { selfErr = guarded(func() error { return g.get(ctx, mePath, &self) }) })
	asked.Go(func() {
		rolesErr = guarded(func() (err error) { roles, err = list[directoryRole](ctx, g, rolesPath); return err })
	})
	asked.Go(func() {
		domsErr = guarded(func() (err error) { domains, err = list[domain](ctx, g, domainsPath); return err })
	})
	asked.Wait()

	if selfErr == nil && self.ID == "" {
		selfErr = fault{verdict.BadAnswer, "an account without an id"}
	}
	if unread(v, verdict.AccountNotRead, selfErr) {
		self = me{}
	} else {
		v.UserID = key(self.ID)
		v.Proof.Licence, v.Products = licence(self)
	}
	if !unread(v, verdict.RolesNotRead, rolesErr) {
		v.Roles, v.RolesRead, v.Proof.Roles = rolesOf(roles), true, verdict.Proved
	}
	if domsErr != nil {
		v.Detail += "domains: " + domsErr.Error()
	}
	v.Expiry = s.expiry(self, selfErr, domains)
}

// guarded asks on a goroutine of its own. A mistake of ours over an answer is an answer that cannot be used, and the detail says
// more.
func guarded(ask func() error) error {
	err := problem.Guard(ask)
	if surprise, ok := errors.AsType[*problem.Panicked](err); ok {
		return fault{verdict.BadAnswer, surprise.Error()}
	}
	return err
}

// unread notes in the verdict that something could not be read.
func unread(v *verdict.Verdict, kind verdict.WarningKind, err error) bool {
	f, ok := errors.AsType[fault](err)
	if ok {
		v.Warnings = append(v.Warnings, verdict.Warning{Kind: kind, Code: f.code})
		v.Detail += string(kind) + ": " + f.Error() + "; "
	}
	return ok
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

// rolesOf sorts the roles by name; those without a template id (none that we know of) are of no use.
func rolesOf(list []directoryRole) []verdict.Role {
	var roles []verdict.Role
	for _, r := range list {
		if template := key(r.TemplateID); template != "" {
			roles = append(roles, verdict.NewRole(template, name(r.DisplayName)))
		}
	}
	slices.SortFunc(roles, func(a, b verdict.Role) int { return cmp.Compare(a.Name, b.Name) })
	return roles
}

// name makes a text of Microsoft's fit for showing: no control characters, not too long.
func name(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if runes := []rune(text); len(runes) > 100 {
		return string(runes[:100])
	}
	return text
}

func (s *signIn) expiry(self me, selfErr error, domains []domain) verdict.Expiry {
	if selfErr != nil {
		return verdict.Expiry{Kind: verdict.ExpiryUnknown, Reason: "The account's own data could not be read."}
	}
	var policies []verdict.Domain
	for _, d := range domains {
		policies = append(policies, verdict.Domain{
			Name: name(d.Name), Federated: strings.EqualFold(d.Type, "Federated"), Root: d.Root == nil || *d.Root,
			ValidityDays: d.Validity, NoticeDays: d.Notice,
		})
	}
	return verdict.ExpiryOf(verdict.Password{
		Username: cmp.Or(self.Username, s.account.Username), Changed: self.Changed, Policies: self.Policies, Synced: self.Synced,
	}, policies)
}
