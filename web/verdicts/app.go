package verdicts

import (
	"slices"
	"strings"

	"purser.example/internal/appprofile"
	"purser.example/internal/verdict"
	"purser.example/web/ui"
)

// App puts what stands in the way of an app profile into the shapes of a verdict: what happened, what to do, what to quote. Its title is
// the page's.
func (w *Words) App(title string, f appprofile.Finding) View {
	view := View{Tone: ui.Bad, Title: title, Cause: f.Cause, Failed: true}
	if f.Remedy != "" {
		view.Steps = []ui.Step{{Text: f.Remedy}}
	}
	var copied strings.Builder
	for _, d := range []ui.Detail{
		{Name: "Code", Value: f.Code, Href: w.place(f.Code)}, {Name: "Correlation id", Value: f.CorrelationID}, {Name: "Trace id", Value: f.TraceID},
	} {
		if d.Value != "" {
			view.Details = append(view.Details, d)
			copied.WriteString(d.Name + ": " + d.Value + "\n")
		}
	}
	view.Copy = copied.String()
	return view
}

// place is where the help explains a code; empty where it does not.
func (w *Words) place(code string) string {
	rules := w.Codes.Rules()
	i := slices.IndexFunc(rules, func(r verdict.Rule) bool { return r.Code() == code })
	if i < 0 {
		return ""
	}
	return codesHref + "#" + rules[i].Anchor()
}
