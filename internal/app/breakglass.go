package app

import (
	"context"
	"time"

	"purser.example/internal/breakglass"
	"purser.example/internal/config"
	"purser.example/internal/sqlite"
	"purser.example/web/auth"
)

// BreakGlass makes a link that signs in one Tenant Owner without the identity provider (R83), for the Purser in the data folder, whether
// that works at the moment or not. The token stands behind the # of the address: browsers keep that to themselves, so that no server's
// log and no other site sees it.
func BreakGlass(ctx context.Context, cfg config.Config, by string) (address string, err error) {
	keepers, err := Keepers(cfg)
	if err != nil {
		return "", err
	}
	ring, err := sqlite.KeyringOf(ctx, cfg.Data, keepers...)
	if err != nil {
		return "", err
	}
	token, err := breakglass.Make(cfg.Data, ring, time.Now().UTC(), by)
	if err != nil {
		return "", err
	}
	return cfg.BaseURL.String() + auth.BreakGlassPath + "#" + string(token.Reveal()), nil
}
