package sharepoint

import (
	"net/http"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/guid"
)

const (
	schemaVersion  = "15.0.0.0"
	libraryVersion = "16.0.26620.12010"
)

// processQuery answers a query of CSOM as a list: what the whole came to, then a number and a value for each action. The status is 200
// whatever became of it.
func (r *request) processQuery() call.Answer {
	if !r.digestHolds() {
		return csomAnswer(&refusal{code: -2130575251, kind: exception, message: "The security validation for this page is invalid and might be corrupted. Please use your web browser's Back button to try your operation again."})
	}
	query, err := readQuery(r.Body)
	if err != nil {
		return csomAnswer(&refusal{code: -1, kind: clientException, message: "The request is not valid."})
	}
	var values []any
	for _, action := range query.Actions.List {
		more, refused := r.act(query, action)
		if refused != nil {
			return csomAnswer(refused)
		}
		values = append(values, more...)
	}
	return csomAnswer(nil, values...)
}

func csomAnswer(f *refusal, values ...any) call.Answer {
	trace := guid.New()
	var info any
	if f != nil {
		info = object{"ErrorMessage": f.message, "ErrorValue": nil, "TraceCorrelationId": trace, "ErrorCode": f.code, "ErrorTypeName": f.kind}
	}
	head := object{"SchemaVersion": schemaVersion, "LibraryVersion": libraryVersion, "ErrorInfo": info, "TraceCorrelationId": trace}
	return call.JSON(http.StatusOK, "application/json; charset=utf-8", append([]any{head}, values...))
}

// act does one action of a query and answers what it adds to the list.
func (r *request) act(q csomQuery, a csomAction) ([]any, *refusal) {
	switch a.XMLName.Local {
	case "ObjectPath":
		if _, ok := q.path(a.Path); !ok {
			return nil, badRequest("The object path is not known.")
		}
		return []any{a.ID, object{"IsNull": false}}, nil
	case "Query":
		value, refused := r.evaluate(q, a.Path)
		return []any{a.ID, value}, refused
	case "Method":
		switch {
		case q.isTermStore(a.Path):
			return nil, r.callTermStore(a)
		case q.isTenant(a.Path) && a.Name == "SetSiteAdmin":
			return nil, r.setSiteAdmin(a.Parameters)
		}
		return nil, noMethod(a.Name)
	case "ObjectIdentityQuery":
		return []any{a.ID, object{"_ObjectIdentity_": guid.Derived("identity", r.tenant.ID, strconv.Itoa(a.Path))}}, nil
	}
	return nil, badRequest("The action " + a.XMLName.Local + " is not known.")
}

func noMethod(name string) *refusal {
	return badRequest(`Method "` + name + `" does not exist.`)
}

// evaluate makes the object that a query asks about.
func (r *request) evaluate(q csomQuery, id int) (any, *refusal) {
	p, ok := q.path(id)
	switch {
	case !ok:
		return nil, badRequest("The object path is not known.")
	case q.isTenant(id):
		return object{"_ObjectType_": "Microsoft.Online.SharePoint.TenantAdministration.Tenant", "RootSiteUrl": "https://" + r.tenant.SharePointHost()}, nil
	case q.isTermStore(id):
		return termStore(r.tenant), nil
	case p.XMLName.Local != "Method" || !q.isTenant(p.Parent):
		return nil, badRequest("The object path is not known.")
	case p.Name == "GetSitePropertiesFromSharePointByFilters" && len(p.Parameters) == 1:
		return r.sitesByFilters(p.Parameters[0])
	case p.Name == "GetSitePropertiesByUrl" && len(p.Parameters) > 0:
		s, refused := r.siteAt(p.Parameters[0].Text)
		if refused != nil {
			return nil, refused
		}
		return csomSite(r.tenant, s), nil
	}
	return nil, noMethod(p.Name)
}

// setSiteAdmin makes one name an administrator of a site, or takes that away. Others stay what they are.
func (r *request) setSiteAdmin(parameters []csomParameter) *refusal {
	if len(parameters) != 3 {
		return badRequest("SetSiteAdmin wants an address, a login name and whether it is an administrator.")
	}
	s, refused := r.siteAt(parameters[0].Text)
	if refused != nil {
		return refused
	}
	name := strings.ToLower(parameters[1].Text)
	if refused := r.grants(s, name); refused != nil {
		return refused
	}
	r.tenant.SetAdministrator(s, name, strings.EqualFold(parameters[2].Text, "true"))
	return nil
}
