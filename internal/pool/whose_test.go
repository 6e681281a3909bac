package pool_test

import (
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
)

const (
	unknownError = `{"error":{"code":"UnknownError","message":""}}`
	deniedError  = `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}`
)

// X1, X2: only Microsoft's own word says that a group is gone or that a permission is missing; whatever else answers is told as what
// it is, and can be tried again.
func TestAnAnswerIsToldAsWhatItIs(t *testing.T) {
	r := newRig(t, fixture("", ""))
	saved := r.validated(t, sites, "Pool")
	r.save(t, r.change(t, saved.ID, nil))
	for _, c := range []struct {
		name  string
		fault m365sim.Fault
		says  string
		never string
	}{
		{"an intermittent 404", m365sim.Fault{Status: 404, Body: unknownError}, "could not be read (HTTP 404)", "does not exist"},
		{"a proxy's 404", m365sim.Fault{Status: 404, Body: "<h1>Not found</h1>"}, "something other than Microsoft 365 responded", "does not exist"},
		{"a web filter's 403", m365sim.Fault{Status: 403, Body: "<h1>No</h1>"}, "something other than Microsoft 365 responded", "permission"},
		{"a 403 of nobody known", m365sim.Fault{Status: 403, Body: `{}`}, "something other than Microsoft 365 responded", "permission"},
		{"a 403 without reason", m365sim.Fault{Status: 403, Body: unknownError}, "could be with Microsoft, the network", "permission"},
		{"a missing permission", m365sim.Fault{Status: 403, Body: deniedError}, "permission GroupMember.Read.All is missing", "try later"},
		{"a list that is null", m365sim.Fault{Status: 200, Body: `{"value":null}`}, "could not be read (BAD-ANSWER)", "no group"},
		{"an outage", m365sim.Fault{Status: 503, Body: unknownError}, "a problem of its own", "app profile"},
	} {
		must(t, r.sim.SetFaults([]m365sim.Fault{with(c.fault, "/v1.0/groups")}))
		for what, ask := range map[string]func() error{
			"validate":           func() error { _, err := r.Validate(ctx, adele, here, sites, "Pool"); return err },
			"validate by its id": func() error { _, err := r.Validate(ctx, adele, here, sites, saved.Group.ID); return err },
			"suggest":            func() error { _, err := r.Suggest(ctx, adele, here, contoso, "Po"); return err },
			"compare":            func() error { _, err := r.Drift(ctx, adele, here, sites); return err },
		} {
			err := ask()
			says := problem.Message(err)
			if problem.KindOf(err) != problem.Upstream || !strings.Contains(says, c.says) || strings.Contains(says, c.never) || !strings.Contains(says, "ry again") {
				t.Errorf("%s, %s: %v: %s", what, c.name, problem.KindOf(err), says)
			}
		}
	}
	must(t, r.sim.SetFaults(nil))
	must(t, r.sim.DeleteGroup("pool@contoso.com"))
	if _, err := r.Drift(ctx, adele, here, sites); !strings.Contains(fieldOf(err, pool.FieldGroup), "no longer exists in Microsoft 365") {
		t.Errorf("a group that is gone: %v", err)
	}
}

// with puts a fault in the way of a path.
func with(f m365sim.Fault, path string) m365sim.Fault {
	f.PathPrefix = path
	return f
}

