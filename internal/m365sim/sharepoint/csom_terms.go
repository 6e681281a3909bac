package sharepoint

import (
	"strings"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

// sessionType is the type whose GetTaxonomySession begins everything about terms.
const sessionType = "{981cbc68-9edc-4f8d-872f-71146fcbb84f}"

// termChanges are what a query has changed about the administrators of the term store and not committed: without CommitAll it is lost.
type termChanges struct{ add, drop []string }

// isTermStore says whether the number is that of a term store: there is one, whichever way a client asks for it.
func (q csomQuery) isTermStore(id int) bool {
	p, ok := q.path(id)
	if !ok || p.Name != "GetDefaultSiteCollectionTermStore" && p.Name != "GetDefaultKeywordsTermStore" {
		return false
	}
	session, ok := q.path(p.Parent)
	return ok && session.XMLName.Local == "StaticMethod" && session.Name == "GetTaxonomySession" && strings.EqualFold(session.Type, sessionType)
}

// termStore is the store as a query shows it.
func termStore(t *directory.Tenant) object {
	id := guid.Derived("term store", t.ID)
	return object{
		"_ObjectType_": "SP.Taxonomy.TermStore", "_ObjectIdentity_": guid.Derived("identity", t.ID) + ":st:" + id, "Id": "/Guid(" + id + ")/",
		"Name": "Taxonomy_" + id[:8], "IsOnline": true, "DefaultLanguage": 1033, "WorkingLanguage": 1033, "Languages": []int{1033},
	}
}

// callTermStore does a method of the term store. Not every tenant's takes administrators from programs: then the method does not exist.
func (r *request) callTermStore(a csomAction) *refusal {
	switch a.Name {
	case "AddTermStoreAdministrator":
		return r.noteTermStoreAdministrator(a, &r.terms.add)
	case "DeleteTermStoreAdministrator":
		return r.noteTermStoreAdministrator(a, &r.terms.drop)
	case "CommitAll":
		r.tenant.ChangeTermStoreAdministrators(r.terms.add, r.terms.drop)
		r.terms = termChanges{}
		return nil
	}
	return noMethod(a.Name)
}

// noteTermStoreAdministrator notes a change for CommitAll.
func (r *request) noteTermStoreAdministrator(a csomAction, list *[]string) *refusal {
	switch {
	case !r.carries(managingTerms):
		return denied()
	case r.tenant.TermStoreRefuses():
		return noMethod(a.Name)
	case len(a.Parameters) != 1:
		return badRequest(a.Name + " wants a login name.")
	}
	login, ok := r.tenant.LoginName(a.Parameters[0].Text)
	if !ok {
		return noUser(a.Parameters[0].Text)
	}
	*list = append(*list, strings.ToLower(login))
	return nil
}
