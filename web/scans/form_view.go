package scans

import (
	"purser.example/internal/scan"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// formView is the pane that creates or edits a scan profile.
type formView struct {
	Title       string
	Action      string
	Close       string // where Cancel leads
	Follow      string // where the form goes when its tenant is another one; empty: the tenant stays
	Version     string // of the scan profile as it was when the editor opened it; empty for a new one
	NoTenant    bool   // none is connected
	Fixed       bool   // the tenant cannot be changed
	New         bool   // nobody has chosen a time zone yet
	Name        string
	Description string
	Tenants     []ui.Option // the chosen one is selected
	Tenant      string      // as the chosen one is called, where it is fixed
	Types       []typeView
	Methods     []ui.Choice
	Accounts    []ui.Option // of the chosen tenant
	NoAccount   bool        // a tenant is chosen, and has none
	Schedules   []ui.Choice
	Time, Zone  string
	Zones       []string
	Errors      map[string]string
	Problem     string        // a sentence about the whole form; empty for none
	Conflict    *conflictView // somebody else saved meanwhile; nil for none
}

// typeView is an object type to choose, with what there is to know before it is chosen.
type typeView struct {
	Value, Label string
	Checked      bool
	ByApp        string // what an app profile cannot read of it; empty for nothing
	ByAccount    string // what a service account cannot, or needs
	Taken        *takenView
}

// takenView is another scan profile of the tenant that has the type (R52).
type takenView struct{ Name, Href string }

// described reports whether there is anything to know about a type.
func (v typeView) described() bool { return v.ByApp != "" || v.ByAccount != "" || v.Taken != nil }

// conflictView shows what two people made of one scan profile.
type conflictView struct {
	By      string
	At      words.Time
	Version string // the newer version, which "Overwrite with mine" sends
	Reload  string // the editor afresh
	Rows    []conflictRow
}

// conflictRow is one field in both versions.
type conflictRow struct {
	Field, Yours, Stored string
	Differs              bool
}

const (
	// fieldVersion is the version that the editor saw, a hidden field.
	fieldVersion = "version"
	// fieldOverwrite comes with the button "Overwrite with mine" only, and holds in place of fieldVersion.
	fieldOverwrite = "overwrite"

	byHand = "hand"
	daily  = "daily"
)

// fieldLabels are the fields in the order of the form, to the letter.
var fieldLabels = []struct{ name, label string }{
	{scan.FieldName, "Scan profile name"},
	{scan.FieldDescription, "Description"},
	{scan.FieldTenant, "Select tenant"},
	{scan.FieldTypes, "Object types"},
	{scan.FieldMethod, "Authentication method"},
	{scan.FieldAccount, "Service account profile"},
	{scan.FieldSchedule, "Schedule"},
	{scan.FieldTime, "Time"},
	{scan.FieldZone, "Time zone"},
}

// help is what stands below a field whether or not it was refused.
func (v formView) help(field string) string {
	switch field {
	case scan.FieldTenant:
		if v.Fixed {
			return "The tenant of a scan profile can't be changed."
		}
	case scan.FieldTypes:
		return "An object type of a tenant can be in only one scan profile."
	case scan.FieldAccount:
		if v.NoAccount {
			return "This tenant has no service account profile that can be used. Create one first, or use the app profile."
		}
		return "The group of the saved account pool becomes an administrator of the sites that this account finds."
	case scan.FieldZone:
		return "Scans keep to this time of day when the clocks change."
	}
	return ""
}

// mistakes are the fields that were refused.
func (v formView) mistakes() []ui.Mistake {
	var found []ui.Mistake
	for _, field := range fieldLabels {
		if text := v.Errors[field.name]; text != "" {
			found = append(found, ui.Mistake{Label: field.label, Control: v.control(field.name), Text: text})
		}
	}
	return found
}

// control is the id to jump to: a group cannot take the focus, its first choice can.
func (v formView) control(field string) string {
	switch field {
	case scan.FieldTypes:
		return field + "-" + string(scan.Types[0])
	case scan.FieldMethod:
		return field + "-" + v.Methods[0].Value
	case scan.FieldSchedule:
		return field + "-" + v.Schedules[0].Value
	}
	return field
}
