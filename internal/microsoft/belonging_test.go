package microsoft_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// belonging makes svc owner and member of nine groups, more than a page has, and owner of one more.
func (s *scanned) belonging() {
	s.Helper()
	groups := map[string]string{"club@contoso.com": `{"owners":["svc@contoso.com","plain@contoso.com"],"members":["plain@contoso.com"]}`}
	for _, mail := range []string{"team@contoso.com", "pool@contoso.com"} {
		groups[mail] = `{"owners":["svc@contoso.com"],"members":["svc@contoso.com"]}`
	}
	for i := range 7 {
		groups[fmt.Sprintf("group%05d@contoso.onmicrosoft.com", i+1)] = groups["team@contoso.com"]
	}
	for mail, text := range groups {
		if err := s.sim.PatchGroup(mail, []byte(text)); err != nil {
			s.Fatal(mail, err)
		}
	}
}

// R42: the groups that an account owns and is itself a member of are read by an app and by an account, by pages.
func TestOwnerAndMemberIsReadByBothMethodsR42(t *testing.T) {
	s := newScanned(t)
	s.belonging()
	const user = "svc@contoso.com"
	for name, survey := range map[string]*microsoft.Survey{"app": s.byApp(), "account": s.byAccount("svc@contoso.com")} {
		got, err := survey.OwnerAndMember(t.Context(), user)
		if err != nil || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 9 {
			t.Errorf("by %s: %v %v", name, got, err)
		}
	}
	_, err := s.byApp().OwnerAndMember(t.Context(), "99999999-0000-4000-8000-00000000ffff")
	if f, _ := microsoft.FailureOf(err); !f.Gone {
		t.Errorf("an account that is gone: %+v %v", f, err)
	}
	s.consents(`["User.Read","GroupMember.Read.All"]`)
	_, err = s.byAccount("plain@contoso.com").OwnerAndMember(t.Context(), user)
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != "User.Read.All" || f.Whose != whose.App {
		t.Errorf("without the permission: %+v %v", f, err)
	}
	s.onlyOwnHosts()
}

// R42, X47: lists in pages come together wherever Graph goes on with them; half a list, one that leads nowhere, or one that leaves out what
// its objects are is none.
func TestListsOfOwnerAndMemberAreWholeR42(t *testing.T) {
	const graph, group = "https://graph.microsoft.com/v1.0/", `{"@odata.type":"#microsoft.graph.group","id":"g1"}`
	page := func(next, items string) http.HandlerFunc {
		if next != "" {
			next = `,"@odata.nextLink":"` + next + `"`
		}
		return says(200, `{"value":[`+items+`]`+next+`}`)
	}
	for name, c := range map[string]struct {
		owned, joined http.HandlerFunc
		code          string // empty: both lists are whole, and have g1 in common
		nowhere       bool
	}{
		"whole":           {page("", group), page("", `{"@odata.type":"#microsoft.graph.directoryRole","id":"r1"},`+group), "", false},
		"in pages":        {page(graph+"directoryObjects/u1/Microsoft.DirectoryServices.User/ownedObjects?$skiptoken=2", ``), page("", group), "", false},
		"another host":    {page("", group), page("https://elsewhere.example/v1.0/users/u1/memberOf?$skiptoken=a", group), "", true},
		"a circle":        {page("", group), page(graph+"users/u1/memberOf?$skiptoken=a", group), "", true},
		"null":            {says(200, `{"value":null}`), page("", group), verdict.BadAnswer, false},
		"without a type":  {page("", group), page("", `{"id":"g1"}`), verdict.BadAnswer, false},
		"without an id":   {page("", `{"@odata.type":"#microsoft.graph.group"}`), page("", group), verdict.BadAnswer, false},
		"the second list": {page("", group), says(403, `{"error":{"code":"Authorization_RequestDenied"}}`), "HTTP 403", false},
		"a stale page":    {page("", group), says(400, `{"error":{"code":"Directory_ExpiredPageToken"}}`), "", true},
	} {
		s := newStandIn(t)
		s.scans()
		s.says["/v1.0/users/u1/ownedObjects"], s.says["/v1.0/users/u1/memberOf"] = c.owned, c.joined
		s.says["/v1.0/directoryObjects/u1/Microsoft.DirectoryServices.User/ownedObjects"] = page("", group)
		survey, v := s.patient().SurveyAsAccount(t.Context(), svc(), "")
		if survey == nil {
			t.Fatal(v)
		}
		got, err := survey.OwnerAndMember(t.Context(), "u1")
		f, failed := microsoft.FailureOf(err)
		switch {
		case c.nowhere && !errors.Is(err, microsoft.ErrNowhere), c.code != f.Code, !c.nowhere && failed != (c.code != ""):
			t.Errorf("%s: %v %+v", name, err, f)
		case err == nil && !slices.Equal(got, []string{"g1"}), err != nil && got != nil:
			t.Errorf("%s: %v", name, got)
		}
		for _, r := range s.seen() {
			if r.host != "graph.microsoft.com" && r.host != "login.microsoftonline.com" {
				t.Errorf("%s: %s was asked", name, r.host)
			}
		}
		if n := s.attempts(); n != 1 {
			t.Errorf("%s: %d attempts", name, n)
		}
		survey.Close()
	}
}

// R42, R55: throttled, it waits as long as Microsoft says and goes on; where there is less time, it says so at once.
func TestOwnerAndMemberKeepsMannersR42(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, client := inMemory(t, `{"graphRequests":2,"windowSeconds":60}`)
		survey, err := client.SurveyAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
		if err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		for range 3 {
			if _, err := survey.OwnerAndMember(t.Context(), "svc@contoso.com"); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(started); took < time.Minute || took > 5*time.Minute || refusals(sim) == 0 {
			t.Errorf("%v with %d refusals", took, refusals(sim))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range 3 {
			_, err = survey.OwnerAndMember(ctx, "svc@contoso.com")
		}
		if f, _ := microsoft.FailureOf(err); !f.Throttled || !strings.HasPrefix(f.Code, "HTTP 429") {
			t.Errorf("%+v %v", f, err)
		}
	})
}
