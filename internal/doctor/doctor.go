// Package doctor examines an installation of Purser as `purser serve` would find it, and says what is wrong and how to mend it (R81).
//
// It owns the checks, a table of small functions, and what they say. Each looks by the rooms that Purser itself works with, so that the
// two never differ. It changes nothing: neither a file in the data folder, nor a row, nor an entry in the activity log; it works beside a
// Purser that runs, and on an installation that does not start. No finding holds a secret (R60).
package doctor

import (
	"context"
	"crypto/x509"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

// Status is what a check came to.
type Status string

// The statuses. A warning does not keep Purser from working today.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Wrong   Status = "wrong"
)

// Finding is what one check says of one thing.
type Finding struct {
	Check  string `json:"check"`            // the name in the table, such as "database"
	About  string `json:"about,omitempty"`  // the setting, tenant or app profile; empty where there is only one thing
	Status Status `json:"status"`           // what it came to
	Says   string `json:"says"`             // a sentence
	Remedy string `json:"remedy,omitempty"` // sentences; empty where there is nothing to do
}

// Report is what an examination came to.
type Report struct {
	Status     Status    `json:"status"` // the worst of all
	Findings   []Finding `json:"findings"`
	OK         int       `json:"ok"`
	Warnings   int       `json:"warnings"`
	Wrong      int       `json:"wrong"`
	NotChecked []string  `json:"notChecked"` // checks that need what is missing or wrong
}

// Space is the room on a disk, in bytes.
type Space struct{ Free, Total uint64 }

// Examination says what to examine and how to look at the machine. What is left out is the machine's own.
type Examination struct {
	Environ []string
	Now     func() time.Time
	Roots   *x509.CertPool // whom browsers trust, beside the machine's

	Space   func(folder string) (Space, error)
	Network func(folder string) string           // the kind of a file system that is another machine's; empty for one of this
	Owner   func(fs.FileInfo) (id int, own bool) // of a file; false where that is not told by a number
}

// look is an examination under way.
type look struct {
	Examination
	cfg      config.Config
	mistakes config.Mistakes
	provider *ear
	graph    *ear

	looked bool // whether the database was looked at, which found this
	found  sqlite.Condition
	failed error
}

// check is one row of the table.
type check struct {
	name  string
	needs []string // settings that have to be there and right
	run   func(context.Context, *look) []Finding
}

var (
	forDatabase = []string{
		"PURSER_DATA", "PURSER_KEY", "PURSER_KEY_TOKEN", "PURSER_KEY_TENANT_ID", "PURSER_KEY_CLIENT_ID", "PURSER_KEY_CLIENT_SECRET", "PURSER_KEY_CA",
		"PURSER_KEY_NEW", "PURSER_KEY_NEW_TOKEN", "PURSER_KEY_NEW_TENANT_ID", "PURSER_KEY_NEW_CLIENT_ID", "PURSER_KEY_NEW_CLIENT_SECRET", "PURSER_KEY_NEW_CA",
	}
	forProvider = []string{"PURSER_BASE_URL", "PURSER_OIDC_ISSUER", "PURSER_OIDC_CLIENT_ID", "PURSER_OIDC_CLIENT_SECRET", "PURSER_VERDICT_CODES"}
)

