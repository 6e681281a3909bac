package graph

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"time"

	"purser.example/internal/m365sim/call"
)

// changePassword changes the password of the one who asks. The change is made once the answer stands, because a call reads
// the directory under a lock that does not let it write.
func (g *request) changePassword() call.Answer {
	var body struct{ CurrentPassword, NewPassword string }
	u := g.tenant.User(g.caller.userID)
	switch {
	case u == nil:
		return missing(g.caller.userID).answer(g.Call)
	case json.Unmarshal(g.Body, &body) != nil:
		return g.fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload.")
	case u.Domain().Federated() || u.Synced():
		return g.fail(http.StatusBadRequest, "Request_BadRequest", "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.")
	case subtle.ConstantTimeCompare([]byte(body.CurrentPassword), []byte(u.Password)) != 1:
		return g.fail(http.StatusBadRequest, "Request_BadRequest", "The specified password does not match the current one. paramName: oldPassword, error: InvalidPassword")
	case body.NewPassword == u.Password || !isStrong(body.NewPassword):
		return g.fail(http.StatusBadRequest, "Request_BadRequest", "The specified password does not comply with password complexity requirements. Please provide a different password.")
	}
	patch, err := json.Marshal(map[string]string{"password": body.NewPassword, "lastPasswordChangeDateTime": g.At.UTC().Format(time.RFC3339)})
	if err != nil {
		return g.fail(http.StatusInternalServerError, "UnknownError", "")
	}
	g.Afterwards(func() {
		if err := g.service.dir.PatchUser(u.ID, patch); err != nil {
			g.service.log.Error("no password was changed", "error", err)
		}
	})
	return call.Text(http.StatusNoContent, "", "")
}

// changeOther refuses to change somebody else's password: that is not what the address is for.
func (g *request) changeOther() call.Answer {
	return g.fail(http.StatusForbidden, "Authorization_RequestDenied", "Access to change password operation is denied.")
}

// isStrong checks Microsoft's password policy: 8 to 256 characters of ASCII, of three of the four classes.
func isStrong(password string) bool {
	if len(password) < 8 || len(password) > 256 {
		return false
	}
	classes := map[string]bool{}
	for _, c := range []byte(password) {
		switch {
		case c > '~' || c < ' ':
			return false
		case 'a' <= c && c <= 'z':
			classes["lower"] = true
		case 'A' <= c && c <= 'Z':
			classes["upper"] = true
		case '0' <= c && c <= '9':
			classes["digit"] = true
		default:
			classes["symbol"] = true
		}
	}
	return len(classes) >= 3
}
