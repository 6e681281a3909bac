package app

import (
	"context"
	"fmt"
	"time"

	"purser.example/internal/breakglass"
	"purser.example/internal/config"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/web/auth"
)

// BreakGlass makes a link that signs in one Tenant Owner without the identity provider (R83), for the Purser in the data folder, whether
// that works at the moment or not. The token stands behind the # of the address: browsers keep that to themselves, so that no server's
// log and no other site sees it.
func BreakGlass(ctx context.Context, cfg config.Config, by string) (address string, err error) {
	key, err := secret.ParseKey(cfg.Key)
	if err != nil {
		return "", fmt.Errorf("PURSER_KEY: %w", err)
	}
	ring, err := sqlite.KeyringOf(ctx, cfg.Data, key)
	if err != nil {
		return "", err
	}
	token, err := breakglass.Make(cfg.Data, ring, time.Now().UTC(), by)
	if err != nil {
		return "", err
	}
	return cfg.BaseURL.String() + auth.BreakGlassPath + "#" + string(token.Reveal()), nil
}
