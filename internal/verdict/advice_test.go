package verdict

import "testing"

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
