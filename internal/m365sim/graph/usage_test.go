package graph_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestUsageReports send on to a file that needs no token and is there for minutes only; it has a line for each object.
func TestUsageReports(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	app := asPurser(w)
	for report, want := range map[string]int{
		"getSharePointSiteUsageDetail(period='D7')": 256, "getOneDriveUsageAccountDetail(period='D30')": 41, "getMailboxUsageDetail(period='D180')": 31,
	} {
		r := w.Get(app, "/v1.0/reports/"+report)
		file := strings.TrimPrefix(r.Header.Get("Location"), "https://"+simtest.GraphHost)
		if r.Status != 302 || !strings.HasPrefix(file, "/") {
			t.Fatalf("%s: %d to %q", report, r.Status, r.Header.Get("Location"))
		}
		got := w.Do("GET", simtest.GraphHost, file, "")
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.Body, "\ufeff"))).ReadAll()
		if err != nil || got.Status != 200 || len(lines) != want+1 || lines[0][0] != "Report Refresh Date" || lines[1][0] != "2026-11-21" {
			t.Errorf("%s: %v, %d, %d lines", report, err, got.Status, len(lines))
		}
		w.Clock.Advance(6 * time.Minute)
		if got := w.Do("GET", simtest.GraphHost, file, ""); got.Status != 403 {
			t.Errorf("%s, later: %d", report, got.Status)
		}
		app = asPurser(w)
	}
}

// TestUsageReportsRefuse whoever lacks the permission, or as a person the role.
func TestUsageReportsRefuse(t *testing.T) {
	w := simtest.NewWorld(t, withObjects)
	const path = "/v1.0/reports/getSharePointSiteUsageDetail(period='D7')"
	for who, c := range map[string]struct {
		token string
		want  int
	}{
		"a SharePoint Administrator": {w.AccessToken(), 302}, "a person without a role": {w.AccessToken("username", "plain@contoso.com"), 403},
		"an app without the permission": {w.AsApp(simtest.SecretAppID, "s"), 403},
	} {
		if r := w.Get(c.token, path); r.Status != c.want || c.want == 403 && !strings.Contains(r.Body, "S2SUnauthorized") {
			t.Errorf("%s: %d %s", who, r.Status, r.Body)
		}
	}
	if r := w.Get(w.AccessToken(), "/v1.0/reports/getSharePointSiteUsageDetail(period='D8')"); r.Status != 400 {
		t.Errorf("a period of nonsense: %d", r.Status)
	}
	if r := w.Do("GET", simtest.GraphHost, "/v1.0/reports-download/x.y.z", ""); r.Status != 403 {
		t.Errorf("an address of nonsense: %d", r.Status)
	}
}
