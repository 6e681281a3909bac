package microsoft_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/verdict"
)

// R17, R62: a token was given, so the account is valid; what Graph refuses costs a warning.
func TestWhatCannotBeReadCostsAWarning(t *testing.T) {
	forbidden := says(403, `{"error":{"code":"Authorization_RequestDenied","message":"`+password+`"}}`)
	for _, c := range []struct {
		name     string
		path     string
		says     http.HandlerFunc
		warnings []verdict.Warning
		expiry   verdict.ExpiryKind
	}{
		{"all of Graph refuses", "/v1.0/", forbidden, []verdict.Warning{{Kind: verdict.AccountNotRead, Code: "HTTP 403"}, {Kind: verdict.RolesNotRead, Code: "HTTP 403"}}, verdict.ExpiryUnknown},
		{"roles are refused", "/v1.0/me/transitiveMemberOf/", forbidden, []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}}, verdict.ExpiresOn},
		{"roles are a page of HTML", "/v1.0/me/transitiveMemberOf/", saysAs(200, "text/html", "<html>"), []verdict.Warning{{Kind: verdict.RolesNotRead, Code: verdict.BadAnswer}}, verdict.ExpiresOn},
		{"roles are no list", "/v1.0/me/transitiveMemberOf/", says(200, `{"value":{}}`), []verdict.Warning{{Kind: verdict.RolesNotRead, Code: verdict.BadAnswer}}, verdict.ExpiresOn},
		{"roles are truncated", "/v1.0/me/transitiveMemberOf/", says(200, `{"value":[{"id"`), []verdict.Warning{{Kind: verdict.RolesNotRead, Code: verdict.BadAnswer}}, verdict.ExpiresOn},
		{"roles never come", "/v1.0/me/transitiveMemberOf/", stalls, []verdict.Warning{{Kind: verdict.RolesNotRead, Code: verdict.Timeout}}, verdict.ExpiresOn},
		{"the connection breaks at the roles", "/v1.0/me/transitiveMemberOf/", resets, []verdict.Warning{{Kind: verdict.RolesNotRead, Code: verdict.Reset}}, verdict.ExpiresOn},
		{"the account is refused", "/v1.0/me?", says(401, `{"error":{"code":"InvalidAuthenticationToken"}}`), []verdict.Warning{{Kind: verdict.AccountNotRead, Code: "HTTP 401"}}, verdict.ExpiryUnknown},
		{"the account has no id", "/v1.0/me?", says(200, `{}`), []verdict.Warning{{Kind: verdict.AccountNotRead, Code: verdict.BadAnswer}}, verdict.ExpiryUnknown},
		{"domains are refused", "/v1.0/domains", forbidden, nil, verdict.ExpiryUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStandIn(t)
			for path := range s.says {
				if strings.HasPrefix(path, c.path) {
					s.says[path] = c.says
				}
			}
			s.says[c.path] = c.says
			v := s.client(impatient(c.name == "roles never come")).Validate(t.Context(), svc())
			if v.Status != verdict.Valid || fmt.Sprint(kinds(v.Warnings)) != fmt.Sprint(c.warnings) || v.Expiry.Kind != c.expiry || s.attempts() != 1 {
				t.Errorf("%s, warnings %v, expiry %+v, %d attempts", v.Status, v.Warnings, v.Expiry, s.attempts())
			}
			rolesLost := len(c.warnings) > 0 && c.warnings[len(c.warnings)-1].Kind == verdict.RolesNotRead
			if v.RolesRead == rolesLost || (v.Proof.Roles == verdict.Proved) == rolesLost || v.Proof.Password != verdict.Proved {
				t.Errorf("roles read: %v, proof %+v", v.RolesRead, v.Proof)
			}
			s.keepsSecrets(t, v)
		})
	}
}

// kinds are warnings by kind and code alone.
func kinds(list []verdict.Warning) []verdict.Warning {
	var bare []verdict.Warning
	for _, w := range list {
		bare = append(bare, verdict.Warning{Kind: w.Kind, Code: w.Code})
	}
	return bare
}

// X8: roles that Graph gives as ids alone were not read, and the warning names the permission that shows them.
func TestRolesWithoutTemplateIDsWereNotRead(t *testing.T) {
	for name, body := range map[string]string{
		"all of them": `{"value":[{"id":"5d1f","displayName":null,"roleTemplateId":null}]}`,
		"one of two":  `{"value":[{"id":"5d1f","roleTemplateId":"f28a1f50-f6e7-4571-818b-6a12f2af6b6c"},{"id":"5d20","roleTemplateId":null}]}`,
		"null":        `{"value":[null]}`,
	} {
		s := newStandIn(t)
		s.says[rolesCast] = says(200, body)
		v := s.client().Validate(t.Context(), svc())
		warnings := v.Explain(verdict.Context{}).Warnings
		if v.Status != verdict.Valid || v.RolesRead || v.Proof.Roles != verdict.NotRead || len(warnings) == 0 || !strings.Contains(warnings[0], "RoleManagement.Read.Directory") {
			t.Errorf("%s: roles %v read %v, proof %+v, %q", name, v.Roles, v.RolesRead, v.Proof, warnings)
		}
		if len(v.RolesMissing([]verdict.Need{{Service: "Fly", Roles: [][]string{{"Exchange Administrator"}}}})) != 0 {
			t.Errorf("%s: a role is missing of which nothing is known", name)
		}
	}
}

