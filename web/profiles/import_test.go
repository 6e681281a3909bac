package profiles_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/profile"
	"purser.example/internal/session"
	"purser.example/internal/sheet"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sessions"
)

const (
	importPath = "/service-accounts/import"
	appWord    = "markedapppassword"
	importHead = "name,description,tenant,services,username,password,type,admin_center_url\n"
)

// mixed is a file with a row of each outcome, once Same is there.
const mixed = importHead +
	"Backup,Nightly,contoso.onmicrosoft.com,Fly,svc-backup@contoso.onmicrosoft.com," + marked + ",,\n" +
	"Classic,,contoso.onmicrosoft.com,Office365Backup,mfa@contoso.onmicrosoft.com," + appWord + ",mfa,https://contoso-admin.sharepoint.com\n" +
	"\"'=2+3\",,contoso.onmicrosoft.com,\"Fly;Opus\",svc-other@contoso.onmicrosoft.com," + marked + ",,\n" +
	"Wrong,,fabrikam.com,Flies,svc,short,,\n"

// checked posts the button Import with the word which file was checked, and no file.
func checked(b *demotest.Browser, id string) *demotest.Response {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_, _ = form.CreateFormFile("file", "")
	_ = form.WriteField("checked", id)
	_ = form.WriteField("do", "import")
	_ = form.Close()
	return b.Carry(http.MethodPost, importPath, &body, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {form.FormDataContentType()}})
}

// over opens the page of an import when it is over.
func over(t *testing.T, b *demotest.Browser, address string) *demotest.Response {
	t.Helper()
	var res *demotest.Response
	demotest.Until(t, "the import is over", func() bool {
		res = b.Get(address)
		return !strings.Contains(res.Text(), "import-progress")
	})
	return res
}

// rowsOf are the cells of a report.
func rowsOf(t *testing.T, res *demotest.Response) (rows []string) {
	t.Helper()
	for _, row := range res.Page(t).Find(`table[aria-label="Rows of the file"] tbody tr`).EachIter() {
		var cells []string
		for _, cell := range row.Find("td").EachIter() {
			if cell.Text() == "" && cell.Children().Length() > 0 {
				t.Errorf("nothing stands at %q, and a telephone shows its label all the same", cell.AttrOr("data-label", ""))
			}
			cells = append(cells, cell.Text())
		}
		rows = append(rows, strings.Join(strings.Fields(strings.Join(cells, " ")), " "))
	}
	return rows
}

