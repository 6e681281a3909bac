package auth

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/session"
)

// FrontChannelPath is what the identity provider loads in a frame when its own session ends.
const FrontChannelPath = "/auth/front-channel-logout"

var errNoSession = problem.New(problem.BadRequest, "This address is for the identity provider, which names the session that ended.")

// frontChannel ends the sessions that belong to the provider's session sid (R4; OpenID Connect Front-Channel Logout 1.0 section 2). It is the
// one GET that changes something, because the standard knows no other, and all that it does is end what the sid names: the cookie is not
// asked, which browsers do not send into frames of other sites. Microsoft Entra ID names no issuer. Only the provider may frame the answer.
func (h *Handlers) frontChannel(c echo.Context) error {
	header := c.Response().Header()
	header.Del(echo.HeaderXFrameOptions)
	header.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors "+strings.Join(h.Login.FormOrigins(), " "))
	issuer, sid := c.QueryParam("iss"), c.QueryParam("sid")
	if sid == "" || issuer != "" && !h.Login.IsIssuer(issuer) {
		return errNoSession
	}
	if err := h.Sessions.EndOf(c.Request().Context(), sid, session.Origin(c)); err != nil {
		return err
	}
	return c.String(http.StatusOK, "ok")
}
