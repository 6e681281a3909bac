package docs

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/e2e/programs"
	"purser.example/internal/m365sim"
)

// theirTenant is the tenant that the document speaks of, as Microsoft has it. Nothing of it is connected.
const theirTenant = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser", "clientSecret": "Value-of-the-secret"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.onmicrosoft.com", "password": "Try-this-1", "roles": ["SharePoint Administrator"]}]}]}`

// R1, R70, R75: who follows docs/production.md from an empty folder, with a provider that is not the demo's, gets to a validated profile.
// What is typed and where stands in the document.
func TestTheDocumentLeadsToAValidatedProfile(t *testing.T) {
	m := newMachine(t)
	base := "http://" + m.addr
	foreign, err := programs.StartForeign(t.Context(), root+"/e2e/programs/foreign/provider.mjs", m.journal, base, map[string]programs.Claims{
		"adele": {"name": "Adele Vance", "preferred_username": "adele@contoso.com", "roles": []string{"TenantOwner"}},
	})
	must(t, err)
	t.Cleanup(func() { _ = foreign.Kill() })
	microsoft := simulator(t)

	d := named(t, "docs/production.md")
	deeds := maps.Clone(stories[1].deeds)
	deeds["sudo env PURSER_KEY_FILE=/etc/purser/key purser key id"] = deed{do: func(m *machine) error {
		return m.settingsOf(base, foreign.Issuer, microsoft)
	}}
	m.follow(document{name: d.name, blocks: byPackage(t, d)}, deeds, map[string]bool{})
	if m.service == nil {
		t.Fatal("the document starts no service")
	}

	b, answer, err := foreign.SignIn(t.Context(), base, "adele")
	if err != nil || answer.Status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d, %v\n%s", answer.Status, err, m.log())
	}
	if steps := open(t, b, "/service-accounts").Find(".first-steps li"); steps.Length() != 3 {
		t.Errorf("the empty list leads by %d steps", steps.Length())
	}
	save(t, b, "/app-profiles/new", "Create app profile", d)
	if status := statusOf(t, b, "/app-profiles", "Contoso"); status != "Active" {
		t.Errorf("the app profile is %q", status)
	}
	save(t, b, "/service-accounts/new", "Create service account profile", d)
	if status := statusOf(t, b, "/service-accounts", "Backup"); status != "Valid" {
		t.Errorf("the profile is %q", status)
	}
	if steps := open(t, b, "/service-accounts").Find(".first-steps"); steps.Length() != 0 {
		t.Error("the first steps are still there")
	}
	// R81: the command of the document examines this installation, and finds nothing wrong.
	if said, err := m.run(doctorCommand, ""); err != nil || !strings.Contains(said, "ok       key: ") || !strings.Contains(said, "ok       provider: ") || !strings.Contains(said, "ok       app-profile ") {
		t.Errorf("purser doctor: %v\n%s", err, said)
	}
	if back, err := foreign.SignOut(t.Context(), b); err != nil || !strings.HasPrefix(back, base+"/auth/signed-out") {
		t.Errorf("sign-out leads to %q, %v", back, err)
	}
}

// simulator is Microsoft 365 with that tenant.
func simulator(t *testing.T) string {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(theirTenant))
	must(t, err)
	sim, err := m365sim.New(fixture, m365sim.Options{Now: time.Now})
	must(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return server.URL
}

// byPackage gives the blocks of the section on packages, which is the shortest way.
func byPackage(t *testing.T, d document) []block {
	t.Helper()
	text, err := os.ReadFile(root + "/" + d.name)
	must(t, err)
	lines := strings.Split(string(text), "\n")
	from, to := slices.Index(lines, "### By package"), slices.Index(lines, "### From source")
	if from < 0 || to < from {
		t.Fatalf("the section on packages is not found: %d, %d", from, to)
	}
	return slices.DeleteFunc(slices.Clone(d.blocks), func(b block) bool { return b.line <= from || b.line > to })
}

// settingsOf writes the settings that the document shows, with values of one's own in the place of its examples.
func (m *machine) settingsOf(base, issuer, microsoft string) error {
	if err := settingsWritten(m); err != nil {
		return err
	}
	path := filepath.Join(m.folder, "etc/purser/settings")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	own := string(text)
	for _, of := range [][2]string{
		{"https://purser.contoso.com", base},
		{"https://login.microsoftonline.com/TENANT-ID/v2.0", issuer},
		{"APPLICATION-ID", programs.ForeignClient},
		{"PURSER_TRUSTED_PROXIES=127.0.0.1", "PURSER_TRUSTED_PROXIES=127.0.0.1, 10.0.0.0/8"},
	} {
		if !strings.Contains(own, of[0]) {
			m.t.Errorf("the settings of the document lack %q", of[0])
		}
		own = strings.ReplaceAll(own, of[0], of[1])
	}
	return os.WriteFile(path, []byte(own+"PURSER_ADDR="+m.addr+"\nPURSER_M365_SIMULATOR="+microsoft+"\n"), 0o644)
}

func open(t *testing.T, b *programs.Browser, path string) *goquery.Document {
	t.Helper()
	a, err := b.Get(t.Context(), path)
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, a.Status, err)
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	must(t, err)
	return page
}

// save fills in the form of a page as the table of the document says, by its labels, and saves it.
func save(t *testing.T, b *programs.Browser, path, title string, d document) {
	t.Helper()
	page := open(t, b, path)
	rows := d.table(title, "enter")
	if len(rows) < 5 || !strings.Contains(page.Text(), title) {
		t.Fatalf("%s: %d rows of the document, or a page that is not called so", title, len(rows))
	}
	form, action := url.Values{}, ""
	for _, r := range rows {
		label, value := strings.Trim(r.cells[0], "*"), quoted(r.cells[1])
		if len(value) != 1 {
			t.Fatalf("%s:%d: no value", d.name, r.line)
		}
		control, typed := enter(page, label, value[0])
		if control.Length() != 1 {
			t.Fatalf("%s:%d: the page has %d fields %q for %q", d.name, r.line, control.Length(), label, value[0])
		}
		form.Add(control.AttrOr("name", ""), typed)
		action = control.Closest("form").AttrOr("action", "")
	}
	a, err := b.Post(t.Context(), action, form, false)
	if err != nil || a.Status != http.StatusSeeOther {
		t.Fatalf("%s: saving answers %d, %v\n%s", title, a.Status, err, a.Body)
	}
}

// enter finds the control of a label, or of a choice below a legend, and what it sends for a value.
func enter(page *goquery.Document, label, value string) (*goquery.Selection, string) {
	labeled := func(text string) *goquery.Selection {
		found := page.Find("label").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.TrimSpace(s.Text()) == text })
		return page.Find("[id='" + found.AttrOr("for", "none") + "']")
	}
	if page.Find("legend").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.TrimSpace(s.Text()) == label }).Length() > 0 {
		choice := labeled(value)
		return choice, choice.AttrOr("value", "")
	}
	control := labeled(label)
	if control.Is("select") {
		option := control.Find("option").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.HasPrefix(strings.TrimSpace(s.Text()), value) })
		return control, option.AttrOr("value", "")
	}
	return control, value
}

// statusOf is what a list says of a row in the column of the status.
func statusOf(t *testing.T, b *programs.Browser, path, name string) string {
	t.Helper()
	table := open(t, b, path).Find(".list table")
	head := table.Find("thead th").FilterFunction(func(_ int, head *goquery.Selection) bool { return strings.TrimSpace(head.Text()) == "Status" })
	row := table.Find("tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return row.Find("a[aria-description]").Text() == name
	})
	return row.Find("td").Eq(head.Index()).Find("a, .badge").First().Text()
}
