package webhook

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"purser.example/internal/problem"
)

// longestAddress is above those of workflows, which have some hundred characters.
const longestAddress = 2000

// teams are the ends of hosts of Microsoft's workflows. Whoever has others, such as those of another cloud, names them as hosts.
var teams = []string{".logic.azure.com", ".api.powerplatform.com"}

// Hosts are those that the operator named, in lower case; none: every public one.
type Hosts []string

// named reports whether the operator vouches for a host, and with that for the addresses that it has.
func (h Hosts) named(host string) bool { return slices.Contains(h, strings.ToLower(host)) }

// ofTeams reports whether workflows are there.
func ofTeams(host string) bool {
	return slices.ContainsFunc(teams, func(end string) bool { return strings.HasSuffix(strings.ToLower(host), end) })
}

// Webhook reads the address of a webhook. The error is a sentence for the person who entered it, and does not repeat it.
func (h Hosts) Webhook(address string) (*url.URL, error) {
	u, err := h.read(address, "https://hooks.contoso.com/purser")
	switch {
	case err != nil:
		return nil, err
	case len(h) > 0 && !h.named(u.Hostname()):
		return nil, problem.New(problem.Invalid, "Webhooks may go only to hosts that are named in PURSER_WEBHOOK_HOSTS. Ask your server administrator to add "+u.Hostname()+".")
	}
	return u, nil
}

// Workflow reads the address of a workflow of Teams. The error is like that of Webhook.
func (h Hosts) Workflow(address string) (*url.URL, error) {
	u, err := h.read(address, "https://prod-00.westeurope.logic.azure.com/workflows/…")
	switch {
	case err != nil:
		return nil, err
	case !ofTeams(u.Hostname()) && !h.named(u.Hostname()):
		return nil, problem.New(problem.Invalid, "This isn't the address of a workflow in Microsoft Teams. Copy it from the step \"When a Teams webhook request is received\".")
	}
	return u, nil
}

// read is what all addresses have in common.
func (h Hosts) read(address, such string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return nil, problem.New(problem.Invalid, "Enter an address such as "+such+".")
	case len(address) > longestAddress:
		return nil, problem.New(problem.Invalid, "The address is too long. Enter at most 2,000 characters.")
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return nil, problem.New(problem.Invalid, "This isn't a web address. Enter one such as "+such+".")
	case u.User != nil || u.Fragment != "" || strings.Contains(address, "#"):
		return nil, problem.New(problem.Invalid, "Enter the address without a username, a password, and a part after #.")
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname()) && h.named(u.Hostname())):
		return nil, problem.New(problem.Invalid, "Enter an address that begins with https://.")
	}
	return u, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
