package login

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"purser.example/internal/access"
	"purser.example/internal/shown"
)

// maxName is the longest name we show, in runes.
const maxName = 200

// identity reads from a verified token who it is. Only issuer and subject identify; the names are for display.
func (c *Client) identity(token *oidc.IDToken, tokens *oauth2.Token) (Identity, error) {
	var claims map[string]json.RawMessage
	if err := token.Claims(&claims); err != nil {
		return Identity{}, unverified(errors.New("the claims are no JSON object"))
	}
	signIn := firstName(claims, "preferred_username", "email")
	if signIn == "" {
		signIn = cleanName(token.Subject)
	}
	name := firstName(claims, "name")
	if name == "" {
		name = signIn
	}
	raw, _ := tokens.Extra("id_token").(string)
	roles, claim := rolesFor(claims, c.cfg.RoleClaim, c.cfg.RoleValues)
	return Identity{
		Caller: access.Caller{
			Issuer: token.Issuer, Subject: token.Subject, Name: name, SignIn: signIn,
			Roles: roles,
		},
		Claim:   claim,
		Session: sessionOf(claims),
		IDToken: raw,
		Expires: token.Expiry,
	}, nil
}

// sessionOf reads sid (OpenID Connect Front-Channel Logout 1.0 section 3).
func sessionOf(claims map[string]json.RawMessage) string {
	sid, _ := text(claims["sid"])
	if len(sid) > maxSubject {
		return ""
	}
	return sid
}

// firstName gives the first of the named claims that holds something to show.
func firstName(claims map[string]json.RawMessage, names ...string) string {
	for _, n := range names {
		held, _ := text(claims[n])
		if shown := cleanName(held); shown != "" {
			return shown
		}
	}
	return ""
}

// cleanName takes out of a name what could disturb a page or a log, or make one name look like another.
func cleanName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, shown.Name(name))
	return shown.Trim(cut(shown.Trim(clean), maxName))
}

// text reads a claim that is a JSON string. Null is not one.
func text(claim json.RawMessage) (string, bool) {
	var held *string
	if json.Unmarshal(claim, &held) != nil || held == nil {
		return "", false
	}
	return *held, true
}
