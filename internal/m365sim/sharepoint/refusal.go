package sharepoint

import (
	"net/http"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
)

// refusal is an error of SharePoint: REST tells it with its status, CSOM with status 200 and the same words.
type refusal struct {
	status        int
	code          int
	kind, message string
}

const (
	exception       = "Microsoft.SharePoint.SPException"
	clientException = "Microsoft.SharePoint.Client.InvalidClientQueryException"
)

// answer writes the refusal as REST does, in the form that the client takes.
func (f *refusal) answer(r *request) call.Answer {
	type text struct {
		Lang  string `json:"lang"`
		Value string `json:"value"`
	}
	type details struct {
		Code    string `json:"code"`
		Message text   `json:"message"`
	}
	name := "odata.error"
	if r.verbose() {
		name = "error"
	}
	return call.JSON(f.status, r.contentType(), map[string]details{name: {strconv.Itoa(f.code) + ", " + f.kind, text{"en-US", f.message}}})
}

// denied is the refusal of a caller who may not do what is asked.
func denied() *refusal {
	return &refusal{http.StatusForbidden, -2147024891, "System.UnauthorizedAccessException", "Access denied. You do not have permission to perform this action or access this resource."}
}

// notHere is the refusal of an address that this host or site does not have.
func notHere() *refusal {
	return &refusal{http.StatusNotFound, -1, "Microsoft.SharePoint.Client.ResourceNotFoundException", "Cannot find resource for the request."}
}

// badRequest is the refusal of a request that is not well formed.
func badRequest(message string) *refusal {
	return &refusal{http.StatusBadRequest, -1, clientException, message}
}

// noSite is what the admin host says of a site that is not there.
func noSite(address string) *refusal {
	return &refusal{http.StatusNotFound, -1, "Microsoft.Online.SharePoint.Common.SpoNoSiteException", "Cannot get site " + address + "."}
}

// noUser is the refusal of a login name that stands for nobody who could be a site's.
func noUser(login string) *refusal {
	return &refusal{http.StatusBadRequest, -2146232832, exception, "The specified user " + login + " could not be found."}
}

// closed says why a site lets nobody in, or nobody change anything; nil: it does.
func closed(s directory.Site, writes bool) *refusal {
	switch {
	case s.SignInError.Refuses():
		return refusing(s)
	case s.Archived != "":
		return &refusal{http.StatusLocked, -2147018894, "Microsoft.SharePoint.SPSiteArchivedException", "The site " + s.URL() + " is archived. Reactivate it first."}
	case s.Lock == fixture.LockNoAccess:
		return &refusal{http.StatusForbidden, -2147024891, "System.UnauthorizedAccessException", "Access to this Web site has been blocked. Please contact the administrator to resolve this problem."}
	case s.Lock == fixture.LockReadOnly && writes:
		return &refusal{http.StatusForbidden, -2130575202, exception, "Additions to this Web site have been blocked. Please contact the administrator to resolve this problem."}
	}
	return nil
}

// refusing is what a site says that refuses every call.
func refusing(s directory.Site) *refusal {
	f := denied()
	if s.SignInError.Status != 0 {
		f.status = s.SignInError.Status
	}
	f.message += " AADSTS" + strconv.Itoa(s.SignInError.Main())
	return f
}

// verbose says whether the client wants its answers in the older of OData's forms.
func (r *request) verbose() bool {
	return strings.Contains(strings.ToLower(r.Request.Header.Get("Accept")), "odata=verbose")
}

func (r *request) contentType() string {
	form := "nometadata"
	if r.verbose() {
		form = "verbose"
	}
	return "application/json;odata=" + form + ";streaming=true;charset=utf-8"
}

// one answers a single object, with the properties that were asked for.
func (r *request) one(o object) call.Answer {
	o = r.selected(o)
	if r.verbose() {
		return call.JSON(http.StatusOK, r.contentType(), object{"d": o})
	}
	return call.JSON(http.StatusOK, r.contentType(), o)
}

// list answers a collection.
func (r *request) list(objects []object) call.Answer {
	for i, o := range objects {
		objects[i] = r.selected(o)
	}
	if r.verbose() {
		return call.JSON(http.StatusOK, r.contentType(), object{"d": object{"results": objects}})
	}
	return call.JSON(http.StatusOK, r.contentType(), object{"value": objects})
}

// object is a JSON object.
type object map[string]any

// selected leaves the properties that $select names; without it, all.
func (r *request) selected(o object) object {
	names := r.Request.URL.Query().Get("$select")
	if names == "" || names == "*" {
		return o
	}
	some := object{}
	for name := range strings.SplitSeq(names, ",") {
		if value, ok := o[strings.TrimSpace(name)]; ok {
			some[strings.TrimSpace(name)] = value
		}
	}
	return some
}
