package ui

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// What others find fields, rows and outcomes by (contract: Labels and roles).

func TestAFieldIsNamedExactlyByItsLabel(t *testing.T) {
	for name, component := range map[string]templ.Component{
		"field":     Field(FieldProps{Label: "Profile name", Name: "name", Required: true, Help: "Help.", Error: "Error."}),
		"text area": TextArea(TextAreaProps{Label: "Profile name", Name: "name", Required: true, Help: "Help.", Error: "Error."}),
		"select":    Select(SelectProps{Label: "Profile name", Name: "name", Required: true, Help: "Help.", Error: "Error."}),
		"filter":    Select(SelectProps{Label: "Profile name", Name: "name", HideLabel: true}),
		"checkbox":  Checkbox(CheckboxProps{Label: "Profile name", Name: "name", Help: "Help.", Error: "Error."}),
	} {
		t.Run(name, func(t *testing.T) {
			page := document(t, component)
			control := page.Find("[name=name]")
			label := page.Find("label[for='" + control.AttrOr("id", "none") + "']")
			if label.Text() != "Profile name" {
				t.Errorf("the label reads %q", label.Text())
			}
		})
	}
	hidden := document(t, Checkbox(CheckboxProps{Label: "Select Backup – Europe", Name: "id", HideLabel: true}))
	if got := hidden.Find("input").AttrOr("aria-label", ""); got != "Select Backup – Europe" {
		t.Errorf("the row's checkbox is named %q", got)
	}
}

func TestHelpAndErrorDescribeTheirControl(t *testing.T) {
	for name, component := range map[string]templ.Component{
		"field":         Field(FieldProps{Name: "name", Help: "Help.", Error: "Error."}),
		"text area":     TextArea(TextAreaProps{Name: "name", Help: "Help.", Error: "Error."}),
		"select":        Select(SelectProps{Name: "name", Help: "Help.", Error: "Error."}),
		"checkbox":      Checkbox(CheckboxProps{Name: "name", Help: "Help.", Error: "Error."}),
		"checkbox list": CheckboxList(CheckboxListProps{Name: "name", Help: "Help.", Error: "Error."}),
	} {
		t.Run(name, func(t *testing.T) {
			page := document(t, component)
			var words []string
			for _, id := range strings.Fields(page.Find("[aria-describedby]").AttrOr("aria-describedby", "")) {
				words = append(words, strings.TrimSpace(page.Find("#"+id).Text()))
			}
			if got := strings.Join(words, " "); got != "Help. Error." {
				t.Errorf("described by %q", got)
			}
		})
	}
}

func TestOnlyARefusedControlIsInvalid(t *testing.T) {
	refused := document(t, Field(FieldProps{Name: "name", Error: "Enter a name."}))
	if refused.Find("input[aria-invalid=true]").Length() != 1 {
		t.Error("a refused field does not say so")
	}
	if document(t, CheckboxList(CheckboxListProps{Name: "services", Error: "Select one."})).Find("fieldset[aria-invalid=true]").Length() != 1 {
		t.Error("a refused group does not say so")
	}
	fine := document(t, Field(FieldProps{Name: "name", Help: "Help."}))
	if fine.Find("[aria-invalid]").Length() != 0 {
		t.Error("a field without a message says that it is invalid")
	}
}

func TestAPasswordIsNeverSentBack(t *testing.T) { // R17, R60
	html := render(t, Field(FieldProps{Label: "Password", Name: "password", Type: "password", Value: "Winter-2026!"}))
	if strings.Contains(html, "Winter-2026!") || strings.Contains(html, "value=") {
		t.Errorf("the password stands in %s", html)
	}
}

func TestAMessageHasTheRoleOfItsOutcome(t *testing.T) {
	for tone, role := range map[Tone]string{OK: "status", Bad: "alert", Warn: "", Info: "", Mute: "", "": ""} {
		bar := document(t, MessageBar(MessageProps{Tone: tone, Text: "Words."})).Find(".message")
		if got := bar.AttrOr("role", ""); got != role {
			t.Errorf("tone %q has the role %q, want %q", tone, got, role)
		}
	}
}

