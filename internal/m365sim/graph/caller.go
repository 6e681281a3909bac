package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/permission"
	"purser.example/internal/m365sim/token"
)

// caller is who a token of Graph speaks for.
type caller struct {
	appID  string
	userID string // empty for an app
	may    permission.Set
	roles  []string // template ids of the user's directory roles
}

func (c caller) isApp() bool { return c.userID == "" }

// authenticate believes a token that this simulator has signed, for the Graph that was asked, for a tenant that it holds,
// and that has not expired.
func (s *Service) authenticate(c *call.Call) (caller, *directory.Tenant, *refusal) {
	if c.Request.Header.Get("Authorization") == "" {
		return caller{}, nil, unauthenticated("Access token is empty.")
	}
	if c.Bearer == nil {
		return caller{}, nil, unauthenticated("IDX14100: JWT is not well formed, there are no dots (.).")
	}
	key := s.keys.Find(c.Bearer.Header.KeyID)
	if key == nil || !c.Bearer.Verify(key) {
		return caller{}, nil, unauthenticated("Access token validation failure. Invalid signature.")
	}
	var claims token.Access
	if !c.Bearer.Reads(&claims) || claims.Audience != "https://"+c.Endpoint.Graph {
		return caller{}, nil, unauthenticated("Access token validation failure. Invalid audience.")
	}
	if !c.At.Before(time.Unix(claims.Expires, 0)) {
		return caller{}, nil, unauthenticated("Lifetime validation failed, the token is expired.")
	}
	t := s.dir.TenantByID(claims.TenantID)
	if t == nil || t.Cloud().Graph != c.Endpoint.Graph {
		return caller{}, nil, unauthenticated("The identity of the calling application could not be established.")
	}
	if claims.Type == "app" {
		return caller{appID: claims.AppID, may: permission.Of(claims.Roles)}, t, nil
	}
	return caller{appID: claims.AppID, userID: claims.ObjectID, may: permission.Of(strings.Fields(claims.Scope)), roles: claims.RoleIDs}, t, nil
}

// allowed says whether the route is open to the caller at all.
func (c caller) allowed(route *route) *refusal {
	needed := route.user
	if c.isApp() {
		needed = route.app
	}
	switch {
	case c.isApp() && needed == noApps:
		return &refusal{status: http.StatusBadRequest, code: "BadRequest", message: "/me request is only valid with delegated authentication flow."}
	case needed != "" && !c.may.Any(strings.Fields(needed)...):
		return route.denied()
	case route.isUsage() && !c.has(usageReaders):
		return noUsage()
	case route.isLog() && !c.has(logReaders):
		return &refusal{status: http.StatusForbidden, code: "Authentication_RequestFromUnsupportedUserRole", message: "User is not in the allowed roles"}
	}
	return nil
}

// has says whether the caller's role opens logs or reports: the permission alone does not when somebody is signed in.
func (c caller) has(readers []string) bool {
	return c.isApp() || slices.ContainsFunc(readers, func(role string) bool { return slices.Contains(c.roles, role) })
}

// logReaders are Global Administrator, Global Reader, Reports Reader, Security Administrator and Security Reader.
var logReaders = []string{
	"62e90394-69f5-4237-9190-012177145e10", "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "4a5d8f65-41da-4de4-8968-e035b65339cf",
	"194ae4cb-b126-40b2-bd5b-6091b380977d", "5d6b6bb7-de71-4623-b4af-96380a352509",
}

// usageReaders are Global Administrator, Global Reader, Reports Reader, SharePoint, Exchange and Teams Administrator.
var usageReaders = []string{
	"62e90394-69f5-4237-9190-012177145e10", "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "4a5d8f65-41da-4de4-8968-e035b65339cf",
	"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "29232cdf-9323-42fd-ade2-1d097af3e4de", "69091246-20e8-4a56-aa4d-066075b2a7a8",
}

// sight is how much of an object a caller sees.
type sight int

const (
	sightID sight = iota // id and type; every other property is null
	sightBasic
	sightFull
)

// sees answers how much of an object the caller sees (Graph: "limited information returned for inaccessible objects").
func (c caller) sees(o object) sight {
	switch o := o.(type) {
	case user:
		return c.seesUser(o.User)
	case group:
		return fullIf(c.may.Any("Group.ReadBasic.All"))
	case *directoryRole:
		return fullIf(c.may.Any("RoleManagement.Read.Directory"))
	case organizationObject:
		if c.may.Any("Organization.Read.All") {
			return sightFull
		}
		return sightBasic
	case signIn:
		if c.may.Any("Policy.Read.All") {
			return sightFull
		}
		return sightBasic
	case other:
		return fullIf(c.may.Any(o.permission()))
	}
	return sightFull
}

func (c caller) seesUser(u *directory.User) sight {
	switch {
	case c.may.Any("User.Read.All"), u.ID == c.userID && c.may.Any("User.Read"):
		return sightFull
	case c.may.Any("User.ReadBasic.All"):
		return sightBasic
	}
	return sightID
}

func fullIf(yes bool) sight {
	if yes {
		return sightFull
	}
	return sightID
}
