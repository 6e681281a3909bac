package doctor

import (
	"context"
	"strings"
)

// remedies are for settings whose mistakes do not say by themselves all that is to be done.
var remedies = map[string]string{
	"PURSER_KEY":                "Use the key of this installation; make one with `purser key new` only for a new installation (docs/keys.md).",
	"PURSER_OIDC_ISSUER":        "Take the issuer from the registration at your identity provider (docs/entra-id.md).",
	"PURSER_OIDC_CLIENT_ID":     "Take the client ID from the registration at your identity provider (docs/entra-id.md).",
	"PURSER_OIDC_CLIENT_SECRET": "Take the Value of a client secret from the registration at your identity provider (docs/entra-id.md).",
}

const correct = "Correct the setting and restart Purser (docs/settings.md)."

// settings has a finding for every mistake, as `purser serve` tells them.
func settings(_ context.Context, l *look) (found []Finding) {
	for i, name := range l.mistakes.Settings() {
		written, says, _ := strings.Cut(l.mistakes[i], ": ")
		remedy := correct
		if more := remedies[name]; more != "" {
			remedy = more
		}
		found = append(found, wrong(says, remedy).of(written))
	}
	if found == nil {
		return only(ok("Every setting can be used."))
	}
	return found
}

func unknownSettings(_ context.Context, l *look) (found []Finding) {
	for _, name := range l.cfg.Unknown {
		found = append(found, warning("This is no setting of Purser and is ignored. It may be misspelled.", "Compare the name with docs/settings.md, or remove it.").of(name))
	}
	if found == nil {
		return only(ok("No variable is misspelled."))
	}
	return found
}

func secretFiles(_ context.Context, l *look) (found []Finding) {
	for _, name := range l.cfg.Exposed {
		found = append(found, warning("Every account of this machine can get at the file of this secret.", "Take the rights of others away with chmod 600, and consider the secret known (docs/keys.md).").of(name))
	}
	if found == nil {
		return only(ok("No file of a secret is open to every account of this machine."))
	}
	return found
}

func simulator(_ context.Context, l *look) []Finding {
	if !l.cfg.Simulated() {
		return only(ok("Microsoft 365 itself is asked."))
	}
	return only(warning("A simulator answers instead of Microsoft 365 and gets the passwords.", "Remove PURSER_M365_SIMULATOR, unless this is a trial.").of("PURSER_M365_SIMULATOR"))
}