// checks is the table. The clock comes after those that ask somebody for the time.
var checks = []check{
	{"settings", nil, settings},
	{"unknown-settings", nil, unknownSettings},
	{"secret-files", nil, secretFiles},
	{"simulator", []string{"PURSER_M365_SIMULATOR"}, simulator},
	{"base-address", []string{"PURSER_ADDR", "PURSER_BASE_URL", "PURSER_TRUSTED_PROXIES", "PURSER_TLS_CERT", "PURSER_TLS_KEY"}, baseAddress},
	{"trusted-networks", []string{"PURSER_ADDR", "PURSER_BASE_URL", "PURSER_TRUSTED_PROXIES", "PURSER_TRUSTED_NETWORKS", "PURSER_TLS_CERT", "PURSER_TLS_KEY"}, trustedNetworks},
	{"listening", []string{"PURSER_ADDR"}, listening},
	{"further-addresses", []string{"PURSER_ADDR", "PURSER_METRICS_ADDR", "PURSER_REDIRECT_ADDR"}, furtherAddresses},
	{"tls-certificate", []string{"PURSER_BASE_URL", "PURSER_TLS_CERT", "PURSER_TLS_KEY"}, tlsCertificate},
	{"data-folder", []string{"PURSER_DATA"}, dataFolder},
	{"file-system", []string{"PURSER_DATA"}, fileSystem},
	{"disk", []string{"PURSER_DATA"}, disk},
	{"database", []string{"PURSER_DATA"}, database},
	{"write-ahead-log", []string{"PURSER_DATA"}, writeAheadLog},
	{"upgrade-copy", []string{"PURSER_DATA"}, upgradeCopy},
	{"key", forDatabase, key},
	{"backups", append([]string{"PURSER_BACKUP_DIR"}, forDatabase...), backups},
	{"continuous-copy", []string{"PURSER_DATA", "PURSER_REPLICA_DIR"}, replica},
	{"provider", forProvider, provider},
	{"tenants", append([]string{"PURSER_M365_SIMULATOR", "PURSER_VERDICT_CODES"}, forDatabase...), tenants},
	{"log-shipping", append([]string{"PURSER_AUDIT_FILE", "PURSER_AUDIT_SYSLOG"}, forDatabase...), logShipping},
	{"mail", []string{"PURSER_SMTP_HOST", "PURSER_SMTP_PORT", "PURSER_SMTP_FROM", "PURSER_SMTP_USERNAME", "PURSER_SMTP_PASSWORD", "PURSER_SMTP_TLS", "PURSER_SMTP_CA"}, mailServer},
	{"webhook-hosts", []string{"PURSER_WEBHOOK_HOSTS"}, webhookHosts},
	{"clock", nil, clock},
}

// Run makes all checks, one after the other.
func (e Examination) Run(ctx context.Context) Report {
	l := newLook(e)
	r := Report{Findings: []Finding{}, NotChecked: []string{}}
	for _, c := range checks {
		if l.lacks(c.needs) {
			r.NotChecked = append(r.NotChecked, c.name)
			continue
		}
		for _, f := range l.ask(ctx, c) {
			if f.Check == "" {
				f.Check = c.name
			}
			r.add(f)
		}
	}
	r.Status = r.worst()
	return r
}

func newLook(e Examination) *look {
	e = e.withDefaults()
	l := &look{Examination: e, provider: newEar(e.Now), graph: newEar(e.Now)}
	l.cfg, l.mistakes = app.Checks().Look(e.Environ)
	return l
}

func (e Examination) withDefaults() Examination {
	if e.Now == nil {
		e.Now = func() time.Time { return time.Now().UTC() }
	}
	if e.Space == nil {
		e.Space = spaceOf
	}
	if e.Network == nil {
		e.Network = networkOf
	}
	if e.Owner == nil {
		e.Owner = ownerOf
	}
	return e
}

// lacks reports whether one of the settings is wrong or missing.
func (l *look) lacks(needs []string) bool {
	wrong := l.mistakes.Settings()
	return slices.ContainsFunc(needs, func(name string) bool { return slices.Contains(wrong, name) })
}

// patience is how long one check may take. A large database takes the longest.
const patience = 5 * time.Minute

// ask makes one check. One that breaks down itself is a finding, too.
func (l *look) ask(ctx context.Context, c check) (found []Finding) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := problem.Guard(func() error {
		found = c.run(ctx, l)
		return nil
	})
	if err != nil {
		return []Finding{{Status: Wrong, Says: "This check itself failed.", Remedy: "Report it as a bug in Purser, with the name of the check."}}
	}
	return found
}

func (r *Report) add(f Finding) {
	r.Findings = append(r.Findings, f)
	switch f.Status {
	case Wrong:
		r.Wrong++
	case Warning:
		r.Warnings++
	default:
		r.OK++
	}
}

func (r *Report) worst() Status {
	switch {
	case r.Wrong > 0:
		return Wrong
	case r.Warnings > 0:
		return Warning
	}
	return OK
}

func ok(says string, args ...any) Finding {
	return Finding{Status: OK, Says: fmt.Sprintf(says, args...)}
}

func warning(says, remedy string) Finding {
	return Finding{Status: Warning, Says: says, Remedy: remedy}
}

func wrong(says, remedy string) Finding { return Finding{Status: Wrong, Says: says, Remedy: remedy} }

func only(f Finding) []Finding { return []Finding{f} }

// of says which thing a finding is about.
func (f Finding) of(about string) Finding {
	f.About = about
	return f
}

// as gives a finding the name of a part of a check.
func (f Finding) as(check string) Finding {
	f.Check = check
	return f
}
