// Package m365sim is a simulator of the parts of Microsoft 365 that Purser talks to: the sign-in hosts, Microsoft Graph and,
// by their control calls, SharePoint. It runs on one port, tells the hosts apart by path and by the Host header, and holds
// the tenants of a Fixture in memory.
//
// It is as strict as Microsoft is, keeps the shapes, codes and headers that Microsoft answers with, and shares no code with
// Purser's client, so that a mistake in one shows against the other. A request goes through these files:
//
//	serve.go      the order of things: control, journal, fault, route, latency, answer
//	control.go    the calls under /_sim/, which tests use
//	journal.go    what was asked, without its secrets
//	fault.go      answers that a test put in the way
//	login.go      the routes of the sign-in hosts; token*.go follow one token request in Microsoft's order of checks
//	graph.go      the routes of Microsoft Graph; graph_*.go are its query options, permissions and objects
//	federation.go the federation servers of federated domains; wstrust*.go and saml*.go are what they speak
//	legacy.go     the sign-in of app passwords; sharepoint.go has its second half
//	batch.go      many requests of Graph in one
//	signin.go     the log of sign-ins; throttle.go the budgets
//
// The data tables (aadsts.tsv, plans.tsv, roles.tsv) name their source in their first lines.
package m365sim