const rolesCast = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"

// X8: the list of roles is an advanced query on every page; another refusal than that of such queries is told.
func TestRolesAreAnAdvancedQuery(t *testing.T) {
	s := newStandIn(t)
	second := "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$skiptoken=x"
	s.says[rolesCast] = says(200, `{"@odata.nextLink":"https://graph.microsoft.com`+second+`","value":[{"roleTemplateId":"29232cdf-9323-42fd-ade2-1d097af3e4de"}]}`)
	s.says[second] = says(200, `{"value":[]}`)
	if v := s.client().Validate(t.Context(), svc()); !v.RolesRead || len(v.Roles) != 1 {
		t.Errorf("%+v", v)
	}
	asked := 0
	for _, r := range s.seen() {
		cast := strings.HasPrefix(r.path, rolesCast)
		if eventual := r.header.Get("ConsistencyLevel") == "eventual"; eventual != cast {
			t.Errorf("%s: eventual %v", r.path, eventual)
		}
		if cast {
			asked++
		}
	}
	if asked != 2 || len(s.seen()) != 6 {
		t.Errorf("%d of %d requests were about roles", asked, len(s.seen()))
	}
	s.says[rolesCast] = says(400, `{"error":{"code":"BadRequest"}}`)
	if v := s.client().Validate(t.Context(), svc()); v.RolesRead || len(v.Warnings) != 1 || v.Warnings[0].Code != "HTTP 400" {
		t.Errorf("another refusal: %+v", v)
	}
}

// X8: where Graph takes no cast, roles are picked out of all that the account belongs to by way of groups too. Where it gives the
// account's own belonging alone, a role that a group may hold makes the roles not read, and never none.
func TestRolesWithoutACast(t *testing.T) {
	const (
		exchange = `{"@odata.type":"#microsoft.graph.directoryRole","id":"r","roleTemplateId":"29232cdf-9323-42fd-ade2-1d097af3e4de"}`
		global   = `{"@odata.type":"#microsoft.graph.directoryRole","id":"s","roleTemplateId":"62e90394-69f5-4237-9190-012177145e10"}`
	)
	refuses := says(400, `{"error":{"code":"Request_UnsupportedQuery","message":"No"}}`)
	group := func(assignable string) string {
		return `{"@odata.type":"#microsoft.graph.group","id":"g","isAssignableToRole":` + assignable + `}`
	}
	lists := func(objects ...string) http.HandlerFunc {
		return says(200, `{"value":[`+strings.Join(objects, ",")+`]}`)
	}
	for name, c := range map[string]struct {
		transitive, direct http.HandlerFunc
		roles              int
		read               bool
		asked              int
	}{
		"by way of groups":                     {lists(group("null"), exchange, global), nil, 2, true, 2},
		"none by way of groups":                {lists(group("true")), nil, 0, true, 2},
		"a list that another fault costs":      {says(403, `{"error":{"code":"Authorization_RequestDenied"}}`), lists(exchange), 0, false, 2},
		"itself, in no group":                  {refuses, lists(exchange), 1, true, 3},
		"itself, in a group without roles":     {refuses, lists(exchange, group("false")), 1, true, 3},
		"in a group that may hold roles":       {refuses, lists(group("true"), exchange), 1, false, 3},
		"in a group of which nothing is shown": {refuses, lists(group("null")), 0, false, 3},
		"in a unit":                            {refuses, lists(`{"@odata.type":"#microsoft.graph.administrativeUnit","id":"u"}`), 0, true, 3},
		"neither list":                         {refuses, refuses, 0, false, 3},
	} {
		s := newStandIn(t)
		s.says[rolesCast] = refuses
		s.says["/v1.0/me/transitiveMemberOf?"], s.says["/v1.0/me/memberOf?"] = c.transitive, c.direct
		v := s.client().Validate(t.Context(), svc())
		asked := 0
		for _, r := range s.seen() {
			if strings.Contains(strings.ToLower(r.path), "memberof") {
				asked++
			}
		}
		if len(v.Roles) != c.roles || v.RolesRead != c.read || asked != c.asked || v.Status != verdict.Valid {
			t.Errorf("%s: %d roles, read %v, after %d questions: %+v", name, len(v.Roles), v.RolesRead, asked, v.Warnings)
		}
		if warned := len(v.Warnings) == 1 && v.Warnings[0].Kind == verdict.RolesNotRead; warned == c.read {
			t.Errorf("%s: %+v", name, v.Warnings)
		}
		missing := v.RolesMissing([]verdict.Need{{Service: "Fly", Roles: [][]string{{"SharePoint Administrator"}}}})
		if !c.read && len(missing) != 0 {
			t.Errorf("%s: a role is missing of which nothing is known", name)
		}
	}
}

