package config

import (
	"crypto/x509"
	"regexp"
	"strings"
)

// KeyLogin is what Purser shows to the key service that has its key (R64).
type KeyLogin struct {
	Token        string // for OpenBao and Vault
	TokenFile    string // the file that it was read from; empty: it was in the environment
	TenantID     string // for Azure Key Vault: the directory of an app registration
	ClientID     string
	ClientSecret string
	CA           *x509.CertPool // whom the service's certificate comes from; nil: those of the machine
}

// TokenNow reads the token anew where it is in a file: an agent beside Purser may have renewed it since the start.
func (l KeyLogin) TokenNow() string {
	if l.TokenFile == "" {
		return l.Token
	}
	text, err := contents(l.TokenFile)
	if err != nil {
		return l.Token
	}
	return strings.TrimRight(string(text), "\r\n")
}

// keyShape is what `purser key new` prints. Whether it is the right key only the database can tell.
var keyShape = regexp.MustCompile(`^\s*pk1_[A-Za-z0-9_-]{43}\s*$`)

// AtService reports whether the text of a key is the address of one in a key service.
func AtService(key string) bool { return strings.Contains(key, "://") }

// LoadKey reads the key alone, as Load does, for commands that need nothing else. The error, if any, is Mistakes.
func LoadKey(environ []string) (Config, error) {
	r := newReader(environ, Checks{})
	var cfg Config
	r.keys(&cfg, "")
	return r.finish(cfg)
}

// keyNames are the settings of a key.
type keyNames struct{ key, token, tenant, client, secret, ca string }

var (
	inUse = keyNames{"PURSER_KEY", "PURSER_KEY_TOKEN", "PURSER_KEY_TENANT_ID", "PURSER_KEY_CLIENT_ID", "PURSER_KEY_CLIENT_SECRET", "PURSER_KEY_CA"}
	next  = keyNames{"PURSER_KEY_NEW", "PURSER_KEY_NEW_TOKEN", "PURSER_KEY_NEW_TENANT_ID", "PURSER_KEY_NEW_CLIENT_ID", "PURSER_KEY_NEW_CLIENT_SECRET", "PURSER_KEY_NEW_CA"}
)

// keys reads the key and the one that is to take its place, which may have done so already. Keys that lie beside what they seal are
// refused: a copy of the folder would then open itself (R60). It does not say how to make one where there is a text: with a second key
// nothing opens that the first one sealed.
func (r *reader) keys(cfg *Config, data string) {
	cfg.Key = r.required("PURSER_KEY", "the key that `purser key new` prints", spaced)
	cfg.KeyLogin = r.keyLogin(inUse, cfg.Key, data)
	r.keyNew(cfg, data)
}

func (r *reader) keyNew(cfg *Config, data string) {
	cfg.KeyNew = r.text("PURSER_KEY_NEW", "", spaced)
	cfg.NewLogin = r.keyLogin(next, cfg.KeyNew, data)
}

// keyLogin reads what belongs to a key, and refuses what is none.
func (r *reader) keyLogin(names keyNames, key, data string) KeyLogin {
	l := KeyLogin{
		Token: r.text(names.token, "", opaque), TokenFile: r.env[names.token+"_FILE"],
		TenantID: r.text(names.tenant, "", fixed), ClientID: r.text(names.client, "", fixed), ClientSecret: r.text(names.secret, "", opaque),
		CA: r.authorities(names.ca),
	}
	for _, name := range []string{names.key, names.token, names.secret} {
		if path := r.env[name+"_FILE"]; path != "" && data != "" && Inside(data, path) {
			r.wrong(name+"_FILE", "must not be inside PURSER_DATA; keep the key apart from what it opens.")
		}
	}
	switch {
	case key == "":
	case AtService(key):
		r.serviceKey(names, strings.TrimSpace(key), l)
	case !keyShape.MatchString(key):
		r.wrong(names.key, "is not a key; a key is pk1_ and 43 characters, as `purser key new` prints it. Check whether it was cut off.")
	}
	return l
}

// serviceKey looks whether what a key service wants is there. What is missing is told by the setting that lacks.
func (r *reader) serviceKey(names keyNames, address string, l KeyLogin) {
	missing := false
	lacks := func(setting, value, what string) {
		if value == "" {
			missing = true
			if !r.refused[setting] {
				r.wrong(setting, "is missing; set it to "+what+".")
			}
		}
	}
	if strings.HasPrefix(address, "vault+") {
		lacks(names.token, l.Token, "the token that OpenBao or Vault gave to Purser")
	} else {
		lacks(names.tenant, l.TenantID, "the ID of the directory that Purser's app registration for the key service is in")
		lacks(names.client, l.ClientID, "the client ID of Purser's app registration for the key service")
		lacks(names.secret, l.ClientSecret, "a client secret of Purser's app registration for the key service")
	}
	if missing || r.checks.KeyService == nil {
		return
	}
	if err := r.checks.KeyService(address, l); err != nil {
		r.wrong(names.key, err.Error()+".")
	}
}
