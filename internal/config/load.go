package config

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Load reads the settings of `purser serve` from an environment such as os.Environ(). The error, if any, is Mistakes.
func Load(environ []string) (Config, error) { return Checks{}.Load(environ) }

// LoadDemo reads the settings that make sense for `purser demo`, which brings the others itself.
func LoadDemo(environ []string) (Config, error) { return Checks{}.LoadDemo(environ) }

// Load is Load with the checks.
func (c Checks) Load(environ []string) (Config, error) {
	cfg, mistakes := c.Look(environ)
	if len(mistakes) > 0 {
		return Config{}, mistakes
	}
	return cfg, nil
}

// Look is Load for who examines settings that may be wrong: it gives what could be read beside the mistakes. What a mistake is about is not
// to be relied on.
func (c Checks) Look(environ []string) (Config, Mistakes) {
	r := newReader(environ, c)
	cfg := Config{
		Addr:    r.address("PURSER_ADDR", "127.0.0.1:8080"),
		BaseURL: r.baseURL("PURSER_BASE_URL"),
	}
	r.tls(&cfg)
	cfg.Redirect = r.redirect("PURSER_REDIRECT_ADDR", cfg)
	cfg.Data = r.required("PURSER_DATA", "the folder for the database", place)
	r.keys(&cfg, cfg.Data)
	cfg.KeyFrom = cmp.Or(r.env["PURSER_KEY_FILE"], "PURSER_KEY")
	cfg.Backup = r.backup(cfg.Data)
	cfg.OIDC = OIDC{
		Issuer:       r.issuer("PURSER_OIDC_ISSUER"),
		ClientID:     r.required("PURSER_OIDC_CLIENT_ID", "the client id that the identity provider gave to Purser", opaque),
		ClientSecret: r.required("PURSER_OIDC_CLIENT_SECRET", "the client secret that the identity provider gave to Purser", opaque),
	}
	r.shared(&cfg)
	cfg.HealthChecks = r.oneOf("PURSER_HEALTH_CHECKS", "true", "false") == "true"
	cfg.Unknown, cfg.Exposed = r.unknown(), r.exposed
	return cfg, r.mistakes
}

// LoadDemo is LoadDemo with the checks.
func (c Checks) LoadDemo(environ []string) (Config, error) {
	r := newReader(environ, c)
	var cfg Config
	r.keyNew(&cfg, "")
	r.shared(&cfg)
	cfg.HealthChecks = r.oneOf("PURSER_HEALTH_CHECKS", "false", "true") == "true" // a demo signs in only when somebody asks it to
	cfg, err := r.finish(cfg)
	cfg.Unknown = nil // settings of `serve` that the demo brings itself are no mistakes
	return cfg, err
}

func (r *reader) shared(cfg *Config) {
	cfg.OIDC.RoleClaim = r.text("PURSER_OIDC_ROLE_CLAIM", "roles", chosen)
	cfg.OIDC.TenantOwner = r.text("PURSER_ROLE_TENANT_OWNER", "TenantOwner", chosen)
	cfg.OIDC.ServiceAdministrator = r.text("PURSER_ROLE_SERVICE_ADMINISTRATOR", "ServiceAdministrator", chosen)
	if cfg.OIDC.TenantOwner == cfg.OIDC.ServiceAdministrator {
		r.wrong("PURSER_ROLE_SERVICE_ADMINISTRATOR", "must differ from PURSER_ROLE_TENANT_OWNER.")
	}
	r.session(cfg)
	cfg.ServiceProvider = r.oneOf("PURSER_SERVICE_PROVIDER", "false", "true") == "true"
	cfg.StrictPasswords = r.oneOf("PURSER_PASSWORD_RULES", "advise", "strict") == "strict"
	cfg.AdminCenterHosts = r.hosts("PURSER_ADMIN_CENTER_HOSTS")
	cfg.VerdictCodes = r.verdictCodes("PURSER_VERDICT_CODES")
	cfg.M365Simulator = r.simulator("PURSER_M365_SIMULATOR")
	cfg.TrustedProxies = r.networks("PURSER_TRUSTED_PROXIES")
	cfg.TrustedNetworks = r.networks("PURSER_TRUSTED_NETWORKS")
	cfg.MetricsAddr = r.closeBy("PURSER_METRICS_ADDR")
	r.activityLog(cfg)
	r.outgoing(cfg)
	if err := cfg.LogLevel.UnmarshalText([]byte(r.text("PURSER_LOG_LEVEL", "info", fixed))); err != nil {
		r.wrong("PURSER_LOG_LEVEL", "must be debug, info, warn or error.")
		cfg.LogLevel = slog.LevelInfo
	}
	cfg.LogJSON = r.oneOf("PURSER_LOG_FORMAT", "text", "json") == "json"
}

