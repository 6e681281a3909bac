package chart

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

func document(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	var out strings.Builder
	if err := component.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

var nights = Columns{
	ID: "nights", Title: "Health checks", Summary: "70 good, 3 refused", Head: "Night", Axis: []string{"Nov 1", "Nov 3"},
	Series:  []Series{{"Refused", Bad}, {"Good", OK}},
	Columns: []Column{{Label: "Nov 1", Values: []int{3, 37}, Href: "/a?b=1&c=2"}, {Label: "Nov 2", Values: []int{0, 0}}, {Label: "<b>Nov 3", Values: []int{0, 33}}},
}

// R94: a picture has a name, says in words what it shows, and has its numbers as a table; colors are classes and places attributes, as the
// policy wants it; and nothing of a label becomes markup.
func TestAPictureHasItsNumbersAsText(t *testing.T) {
	page := document(t, Bars(nights))
	svg := page.Find("svg[role=img]")
	name, said := page.Find("#"+svg.AttrOr("aria-labelledby", "none")).Text(), page.Find("#"+svg.AttrOr("aria-describedby", "none")).Text()
	if name != "Health checks" || said != "70 good, 3 refused" {
		t.Errorf("named %q, described %q", name, said)
	}
	if page.Find("[style]").Length() != 0 || page.Find("figure b").Length() != 0 {
		t.Error("it has a style of its own, or markup out of a label")
	}
	var told []string
	svg.Find("g title").Each(func(_ int, s *goquery.Selection) { told = append(told, s.Text()) })
	if got := strings.Join(told, "|"); got != "Nov 1: 3 refused, 37 good|<b>Nov 3: 33 good" {
		t.Errorf("told: %s", got)
	}
	rows := page.Find("details table tbody tr")
	if rows.Length() != 2 || rows.First().Text() != "Nov 1337" || rows.First().Find("td").First().Text() != "3" || rows.Find("a").AttrOr("href", "") != "/a?b=1&c=2" {
		t.Errorf("rows: %s", rows.Text())
	}
	lines := nights
	lines.Lines = true
	if list := document(t, Bars(lines)); list.Find("table").Length() != 0 || list.Find("details li a").Text() != "Nov 1: 3 refused, 37 good" {
		t.Errorf("lines: %s", list.Find("details").Text())
	}
	if keys := page.Find(".chart-keys").Text(); keys != "RefusedGood" {
		t.Errorf("keys: %s", keys)
	}
	if nothing := document(t, Bars(Columns{ID: "n", Title: "T", Series: nights.Series, Columns: nights.Columns[1:2]})); nothing.Find("svg, details").Length() != 0 {
		t.Error("a picture of nothing shows something")
	}
}

func TestBarsStandUponOneAnother(t *testing.T) {
	if top := nights.Top(); top != 50 {
		t.Errorf("the picture's height is %d", top)
	}
	bad, good := nights.stacks()[0].Rects[0], nights.stacks()[0].Rects[1]
	if bad.Class != "chart-bad" || good.Class != "chart-ok" || bad.Y != "94" || bad.Height != "6" || good.Y != "20" || good.Height != "74" || bad.X != "2" {
		t.Errorf("%+v under %+v", bad, good)
	}
	if last := nights.stacks()[1].Rects[0]; last.X != "42" {
		t.Errorf("the third column stands at %s", last.X)
	}
	for highest, want := range map[int]int{0: 1, 1: 1, 2: 2, 3: 5, 6: 10, 10: 10, 11: 20, 100_000: 100_000, 100_001: 200_000} {
		if got := (Columns{Columns: []Column{{Values: []int{highest}}}}).Top(); got != want {
			t.Errorf("%d is drawn to %d, want %d", highest, got, want)
		}
	}
}

// Something is never drawn as nothing, and no bar is longer than it may be.
func TestWhatIsSomethingIsSeen(t *testing.T) {
	for _, values := range [][]int{{1, 99_999}, {99_999, 1, 1, 1}, {0, 0}, {1}, {50, 50}, {0, 7, 0}, {1, 1, 1, 1, 1, 99_995}, {-1, 4}} {
		all := max(sum(values), 1)
		list := lengths(values, all, whole, slim)
		if got := sum(list); got > whole || sum(values) > 0 && got < whole-len(values) {
			t.Errorf("%v are %v", values, list)
		}
		for i, v := range values {
			if (v > 0) != (list[i] > 0) || v > 0 && list[i] < slim {
				t.Errorf("%v are %v", values, list)
			}
		}
	}
}

// A share's numbers stand in sight, each with the way to what it counts.
func TestAShareSaysItsParts(t *testing.T) {
	page := document(t, Bar(Share{ID: "s", Title: "Profiles by status", Summary: "1,004 profiles", Parts: []Part{{"Valid", 1000, OK, "/v"}, {"Locked", 4, Bad, "/l"}, {"Not validated", 0, Mute, ""}}}))
	if list := page.Find("ul[aria-label='Profiles by status'] li"); list.Length() != 3 || strings.Join(strings.Fields(list.First().Text()), " ") != "Valid 1,000" || list.First().Find("a").AttrOr("href", "") != "/v" {
		t.Errorf("parts: %s", list.Text())
	}
	from := 0
	page.Find("rect").Each(func(_ int, s *goquery.Selection) {
		x, _ := strconv.Atoi(s.AttrOr("x", ""))
		width, _ := strconv.Atoi(s.AttrOr("width", ""))
		if x != from {
			t.Errorf("a part begins at %d, the one before ends at %d", x, from)
		}
		from = x + width
	})
	if from != whole || page.Find("rect").Length() != 2 {
		t.Errorf("%d parts end at %d", page.Find("rect").Length(), from)
	}
}
