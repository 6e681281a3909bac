package doctor

import (
	"context"

	"purser.example/internal/app"
	"purser.example/internal/login"
	"purser.example/internal/whose"
)

// provider asks for the identity provider as a start does, and then what it makes of Purser's registration.
func provider(ctx context.Context, l *look) []Finding {
	client, err := app.SignIn(l.cfg, l.Now, l.provider)
	if err != nil {
		return only(wrong("How people sign in cannot be set up: "+err.Error()+".", correct))
	}
	seen, err := client.Examine(ctx)
	if err != nil {
		return only(notFound(err))
	}
	return []Finding{
		ok("The identity provider %s was found.", l.cfg.OIDC.Issuer),
		l.registration(seen).as("provider-client"),
		l.roles(seen).as("provider-roles"),
		signOut(seen).as("provider-sign-out"),
	}
}

// notFound tells a provider that is set up wrongly from one that cannot be reached.
func notFound(err error) Finding {
	switch fault := login.Whose(err); {
	case login.SetUpWrongly(err):
		return wrong("No one can sign in, because sign-in isn't set up correctly: "+err.Error()+".", remedies["PURSER_OIDC_ISSUER"])
	case fault == whose.Network:
		return wrong("No one can sign in, because this machine cannot connect to the identity provider: "+err.Error()+".", "Check the name, the network, the proxy in HTTPS_PROXY and the firewall from this machine to PURSER_OIDC_ISSUER.")
	case fault == whose.Between:
		return wrong("No one can sign in, because something other than the identity provider responds: "+err.Error()+".", "Check the proxy and the web filter between this machine and PURSER_OIDC_ISSUER.")
	}
	return wrong("No one can sign in, because the identity provider gave no answer that is of use: "+err.Error()+".", "Check whether PURSER_OIDC_ISSUER can be reached from this machine, and run this command again.")
}

func (l *look) registration(seen login.Examined) Finding {
	switch {
	case seen.Client != nil:
		return wrong("The identity provider refuses Purser's registration: "+seen.Client.Error()+".", "Compare PURSER_OIDC_CLIENT_ID and PURSER_OIDC_CLIENT_SECRET with the registration. The secret may have expired (docs/entra-id.md).")
	case !seen.Told:
		return warning("The identity provider did not say whether it accepts the client ID and secret.", "Sign in once to find out.")
	}
	return ok("The identity provider accepts the client ID and secret, as far as can be told without a person.")
}

func (l *look) roles(seen login.Examined) Finding {
	claim := l.cfg.OIDC.RoleClaim
	switch {
	case !seen.Knows(claim):
		return warning("The identity provider does not list the claim "+claim+", that roles are read from.", "Compare PURSER_OIDC_ROLE_CLAIM with the claim that the registration sends (docs/entra-id.md). Some providers leave claims of their own out of the list.")
	case seen.Claims == nil:
		return ok("Roles are read from the claim %s. The provider does not say which claims it knows.", claim)
	}
	return ok("The identity provider knows the claim %s, that roles are read from.", claim)
}

func signOut(seen login.Examined) Finding {
	if !seen.SignsOut {
		return warning("The identity provider offers no address for signing out, so that sign-out ends the session in Purser only.", "Nothing needs to be done, unless the provider can offer one.")
	}
	return ok("The identity provider offers an address for signing out.")
}