// R42: a list is read to its end, and only on the host that the token is for.
func TestListsAreReadPageByPage(t *testing.T) {
	const roles = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"
	page := func(next string) http.HandlerFunc {
		return says(200, `{"@odata.nextLink":"`+next+`","value":[{"roleTemplateId":"29232cdf-9323-42fd-ade2-1d097af3e4de"}]}`)
	}
	t.Run("to the end", func(t *testing.T) {
		s := newStandIn(t)
		s.says[roles] = page("https://graph.microsoft.com" + roles + "?$skiptoken=a%2Bb")
		s.says[roles+"?$skiptoken=a%2Bb"] = page("https://graph.microsoft.com" + roles + "?$skiptoken=c")
		s.says[roles+"?$skiptoken=c"] = page("")
		v := s.client().Validate(t.Context(), svc())
		if len(v.Roles) != 3 || len(v.Warnings) != 0 {
			t.Errorf("%d roles, warnings %v", len(v.Roles), v.Warnings)
		}
	})
	for name, next := range map[string]string{
		"another host":     "https://graph.example.com" + roles,
		"another scheme":   "http://graph.microsoft.com" + roles,
		"another version":  "https://graph.microsoft.com/beta/me",
		"with a sign-in":   "https://a:b@graph.microsoft.com" + roles,
		"round in circles": "https://graph.microsoft.com" + roles + "?$select=id,displayName,roleTemplateId&$count=true",
		"no address":       "https://%zz",
	} {
		t.Run(name, func(t *testing.T) {
			s := newStandIn(t)
			s.says[roles] = page(next)
			v := s.client().Validate(t.Context(), svc())
			if v.Status != verdict.Valid || v.RolesRead || len(v.Roles) != 0 || len(v.Warnings) != 1 || len(s.seen()) != 5 {
				t.Errorf("%+v after %d requests", v, len(s.seen()))
			}
		})
	}
}

// R17: what Microsoft leaves empty is unknown, not "no".
func TestEmptyPropertiesAreUnknown(t *testing.T) {
	s := newStandIn(t)
	s.says["/v1.0/me?"] = says(200, `{"id":"9999","userPrincipalName":null,"lastPasswordChangeDateTime":null,"passwordPolicies":null,"assignedPlans":null}`)
	s.says["/v1.0/domains"] = says(200, `{"value":[{"id":"contoso.com","passwordValidityPeriodInDays":null,"isRoot":null}]}`)
	s.says["/v1.0/me/transitiveMemberOf/"] = says(200, `{"value":[]}`)
	delete(s.says, "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole")
	v := s.client().Validate(t.Context(), svc())
	if v.Expiry.Kind != verdict.ExpiryUnknown || v.Proof.Licence != verdict.NotRead || !v.RolesRead || len(v.Roles) != 0 || len(v.Warnings) != 0 {
		t.Errorf("%+v", v)
	}
	s.says["/v1.0/me?"] = says(200, `{"id":"9999","assignedPlans":[{"capabilityStatus":"Deleted"}],"passwordPolicies":"DisablePasswordExpiration"}`)
	if v := s.client().Validate(t.Context(), svc()); v.Proof.Licence != verdict.Refuted || v.Expiry.Kind != verdict.ExpiresNever {
		t.Errorf("%+v", v)
	}
}

// X17: names that come from outside are kept to the letter, and cleaned before anybody sees them.
func TestForeignRoleNamesAreCleaned(t *testing.T) {
	s := newStandIn(t)
	s.says["/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole"] = says(200,
		`{"value":[{"roleTemplateId":"0000-1","displayName":"A\u0000\u202eB`+strings.Repeat("x", 300)+`"},{"roleTemplateId":"<b>","displayName":"C"},{"displayName":"D"}]}`)
	v := s.client().Validate(t.Context(), svc())
	if len(v.Roles) != 1 || v.Roles[0].Name != "A\x00\u202eB"+strings.Repeat("x", 300) || v.RolesRead {
		t.Errorf("%+v", v.Roles)
	}
	v.RolesRead = true
	if seen := fmt.Sprint(v.Review([]verdict.Need{{Service: "Fly", Whole: true}}, v.At)); !strings.Contains(seen, "ABx") {
		t.Errorf("seen: %s", seen)
	}
}