func (r *reader) finish(cfg Config) (Config, error) {
	cfg.Unknown, cfg.Exposed = r.unknown(), r.exposed
	if len(r.mistakes) > 0 {
		return Config{}, r.mistakes
	}
	return cfg, nil
}

func (r *reader) address(name, fallback string) string {
	value := r.text(name, fallback, fixed)
	if !address(value) {
		r.wrong(name, "must be an address such as 127.0.0.1:8080.")
	}
	return value
}

func address(value string) bool {
	_, port, err := net.SplitHostPort(value)
	_, bad := strconv.ParseUint(port, 10, 16)
	return err == nil && bad == nil
}

// redirect is the address that leads from http to the base address (R82).
func (r *reader) redirect(name string, cfg Config) string {
	value := r.text(name, "", fixed)
	switch {
	case value == "":
	case !address(value):
		r.wrong(name, "must be an address such as :80.")
	case value == cfg.Addr:
		r.wrong(name, "must differ from PURSER_ADDR.")
	case cfg.BaseURL != nil && cfg.BaseURL.Scheme != "https":
		r.wrong(name, "needs a PURSER_BASE_URL that begins with https://, to which it leads.")
	}
	return value
}

// closeBy is an address that nobody reaches from the internet: what listens there asks nobody to sign in (R84).
func (r *reader) closeBy(name string) string {
	value := r.text(name, "", fixed)
	if value == "" {
		return ""
	}
	host, _, _ := net.SplitHostPort(value)
	if !address(value) || !loopback(host) && !ofOwn(host) {
		r.wrong(name, "must be a loopback, private or link-local address such as 127.0.0.1:9090, because anyone who reaches it can read it.")
	}
	return value
}

// ofOwn reports whether a host is an address of a network of one's own.
func ofOwn(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsPrivate() || ip.Unmap().IsLinkLocalUnicast())
}

func (r *reader) baseURL(name string) *url.URL {
	value := r.required(name, "the address that browsers use, such as https://purser.contoso.com", fixed)
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		r.wrong(name, "must be a scheme and a host only, such as https://purser.contoso.com.")
	case !secureOrLoopback(u):
		r.wrong(name, "must begin with https:// (http:// is for loopback addresses only).")
	default:
		return &url.URL{Scheme: u.Scheme, Host: u.Host}
	}
	return nil
}

func (r *reader) issuer(name string) string {
	value := r.required(name, "the issuer of the identity provider, such as https://login.microsoftonline.com/TENANT/v2.0", fixed)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.wrong(name, "must be an address without query, such as https://login.microsoftonline.com/TENANT/v2.0.")
	case !secureOrLoopback(u):
		r.wrong(name, "must begin with https:// (http:// is for loopback addresses only).")
	}
	return value
}

func (r *reader) simulator(name string) *url.URL {
	value := r.text(name, "", fixed)
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !loopback(u.Hostname()) || strings.Trim(u.Path, "/") != "" {
		r.wrong(name, "must be a loopback address such as http://127.0.0.1:9400.")
		return nil
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}
}

// verdictCodes reads the file of an operator's own rows. What a row may say is known elsewhere.
func (r *reader) verdictCodes(name string) string {
	path := r.text(name, "", place)
	if path == "" {
		return ""
	}
	rows, err := contents(path)
	switch {
	case err != nil:
		r.wrong(name, "the file "+path+" cannot be read: "+err.Error()+".")
	case r.checks.VerdictCodes != nil:
		for _, sentence := range r.checks.VerdictCodes(string(rows)) {
			r.wrong(name, path+", "+sentence)
		}
	}
	return string(rows)
}

func (r *reader) tls(cfg *Config) {
	cfg.TLSCert, cfg.TLSKey = r.text("PURSER_TLS_CERT", "", pem), r.text("PURSER_TLS_KEY", "", pem)
	cfg.TLSFiles = TLSFiles{Cert: r.env["PURSER_TLS_CERT_FILE"], Key: r.env["PURSER_TLS_KEY_FILE"]}
	switch {
	case r.refused["PURSER_TLS_CERT"] || r.refused["PURSER_TLS_KEY"] || cfg.TLSCert == "" && cfg.TLSKey == "":
	case cfg.TLSCert == "" || cfg.TLSKey == "":
		r.wrong("PURSER_TLS_CERT", "needs PURSER_TLS_KEY, and the reverse; set both or neither.")
	case !strings.Contains(cfg.TLSCert, "-----BEGIN CERTIFICATE-----"):
		r.wrong("PURSER_TLS_CERT", "contains no PEM certificate, which begins with -----BEGIN CERTIFICATE-----.")
	case strings.Contains(cfg.TLSKey, "ENCRYPTED"):
		r.wrong("PURSER_TLS_KEY", "is encrypted; Purser needs a key without a passphrase.")
	default:
		if _, err := tls.X509KeyPair([]byte(cfg.TLSCert), []byte(cfg.TLSKey)); err != nil {
			r.wrong("PURSER_TLS_CERT", "is not a PEM certificate that matches PURSER_TLS_KEY.")
		}
	}
}

