package app

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"purser.example/internal/config"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/web/door"
	"purser.example/web/security"
	"purser.example/web/words"
)

// inForce tells the security settings as people read them (R66). None of it is a secret: of the key it tells where it is read from.
func (a *App) inForce(ctx context.Context) []security.Group {
	return []security.Group{
		{ID: "sign-in", Title: "Sign-in", Settings: signInSettings(a.cfg)},
		{ID: "lengths", Title: "Sessions", Settings: sessionSettings(a.cfg)},
		{ID: "network", Title: "Network", Settings: append([]security.Setting{a.tlsSetting(ctx)}, networkSettings(a.cfg)...)},
		{ID: "secrets", Title: "Secrets", Settings: secretSettings(a.cfg, secret.PlaceOf(a.DB.Keeper()))},
	}
}

func signInSettings(cfg config.Config) []security.Setting {
	return []security.Setting{
		{Name: "Identity provider", Value: cfg.OIDC.Issuer, Note: "Multifactor authentication and device rules are set up there.", Names: []string{"PURSER_OIDC_ISSUER"}},
		{
			Name: "Roles", Value: "From the claim " + cfg.OIDC.RoleClaim,
			Note:  cfg.OIDC.TenantOwner + " is Tenant Owner, " + cfg.OIDC.ServiceAdministrator + " is Service Administrator.",
			Names: []string{"PURSER_OIDC_ROLE_CLAIM", "PURSER_ROLE_TENANT_OWNER", "PURSER_ROLE_SERVICE_ADMINISTRATOR"},
		},
	}
}

func sessionSettings(cfg config.Config) []security.Setting {
	return []security.Setting{
		{Name: "Without activity", Value: "A session ends after " + lasting(cfg.Session.Idle), Names: []string{"PURSER_SESSION_IDLE"}},
		{Name: "Sign-in again", Value: "After " + lasting(session.RecentFor) + ", before exporting the activity log or ending everyone else's sessions", Note: "The identity provider is asked for it (max_age)."},
		{Name: "At the latest", Value: "A session ends after " + lasting(cfg.Session.Max), Names: []string{"PURSER_SESSION_MAX"}},
	}
}

// lasting spells a setting's time exactly: "12 hours", "1 hour and 30 minutes".
func lasting(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / unit.of; n > 0 {
			parts = append(parts, words.Counted(int(n), unit.name))
			d -= n * unit.of
		}
	}
	return strings.Join(parts, " and ")
}

// tlsSetting says how connections are protected.
func (a *App) tlsSetting(ctx context.Context) security.Setting {
	setting := security.Setting{Name: "TLS", Names: []string{"PURSER_TLS_CERT", "PURSER_TLS_KEY"}}
	switch {
	case a.certificate != nil:
		setting.Value = "Purser has a certificate of its own."
		if dates, err := a.certificate.Expiries(ctx); err == nil && len(dates) > 0 {
			setting.Note = "It is valid until " + dates[0].At.UTC().Format("January 2, 2006, 15:04 UTC") + "."
		}
	case a.cfg.BaseURL.Scheme == "https":
		setting.Value, setting.Note = "A proxy in front of Purser has the certificate.", "Purser itself answers without TLS on "+a.cfg.Addr+"."
	default:
		setting.Value, setting.Note = "None", "Purser can be reached on this machine only."
	}
	return setting
}

func networkSettings(cfg config.Config) []security.Setting {
	return []security.Setting{
		{Name: "Address", Value: cfg.BaseURL.String(), Names: []string{"PURSER_BASE_URL"}},
		{
			Name: "Trusted proxies", Value: networksOr(cfg.TrustedProxies, "None"), Names: []string{"PURSER_TRUSTED_PROXIES"},
			Note: "Only from these is X-Forwarded-For believed, which says where a request comes from.",
		},
		{
			Name: "Limits", Value: fmt.Sprintf("%d sign-ins at once from an address, %d from all; %d requests that ask Microsoft 365 at once by a person", door.SignInsEach, door.SignInsOfAll, door.AsksEach),
			Note: "After that, one each " + lasting(door.SignInEach) + " from an address, and one each " + lasting(door.AskEach) + " by a person.",
		},
		{
			Name: "Trusted networks", Value: networksOr(cfg.TrustedNetworks, "All"), Names: []string{"PURSER_TRUSTED_NETWORKS"},
			Note: "Everyone else is refused before sign-in, with a break-glass link too.",
		},
	}
}

func networksOr(networks []netip.Prefix, none string) string {
	if len(networks) == 0 {
		return none
	}
	return Networks(networks)
}

// Networks spells networks as a setting has them.
func Networks(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, n := range networks {
		texts[i] = n.String()
	}
	return strings.Join(texts, ", ")
}

func secretSettings(cfg config.Config, place string) []security.Setting {
	key := security.Setting{Name: "Encryption key", Value: "Made for the demo"}
	switch {
	case place != "":
		key.Value, key.Names = "From the key service: "+place, []string{"PURSER_KEY"}
		key.Note = "The service has the key and never shows it. Purser asks it when it starts."
	case cfg.KeyFrom == "":
	case cfg.KeyFrom == "PURSER_KEY":
		key.Value, key.Names = "From the environment of Purser", []string{"PURSER_KEY"}
	default:
		key.Value, key.Names = "From the file "+cfg.KeyFrom, []string{"PURSER_KEY_FILE"}
	}
	rules := security.Setting{Name: "Password rules", Value: "Advise: only what Microsoft can't accept is refused.", Names: []string{"PURSER_PASSWORD_RULES"}}
	if cfg.StrictPasswords {
		rules.Value = "Strict: any deviation from the guide's rules is refused."
	}
	return []security.Setting{key, rules}
}
