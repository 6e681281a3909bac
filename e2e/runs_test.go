package e2e

import (
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

// R11: validating several profiles is a run that people follow, leave and come back to, with and without script.
func TestAValidationRun(t *testing.T) {
	t.Parallel()
	for _, v := range []view{views[0], views[3]} {
		t.Run(v.name, func(t *testing.T) {
			h, p := withAccounts(t, v)
			for name, user := range map[string]string{"Backup – Europe": "svc-backup@contoso.com", "Backup – Asia": "svc-other@contoso.com"} {
				p.Goto("/service-accounts/new")
				fill(p, name, user, password)
				p.Click("Save")
				p.WaitPath("/service-accounts")
				p.ByRole("link", name).Wait()
			}
			if err := h.Sim.PatchUser("svc-other@contoso.com", []byte(`{"signInError": 53003}`)); err != nil {
				t.Fatal(err)
			}
			held := h.Hold(t, demotest.Everything, demotest.SignIns)
			// By keyboard, as everything: the boxes have the names of their rows, and the command is a button.
			p.ByLabel("Select Backup – Europe").Press("Space")
			p.ByLabel("Select Backup – Asia").Press("Space")
			p.ByRole("button", "Validate").Press("Enter")
			p.ByRole("heading", "Validation run").Wait()
			p.ByRole("progressbar", "").Wait()
			run := p.Path()
			if !strings.HasPrefix(run, "/service-accounts/validations/") {
				t.Fatalf("the run is at %s", run)
			}
			fine(p, "run-running")
			held.Release()
			if v.noScript {
				demotest.Until(t, "the run's end, by asking again", func() bool {
					p.Goto(run)
					return p.ByRole("alert", "").Count() == 1
				})
			}
			p.ByRole("alert", "").Having("1 of 2 profiles are valid").Wait()
			p.ByText("AADSTS53003").Wait()
			if p.ByRole("progressbar", "").Count() != 0 {
				t.Error("the progress stays when the run is over")
			}
			fine(p, "run-over")
			p.ByRole("link", "1 Need attention").Click()
			p.ByText("svc-other@contoso.com").Wait()
			if strings.Contains(p.ByRole("table", "Profiles in this run").Text(), "svc-backup") {
				t.Error("the filter shows the other one too")
			}
			p.Goto("/service-accounts/validations")
			p.ByRole("heading", "Validation runs").Wait()
			fine(p, "runs")

			// All that match, with nothing selected.
			p.Goto("/service-accounts?q=europe")
			p.ByRole("button", "Validate").Click()
			p.ByRole("heading", "Validate 1 profile?").Wait()
			fine(p, "run-confirm")
			held = h.Hold(t, demotest.Everything, demotest.SignIns)
			p.Click("Confirm")
			p.ByRole("heading", "Validation run").Wait()
			p.Answer(p.Path()+"/cancel", func() { p.ByRole("button", "Cancel run").Press("Enter") })
			held.Release()
			demotest.Until(t, "the cancelled run's end", func() bool {
				p.Goto(p.Path())
				return p.ByRole("progressbar", "").Count() == 0
			})
			p.ByText("Canceled").Wait()
			if n := h.Passwords(); n > 5 {
				t.Errorf("%d passwords sent: two Saves, two in the first run, at most one in the second", n)
			}
		})
	}
}
