package microsoft_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
)

// directory opens the directory of the stand-in for the app itself.
func (s *standIn) directory(t *testing.T) *microsoft.Directory {
	t.Helper()
	address, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := microsoft.New(microsoft.Config{Simulator: address, Patience: 100 * time.Millisecond, CallTimeout: 2 * time.Second})
	d, err := client.ReadAsApp(context.Background(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: "app", Secret: secret.FromString(clientSecret)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *standIn) members(t *testing.T) (all []microsoft.Object, err error) {
	t.Helper()
	err = s.directory(t).Members(context.Background(), "g1", false, func(page []microsoft.Object) error {
		all = append(all, page...)
		return nil
	})
	return all, err
}

// R41: members of every sort, what may not be read, and plans that were taken away.
func TestMembersAreReadAsTheyCome(t *testing.T) {
	s := newStandIn(t)
	s.says["/v1.0/groups/g1/members?"] = says(200, `{"value":[
		{"@odata.type":"#microsoft.graph.user","id":"u1","displayName":"Pool\u202e 1","userPrincipalName":"pool1@contoso.com","userType":"Member","accountEnabled":true,
			"assignedPlans":[{"servicePlanId":"5dbe027f-2339-4123-9542-606e4d348a72","capabilityStatus":"Enabled"},{"servicePlanId":"57ff2da0-773e-42df-b2af-ffb7a2317929","capabilityStatus":"Deleted"}]},
		{"@odata.type":"#microsoft.graph.user","id":"u2","displayName":null,"userPrincipalName":null,"userType":null,"accountEnabled":null},
		{"@odata.type":"#microsoft.graph.user","id":"u3","userPrincipalName":"g_contoso.com#EXT#@contoso.com","userType":"Guest","accountEnabled":false},
		{"@odata.type":"#microsoft.graph.group","id":"g2","displayName":"Inner","visibility":"HiddenMembership"}]}`)
	all, err := s.members(t)
	if err != nil {
		t.Fatal(err)
	}
	want := "[{user u1 Pool\u202e 1 pool1@contoso.com false false true true [SharePoint Online] false} {user u2   false false true false [] false} {user u3  g_contoso.com#EXT#@contoso.com false true false false [] false} {group g2 Inner  false false true false [] true}]"
	if got := fmt.Sprint(all); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// R41: a page that leads elsewhere, to itself, or holds nonsense fails the list instead of shortening it; the token goes nowhere else.
func TestAListOfMembersIsNeverCutShort(t *testing.T) {
	for name, body := range map[string]string{
		"another host": `{"value":[],"@odata.nextLink":"https://evil.example.com/v1.0/groups/g1/members?$skiptoken=x"}`,
		"itself":       `{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/groups/g1/members?same"}`,
		"no list":      `{"value":{}}`,
		"null, X47":    `{"value":null}`,
		"nothing, X47": `{}`,
		"a null, X47":  `{"value":[null]}`,
		"no id":        `{"value":[{"@odata.type":"#microsoft.graph.user","userPrincipalName":"a@contoso.com"}]}`,
		"too long":     `{"value":["` + strings.Repeat("x", 17<<20) + `"]}`,
	} {
		s := newStandIn(t)
		s.says["/v1.0/groups/g1/members?"] = says(200, body)
		if all, err := s.members(t); microsoft.CodeOf(err) != "BAD-ANSWER" {
			t.Errorf("%s: %d members, %v", name, len(all), err)
		}
		for _, r := range s.requests {
			if strings.Contains(r.host, "evil") {
				t.Errorf("%s: the token went to %s", name, r.host)
			}
		}
	}
}

// R62: a page whose answer is lost is asked for again; one that is refused is not.
func TestLostPagesAreAskedForAgain(t *testing.T) {
	s := newStandIn(t)
	var asked atomic.Int32
	s.says["/v1.0/groups/g1/members?"] = func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			says(500, `{}`)(w, r)
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			w.Header().Set("Retry-After", "0.05")
			says(429, `{}`)(w, r)
		default:
			says(200, `{"value":[{"@odata.type":"#microsoft.graph.user","id":"u1"}]}`)(w, r)
		}
	}
	if all, err := s.members(t); err != nil || len(all) != 1 || asked.Load() != 4 {
		t.Errorf("%v %v after %d requests", all, err, asked.Load())
	}
	asked.Store(0)
	s.says["/v1.0/groups/g1/members?"] = func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		says(403, `{}`)(w, r)
	}
	if _, err := s.members(t); microsoft.CodeOf(err) != "HTTP 403" || asked.Load() != 1 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
	mine := errors.New("mine")
	s.says["/v1.0/groups/g1/members?"] = says(200, `{"value":[]}`)
	if err := s.directory(t).Members(context.Background(), "g1", true, func([]microsoft.Object) error { return mine }); microsoft.CodeOf(err) != "HTTP 404" {
		t.Errorf("what is nested is another list: %v", err)
	}
	if err := s.directory(t).Members(context.Background(), "g1", false, func([]microsoft.Object) error { return mine }); !errors.Is(err, mine) || microsoft.CodeOf(err) != "" {
		t.Errorf("an error of the reader's own: %v", err)
	}
}

// R41: what somebody types stays inside its quotes, and in its place of the address.
func TestNamesOfGroupsAreQuoted(t *testing.T) {
	s := newStandIn(t)
	s.says["/v1.0/groups"] = says(200, `{"value":[]}`)
	d := s.directory(t)
	for _, text := range []string{"O'Brien & Co + 50%", "' or displayName ne '", "a@b' or '"} {
		s.requests = nil
		if _, err := d.GroupsLike(context.Background(), text); err != nil {
			t.Fatal(err)
		}
		for _, r := range s.requests {
			if strings.Contains(r.path, "+") {
				t.Errorf("a plus of the text is read as a blank: %s", r.path)
			}
		}
		if _, err := d.GroupsNamed(context.Background(), text); err != nil {
			t.Fatal(err)
		}
		last := s.requests[len(s.requests)-1]
		at, err := url.Parse(last.path)
		if err != nil || strings.Contains(last.path, "+") {
			t.Fatalf("%s %v", last.path, err)
		}
		if got := at.Query().Get("$filter"); got != "displayName eq '"+strings.ReplaceAll(text, "'", "''")+"'" {
			t.Errorf("%q: %s", text, got)
		}
	}
	s.requests = nil
	s.says["/v1.0/groups/"] = says(404, `{}`)
	if _, err := d.Group(context.Background(), "../users?$top=1"); microsoft.CodeOf(err) != "HTTP 404" || !strings.HasPrefix(s.requests[0].path, "/v1.0/groups/..%2Fusers%3F") {
		t.Errorf("%v %s", err, s.requests[0].path)
	}
}
