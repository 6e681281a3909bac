package login

import "testing"

func TestRefreshTokensAreForgotten(t *testing.T) {
	var tokens refreshTokens
	first := tokens.add(refreshGrant{})
	for range maxRefreshTokens {
		tokens.add(refreshGrant{})
	}
	if _, ok := tokens.find(first); ok || len(tokens.by) != maxRefreshTokens {
		t.Errorf("%d tokens", len(tokens.by))
	}
}
