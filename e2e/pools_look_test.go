package e2e

import (
	"math"
	"strings"
	"testing"

	"purser.example/e2e/browser"
	"purser.example/internal/demo"
	"purser.example/internal/demo/sample"
)

const (
	memberRows = ".pool-table tbody tr"
	memberHead = ".pool-table thead th"
	saveButton = ".pool-save .button-primary"
)

// fifteen is a demo whose Contoso has a saved pool of fifteen members: some ready, one refused, most without a password.
func fifteen(t *testing.T) (*house, *browser.Page) {
	t.Helper()
	h := openDemo(t, demo.Options{})
	p := browser.New(t, browser.Options{BaseURL: h.URL()})
	p.Goto(poolPath)
	signIn(p, "admin@purser.test")
	p.WaitPath(poolPath)
	pane := find(t, p, views[0], sites, "AOS Pool", 15)
	pane.ByLabel("Number of objects").Fill("2,501")
	for member, secret := range map[string]string{"pool01": "Another-Password1", "pool02": sample.Password, "pool04": sample.Password} {
		pane.ByLabel("Password for " + member + "@contoso.com").Fill(secret)
	}
	pane.ByLabel("Enable MFA for pool03@contoso.com").Check()
	pane.ByLabel("App password for pool03@contoso.com").Fill("abcdefghijklmnop")
	pane.ByLabel("Custom SharePoint Online Admin Center URL").Fill("https://contoso-admin.sharepoint.com")
	p.Click("Save")
	p.ByRole("heading", "Password check").Wait()
	over(t, p, views[0], p.Path())
	p.ByRole("alert", "").Having("2 of 4 passwords are stored").Wait()
	return h, p
}

// R40, R42: members stand in rows of 36 pixels under heads that stay in sight, Save is in view all the time, and on a telephone fifteen
// members are less than 3,000 pixels.
func TestAPoolIsDense(t *testing.T) {
	t.Parallel()
	h, saved := fifteen(t)
	for i, width := range []int{1440, 1280, 768, 390, 360} {
		p := browser.New(t, browser.Options{BaseURL: h.URL(), Width: width, Height: 844, Dark: i%2 == 1, Cookies: saved.Cookies()})
		p.Goto(poolPath)
		panel(p, sites).WaitText("the same members as at the last save")
		rows := p.Boxes(memberRows)
		if len(rows) != 15 {
			t.Fatalf("at %d pixels there are %d members", width, len(rows))
		}
		if width >= 768 {
			for n, row := range rows {
				if math.Abs(row.Height-36) > 0.5 {
					t.Errorf("at %d pixels row %d is %.1f pixels high", width, n+1, row.Height)
				}
			}
		}
		if high := rows[14].Bottom() - rows[0].Top; high > 1400 {
			t.Errorf("at %d pixels fifteen members are %.0f pixels high", width, high)
		}
		if page := p.Boxes("body")[0].Height; width == 390 && page >= 3000 {
			t.Errorf("on a telephone the page of fifteen members is %.0f pixels high", page)
		}
		inView(t, p, width)
		fine(p, "pool-dense")
	}
}

// inView fails where Save leaves the window, or the heads of a table the top of it.
func inView(t *testing.T, p *browser.Page, width int) {
	t.Helper()
	middle := p.Boxes(memberRows)[7].Top - 400
	for _, y := range []float64{0, middle} {
		if _, err := p.Page.Evaluate("y => scrollTo(0, y)", y); err != nil {
			t.Fatal(err)
		}
		if save := p.Boxes(saveButton)[0]; save.Top < y || save.Bottom() > y+844 {
			t.Errorf("at %d pixels, %.0f down, Save is at %.0f", width, y, save.Top)
		}
	}
	if width < 768 {
		return
	}
	if err := p.Page.SetViewportSize(width, 500); err != nil {
		t.Fatal(err)
	}
	fourth := p.Boxes(memberRows)[3].Top
	if _, err := p.Page.Evaluate("y => scrollTo(0, y)", fourth); err != nil {
		t.Fatal(err)
	}
	if head := p.Boxes(memberHead)[1]; math.Abs(head.Top-fourth-header) > 1 {
		t.Errorf("at %d pixels the heads scroll away: they are at %.0f", width, head.Top-fourth)
	}
}