// X4: the class of the code decides whether the app profile is to be corrected, and what cannot be told is said so.
func TestTheAppIsBlamedForWhatIsItsOwn(t *testing.T) {
	r := newRig(t, fixture("", ""))
	refused := func(status int, word string, code string) m365sim.Fault {
		return m365sim.Fault{Status: status, Body: m365sim.Verbatim(`{"error":"` + word + `","error_codes":[` + code + `]}`)}
	}
	for _, c := range []struct {
		name        string
		fault       m365sim.Fault
		says, never string
	}{
		{"an outage", refused(503, "temporarily_unavailable", "90033"), "a problem of its own or is throttling requests", "orrect the app profile"},
		{"a throttled tenant", refused(429, "temporarily_unavailable", "90055"), "a problem of its own or is throttling requests", "orrect the app profile"},
		{"a throttled tenant, 400", refused(400, "invalid_grant", "90055"), "a problem of its own or is throttling requests", "orrect the app profile"},
		{"a loop", refused(400, "invalid_grant", "50196"), "a problem of its own or is throttling requests", "orrect the app profile"},
		{"a wrong secret", refused(401, "invalid_client", "7000215"), "refused the app profile of this tenant (AADSTS7000215). The app's client secret is wrong. Correct the app profile", "a problem of its own"},
		{"no such tenant", refused(400, "invalid_request", "90002"), "The tenant does not exist in this cloud. Check the tenant", "app profile"},
		{"a policy", refused(400, "invalid_grant", "530099"), "such as a policy", "app profile"},
		{"a code that nobody knows", refused(400, "invalid_grant", "999999"), "that Purser does not know (AADSTS999999)", "orrect the app profile"},
		{"a web filter", m365sim.Fault{Status: 403, Body: "<h1>No</h1>"}, "something other than Microsoft 365 responded", "orrect the app profile"},
		{"a web filter in JSON", m365sim.Fault{Status: 401, Body: `{"error":"blocked"}`}, "something other than Microsoft 365 responded", "orrect the app profile"},
		{"a lost answer", m365sim.Fault{Reset: true}, "could be with Microsoft, the network", "orrect the app profile"},
	} {
		for _, secret := range []string{"App-Secret-2026!", ""} {
			r.start()
			must(t, r.sim.SetFaults(nil))
			r.connect(t, secret)
			if secret == "" {
				r.profile(t, c.name, "svc-reader@contoso.com")
			}
			must(t, r.sim.SetFaults([]m365sim.Fault{with(c.fault, "/"+contoso+"/oauth2")}))
			_, err := r.Validate(ctx, adele, here, sites, "Pool")
			says := problem.Message(err)
			switch {
			case secret == "" && (strings.Contains(c.name, "nobody knows") || strings.Contains(c.name, "a policy")):
				// An account that is refused is its profile's business.
			case problem.KindOf(err) != problem.Upstream, !strings.Contains(says, c.says), strings.Contains(says, c.never):
				t.Errorf("%s, secret %q: %v: %s", c.name, secret, problem.KindOf(err), says)
			}
			r.clock.Advance(2 * time.Hour)
		}
	}
}

// X9: where the members of a group are hidden, an empty list was not read; any other empty list is remarkable.
func TestAnEmptyListIsRemarkable(t *testing.T) {
	r := newRig(t, fixture("", ""))
	if empty := r.validated(t, sites, "Nobody"); empty.State != pool.ReadingDone || !strings.Contains(empty.Remark(), pool.ReadHidden) {
		t.Errorf("%+v: %q", empty, empty.Remark())
	}
	full := r.validated(t, sites, "Pool")
	if full.Remark() != "" {
		t.Errorf("%q", full.Remark())
	}
	r.save(t, r.change(t, full.ID, nil))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups/" + full.Group.ID + "/members", Status: 200, Body: `{"value":[]}`}}))
	drift, err := r.Drift(ctx, adele, here, sites)
	must(t, err)
	drift = r.whole(t, drift.ID)
	if drift.State != pool.ReadingDone || drift.Remark() == "" {
		t.Errorf("%+v", drift)
	}
	saved, err := r.Pool(ctx, adele, sites)
	must(t, err)
	change := r.change(t, drift.ID, nil)
	change.Seen = saved.Number
	if _, err := r.Save(ctx, adele, here, change); !strings.Contains(fieldOf(err, pool.FieldGroup), "listed no members") {
		t.Errorf("everybody was dropped: %v", err)
	}
	if now, err := r.Pool(ctx, adele, sites); err != nil || now.Members != full.Counts.Members {
		t.Errorf("%+v %v", now, err)
	}
}

