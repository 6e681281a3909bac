package microsoft

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// R62, R60: whatever SharePoint's two interfaces or Graph answer about sites and objects, it is read, or is a fault whose words are our own.
func FuzzSharePointAnswer(f *testing.F) {
	for _, body := range []string{
		`[{"SchemaVersion":"15.0.0.0","LibraryVersion":"16.0.0.0","ErrorInfo":null},1,{"IsNull":false},2,{"_ObjectType_":"SP.Site","_Child_Items_":[]}]`,
		`[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorMessage":"Marked-Secret-2026!","ErrorCode":-2130575251,"ErrorTypeName":"Microsoft.SharePoint.SPException"}}]`,
		`[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorCode":1e99,"ErrorTypeName":"System.UnauthorizedAccessException"}}]`, `[]`, `[null]`, `{}`, `null`, `"`, `[{"SchemaVersion":15}]`,
		`{"odata.error":{"code":"-2147024891, System.UnauthorizedAccessException","message":{"lang":"en-US","value":"Access denied."}}}`,
		`{"error":{"code":"-1, Microsoft.SharePoint.Client.ResourceNotFoundException"}}`, `{"odata.error":{"code":",,"}}`, `{"odata.error":[]}`,
		`{"value":[{"Id":1,"LoginName":"i:0#.f|membership|a@contoso.com"}],"odata.nextLink":"x"}`,
		`[{"id":"contoso.sharepoint.com,7f6f,8a8a","displayName":"Finance","webUrl":"https://contoso.sharepoint.com/sites/finance"},{"id":null},7]`,
		`[{"id":"..","mail":"a@contoso.com","assignedPlans":[{"servicePlanId":"x"}],"@odata.type":"#microsoft.graph.group"}]`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := answer{status: http.StatusOK, header: http.Header{}, json: true, body: body}
		if word := a.sharePointError(); key(word) != word {
			t.Errorf("kept %q", word)
		}
		_ = a.sharePointNumber()
		values, err := (&Survey{renewal: &renewal{}}).csomAnswer("contoso-admin.sharepoint.com", a)
		if err != nil {
			g, ours := errors.AsType[fault](err)
			if !ours || len(g.detail) > 200 || strings.Contains(g.Error(), "Marked-Secret-2026!") || g.reply.Word != key(g.reply.Word) {
				t.Errorf("%v", err)
			}
		}
		for _, value := range values {
			if !json.Valid(value) {
				t.Errorf("%q", value)
			}
		}
		for _, kind := range []Kind{KindSites, KindOneDrives, KindProjects, KindGroups, KindTeams, KindMailboxes, KindUsers, related} {
			list, err := thingsOf(kind, body, hostsOf[Worldwide])
			if err != nil && len(list) > 0 {
				t.Errorf("%s: %d things beside %v", kind, len(list), err)
			}
			for _, thing := range list {
				if strings.ContainsAny(thing.ID, "/?#'\"\\ \n") {
					t.Errorf("%s: the ID %q", kind, thing.ID)
				}
			}
		}
	})
}
