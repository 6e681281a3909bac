package sharepoint

import (
	"encoding/json"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
)

// noGroup is the group id of a site that belongs to none.
const noGroup = "00000000-0000-0000-0000-000000000000"

// reads decodes the body of the request. It answers a refusal for one that is no JSON object.
func (r *request) reads(target any) *refusal {
	if err := json.Unmarshal(r.Body, target); err != nil {
		return badRequest("The request body is not the JSON that was expected.")
	}
	return nil
}

// sitePropertiesByURL tells about the site at an address; clients learn its id by that.
func (r *request) sitePropertiesByURL() call.Answer {
	var body struct{ URL string }
	if refused := r.reads(&body); refused != nil {
		return refused.answer(r)
	}
	s, refused := r.siteAt(body.URL)
	if refused != nil {
		return refused.answer(r)
	}
	return r.one(properties(r.tenant, s))
}

// siteAt finds a site of the tenant by its address.
func (r *request) siteAt(address string) (directory.Site, *refusal) {
	host, path, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	s, ok := r.tenant.SiteAtPath(host, path)
	if !ok {
		return s, noSite(address)
	}
	return s, nil
}

// siteByKey finds the site of the address by its id.
func (r *request) siteByKey() (directory.Site, *refusal) {
	id := unquoted(r.Request.URL.Query().Get("siteId"))
	if len(r.keys) > 0 {
		id = r.keys[0]
	}
	s, ok := r.tenant.SiteByID(id)
	if !ok {
		return s, noSite(id)
	}
	return s, nil
}

// properties are what the admin host tells of a site.
func properties(t *directory.Tenant, s directory.Site) object {
	owner, _ := t.Principal(s.Owner)
	group := s.GroupID()
	if group == "" {
		group = noGroup
	}
	return object{
		"SiteId": s.ID, "Url": s.URL(), "Title": s.Title, "Template": s.Template, "Status": "Active", "LockState": lockState(s),
		"ArchiveStatus": archiveStatus(s), "GroupId": group, "RelatedGroupId": group, "Owner": owner.Login, "OwnerLoginName": owner.Login,
		"OwnerName": owner.Name, "OwnerEmail": owner.Email, "StorageUsage": 0, "WebsCount": 1, "Lcid": 1033,
	}
}

func lockState(s directory.Site) string {
	switch {
	case s.Archived != "":
		return "NoAccess"
	case s.Lock != "":
		return s.Lock
	}
	return "Unlock"
}

func archiveStatus(s directory.Site) string {
	if s.Archived == "" {
		return "NotArchived"
	}
	return strings.ToUpper(s.Archived[:1]) + s.Archived[1:]
}

// siteAdministrators lists everybody who administers a site, the owner first.
func (r *request) siteAdministrators() call.Answer {
	s, refused := r.siteByKey()
	if refused == nil && s.SignInError.Refuses() {
		refused = refusing(s)
	}
	if refused != nil {
		return refused.answer(r)
	}
	list := []object{}
	for _, login := range s.AllAdministrators() {
		p, _ := r.tenant.Principal(login)
		list = append(list, object{"email": p.Email, "loginName": login, "name": p.Name, "userPrincipalName": p.UPN})
	}
	return r.list(list)
}

func (r *request) showProperties() call.Answer {
	s, refused := r.siteByKey()
	if refused != nil {
		return refused.answer(r)
	}
	return r.one(properties(r.tenant, s))
}

// changeOwner gives a site to another owner. Who else administers it stays as it is.
func (r *request) changeOwner() call.Answer {
	var body struct {
		Owner string
		Keep  bool `json:"SetOwnerWithoutUpdatingSecondaryAdmin"`
	}
	s, refused := r.siteByKey()
	if refused == nil {
		refused = r.reads(&body)
	}
	if refused == nil {
		refused = r.grants(s, body.Owner)
	}
	if refused != nil {
		return refused.answer(r)
	}
	r.tenant.SetOwner(s, strings.ToLower(body.Owner))
	return call.Text(http.StatusNoContent, "", "")
}

// setSecondaryAdministrators puts the names in the place of all administrators but the owner, whoever was one before: a client that
// does not read and merge first takes rights away.
func (r *request) setSecondaryAdministrators() call.Answer {
	var body struct {
		Data struct {
			SiteID string   `json:"siteId"`
			Names  []string `json:"secondaryAdministratorLoginNames"`
		} `json:"secondaryAdministratorsFieldsData"`
	}
	if refused := r.reads(&body); refused != nil {
		return refused.answer(r)
	}
	s, ok := r.tenant.SiteByID(body.Data.SiteID)
	if !ok {
		return noSite(body.Data.SiteID).answer(r)
	}
	names := []string{}
	for _, name := range body.Data.Names {
		names = append(names, strings.ToLower(name))
	}
	if refused := r.grants(s, names...); refused != nil {
		return refused.answer(r)
	}
	r.tenant.SetAdministrators(s, names)
	return call.JSON(http.StatusOK, r.contentType(), object{"odata.null": true})
}

// grants looks whether the names may become administrators of the site. Names that are already stay good, even when whom they stood
// for has gone.
func (r *request) grants(s directory.Site, names ...string) *refusal {
	if refused := closed(s, true); refused != nil {
		return refused
	}
	known := map[string]bool{}
	for _, name := range s.AllAdministrators() {
		known[name] = true
	}
	for _, name := range names {
		if _, ok := r.tenant.Principal(name); !ok && !known[name] {
			return noUser(name)
		}
	}
	return nil
}
