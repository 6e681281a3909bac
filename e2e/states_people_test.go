package e2e

// peopled are the states of the people who may enter, from one alone to one who was added.
var peopled = []state{
	{"people-alone", at("/people")},
	{"people-add-first", func(w *walk) {
		w.Goto("/people/new")
		w.heading("Add people")
	}},
	{"people-add-refused", func(w *walk) {
		w.Click("Save")
		w.ByRole("alert", "").Having("Correct 2 fields").Wait()
	}},
	{"people-found", func(w *walk) {
		w.waits()
		w.Fill("Search people and groups", "uma")
		w.ByText("Uma Guest (guest@purser.test)").Wait()
	}},
	{"people-not-signed-in", func(w *walk) {
		w.ByLabel("Uma Reader (user@purser.test)").Check()
		w.ByLabel("Role").Choose("Tenant Owner")
		w.Click("Save")
		w.WaitPath("/people")
		w.ByRole("status", "").Having("Uma Reader added as Tenant Owner").Wait()
	}},
	{"people-details", func(w *walk) {
		w.Click("Uma Reader")
		w.heading("Why this role")
	}},
	{"people-remove", func(w *walk) {
		w.Goto("/people")
		w.ByLabel("Select Uma Reader").Check()
		w.Click("Remove")
		w.ByRole("dialog", "Remove").Wait()
	}},
	{"people-own", func(w *walk) {
		w.Goto("/people/me")
		w.heading("Why this role")
	}},
	{"people-nothing-found", at("/people?q=nothing+such")},
	{"people-not-found", refused("/people/none", 404)},
}
