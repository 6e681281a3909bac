package tenant

import (
	"context"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
)

// CloudDomainWarning is what an owner reads before saying so: what it means for the passwords of the domain.
const CloudDomainWarning = "Add a federated domain only if Microsoft's cloud checks its passwords, through staged rollout or a home realm discovery policy. Purser then sends the passwords of its accounts to Microsoft's sign-in host. If the cloud doesn't check them, Microsoft refuses each one as wrong, and each attempt counts toward a lockout."

// The actions on cloud domains in the activity log.
const (
	CloudDomainSaid      audit.Action = "passwords of a federated domain checked by the cloud"
	CloudDomainWithdrawn audit.Action = "passwords of a federated domain not checked by the cloud any more"
)

// CloudDomain is a federated domain of which an owner said that Microsoft's cloud checks its passwords.
type CloudDomain struct {
	Tenant ID
	Domain string
	At     time.Time
	By     string
	Proof  []byte // that Purser wrote it (X43); one without does not count
}

// SayCloudDomain notes that Microsoft's cloud checks the passwords of a federated domain of the tenant, or that it does not any more
// (X25). It is for owners, because it decides where passwords go; CloudDomainWarning says what it means. Subdomains are domains of their
// own.
func (s *Service) SayCloudDomain(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, domain string, checked bool) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	t, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	if domain = strings.ToLower(shown.Trim(domain)); !IsDomain(domain) {
		return problem.Field("domain", "Enter the domain that usernames end in, such as fabrikam.com.")
	}
	action := CloudDomainSaid
	if !checked {
		action = CloudDomainWithdrawn
	}
	d := CloudDomain{Tenant: id, Domain: domain, At: s.now(), By: caller.Called()}
	if d.Proof, err = s.ring.Prove(DomainRecord(d)); err != nil {
		return err
	}
	e := audit.By(caller, origin, action, audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}).With("domain", domain).
		Changed("checked by the cloud", yesNo(!checked), yesNo(checked))
	err = s.store.SayCloudDomain(ctx, d, checked, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
	return err
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// DomainRecord is what the proof of a cloud domain covers: it decides where passwords go.
func DomainRecord(d CloudDomain) secret.Record {
	return secret.Record{Table: "tenant_cloud_domain", ID: string(d.Tenant), Field: "proof", Facts: secret.FactsOf(d.Domain)}
}

// IsDomain reports whether a text can be the name of a domain, in lower case.
func IsDomain(text string) bool {
	labels := strings.Split(text, ".")
	return len(text) <= 253 && len(labels) > 1 && !slices.ContainsFunc(labels, func(label string) bool {
		return label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		})
	})
}