func TestAFailedVerdictIsOneAlertThatShowsEverythingOpenly(t *testing.T) { // R17
	page := document(t, Verdict(sampleVerdict))
	alert := page.Find("[role=alert]")
	if alert.Length() != 1 {
		t.Fatalf("%d alerts", alert.Length())
	}
	for _, words := range []string{"Your organization has set access policies that block the validation", "A policy refused", "Exclude the account.", "AADSTS53003", "5a0c7a6e", "Password right"} {
		if !strings.Contains(alert.Text(), words) {
			t.Errorf("the alert does not say %q", words)
		}
	}
	if page.Find("details").Length() != 0 {
		t.Error("something must be unfolded")
	}
	if link := page.Find("dd a[href='/help/validation-codes#AADSTS53003'][target=_blank]"); link.Text() != "AADSTS53003" {
		t.Error("the code does not lead to its place in the help")
	}
}

// R17: where the verdict is good, nobody has to quote anything, so that the details are folded and Copy details stays in reach.
func TestAGoodVerdictKeepsItsDetailsFolded(t *testing.T) {
	good := sampleVerdict
	good.Tone, good.Failed = Warn, false
	page := document(t, Verdict(good))
	if page.Find("[role=status]").Length() != 1 || page.Find("[role=alert]").Length() != 0 {
		t.Error("a good verdict is no status")
	}
	folded := page.Find("details:not([open])")
	if folded.Find("summary").Text() != "Details for support" || !strings.Contains(folded.Text(), "5a0c7a6e") || folded.Find("[data-copy]").Length() != 0 {
		t.Errorf("folded: %q", folded.Text())
	}
	good.Quiet = true
	if document(t, Verdict(good)).Find("[role=status], [role=alert]").Length() != 0 {
		t.Error("a verdict of the past is announced")
	}
}

