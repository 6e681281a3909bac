package sharepoint

import (
	"encoding/base64"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/directory"
)

// filtersType is the type of the one parameter of the list of sites.
const filtersType = "{b92aeee2-c92c-4b67-abcc-024e471bc140}"

// csomPage is how many sites the list holds at once.
const csomPage = 300

// includePersonal is IncludePersonalSite of those who want OneDrives too; anything else leaves them out.
const includePersonal = "1"

// indexMark is how the place where the next page starts begins. A client gives it back as it came, and must not look inside.
const indexMark = "sp|"

// sitesByFilters answers one page of the list of sites.
func (r *request) sitesByFilters(p csomParameter) (any, *refusal) {
	place, ok := readIndex(p.property("StartIndex"))
	keep, known := siteFilter(p.property("Filter"))
	if !ok || !known || !strings.EqualFold(p.Type, filtersType) {
		return nil, badRequest("The filter or the start index is not valid.")
	}
	template, personal := p.property("Template"), p.property("IncludePersonalSite") == includePersonal
	size, page := r.service.pageOf(csomPage), []any{}
	for ; place < r.tenant.SitePlaces() && len(page) < size; place++ {
		s, there := r.tenant.SiteAt(place)
		if there && (personal || !s.Personal) && (template == "" || strings.EqualFold(template, s.Template)) && keep(s) {
			page = append(page, csomSite(r.tenant, s))
		}
	}
	var next any
	if place < r.tenant.SitePlaces() {
		next = writeIndex(place)
	}
	return object{
		"_ObjectType_": "Microsoft.Online.SharePoint.TenantAdministration.SPOSitePropertiesEnumerable", "NextStartIndex": -1,
		"NextStartIndexFromSharePoint": next, "_Child_Items_": page,
	}, nil
}

func writeIndex(place int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(indexMark + strconv.Itoa(place)))
}

// readIndex reads where a page starts. The first starts at nothing, or at 0.
func readIndex(text string) (int, bool) {
	if text == "" || text == "0" {
		return 0, true
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	number, ours := strings.CutPrefix(string(plain), indexMark)
	place, wrong := strconv.Atoi(number)
	return place, err == nil && ours && wrong == nil && place >= 0
}

// csomSite is a site as the list shows it: CSOM marks a GUID as one.
func csomSite(t *directory.Tenant, s directory.Site) object {
	o := properties(t, s)
	for _, name := range []string{"SiteId", "GroupId", "RelatedGroupId"} {
		o[name] = "/Guid(" + o[name].(string) + ")/"
	}
	o["_ObjectType_"] = "Microsoft.Online.SharePoint.TenantAdministration.SiteProperties"
	o["_ObjectIdentity_"] = s.ID + "|908bed80-a04a-4433-b4a0-883d9847d110:" + t.ID + "\nSiteProperties\n" + s.URL()
	return o
}

// siteFilter reads one comparison of the list's own language: Url -like 'text', Template, Title or LockState -eq 'text'.
func siteFilter(text string) (keep func(directory.Site) bool, ok bool) {
	if text = strings.TrimSpace(text); text == "" {
		return func(directory.Site) bool { return true }, true
	}
	words := strings.SplitN(text, " ", 3)
	if len(words) < 3 {
		return nil, false
	}
	want := strings.ToLower(strings.Trim(strings.TrimSpace(words[2]), `'"`))
	values := map[string]func(directory.Site) string{
		"url": directory.Site.URL, "lockstate": lockState,
		"template": func(s directory.Site) string { return s.Template }, "title": func(s directory.Site) string { return s.Title },
	}
	value, known := values[strings.ToLower(words[0])]
	switch strings.ToLower(words[1]) {
	case "-eq":
		return func(s directory.Site) bool { return strings.ToLower(value(s)) == want }, known
	case "-like":
		return func(s directory.Site) bool {
			return strings.Contains(strings.ToLower(value(s)), strings.Trim(want, "*"))
		}, known
	}
	return nil, false
}
