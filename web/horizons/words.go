package horizons

import (
	"net/url"
	"strings"

	"purser.example/internal/horizon"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/places"
)

// titles are the kinds as people see them.
var titles = map[horizon.Kind]string{
	horizon.ProfilePassword: "Password", horizon.MemberPassword: "Pool member password", horizon.ClientSecret: "Client secret", horizon.AppCertificate: "App certificate",
	horizon.TLSCertificate: "TLS certificate of Purser", horizon.ProviderCertificate: "TLS certificate of the identity provider", horizon.Retirement: "Retired by Microsoft",
	horizon.Profile: "Profile", horizon.Member: "Pool member", horizon.App: "App profile",
}

// plurals are the same for several.
var plurals = map[horizon.Kind]string{
	horizon.ProfilePassword: "passwords", horizon.MemberPassword: "pool member passwords", horizon.ClientSecret: "client secrets", horizon.AppCertificate: "app certificates",
	horizon.TLSCertificate: "TLS certificates", horizon.ProviderCertificate: "TLS certificates", horizon.Retirement: "retirements",
}

// linkView leads to something; without an address it is a text.
type linkView struct{ Text, Href string }

// poolOf names the pool of a member by its place.
func poolOf(object string) string {
	_, rest, _ := strings.Cut(object, "/")
	class, _, _ := strings.Cut(rest, "/")
	return "Account pool " + pool.Class(class).Title()
}

// useLink is something that uses a profile (R20).
func useLink(of tenant.ID, use profile.Use) linkView {
	switch use.Kind {
	case pool.UseKind:
		return linkView{"Account pool " + use.Name, places.Pool(of, use.ID)}
	case scan.UseKind:
		return linkView{"Scan profile " + use.Name, "/scan-profiles/" + url.PathEscape(use.ID)}
	}
	return linkView{Text: use.Name}
}
