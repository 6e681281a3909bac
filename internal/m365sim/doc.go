// Package m365sim is a simulator of the parts of Microsoft 365 that Purser talks to: the sign-in hosts, Microsoft Graph and,
// by their control calls, SharePoint. It runs on one port, tells the hosts apart by path and by the Host header, and holds
// the tenants of a Fixture in memory.
//
// It is as strict as Microsoft is, keeps the shapes, codes and headers that Microsoft answers with, and shares no code with
// Purser's client, so that a mistake in one shows against the other. This package is the front door: it serves (serve.go) and
// steers (steer.go). Behind it is a room for each that is spoken for, over one directory of tenants:
//
//	login       the sign-in hosts
//	federation  the federation servers of federated domains
//	graph       Microsoft Graph
//	sharepoint  the tenants' SharePoint
//	control     the calls under /_sim/, which tests use
//
//	fixture     the words in which the tenants are told
//	directory   the tenants at work, and their changes
//	signin      their log of sign-ins: login writes it, graph shows it
//
// A request comes as a call (call), after the journal (journal) and the faults that a test put in its way (fault). What rooms
// have in common beside that is small, and each in a package of its own: cloud, token, permission, wstrust, throttle, guid,
// table, strictjson. The rooms that speak do not know one another; a test in internal/app names each arrow that there is.
//
// Tests of all rooms ask from outside, with simtest. Data tables (*.tsv) name their source in their first lines.
package m365sim