// R30: without script a file is checked, its report filtered and downloaded, and the checked file imported without being chosen again.
func TestAFileIsCheckedAndImportedByReference(t *testing.T) {
	_, b := openProfiles(t)
	page := b.Get(importPath)
	if form := page.Page(t).Find("form#import"); form.Find("input[type=file][aria-required]").Length() != 1 || form.Find("button").Length() != 2 {
		t.Errorf("the form: %s", form.Text())
	}
	if res := b.Get(importPath + "/template.csv"); res.Text() != strings.ReplaceAll(importHead, "\n", "\r\n") {
		t.Errorf("the template is %q", res.Text())
	}
	res := b.Upload(importPath, mixed, "check")
	address := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(address, importPath+"/") {
		t.Fatalf("%d to %q\n%s", res.StatusCode, address, res.Text())
	}
	report := b.Get(address)
	rows := rowsOf(t, report)
	if len(rows) != 4 || !strings.HasPrefix(rows[0], "Line 2 Backup svc-backup@contoso.onmicrosoft.com New") || !strings.Contains(rows[2], "Line 4 =2+3") || !strings.HasPrefix(rows[3], "Line 5 Wrong Refused This tenant is not connected.") {
		t.Errorf("%q", rows)
	}
	if said := report.Page(t).Find("[role=alert]").Text(); !strings.Contains(said, "3 of 4 rows can be imported") || report.Page(t).Find("input[type=file][aria-required]").Length() != 0 {
		t.Errorf("it says %q", said)
	}
	if rows := rowsOf(t, b.Get(address+"?outcome=refused")); len(rows) != 1 || !strings.Contains(rows[0], "Wrong") {
		t.Errorf("refused: %q", rows)
	}
	if none := b.Get(address + "?outcome=changed"); len(rowsOf(t, none)) != 0 || !strings.Contains(none.Text(), "No rows of the file have this result.") {
		t.Error("no row is changed, and the page does not say so")
	}
	table := b.Get(address + "/report?outcome=new")
	if want := "\ufeffRow,Result,Profile name,Username,Notes\r\nline 2,New,Backup,"; !strings.HasPrefix(table.Text(), want) || !strings.Contains(table.Text(), "'=2+3") || strings.Contains(table.Text(), "Wrong") {
		t.Errorf("the table is %q", table.Text())
	}
	if list := b.Get("/service-accounts"); strings.Contains(list.Text(), "svc-backup@") {
		t.Error("a check stored something")
	}
	res = checked(b, strings.TrimPrefix(address, importPath+"/"))
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != address {
		t.Fatalf("%d\n%s", res.StatusCode, res.Text())
	}
	report = over(t, b, address)
	if text := report.Page(t).Find("#import-report").Text(); !strings.Contains(text, "3 profiles created, 0 changed, 0 unchanged, 1 row refused.") || !strings.Contains(text, "3 imported profiles are not validated.") {
		t.Errorf("%s", text)
	}
	if link := report.Page(t).Find("table a").First(); b.Get(link.AttrOr("href", "")).StatusCode != http.StatusOK || link.Text() != "Backup" {
		t.Errorf("%q leads to %s", link.Text(), link.AttrOr("href", ""))
	}
	again := checked(b, strings.TrimPrefix(address, importPath+"/"))
	if again.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != address {
		t.Errorf("imported again: %d to %q", again.StatusCode, again.Header.Get("Location"))
	}
	b.Upload(importPath, mixed, "check")
	if report := b.Get(address); len(rowsOf(t, report)) != 4 || !strings.Contains(report.Text(), "3 profiles created") {
		t.Error("the next check took the report")
	}
	run := b.Post(address+"/validate", url.Values{})
	if run.StatusCode != http.StatusSeeOther || !strings.HasPrefix(run.Header.Get("Location"), "/service-accounts/validations/") {
		t.Errorf("validate: %d to %q", run.StatusCode, run.Header.Get("Location"))
	}
	if after := b.Get(address).Text(); strings.Contains(after, "not validated.") || strings.Contains(after, "Validate them") {
		t.Error("the report offers to validate once more what a run validates")
	}
}

// R30: what is wrong with a file as a whole stands beside its field; a checked file that is gone is asked for; who may not, may not.
func TestFilesThatAreNotImported(t *testing.T) {
	h, b := openProfiles(t)
	for file, says := range map[string]string{
		"":                                      "The file is empty",
		"name,tenant,services,username,color\n": "unknown columns",
		"[{\"name\":":                           "valid JSON",
	} {
		for _, do := range []string{"check", "import"} {
			res := b.Upload(importPath, file, do)
			if note := res.Page(t).Find(".field-error, [id$=error]").Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Text(), says) {
				t.Errorf("%s of %q: %d %s", do, file, res.StatusCode, note)
			}
		}
	}
	if res := b.Post(importPath, url.Values{}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("no file at all: %d", res.StatusCode)
	}
	if res := checked(b, ""); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Text(), "Choose a CSV or JSON file first.") {
		t.Errorf("no file: %d", res.StatusCode)
	}
	address := b.Upload(importPath, mixed, "check").Header.Get("Location")
	id := strings.TrimPrefix(address, importPath+"/")
	for who, other := range map[string]*demotest.Browser{"another session": h.SignedIn(t, "admin@purser.test"), "another person": h.SignedIn(t, "owner@purser.test")} {
		if res := checked(other, id); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Text(), "no longer holds") {
			t.Errorf("%s imports it: %d", who, res.StatusCode)
		}
	}
	if res := h.SignedIn(t, "owner@purser.test").Get(address); res.StatusCode != http.StatusNotFound {
		t.Errorf("another person sees it: %d", res.StatusCode)
	}
	if res := h.SignedIn(t, "user@purser.test").Get(importPath); res.StatusCode == http.StatusOK {
		t.Errorf("somebody without a role: %d", res.StatusCode)
	}
	h.Clock.Advance(11 * time.Minute)
	if res := b.Get(address); !strings.Contains(res.Text(), "no longer holds the checked file") || res.Page(t).Find("input[type=file][aria-required]").Length() != 1 {
		t.Error("the page does not say that the file is gone")
	}
	if res := checked(b, id); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a file that is gone: %d", res.StatusCode)
	}
	if res := b.Get(importPath + "/no-such"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown import: %d", res.StatusCode)
	}
}

