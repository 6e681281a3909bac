package app

import (
	"purser.example/internal/config"
	"purser.example/internal/verdict"
)

// Checks lets the settings be checked by what the rooms know of them.
func Checks() config.Checks {
	return config.Checks{
		VerdictCodes: func(rows string) []string {
			_, mistakes := verdict.Builtin().Overlay(rows)
			return mistakes
		},
		KeyService: func(address string, login config.KeyLogin) error {
			_, err := keyService(address, login)
			return err
		},
	}
}

// codesOf is the table that this installation works by: ours, with the operator's own rows laid over it.
func codesOf(cfg config.Config) (*verdict.Table, error) {
	table, mistakes := verdict.Builtin().Overlay(cfg.VerdictCodes)
	if len(mistakes) > 0 {
		return nil, config.Mistakes(mistakes)
	}
	return table, nil
}
