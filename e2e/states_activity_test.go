package e2e

// logged are the states of the activity log.
var logged = []state{
	{"overview-owner", at("/overview")},
	{"activity", at("/activity")},
	{"activity-filtered", at("/activity?action=validation+ended&result=failed&person=demo")},
	{"activity-nothing-found", at("/activity?object=nothing+such")},
	{"activity-mistakes", refused("/activity?from=yesterday&to=x", 422)},
	{"activity-entry", func(w *walk) {
		w.Goto("/activity?action=validation+ended")
		w.pick("#results td>a").Click()
		w.heading("Validation ended")
	}},
	{"activity-no-such-entry", refused("/activity/999999", 404)},
}