// R30: while an import goes on the page for files leads to its report, and takes the next file to be checked; nobody else is led there.
func TestThePageLeadsToTheImportThatGoesOn(t *testing.T) {
	h, b := openProfiles(t)
	var file strings.Builder
	file.WriteString(importHead)
	for n := range 2000 {
		fmt.Fprintf(&file, "Profile %04d,,%s,Fly,svc-%04d@contoso.onmicrosoft.com,%s,,\n", n, contoso, n, marked)
	}
	other := h.SignedIn(t, "owner@purser.test")
	address := b.Upload(importPath, file.String(), "import").Header.Get("Location")
	goOn, written := make(chan struct{}), make(chan error, 1)
	go func() { written <- h.App.DB.Write(t.Context(), func(*sqlite.Tx) error { <-goOn; return nil }) }() // the import waits for it
	leads := func(b *demotest.Browser, path string) bool {
		page := b.Get(path).Page(t)
		return strings.Contains(page.Find("main").Text(), "An import is running") && page.Find("main a[href='"+address+"']").Length() == 1
	}
	if !leads(b, importPath) || leads(other, importPath) {
		t.Errorf("the page leads its person there: %v; another: %v", leads(b, importPath), leads(other, importPath))
	}
	checked := b.Upload(importPath, mixed, "check")
	if checked.StatusCode != http.StatusSeeOther || !leads(b, checked.Header.Get("Location")) {
		t.Errorf("a check meanwhile: %d", checked.StatusCode)
	}
	close(goOn)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	over(t, b, address)
	if leads(b, importPath) {
		t.Error("the page leads to an import that is over")
	}
}

// R60: whoever signs out leaves no file behind.
func TestSigningOutDropsTheCheckedFile(t *testing.T) {
	h, b := openProfiles(t)
	at, err := url.Parse(h.URL())
	if err != nil {
		t.Fatal(err)
	}
	key := session.ID(b.Client.Jar.Cookies(at)[0].Value).Key()
	sess, err := sessions.New(h.App.DB).Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	id := profile.ImportID(strings.TrimPrefix(b.Upload(importPath, mixed, "check").Header.Get("Location"), importPath+"/"))
	held := func() bool {
		i, err := h.App.Imports.Find(t.Context(), sess.Caller, string(key), id)
		if err != nil {
			t.Fatal(err)
		}
		return i.Held
	}
	if !held() {
		t.Fatal("control: the file is not held")
	}
	b.Post("/auth/sign-out", url.Values{})
	if held() {
		t.Error("the file is held for a session that has ended")
	}
}

