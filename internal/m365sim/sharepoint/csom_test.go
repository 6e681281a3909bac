package sharepoint_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

const tenantObject = `<Constructor Id="1" TypeId="{268004ae-ef6b-4e9b-8425-127220d84719}" />`

// query writes a request of CSOM as clients do.
func query(actions, paths string) string {
	return `<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0" ApplicationName="A" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>` +
		actions + `</Actions><ObjectPaths>` + tenantObject + paths + `</ObjectPaths></Request>`
}

// listQuery asks for a page of the list of sites.
func listQuery(properties ...string) string {
	text := ""
	for i := 0; i < len(properties); i += 2 {
		text += `<Property Name="` + properties[i] + `" Type="String">` + properties[i+1] + `</Property>`
	}
	return query(`<ObjectPath Id="2" ObjectPathId="1" /><ObjectPath Id="4" ObjectPathId="3" /><Query Id="5" ObjectPathId="3"><Query SelectAllProperties="true"><Properties /></Query><ChildItemQuery SelectAllProperties="true"><Properties /></ChildItemQuery></Query>`,
		`<Method Id="3" ParentId="1" Name="GetSitePropertiesFromSharePointByFilters"><Parameters><Parameter TypeId="{b92aeee2-c92c-4b67-abcc-024e471bc140}">`+text+`</Parameter></Parameters></Method>`)
}

// csomReply is an answer of CSOM: what it came to, and the last value.
type csomReply struct {
	status int
	length int
	head   struct {
		ErrorInfo *struct {
			ErrorCode     int
			ErrorMessage  string
			ErrorTypeName string
		}
		TraceCorrelationID string `json:"TraceCorrelationId"`
	}
	page struct {
		Sites []struct{ Url, Title, Template, SiteId, LockState, OwnerLoginName string } `json:"_Child_Items_"`
		Next  *string                                                                    `json:"NextStartIndexFromSharePoint"`
	}
}

func (p program) digest() string {
	p.t.Helper()
	digest, _ := p.do("POST", "/_api/contextinfo", "").Object(p.t)["FormDigestValue"].(string)
	return digest
}

func (p program) query(body, digest string) csomReply {
	p.t.Helper()
	r := p.do("POST", "/_vti_bin/client.svc/ProcessQuery", body, "X-RequestDigest", digest, "Content-Type", "text/xml")
	var parts []json.RawMessage
	r.Decode(p.t, &parts)
	reply := csomReply{status: r.Status, length: len(parts)}
	if err := json.Unmarshal(parts[0], &reply.head); err != nil {
		p.t.Fatal(err)
	}
	if last := parts[len(parts)-1]; len(parts) > 1 && strings.HasPrefix(string(last), "{") {
		if err := json.Unmarshal(last, &reply.page); err != nil {
			p.t.Fatal(err)
		}
	}
	return reply
}

// TestListOfSitesInPages reads every site once, with an index between pages that says nothing; OneDrives come when asked for.
func TestListOfSitesInPages(t *testing.T) {
	w := simtest.Serve(t, simtest.MustNew(t, strings.TrimSuffix(withSites, "}")+`, "pageSize": 4}`))
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	digest := admin.digest()
	read := func(properties ...string) (urls map[string]int, pages int) {
		urls = map[string]int{}
		for index := "0"; ; pages++ {
			r := admin.query(listQuery(append(properties, "StartIndex", index)...), digest)
			if r.status != 200 || r.head.ErrorInfo != nil || r.length != 7 {
				t.Fatalf("%+v", r)
			}
			for _, s := range r.page.Sites {
				urls[s.Url]++
				if !strings.HasPrefix(s.SiteId, "/Guid(") || s.LockState == "" || s.OwnerLoginName == "" {
					t.Errorf("%+v", s)
				}
			}
			if r.page.Next == nil {
				return urls, pages + 1
			}
			index = *r.page.Next
		}
	}
	if urls, pages := read("Filter", "", "IncludePersonalSite", "0"); len(urls) != 20 || pages < 5 || urls["https://"+spoHost+"/sites/finance"] != 1 {
		t.Errorf("%d sites on %d pages: %v", len(urls), pages, urls)
	}
	if urls, _ := read("IncludePersonalSite", "1"); len(urls) != 24 || urls["https://"+oneDriveHost+"/personal/svc_contoso_com"] != 1 {
		t.Errorf("%d sites: %v", len(urls), urls)
	}
	if urls, _ := read("Template", "GROUP#0"); len(urls) != 1 {
		t.Errorf("%v", urls)
	}
	if urls, _ := read("Filter", "Url -like '/sites/site'"); len(urls) != 12 {
		t.Errorf("%v", urls)
	}
	if urls, _ := read("Filter", "LockState -eq 'NoAccess'"); len(urls) != 2 {
		t.Errorf("%v", urls)
	}
	w.Control("DELETE", "/_sim/sites/"+spoHost+"/sites/site00003", "", 204)
	if urls, _ := read("IncludePersonalSite", "0"); len(urls) != 19 {
		t.Errorf("one is gone: %v", urls)
	}
}