// X17: whatever stands in a group's name, what Purser shows of it finds it again.
func TestWhatIsShownIsFoundAgain(t *testing.T) {
	names := []string{"No\u00a0break", "Ends with one\u00a0", "👩\u200d💻 Admins", strings.Repeat("Long name ", 12) + "é2", "a\u200bb", "100% + more"}
	groups := ""
	for _, name := range names {
		groups += `, {"displayName": "` + name + `", "members": ["pool01@contoso.com"]}`
	}
	r := newRig(t, fixture("", groups))
	for _, name := range names {
		first := r.validated(t, sites, name)
		if first.Group.Name != name {
			t.Errorf("%q came as %q", name, first.Group.Name)
		}
		if again := r.validated(t, sites, first.Group.Name); again.Group.ID != first.Group.ID {
			t.Errorf("%q was not found again: %+v", name, again.Group)
		}
	}
	if found, err := r.Suggest(ctx, adele, here, contoso, "more"); err != nil || len(found) != 1 {
		t.Errorf("X33: a word inside: %v %v", found, err)
	}
}

// X17: what somebody pasted finds the group without the blanks that came along, in a suggestion too, and a name that has such blanks
// goes before. Blanks alone are no name, and ask nobody.
func TestWhatIsPastedIsFound(t *testing.T) {
	r := newRig(t, fixture("", `, {"displayName": "Ends with one\u00a0", "members": ["pool01@contoso.com"]}, {"displayName": "Ends with one", "members": ["pool02@contoso.com"]}`))
	pool1 := r.validated(t, sites, "Pool")
	for _, pasted := range []string{"\u00a0Pool\u3000", "\u200bPool\ufeff", "Pool\u2800", " pool@contoso.com\u200b\u00a0", "\u2060" + pool1.Group.ID + "\u00a0"} {
		if found := r.validated(t, sites, pasted); found.Group.ID != pool1.Group.ID {
			t.Errorf("%+q finds %+v", pasted, found.Group)
		}
	}
	for typed, want := range map[string]string{"Ends with one\u00a0": "Ends with one\u00a0", "Ends\u00a0with one": "Ends with one", "Ends with one\u200b": "Ends with one"} {
		if found := r.validated(t, sites, typed); found.Group.Name != want {
			t.Errorf("%+q finds %+q", typed, found.Group.Name)
		}
	}
	for _, pasted := range []string{"\u00a0ends\u3000", "\u200bends\ufeff\u2800"} {
		if found, err := r.Suggest(ctx, adele, here, contoso, pasted); err != nil || len(found) != 2 {
			t.Errorf("suggested for %+q: %v %v", pasted, found, err)
		}
	}
	r.sim.ResetRequests()
	for _, nothing := range []string{"\u00a0", "\u200b\u2800", ""} {
		_, err := r.Validate(ctx, adele, here, sites, nothing)
		found, suggested := r.Suggest(ctx, adele, here, contoso, nothing)
		if !strings.Contains(fieldOf(err, pool.FieldGroup), "Enter the name") || len(found) != 0 || suggested != nil || len(r.sim.Requests()) != 0 {
			t.Errorf("%+q: %v, %v %v after %d requests", nothing, err, found, suggested, len(r.sim.Requests()))
		}
	}
}

// X9: without the permission that shows hidden members, a group with hidden membership was not read, and a nested one is named.
func TestHiddenMembersAreNotTakenForNone(t *testing.T) {
	r := newRig(t, fixture("", `, {"displayName": "Hidden", "visibility": "HiddenMembership", "members": ["pool01@contoso.com"]},
		{"displayName": "Outer", "members": ["pool02@contoso.com"], "memberGroups": ["Hidden"]}`))
	if reading := r.validated(t, sites, "Hidden"); reading.State != pool.ReadingDone || reading.Counts.Members != 1 || !reading.Group.Hidden {
		t.Errorf("with the permission: %+v", reading)
	}
	must(t, r.sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "`+appID+`", "displayName": "Purser", "permissions": ["GroupMember.Read.All", "User.Read.All"], "secrets": [{"value": "App-Secret-2026!"}]}]}`)))
	r.start()
	hidden := r.validated(t, sites, "Hidden")
	if hidden.State != pool.ReadingFailed || hidden.Counts.Members != 0 || !strings.Contains(hidden.Failure, "permission "+pool.ReadHidden) {
		t.Errorf("without it: %+v", hidden)
	}
	outer := r.validated(t, sites, "Outer")
	others, err := r.LeftOut(ctx, adele, outer.ID)
	if err != nil || outer.Counts.Members != 1 || len(others) != 1 || others[0].Kind != pool.HiddenGroup {
		t.Errorf("nested: %+v %+v %v", outer, others, err)
	}
}