// R30: a row without notes, or without a name that can be shown, has an empty cell, which a telephone leaves out with the name of its column.
func TestEmptyCellsOfAReportHaveNoName(t *testing.T) {
	_, b := openProfiles(t)
	rows := b.Get(b.Upload(importPath, mixed+"Unread,"+contoso+"\n", "check").Header.Get("Location")).Page(t).Find(`table[aria-label="Rows of the file"] tbody tr`)
	if rows.Length() != 5 {
		t.Fatalf("%d rows", rows.Length())
	}
	empty := 0
	for _, cell := range rows.Find("td").EachIter() {
		inside, err := cell.Html()
		if err != nil {
			t.Fatal(err)
		}
		_, named := cell.Attr("data-label")
		if named != (strings.TrimSpace(cell.Text()) != "") || !named && inside != "" {
			t.Errorf("a cell: %q", inside)
		}
		if !named {
			empty++
		}
	}
	if empty != 5 {
		t.Errorf("%d cells are empty", empty)
	}
}

// R30: the stream tells how far an import is, until it is over.
func TestAnImportIsFollowed(t *testing.T) {
	_, b := openProfiles(t)
	var file strings.Builder
	file.WriteString(importHead)
	for n := range 2000 {
		fmt.Fprintf(&file, "Profile %04d,,%s,Fly,svc-%04d@contoso.onmicrosoft.com,%s,,\n", n, contoso, n, marked)
	}
	address := b.Upload(importPath, file.String(), "import").Header.Get("Location")
	events := b.Follow(address + "/events").Rest()
	if len(events) < 2 || events[len(events)-1] != "event: over\n" && !strings.Contains(events[len(events)-1], "over") || !strings.Contains(events[len(events)-2], "2,000 profiles created") {
		t.Errorf("%d events, at last %.300q", len(events), events[len(events)-1])
	}
	page := b.Get(address)
	if rows := rowsOf(t, page); len(rows) != profile.RowsShown || !strings.Contains(page.Text(), "1–100 of 2,000") {
		t.Errorf("%d rows", len(rows))
	}
	next := page.Page(t).Find("a[rel=next], a:contains('Next')").AttrOr("href", "")
	if rows := rowsOf(t, b.Get(next)); len(rows) != profile.RowsShown || !strings.HasPrefix(rows[0], "Line 102 ") {
		t.Errorf("%s: %d rows", next, len(rows))
	}
}

