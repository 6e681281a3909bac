package demo

import (
	"encoding/hex"

	"purser.example/internal/config"
	"purser.example/internal/demo/idp"
	"purser.example/web/auth"
)

const (
	providerPath = "/idp"
	clientID     = "purser"

	// Password opens every account of the demo; it guards nothing but invented data on a loopback address.
	Password = "purser-demo"
)

// identityProvider makes the provider that lives under the demo's own address, and the settings to reach it.
func identityProvider(cfg config.Config, data *dataFolder, o Options) (*idp.Provider, config.OIDC, error) {
	base := cfg.BaseURL.String()
	oidc := cfg.OIDC
	oidc.Issuer, oidc.ClientID = base+providerPath, clientID
	oidc.ClientSecret = hex.EncodeToString(data.key.Derive("demo client secret", "", 32))
	provider, err := idp.New(idp.Config{
		Issuer: oidc.Issuer, ClientID: oidc.ClientID, ClientSecret: oidc.ClientSecret,
		RedirectURI: base + auth.CallbackPath, PostLogoutRedirectURI: base + auth.SignedOutPath,
		People: people(oidc), Hint: "In this demo, every password is " + Password + ". The owner is a Tenant Owner, the admin is a Service Administrator, and the user has no role.",
		SigningKey: data.signing, CryptoKey: [32]byte(data.key.Derive("demo provider", "", 32)),
		Now: o.Now, RoleClaim: oidc.RoleClaim, Logger: o.Log,
	})
	return provider, oidc, err
}

// people are those of the contract.
func people(oidc config.OIDC) []idp.Person {
	return []idp.Person{
		{Subject: "demo-owner", Email: "owner@purser.test", Name: "Olivia Owner", Password: Password, Roles: []string{oidc.TenantOwner}},
		{Subject: "demo-admin", Email: "admin@purser.test", Name: "Adele Vance", Password: Password, Roles: []string{oidc.ServiceAdministrator}},
		{Subject: "demo-user", Email: "user@purser.test", Name: "Uma Reader", Password: Password},
	}
}
