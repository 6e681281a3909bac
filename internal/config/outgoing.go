package config

import (
	"crypto/x509"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// SMTP says by which server mail goes out (R92, R6).
type SMTP struct {
	Host     string // empty: there is none
	Port     int
	From     mail.Address
	Username string // empty: nobody signs in
	Password string
	TLS      string         // starttls, tls or none
	CA       *x509.CertPool // whom the server's certificate comes from; nil: those of the machine
}

// smtpPorts are the usual ones of each kind of protection.
var smtpPorts = map[string]int{"starttls": 587, "tls": 465, "none": 25}

// outgoing reads where messages may go.
func (r *reader) outgoing(cfg *Config) {
	cfg.SMTP = r.smtp()
	cfg.WebhookHosts = r.hosts("PURSER_WEBHOOK_HOSTS")
	for i, host := range cfg.WebhookHosts {
		cfg.WebhookHosts[i] = strings.Trim(host, "[]") // of an address of IPv6
	}
}

func (r *reader) smtp() SMTP {
	s := SMTP{Host: r.smtpHost("PURSER_SMTP_HOST"), TLS: r.oneOf("PURSER_SMTP_TLS", "starttls", "tls", "none")}
	s.Port = r.port("PURSER_SMTP_PORT", smtpPorts[s.TLS])
	s.From = r.sender("PURSER_SMTP_FROM")
	s.Username, s.Password = r.text("PURSER_SMTP_USERNAME", "", opaque), r.text("PURSER_SMTP_PASSWORD", "", opaque)
	s.CA = r.authorities("PURSER_SMTP_CA")
	r.fitting(s)
	return s
}

// fitting looks whether the settings of mail belong together.
func (r *reader) fitting(s SMTP) {
	if s.Host == "" {
		for _, name := range []string{"PURSER_SMTP_PORT", "PURSER_SMTP_FROM", "PURSER_SMTP_USERNAME", "PURSER_SMTP_PASSWORD", "PURSER_SMTP_TLS", "PURSER_SMTP_CA"} {
			if !r.refused["PURSER_SMTP_HOST"] && (r.env[name] != "" || r.env[name+"_FILE"] != "") {
				r.wrong(name, "needs PURSER_SMTP_HOST, the mail server.")
			}
		}
		return
	}
	password, given := s.Password != "" || r.refused["PURSER_SMTP_PASSWORD"], s.Username != "" || r.refused["PURSER_SMTP_USERNAME"]
	switch {
	case s.From.Address == "" && r.env["PURSER_SMTP_FROM"] == "" && r.env["PURSER_SMTP_FROM_FILE"] == "":
		r.wrong("PURSER_SMTP_FROM", "is missing; set it to the address that mail comes from, such as purser@contoso.com.")
	case given && !password:
		r.wrong("PURSER_SMTP_PASSWORD", "is missing; set it to the password of PURSER_SMTP_USERNAME.")
	case password && !given:
		r.wrong("PURSER_SMTP_USERNAME", "is missing; set it to the account that PURSER_SMTP_PASSWORD belongs to.")
	}
	if s.TLS == "none" && given && !loopback(s.Host) {
		r.wrong("PURSER_SMTP_TLS", "must be starttls or tls where there is a PURSER_SMTP_USERNAME, because the password would be sent in the clear.")
	}
	if s.TLS == "none" && s.CA != nil {
		r.wrong("PURSER_SMTP_CA", "is only used with TLS; remove it, or set PURSER_SMTP_TLS to starttls or tls.")
	}
}

func (r *reader) smtpHost(name string) string {
	value := r.text(name, "", fixed)
	if value == "" {
		return ""
	}
	if u, err := url.Parse("smtp://" + value); err != nil || u.Host != value || u.Port() != "" || strings.HasSuffix(value, ":") {
		r.refuse(name, name, "must be the name of a mail server without scheme and port, such as smtp.contoso.com.")
		return ""
	}
	return strings.ToLower(strings.Trim(value, "[]"))
}

func (r *reader) port(name string, usual int) int {
	value := r.text(name, "", fixed)
	if value == "" {
		return usual
	}
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n == 0 {
		r.wrong(name, "must be a port such as "+strconv.Itoa(usual)+".")
		return usual
	}
	return int(n)
}

// sender is an address, perhaps with a name before it. Headers of mail are in ASCII; a name may have all letters.
func (r *reader) sender(name string) mail.Address {
	value := r.text(name, "", chosen)
	if value == "" {
		return mail.Address{}
	}
	a, err := mail.ParseAddress(value)
	if err != nil || slices.ContainsFunc([]byte(a.Address), func(b byte) bool { return b > 0x7e || b <= ' ' }) {
		r.wrong(name, "must be an address such as purser@contoso.com, or Purser <purser@contoso.com>.")
		return mail.Address{}
	}
	if a.Name == "" {
		a.Name = "Purser"
	}
	return *a
}
