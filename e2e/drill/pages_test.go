package drill

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"purser.example/e2e/programs"
	"purser.example/internal/profile"
)

// checkPages compares the ledger with the list, page by page, in a session from before the kill.
func (d *drill) checkPages() {
	d.t.Helper()
	var rows []entry
	for path := "/service-accounts"; path != ""; {
		page, err := d.writers[0].browser.Get(d.t.Context(), path)
		if err != nil {
			d.t.Fatal(err)
		}
		more, next, err := readRows(page)
		if err != nil {
			d.t.Fatal(err)
		}
		rows, path = append(rows, more...), next
	}
	d.settle(rows)
	for _, line := range d.compare(rows) {
		d.t.Error(line)
	}
}

// readRows reads a page of the list, and the address of the next one.
func readRows(a programs.Answer) (rows []entry, next string, err error) {
	if a.Status != http.StatusOK {
		return nil, "", fmt.Errorf("the list answers %d, on to %q", a.Status, a.Header.Get("Location"))
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	if err != nil {
		return nil, "", err
	}
	text := func(s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }
	for _, row := range page.Find("#selection tbody tr").EachIter() {
		link := row.Find("td>a")
		facts := strings.Split(link.AttrOr("aria-description", ""), "\n") // a description, the domain and the services
		rows = append(rows, entry{
			id: profile.ID(row.Find("input").AttrOr("value", "")), name: text(link),
			description: strings.Join(facts[:max(len(facts)-2, 0)], "\n"), username: text(row.Find("td:nth-child(5)")),
		})
	}
	return rows, page.Find("a[rel=next]").AttrOr("href", ""), nil
}
