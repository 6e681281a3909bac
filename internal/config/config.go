// Package config reads the settings of Purser from the environment, once, and checks them as a whole, so that an operator
// sees every mistake at the first start and not one a start.
//
// It knows the names, defaults and shapes of docs/settings.md. It opens nothing but the files that `…_FILE`, PURSER_VERDICT_CODES and
// `--settings` name.
package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"time"
)

// Config is every setting of `purser serve`. Texts that are secrets are plain strings here; internal/app wraps them at once.
type Config struct {
	Addr     string   // listen address, host:port
	BaseURL  *url.URL // the address that browsers use: scheme and host only
	TLSCert  string   // PEM; empty: no TLS of our own
	TLSKey   string   // PEM
	TLSFiles TLSFiles // where the two were read from
	Redirect string   // listen address that leads from http to BaseURL; empty: none
	Data     string   // folder of the database
	Key      string   // the sealing key as text, or the address of one in a key service
	KeyLogin KeyLogin // for the key service; zero: the key is a text
	KeyFrom  string   // the path of the file that it was read from, or PURSER_KEY; empty: it is no setting's, as in the demo
	KeyNew   string   // the one that is to take its place, or has just done so (R64); empty: none
	NewLogin KeyLogin // as KeyLogin, for that one

	OIDC    OIDC
	Session Session
	Backup  Backup

	ServiceProvider  bool           // R13
	StrictPasswords  bool           // R16
	HealthChecks     bool           // R90
	AdminCenterHosts []string       // R44: further SharePoint admin center hosts, lower case
	M365Simulator    *url.URL       // loopback; nil: the real Microsoft 365
	VerdictCodes     string         // the operator's own rows for the table of codes; empty: none
	TrustedProxies   []netip.Prefix // networks whose X-Forwarded-For is believed
	TrustedNetworks  []netip.Prefix // R66: from where pages are open; nil: from everywhere
	MetricsAddr      string         // listen address of the metrics, not a public one; empty: none
	LogLevel         slog.Level
	LogJSON          bool
	ActivityLog      Log
	SMTP             SMTP     // R92
	WebhookHosts     []string // R92: hosts that webhooks may go to, lower case; none: every public one

	Unknown []string // PURSER_ variables that are no settings: likely misspelt, worth a warning
	Exposed []string // settings whose secret's file every account of the machine can get at: worth one too
}

// Simulated reports whether a simulator answers in place of Microsoft 365 and gets the passwords.
func (c Config) Simulated() bool { return c.M365Simulator != nil }

// TLSFiles are the paths of a certificate and its key, each empty where the setting holds the value itself.
type TLSFiles struct{ Cert, Key string }

// OIDC says how people sign in (R1).
type OIDC struct {
	Issuer               string
	ClientID             string
	ClientSecret         string
	RoleClaim            string
	TenantOwner          string // the claim's value for Tenant Owner
	ServiceAdministrator string // the claim's value for Service Administrator
}

// Session says how long a sign-in lasts (R4).
type Session struct {
	Idle time.Duration // without activity
	Max  time.Duration // at the latest
}

// Backup says when Purser makes backups by itself, and where a copy is that another program makes (R65).
type Backup struct {
	Dir    string // where to; empty: never
	Minute int    // of the day, by the clocks of the zone
	Zone   string // a name of the IANA time zone database
	Keep   int    // how many

	Replica string // the folder of Litestream's copy; empty: none
}

// Checks are what other rooms know of a setting's value, so that its mistakes are listed with all others. Each gives a
// sentence for every mistake, without its full stop where it is an error; nil: no check.
type Checks struct {
	VerdictCodes func(rows string) []string
	KeyService   func(address string, login KeyLogin) error
}
