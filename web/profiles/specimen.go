package profiles

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/web/layout"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// FullSpecimen is the page with as many rows as it has at most, from memory: the limit that `make bench` measures a list of
// profiles against. Its rows are as long as those of real ones.
func FullSpecimen(shell layout.Shell) templ.Component {
	query := listQueryOf(nil)
	view := listView{
		Services: catalogue.Services(false), CreateHref: listPath + "/new",
		Tiles:  tiles(profile.Counts{All: 100_000, Valid: 90_000, Attention: 7_000, Expiring: 4_000, NotValidated: 3_000}, query),
		Filter: filterView{Tenants: []ui.Option{{Value: "6f1c0000-0000-4000-8000-000000000001", Label: "Contoso"}, {Value: "6f1c0000-0000-4000-8000-000000000002", Label: "Fabrikam"}}},
		Now:    words.Moment(specimenNow, specimenNow).Now,
		Heads:  heads("name", func(sort string) string { return query.FirstPage("sort", sort) }),
		Pager:  ui.PagerProps{Summary: "100,000 total", NextHref: listPath + "?after=eyJzIjoibmFtZSIsImsiOiJiYWNrdXAgMDAwMDUwIiwiaSI6IjAxOTNhIn0"},
	}
	for _, s := range view.Services {
		view.Filter.Services = append(view.Filter.Services, ui.Option{Value: s.ID, Label: s.Name})
	}
	for n := range profile.PageSize {
		view.Rows = append(view.Rows, specimenRow(n))
	}
	return listPage(shell, view)
}

// specimenNow is when the specimen is read.
var specimenNow = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func specimenRow(n int) rowView {
	now := specimenNow
	id := fmt.Sprintf("0193a1c2-7d40-7000-8000-%012d", n)
	row := rowView{
		ID: id, Name: fmt.Sprintf("Backup – Europe %06d", n), Href: listPath + "/" + id, Tenant: "Contoso", Domain: "contoso.onmicrosoft.com",
		Services: []string{"Fly", "Cense"}, Username: fmt.Sprintf("u%05d@contoso.com", n), Status: statusView{Tone: ui.OK, Text: "Valid"},
		Expires:   expiryView{Time: words.Moment(now.AddDate(0, 0, 40+n), now)},
		Validated: words.Moment(now.Add(-time.Duration(n)*time.Hour), now), Modified: words.Moment(now.AddDate(0, 0, -n), now),
	}
	if n%2 == 0 {
		row.Description = "Backup of Europe, every night"
	}
	if n%4 == 3 {
		row.Status = statusView{Tone: ui.Bad, Text: "Wrong password", Reason: "AADSTS50126"}
	}
	return row
}
