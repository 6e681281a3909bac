package login

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
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
	groups, grouped := texts(claims["groups"])
	address := firstName(claims, "email")
	if strings.EqualFold(address, signIn) {
		address = ""
	}
	return Identity{
		Address: address, Groups: groups, Grouped: grouped && !leftOut(claims, "groups"),
		Caller: access.Caller{
			Issuer: token.Issuer, Subject: token.Subject, Name: name, SignIn: signIn,
			Roles: roles,
		},
		Claim:   claim,
		Entra:   entraOf(claims, token.Issuer),
		Session: sessionOf(claims),
		IDToken: raw,
		Expires: token.Expiry,

		Authenticated: c.authenticated(claims, token.IssuedAt),
	}, nil
}

// Entra is what Microsoft Entra ID calls somebody in all apps of a tenant, which other providers do not tell.
type Entra struct {
	Tenant string // tid
	Object string // oid
}

// guid is how Microsoft Entra ID writes the ids of tenants and objects.
var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// entraOf reads tid and oid, where the issuer is that tenant's own: another provider may write what it likes there, as its people told it
// to (R7).
func entraOf(claims map[string]json.RawMessage, issuer string) Entra {
	tid, _ := text(claims["tid"])
	oid, _ := text(claims["oid"])
	e := Entra{Tenant: strings.ToLower(tid), Object: strings.ToLower(oid)}
	if !guid.MatchString(e.Tenant) || !guid.MatchString(e.Object) || !strings.HasSuffix(strings.ToLower(issuer), "/"+e.Tenant+"/v2.0") {
		return Entra{}
	}
	return e
}

// authenticated reads auth_time, and counts from now back by as much as it lay before the token: two clocks never agree. What cannot be read
// was long ago.
func (c *Client) authenticated(claims map[string]json.RawMessage, issued time.Time) time.Time {
	claim, told := claims["auth_time"]
	if !told {
		return time.Time{}
	}
	var seconds float64
	if json.Unmarshal(claim, &seconds) != nil || seconds < 1 || seconds > float64(1<<40) {
		return time.Unix(0, 0).UTC()
	}
	return c.cfg.Now().Add(-max(0, issued.Sub(time.Unix(int64(seconds), 0))))
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