// R40, R46: nothing jumps while a page of pools loads, whatever it asks afterwards.
func TestNothingJumpsWhileAPoolLoads(t *testing.T) {
	t.Parallel()
	h, saved := fifteen(t)
	check := saved.Path()
	saved.Goto(poolPath)
	files := panel(saved, sites).ByRole("link", "Import CSV").Attribute("href")
	for _, width := range []int{1440, 768, 390} {
		p := browser.New(t, browser.Options{BaseURL: h.URL(), Width: width, Height: 844, Cookies: saved.Cookies()})
		for _, path := range []string{poolPath, poolPath + "?tab=project", poolPath + "?show=no-password", files, poolPath + "/checks", check} {
			p.Goto(path)
			if path == poolPath {
				panel(p, sites).WaitText("the same members as at the last save")
			}
			if score, jumped := p.LayoutShift(); score > jumps {
				t.Errorf("%s at %d pixels: %.3f, because of\n%s", path, width, score, strings.Join(jumped, "\n"))
			}
		}
	}
}

// R42, R43, R45: a row names its licenses on demand, what is typed is counted beside Save, and the need is a mark with words.
func TestAPoolSpeaks(t *testing.T) {
	t.Parallel()
	_, p := fifteen(t)
	p.Goto(poolPath)
	pane := panel(p, sites)
	row := pane.ByRole("row", "").Having("pool05@contoso.com")
	row.ByText("EXO · SPO · Teams").Hover()
	p.ByRole("tooltip", "").WaitText("Licenses: Exchange Online, Microsoft Teams and SharePoint Online")
	fine(p, "pool-licenses")
	p.Press("Escape")
	p.ByRole("tooltip", "").WaitGone()
	p.ByRole("heading", "Manage Account Pool").Hover()
	row.ByLabel("Enable MFA for pool05@contoso.com").Focus()
	p.Press("Shift+Tab")
	p.ByRole("tooltip", "").WaitText("Microsoft Teams")

	for n, said := range []string{"1 new password", "2 new passwords"} {
		pane.ByLabel("Password for " + []string{"pool05", "pool06"}[n] + "@contoso.com").Fill(sample.Password)
		p.ByText(said).Wait()
	}
	front(p, views[0], "Project Sites")
	p.ByText("2 new passwords").Wait()
	front(p, views[0], sites)
	pane.ByLabel("Password for pool05@contoso.com").Fill("")
	p.ByText("1 new password").Wait()

	pane.ByRole("img", "2 ready, 3 need attention, 10 without a password, 21 needed").Wait()
	if mark, err := p.Page.Locator(".pool-chart text").TextContent(); err != nil || mark != "21 needed" {
		t.Errorf("the mark says %q: %v", mark, err)
	}
	pane.ByRole("button", "Wrong password (what to do for pool01@contoso.com)").Click()
	p.ByRole("dialog", "What to do for pool01@contoso.com").WaitText("AADSTS50126")
	fine(p, "pool-verdict")
	p.Press("Escape")

	p.ByRole("tab", sites).Focus()
	p.Press("End")
	if got := p.Focused(); got != `tab "Exchange Public Folders"` {
		t.Errorf("End leads to %s", got)
	}
	p.Press("Home")
	if got := p.Focused(); got != `tab "`+sites+`"` {
		t.Errorf("Home leads to %s", got)
	}
}

// R12: the classic page leads back to where it was opened from.
func TestAPoolLeadsBack(t *testing.T) {
	t.Parallel()
	_, p := withPools(t, views[3])
	p.ByRole("link", "Back to the new UI").Click()
	p.ByRole("heading", "Service account").Wait()
}