func TestTheProofsEndAtTheStepThatFailed(t *testing.T) {
	for want, proofs := range map[string][]Proof{
		"user|password|policy":             {{OK, "user"}, {OK, "password"}, {Bad, "policy"}, {Mute, "roles"}},
		"user|password|policy|roles":       {{OK, "user"}, {OK, "password"}, {OK, "policy"}, {Mute, "roles"}},
		"user|password|policy|roles|plans": {{OK, "user"}, {OK, "password"}, {OK, "policy"}, {Bad, "roles"}, {Bad, "plans"}},
	} {
		var steps []string
		document(t, chain(proofs)).Find("ol.proofs > li").Each(func(_ int, li *goquery.Selection) { steps = append(steps, strings.TrimSpace(li.Text())) })
		if got := strings.Join(steps, "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if document(t, chain(nil)).Find("ol").Length() != 0 {
		t.Error("nothing proven is a list")
	}
}

func TestWhatWasDoneInPartIsAWarning(t *testing.T) {
	for done, class := range map[int]string{0: "tone-bad", 27: "tone-warn"} {
		bar := document(t, MessageBar(InPart(done, "27 of 42 are valid", ""))).Find("[role=alert]")
		if !bar.HasClass(class) {
			t.Errorf("%d done: %s", done, bar.AttrOr("class", ""))
		}
	}
}

// The button's name must not hold the field's, which names one field only (contract), and its notes need no script.
func TestNotesAreOnePressAway(t *testing.T) {
	page := document(t, Field(FieldProps{Label: "Username", Name: "username", About: with(About(AboutProps{ID: "about", Label: "About this account"}), "<p>Notes.</p>")}))
	button := page.Find("button.info[type=button]")
	if button.Text() != "About this account" || page.Find("[popover]#"+button.AttrOr("popovertarget", "none")).Text() != "Notes." {
		t.Error("the button does not open the notes")
	}
	if page.Find("label[for=username]").Text() != "Username" {
		t.Error("the field is not named by its label alone")
	}
}

func TestProgressIsNeverAnOutcome(t *testing.T) {
	page := document(t, ProgressBar(ProgressProps{Label: "Validating 40 profiles", Value: 12, Max: 40, Text: "12 of 40"}))
	bar := page.Find("[role=progressbar]")
	if page.Find("#"+bar.AttrOr("aria-labelledby", "none")).Text() != "Validating 40 profiles" {
		t.Error("the bar has no name")
	}
	if bar.AttrOr("aria-valuenow", "") != "12" || bar.AttrOr("aria-valuetext", "") != "12 of 40" {
		t.Error("the bar does not say how far it is")
	}
	if page.Find("[role=status], [role=alert]").Length() != 0 {
		t.Error("work in progress is announced as an outcome")
	}
}

func TestOnlyTheSortedColumnSaysSo(t *testing.T) {
	for order, want := range map[Order]string{Unsorted: "", Ascending: "ascending", Descending: "descending"} {
		table := document(t, with(templ.NopComponent, ""))
		table.Find("body").AppendHtml("<table><tr>" + render(t, Head(Column{Label: "Status", Href: "?sort=status", Order: order})) + "</tr></table>")
		head := table.Find("th[scope=col]")
		if got := head.AttrOr("aria-sort", ""); got != want {
			t.Errorf("aria-sort is %q, want %q", got, want)
		}
		if got := strings.TrimSpace(head.Text()); got != "Status" {
			t.Errorf("the head reads %q", got)
		}
	}
}

func TestAPagerHasNoLinkWhereNothingIs(t *testing.T) {
	page := document(t, Pager(PagerProps{Summary: "1–50 of 128", NextHref: "?after=x"}))
	if page.Find("a[href]").Length() != 1 || strings.TrimSpace(page.Find("a[href]").Text()) != "Next" {
		t.Error("only Next should be a link")
	}
	if strings.TrimSpace(page.Find("[aria-disabled=true]").Text()) != "Previous" {
		t.Error("Previous should be there and say that it is off")
	}
}

func TestOverlaysAreNamedByTheirHeading(t *testing.T) {
	for name, component := range map[string]templ.Component{
		"pane":   Pane(PaneProps{ID: "over", Title: "Edit", Close: "/"}),
		"dialog": Dialog(DialogProps{ID: "over", Title: "Edit"}),
	} {
		t.Run(name, func(t *testing.T) {
			page := document(t, component)
			over := page.Find("[role=dialog], dialog")
			if page.Find("#"+over.AttrOr("aria-labelledby", "none")).Text() != "Edit" {
				t.Error("the heading does not name it")
			}
		})
	}
}

func TestIconsAreNotRead(t *testing.T) {
	page := document(t, Button(ButtonProps{Label: "Close", Icon: "dismiss", IconOnly: true}))
	if page.Find(".icon:empty").Length() != 1 || page.Find("button").Text() != "Close" {
		t.Error("a button with an icon is not named by its label alone")
	}
}

func TestAddressesBreakAfterTheirSigns(t *testing.T) {
	for text, want := range map[string]string{
		"svc@contoso.com":                  "svc@|contoso.com",
		"svc@contoso.onmicrosoft.com":      "svc@|contoso.|onmicrosoft.com",
		"contoso.onmicrosoft.com":          "contoso.|onmicrosoft.com",
		"plain":                            "plain",
		"":                                 "",
		"a.b@fabrikam.com":                 "a.|b@|fabrikam.com",
		"jürgen@contoso.com":               "jürgen@|contoso.com",
		"https://contoso-admin.sharepoint": "https://contoso-admin.sharepoint",
	} {
		if got := strings.Join(breakable(text), "|"); got != want {
			t.Errorf("%q breaks as %q, want %q", text, got, want)
		}
	}
}

func TestAnAddressReadsAsItIs(t *testing.T) {
	for _, text := range []string{"svc-gov@contoso.onmicrosoft.com", "<b>@contoso.com", ""} {
		page := document(t, Address(text))
		if got := strings.TrimSuffix(page.Find("body").Text(), "\n"); got != text {
			t.Errorf("%q reads as %q", text, got)
		}
	}
}

func TestTextsFromOutsideStayText(t *testing.T) {
	const bad = `"><script>alert(1)</script>`
	for name, component := range map[string]templ.Component{
		"badge":   Badge(OK, bad),
		"field":   Field(FieldProps{Label: bad, Name: "n", Value: bad, Help: bad, Error: bad, Placeholder: bad}),
		"message": MessageBar(MessageProps{Title: bad, Text: bad}),
		"copy":    CopyButton(CopyProps{Label: bad, Text: bad}),
		"link":    ButtonLink(LinkProps{Label: bad, Href: "javascript:alert(1)"}),
	} {
		t.Run(name, func(t *testing.T) {
			page := document(t, component)
			if page.Find("script").Length() != 0 {
				t.Error("a text became a script")
			}
			page.Find("[href]").Each(func(_ int, link *goquery.Selection) {
				if strings.HasPrefix(link.AttrOr("href", ""), "javascript:") {
					t.Error("an address became a script")
				}
			})
		})
	}
}