// TestErrorsOfCSOM come with status 200, and nothing is changed.
func TestErrorsOfCSOM(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	digest := admin.digest()
	setAdmin := func(parameters ...string) string {
		text := ""
		for _, p := range parameters {
			text += `<Parameter Type="String">` + p + `</Parameter>`
		}
		return query(`<ObjectPath Id="2" ObjectPathId="1"/><Method Name="SetSiteAdmin" Id="3" ObjectPathId="1"><Parameters>`+text+`</Parameters></Method>`, "")
	}
	const finance = "https://" + spoHost + "/sites/finance"
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	for name, c := range map[string]struct{ body, want string }{
		"no XML":                   {"x", "not valid"},
		"a document type":          {`<!DOCTYPE a [<!ENTITY b "c">]>` + setAdmin(finance, svcLogin, "true"), "not valid"},
		"too deep":                 {query(deep, ""), "not valid"},
		"another namespace":        {strings.Replace(setAdmin(), "clientquery", "other", 1), "not valid"},
		"a method nobody knows":    {strings.Replace(setAdmin(), "SetSiteAdmin", "DropEverything", 1), "does not exist"},
		"an object nobody made":    {strings.Replace(setAdmin(), `ObjectPathId="1"/>`, `ObjectPathId="9"/>`, 1), "not known"},
		"too little said":          {setAdmin(finance), "wants"},
		"a site that is not there": {setAdmin("https://"+spoHost+"/sites/none", svcLogin, "true"), "Cannot get site"},
		"a name of the wrong kind": {setAdmin(finance, "c:0o.c|federateddirectoryclaimprovider|"+poolID, "true"), "could not be found"},
		"a site that is locked":    {setAdmin("https://"+spoHost+"/sites/closed", poolName, "true"), "blocked"},
		"an index of their own":    {listQuery("StartIndex", "300"), "not valid"},
		"a filter nobody knows":    {listQuery("Filter", "Colour -eq 'red'"), "not valid"},
	} {
		r := admin.query(c.body, digest)
		if r.status != 200 || r.head.ErrorInfo == nil || r.length != 1 || !strings.Contains(r.head.ErrorInfo.ErrorMessage, c.want) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := admin.query(setAdmin(finance, "c:0t.c|tenant|e0000000-0000-4000-8000-000000000002", "true"), digest); r.head.ErrorInfo != nil {
		t.Errorf("%+v", r.head.ErrorInfo)
	}
	if got := administrators(t, w, spoHost+"/sites/finance"); len(got) != 4 {
		t.Errorf("SetSiteAdmin leaves the others: %v", got)
	}
	if r := admin.query(setAdmin(finance, poolName, "false"), digest); r.head.ErrorInfo != nil {
		t.Errorf("%+v", r.head.ErrorInfo)
	}
	if got := administrators(t, w, spoHost+"/sites/finance"); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

// TestDigest is needed for every query, is good for half an hour, and for whom it was given to.
func TestDigest(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	admin := asPerson(t, w, adminHost, "svc@contoso.com")
	plain := asPerson(t, w, adminHost, "plain@contoso.com")
	digest := admin.digest()
	refused := func(digest string) bool {
		r := admin.query(listQuery(), digest)
		return r.head.ErrorInfo != nil && r.head.ErrorInfo.ErrorCode == -2130575251
	}
	for name, given := range map[string]string{"none": "", "nonsense": "0x,", "another's": plain.digest(), "altered": "0xAB" + digest[4:]} {
		if !refused(given) {
			t.Errorf("%s is taken", name)
		}
	}
	w.Clock.Advance(29 * time.Minute)
	if refused(digest) {
		t.Error("refused after 29 minutes")
	}
	w.Clock.Advance(time.Minute)
	if !refused(digest) {
		t.Error("taken after half an hour")
	}
	if r := plain.do("POST", "/_vti_bin/client.svc/ProcessQuery", listQuery(), "X-RequestDigest", plain.digest()); r.Status != 403 {
		t.Errorf("by somebody without the role: %d %s", r.Status, r.Body)
	}
}

// FuzzQuery finds no query that gets another answer than a list.
func FuzzQuery(f *testing.F) {
	f.Add(listQuery("StartIndex", "0"))
	f.Add(query(`<Method Name="SetSiteAdmin" Id="3" ObjectPathId="1"/>`, ""))
	f.Add(`<!DOCTYPE x []><Request/>`)
	w := simtest.NewWorld(f, withSites)
	token := w.AccessToken("scope", "https://"+adminHost+"/.default")
	var info struct{ FormDigestValue string }
	w.Do("POST", adminHost, "/_api/contextinfo", "", "Authorization", "Bearer "+token).Decode(f, &info)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "https://"+adminHost+"/_vti_bin/client.svc/ProcessQuery", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("X-RequestDigest", info.FormDigestValue)
		answer := httptest.NewRecorder()
		w.Sim.ServeHTTP(answer, r)
		var parts []any
		if err := json.Unmarshal(answer.Body.Bytes(), &parts); err != nil || answer.Code != 200 || len(parts) == 0 {
			t.Errorf("%v %d %.200s", err, answer.Code, answer.Body)
		}
	})
}