// R30, R53: the list as it is filtered is given out as a file that can be imported again, without a secret and without a formula.
func TestAnExportCanBeImportedAgain(t *testing.T) {
	h, b := openProfiles(t)
	over(t, b, b.Upload(importPath, mixed, "import").Header.Get("Location"))
	saved(t, b, url.Values{"name": {"Other"}, "description": {"+1"}})
	res := b.Get("/service-accounts/export?sort=-name")
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/csv") || !strings.Contains(res.Header.Get("Content-Disposition"), "service-accounts-") {
		t.Errorf("%d %s", res.StatusCode, kind)
	}
	want := "\ufeffname,description,tenant,services,username,type,admin_center_url\r\n" +
		"Other,'+1,contoso.onmicrosoft.com,Fly;Opus,svc-backup@contoso.onmicrosoft.com,common,\r\n" +
		"Classic,,contoso.onmicrosoft.com,Cloud Backup for Microsoft 365,mfa@contoso.onmicrosoft.com,mfa,https://contoso-admin.sharepoint.com\r\n" +
		"Backup,Nightly,contoso.onmicrosoft.com,Fly,svc-backup@contoso.onmicrosoft.com,common,\r\n" +
		"'=2+3,,contoso.onmicrosoft.com,Fly;Opus,svc-other@contoso.onmicrosoft.com,common,\r\n"
	if res.Text() != want {
		t.Errorf("the file is\n%s", res.Text())
	}
	for file, says := range map[string]string{
		res.Text(): "Nothing to importEvery row is stored already.",
		res.Text() + "New,,contoso.onmicrosoft.com,Fly,svc-other@contoso.onmicrosoft.com,mfa,\r\n": "Nothing to importThe rows that aren't refused are stored already.",
		strings.Replace(res.Text(), "Nightly", "Weekly", 1):                                        "1 of 4 rows can be importedNothing is stored yet. The others are stored already.",
	} {
		if said := b.Get(b.Upload(importPath, file, "check").Header.Get("Location")).Page(t).Find("#import-report").Text(); !strings.Contains(said, says) {
			t.Errorf("checked again it says %q, want %q", said, says)
		}
	}
	report := over(t, b, b.Upload(importPath, res.Text(), "import").Header.Get("Location"))
	if text := report.Page(t).Find("#import-report").Text(); !strings.Contains(text, "0 profiles created, 0 changed, 4 unchanged.") {
		t.Errorf("imported again: %s", text)
	}
	if part := b.Get("/service-accounts/export?q=classic").Text(); strings.Count(part, "\r\n") != 2 || !strings.Contains(part, "Classic") {
		t.Errorf("filtered: %q", part)
	}
	if none := b.Get("/service-accounts/export?q=nothing-like-it").Text(); strings.Count(none, "\r\n") != 1 {
		t.Errorf("nothing: %q", none)
	}
	if href := b.Get("/service-accounts?q=classic&after=x").Page(t).Find("#export").AttrOr("href", ""); href != "/service-accounts/export?q=classic" {
		t.Errorf("the list leads to %q", href)
	}
	entries, err := h.App.DB.Activity(t.Context(), 10)
	if err != nil || !strings.Contains(fmt.Sprint(entries), "profiles exported") || !strings.Contains(fmt.Sprint(entries), "“classic”") {
		t.Errorf("the activity log has %v, %v", entries, err)
	}
	read, err := sheet.Layout{Columns: []sheet.Column{{Name: "name"}}, MaxBytes: 1 << 20, MaxRows: 10}.Read(strings.NewReader("name\n'=2+3\n"))
	if err != nil || read.Rows[0].Text("name") != "=2+3" {
		t.Errorf("control: %v", err)
	}
}

// R60: the passwords of a file are in no page, log, activity log or file of the data folder, whether it is only checked, imported, refused
// or left half-way.
func TestAFilesPasswordsAreLeftNowhere(t *testing.T) {
	h, b := openProfiles(t)
	var seen strings.Builder
	look := func(res *demotest.Response) *demotest.Response {
		fmt.Fprintln(&seen, res.Header, res.Text())
		return res
	}
	json := `[{"name":"J","tenant":"` + contoso + `","services":["Fly"],"username":"j@contoso.onmicrosoft.com","password":"` + wrong + `"}]`
	for _, file := range []string{mixed, json, strings.Replace(mixed, "description", marked, 1), strings.Replace(mixed, ","+marked, `,"`+marked, 1), json + wrong, strings.ReplaceAll(mixed, "contoso.onmicrosoft.com,", marked+",")} {
		for _, do := range []string{"check", "import"} {
			res := look(b.Upload(importPath, file, do))
			if address := res.Header.Get("Location"); address != "" {
				look(over(t, b, address))
				look(b.Get(address + "/report"))
			}
		}
	}
	look(b.Get("/service-accounts"))
	look(b.Get("/service-accounts/export"))
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"pages": seen.String(), "log": h.Log.String(), "activity": fmt.Sprint(entries), "journal": fmt.Sprint(h.Sim.Requests())}
	names, err := filepath.Glob(filepath.Join(h.Data, "*"))
	if err != nil || len(names) < 3 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(body)
	}
	for _, secret := range []string{marked, wrong, appWord} {
		for where, text := range files {
			if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
				t.Errorf("%s holds %s", where, secret)
			}
		}
	}
	if !strings.Contains(files["purser.db-wal"]+files["purser.db"], "j@contoso") || !strings.Contains(files["activity"], "profile import ended") || len(h.Sim.Requests()) > 0 && h.Passwords() > 0 {
		t.Error("control: the imports left too few traces to search, or somebody signed in")
	}
}