// LoadPlace reads where a Purser is, which is the data folder, the key and the base address, for commands that work beside it. The error,
// if any, is Mistakes.
func LoadPlace(environ []string) (Config, error) {
	r := newReader(environ, Checks{})
	cfg := Config{BaseURL: r.baseURL("PURSER_BASE_URL")}
	cfg.Data = r.required("PURSER_DATA", "the folder of the database", place)
	r.keys(&cfg, cfg.Data)
	return r.finish(cfg)
}

// LoadWork reads the settings of a command that works in the data folder as Purser itself does, without pages. The error, if any, is
// Mistakes.
func (c Checks) LoadWork(environ []string) (Config, error) {
	r := newReader(environ, c)
	var cfg Config
	cfg.Data = r.required("PURSER_DATA", "the folder of the database", place)
	r.keys(&cfg, cfg.Data)
	r.shared(&cfg)
	cfg, err := r.finish(cfg)
	cfg.Unknown = nil // settings of `serve` that need no pages are no mistakes
	return cfg, err
}

// LoadFolder reads the data folder and the keys alone, for commands that look at a database. A folder that is given takes the place of the
// setting. The error, if any, is Mistakes.
func LoadFolder(environ []string, given string) (Config, error) {
	r := newReader(environ, Checks{})
	cfg := Config{Data: given}
	if given == "" {
		cfg.Data = r.required("PURSER_DATA", "the folder of the database, or give it with --data", place)
	}
	r.keys(&cfg, "")
	return r.finish(cfg)
}

// LoadKeyChange reads the settings of the command that changes the key. The error, if any, is Mistakes.
func (c Checks) LoadKeyChange(environ []string) (Config, error) {
	r := newReader(environ, c)
	var cfg Config
	cfg.Data = r.required("PURSER_DATA", "the folder of the database", place)
	r.keys(&cfg, cfg.Data)
	if cfg.KeyNew == "" && !r.refused["PURSER_KEY_NEW"] {
		r.wrong("PURSER_KEY_NEW", "is missing; set it to the key that is to take the place of PURSER_KEY, as `purser key new` prints it, or to the address of a key in a key service.")
	}
	r.shared(&cfg)
	return r.finish(cfg)
}

func (r *reader) session(cfg *Config) {
	cfg.Session.Idle = r.duration("PURSER_SESSION_IDLE", "15m")
	cfg.Session.Max = r.duration("PURSER_SESSION_MAX", "12h")
	refused := r.refused["PURSER_SESSION_IDLE"] || r.refused["PURSER_SESSION_MAX"]
	if cfg.Session.Idle > cfg.Session.Max && cfg.Session.Max > 0 && !refused {
		r.wrong("PURSER_SESSION_IDLE", "must not be longer than PURSER_SESSION_MAX.")
	}
}

func (r *reader) duration(name, fallback string) time.Duration {
	d, err := time.ParseDuration(r.text(name, fallback, fixed))
	if err != nil || d < time.Second {
		r.wrong(name, "must be a time of at least one second, such as "+fallback+".")
		return 0
	}
	return d
}

func (r *reader) hosts(name string) []string {
	hosts := r.list(name)
	for i, host := range hosts {
		hosts[i] = strings.ToLower(host)
		if u, err := url.Parse("https://" + host); err != nil || u.Host != host || u.Port() != "" || strings.Contains(host, "*") {
			r.wrong(name, "must be host names separated by commas, such as admin.contoso.com.")
			return nil
		}
	}
	return hosts
}

func (r *reader) networks(name string) []netip.Prefix {
	var networks []netip.Prefix
	for _, text := range r.list(name) {
		network, proper := network(text)
		if !proper {
			r.wrong(name, fmt.Sprintf("must be networks separated by commas, such as 10.0.0.0/8; %.60q is not a network.", text))
			return nil
		}
		networks = append(networks, network)
	}
	return networks
}

// network reads a network or a single address. One of IPv4 that is written as IPv6 is that of IPv4, which is what connections come from.
func network(text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	if addr, alone := netip.ParseAddr(text); err != nil && alone == nil && addr.Zone() == "" {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if err != nil {
		return netip.Prefix{}, false
	}
	if prefix.Addr().Is4In6() {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96) // of fewer bits than these it is no network of IPv4
	}
	return prefix.Masked(), prefix.IsValid()
}

func secureOrLoopback(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
