package demo_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/sample"
)

// R30: what a fresh demo exports comes back whole, the classic profile that lacks its admin center too; and an import finds the demo's tenants
// by their custom domains, because their app profiles were checked once at the start.
func TestTheDemosProfilesComeBackWhole(t *testing.T) {
	cfg, err := config.LoadDemo(nil)
	if err != nil {
		t.Fatal(err)
	}
	h := demotest.OpenAs(t, demo.Options{Config: cfg})
	b := h.SignedIn(t, "admin@purser.test")
	file := b.Get("/service-accounts/export").Text()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 45 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	said := func(file string) string {
		t.Helper()
		res := b.Upload("/service-accounts/import", file, "check")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d\n%s", res.StatusCode, res.Text())
		}
		return b.Get(res.Header.Get("Location")).Page(t).Find("#import-report").Text()
	}
	if text := said(file); !strings.Contains(text, "Every row is stored already.") {
		t.Errorf("the same rows: %s", text)
	}
	domains := "name,tenant,services,username,password\n" +
		"A,contoso.com,Fly,svc-new@contoso.com," + sample.Password + "\nB,fabrikam.com,Fly,svc-new@fabrikam.com," + sample.Password + "\n"
	if text := said(domains); !strings.Contains(text, "2 rows can be imported") {
		t.Errorf("by custom domains: %s", text)
	}
	if err := sample.Check(t.Context(), h.App.Apps, sample.Caller()); err != nil || len(h.Sim.Requests()) != 0 {
		t.Errorf("checked again, %d requests, %v", len(h.Sim.Requests()), err)
	}
}
