package config

import (
	"crypto/x509"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Log says where the activity log goes beside the database, and how long it is kept in it (R63).
type Log struct {
	File     string         // a path to append it to; empty: none
	Syslog   *url.URL       // tls://host:port, tcp://host:port or unix:///path; nil: none
	SyslogCA *x509.CertPool // whom the receiver's certificate comes from; nil: those of the machine
	Keep     time.Duration  // 0: for ever
}

func (r *reader) activityLog(cfg *Config) {
	cfg.ActivityLog = Log{File: r.logFile("PURSER_AUDIT_FILE"), Syslog: r.syslog("PURSER_AUDIT_SYSLOG"), SyslogCA: r.authorities("PURSER_AUDIT_SYSLOG_CA"), Keep: r.days("PURSER_AUDIT_KEEP", leastKept)}
	if s := cfg.ActivityLog.Syslog; cfg.ActivityLog.SyslogCA != nil && (s == nil || s.Scheme != "tls") {
		r.wrong("PURSER_AUDIT_SYSLOG_CA", "is only used with a tls:// address in PURSER_AUDIT_SYSLOG; remove it, or use tls://.")
	}
}

func (r *reader) logFile(name string) string {
	path := r.text(name, "", place)
	if path != "" && (!filepath.IsAbs(path) || strings.HasSuffix(path, "/")) {
		r.wrong(name, "must be the full path of a file, such as /var/log/purser/activity.jsonl.")
	}
	return path
}

func (r *reader) syslog(name string) *url.URL {
	value := r.text(name, "", fixed)
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	ok := err == nil && u.User == nil && u.RawQuery == "" && u.Fragment == ""
	switch {
	case ok && u.Scheme == "unix":
		ok = u.Host == "" && filepath.IsAbs(u.Path)
	case ok && (u.Scheme == "tls" || u.Scheme == "tcp"):
		ok = u.Hostname() != "" && u.Port() != "" && address(u.Host) && strings.Trim(u.Path, "/") == ""
	default:
		ok = false
	}
	if !ok {
		r.wrong(name, "must be an address such as tls://logs.contoso.com:6514, tcp://127.0.0.1:601 or unix:///dev/log.")
		return nil
	}
	if u.Scheme != "unix" {
		u.Path = ""
	}
	return u
}

func (r *reader) authorities(name string) *x509.CertPool {
	value := r.text(name, "", pem)
	if value == "" {
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(value)) {
		r.wrong(name, "contains no PEM certificate, which begins with -----BEGIN CERTIFICATE-----.")
		return nil
	}
	return pool
}

var daysShape = regexp.MustCompile(`^([0-9]{1,5})d$`)

// leastKept keeps a slip of the finger from removing the log of last week.
const leastKept = 30

// days is a number of days; 0 for none.
func (r *reader) days(name string, least int) time.Duration {
	value := r.text(name, "", fixed)
	if value == "" {
		return 0
	}
	found := daysShape.FindStringSubmatch(value)
	n := 0
	if found != nil {
		n, _ = strconv.Atoi(found[1]) // it has digits only
	}
	if n < least {
		r.wrong(name, "must be a number of days from "+strconv.Itoa(least)+"d, such as 400d.")
		return 0
	}
	return time.Duration(n) * 24 * time.Hour
}
