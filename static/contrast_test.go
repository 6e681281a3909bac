package static

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// WCAG 1.4.3, 1.4.11: words that axe-core does not see under the pointer have 4.5:1, bars 3:1, in the light and in the dark. Each is
// what a rule of the sheets says, which is looked up there.
func TestContrasts(t *testing.T) {
	light, dark, _ := strings.Cut(string(read("css/tokens.css")), "@media (prefers-color-scheme:dark)")
	for _, c := range []struct {
		rule               string // that gives the color; empty for a property that stands alone
		darkens            bool   // the dark has one of its own
		property, on, name string
		least              float64
	}{
		{".table tbody tr:hover a:not([class]){", false, "color", "colorSubtleBackgroundHover", "a link in a row that is pointed to", 4.5},
		{"progress::-webkit-progress-value{", false, "background", "colorNeutralBackground1", "the bar of progress", 3},
		{"", true, "--pool-ready", "colorNeutralBackground1", "what is ready of a pool", 3},
		{"", true, "--pool-attention", "colorNeutralBackground1", "what needs attention of a pool", 3},
		{"", false, "--pool-none", "colorNeutralBackground1", "what has no password in a pool", 3},
		{".pool-chart-needed{", false, "fill", "colorNeutralBackground1", "the need on the bar", 3},
		{".chart-ok{", false, "--shade", "colorNeutralBackground1", "what is good in a picture", 3},
		{".chart-warn{", false, "--shade", "colorNeutralBackground1", "what is between good and bad in a picture", 3},
		{".chart-bad{", true, "--shade", "colorNeutralBackground1", "what is bad in a picture", 3},
		{".chart-mute{", false, "--shade", "colorNeutralBackground1", "what is not known in a picture", 3},
		{".chart-plain{", false, "--shade", "colorNeutralBackground1", "what is plain in a picture", 3},
	} {
		for scheme, tokens := range map[string][]string{"light": {light}, "dark": {dark, light}} {
			color := ruled(t, c.rule, c.property, scheme == "dark" && c.darkens)
			if got := contrast(t, token(t, color, tokens), token(t, c.on, tokens)); got < c.least {
				t.Errorf("%s has %.2f:1 in the %s, want %.1f:1", c.name, got, scheme, c.least)
			}
		}
	}
}

// ruled is the token that a rule of the sheets gives a property: its first, or its last, which is the dark's.
func ruled(t *testing.T, rule, property string, last bool) string {
	t.Helper()
	sheet := string(assets["css/app.css"].body)
	if at := strings.Index(sheet, rule); rule != "" && at >= 0 {
		sheet, _, _ = strings.Cut(sheet[at+len(rule):], "}")
	}
	found := regexp.MustCompile(`(?:^|[;{])`+property+`:var\(--([\w-]+)\)`).FindAllStringSubmatch(sheet, -1)
	if found == nil {
		t.Fatalf("%s gives no %s", rule, property)
	}
	color := found[0][1]
	if last {
		color = found[len(found)-1][1]
	}
	if color == "purser-bad" { // as css/base.css has it in the dark
		return "colorStatusDangerForeground2"
	}
	return color
}

// token is the color of a token in the first of the schemes that has it.
func token(t *testing.T, name string, schemes []string) string {
	t.Helper()
	for _, tokens := range schemes {
		if found := regexp.MustCompile(`--` + name + `:#([0-9a-f]{6});`).FindStringSubmatch(tokens); found != nil {
			return found[1]
		}
	}
	t.Fatalf("no token %s", name)
	return ""
}

// contrast is that of two colors such as "ffffff", as WCAG 2 reckons it.
func contrast(t *testing.T, one, other string) float64 {
	a, b := luminance(t, one), luminance(t, other)
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(n) / 255
		if part <= 0.04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+0.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}
