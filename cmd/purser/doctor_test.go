package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// R81: the command ends with status 1 where something is wrong, with 2 for a wrong flag, and prints text or JSON.
func TestDoctorEndsByWhatItFindsR81(t *testing.T) {
	env := []string{"PATH=" + os.Getenv("PATH"), "PURSER_KEY=Marked-Wrong-Key"}
	for _, tc := range []struct {
		args   []string
		status int
	}{{[]string{"doctor"}, 1}, {[]string{"doctor", "--json"}, 1}, {[]string{"doctor", "--nonsense"}, 2}} {
		cmd := exec.CommandContext(t.Context(), binary, tc.args...)
		cmd.Env = env
		out, _ := cmd.Output()
		if status := cmd.ProcessState.ExitCode(); status != tc.status || strings.Contains(string(out), "Marked") {
			t.Errorf("%q: status %d\n%s", tc.args, status, out)
		}
		switch len(tc.args) {
		case 1:
			if !strings.Contains(string(out), "wrong    settings PURSER_KEY: is not a key") {
				t.Errorf("%s", out)
			}
		default:
			var report struct {
				Status   string
				Findings []struct{ Check, About, Status, Says, Remedy string }
			}
			if err := json.Unmarshal(out, &report); tc.status == 1 && (err != nil || report.Status != "wrong" || len(report.Findings) < 5) {
				t.Errorf("%v: %s", err, out)
			}
		}
	}
}
