package sharepoint

import (
	"hash/fnv"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
)

// showSite tells about a site itself.
func (r *request) showSite() call.Answer {
	group := r.site.GroupID()
	if group == "" {
		group = noGroup
	}
	return r.one(object{
		"Id": r.site.ID, "Url": r.site.URL(), "ServerRelativeUrl": "/" + r.site.Path, "GroupId": group, "RootWebId": r.site.WebID(),
		"ReadOnly": r.site.Lock != "", "WriteLocked": r.site.Lock != "", "LockIssue": nil, "PrimaryUri": r.site.URL(),
	})
}

func (r *request) showOwner() call.Answer { return r.one(r.person(r.site.Owner)) }

// onlyAdministrators is the one filter of a site's users that there is.
const onlyAdministrators = "issiteadmin eq true"

// siteUsers lists whom the site knows, or those who administer it.
func (r *request) siteUsers() call.Answer {
	names := r.site.Users()
	switch filter := strings.ToLower(strings.TrimSpace(r.Request.URL.Query().Get("$filter"))); filter {
	case "":
	case onlyAdministrators:
		names = r.site.AllAdministrators()
	default:
		return badRequest("The filter is not supported.").answer(r)
	}
	list := []object{}
	for _, name := range names {
		list = append(list, r.person(name))
	}
	return r.list(list)
}

// person is somebody as a site shows them.
func (r *request) person(login string) object {
	p, _ := r.tenant.Principal(login)
	kind := 4 // a security group
	if p.Person {
		kind = 1
	}
	return object{
		"Id": siteUserID(login), "LoginName": login, "Title": p.Name, "Email": p.Email, "UserPrincipalName": p.UPN, "PrincipalType": kind,
		"IsHiddenInUI": false, "IsSiteAdmin": r.administrator(login),
	}
}

// siteUserID is the number that a site knows a login name by.
func siteUserID(login string) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(login))
	return int(sum.Sum32()>>9) + 1
}

func (r *request) administrator(login string) bool {
	for _, name := range r.site.AllAdministrators() {
		if name == login {
			return true
		}
	}
	return false
}

// ensureUser makes a user or a group known to the site, by a login name or a username.
func (r *request) ensureUser() call.Answer {
	var body struct{ LogonName string }
	if refused := r.reads(&body); refused != nil {
		return refused.answer(r)
	}
	login, ok := r.tenant.LoginName(body.LogonName)
	if !ok {
		return noUser(body.LogonName).answer(r)
	}
	r.tenant.EnsureUser(r.site, login)
	return r.one(r.person(login))
}

// knownUser is the login name of the address, if the site knows it.
func (r *request) knownUser() (string, *refusal) {
	login := strings.ToLower(r.keys[0])
	for _, name := range r.site.Users() {
		if name == login {
			return name, nil
		}
	}
	return "", &refusal{http.StatusNotFound, -2146232832, exception, "User cannot be found."}
}

func (r *request) showUser() call.Answer {
	login, refused := r.knownUser()
	if refused != nil {
		return refused.answer(r)
	}
	return r.one(r.person(login))
}

// changeUser makes somebody whom the site knows an administrator, or takes that away. The owner stays one.
func (r *request) changeUser() call.Answer {
	var body struct{ IsSiteAdmin *bool }
	login, refused := r.knownUser()
	if refused == nil {
		refused = r.reads(&body)
	}
	switch {
	case refused != nil:
		return refused.answer(r)
	case body.IsSiteAdmin == nil:
		return badRequest("Only IsSiteAdmin of a user can change.").answer(r)
	case login == r.site.Owner && !*body.IsSiteAdmin:
		return (&refusal{http.StatusBadRequest, -2130575276, exception, "You cannot remove the owner of a Web site collection."}).answer(r)
	}
	r.tenant.SetAdministrator(r.site, login, *body.IsSiteAdmin)
	return call.Text(http.StatusNoContent, "", "")
}
