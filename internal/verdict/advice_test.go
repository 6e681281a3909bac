package verdict

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every piece of advice is given by somebody, and what is given exists.
func TestAdviceIsUsed(t *testing.T) {
	used := map[string]bool{"-": true, "": true}
	for _, rule := range builtin.rules {
		used[rule.advice] = true
	}
	for _, row := range statusRows {
		used[row.advice] = true
	}
	for name := range advice {
		if !used[name] {
			t.Errorf("nobody gives the advice %q", name)
		}
	}
	for name := range used {
		if name != "-" && name != "" && len(advice[name]) == 0 {
			t.Errorf("the advice %q is missing", name)
		}
	}
}

// retired are modules, cmdlets and portals that Microsoft has switched off or renamed.
var retired = regexp.MustCompile(`(?i)msol|azuread|azure ad|azure active directory|aad\b|portal\.azure|windowsazure|exchange-?online powershell v2|portal\.office\.com`)

// R18: advice speaks of today's admin centers, and its lines are of today's Microsoft Graph PowerShell.
func TestAdviceIsOfToday(t *testing.T) {
	cmdlet := regexp.MustCompile(`\b[A-Z][a-z]+-[A-Z][A-Za-z]+`)
	allowed := regexp.MustCompile(`^((Get|Update|Add|Invoke)-Mg[A-Z]\w+|Select-Object|Invoke-RestMethod)$`)
	for name, steps := range advice {
		for _, step := range steps {
			if old := retired.FindString(step.Text + step.Command + step.Href); old != "" {
				t.Errorf("%s speaks of %q", name, old)
			}
			for _, word := range cmdlet.FindAllString(step.Command, -1) {
				if !allowed.MatchString(word) {
					t.Errorf("%s uses %s", name, word)
				}
			}
			if strings.Count(step.Command, `"`)%2 != 0 || strings.Count(step.Command, "(") != strings.Count(step.Command, ")") {
				t.Errorf("%s: a line with an open quote or parenthesis: %s", name, step.Command)
			}
		}
	}
}

// Whoever writes rows of their own finds every advice, class and status in the handbook.
func TestTheHandbookNamesWhatRowsMaySay(t *testing.T) {
	text, err := os.ReadFile("../../docs/production.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range advice {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the advice %s is missing", name)
		}
	}
	for class, statuses := range statusesOf {
		var names []string
		for _, status := range statuses {
			names = append(names, "`"+string(status)+"`")
		}
		if row := "| `" + string(class) + "` | " + strings.Join(names, ", ") + " |"; !strings.Contains(string(text), row) {
			t.Errorf("the row %q is missing", row)
		}
	}
}
