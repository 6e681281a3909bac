package ui

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

var update = flag.Bool("update", false, "write testdata anew")

func render(t *testing.T, component templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := component.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func document(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	parsed, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// with puts children into a component, as a template does.
func with(component templ.Component, children string) templ.Component {
	inside := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, children)
		return err
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return component.Render(templ.WithChildren(ctx, inside), w)
	})
}

// lines puts each element on a line of its own, so that a change can be reviewed.
func lines(html string) string { return strings.ReplaceAll(html, "><", ">\n<") + "\n" }

func TestComponentsLookAsTheyDid(t *testing.T) {
	for name, component := range map[string]templ.Component{
		"icon":            Icon("add"),
		"button":          Button(ButtonProps{Label: "Save", Kind: Primary, Icon: "save", Name: "do", Value: "save", FormAction: "/x", Form: "f"}),
		"button_icon":     Button(ButtonProps{Label: "Close", Icon: "dismiss", IconOnly: true, Type: "button", Disabled: true}),
		"button_link":     ButtonLink(LinkProps{Label: "Create", Href: "/service-accounts/new", Icon: "add", Kind: Danger}),
		"new_tab":         ButtonLink(LinkProps{Label: "classic UI", Href: "/classic/account-pool", NewTab: true}),
		"copy":            CopyButton(CopyProps{Label: "Copy reference", Text: `a"b`}),
		"badge":           Badge(Warn, "Valid"),
		"chip":            Chip("Fly"),
		"tile":            with(Tiles("Profiles by status"), render(t, Tile(TileProps{Count: "5", Label: "Need attention", Href: "?status=bad", Tone: Bad, Current: true}))),
		"card":            with(Card(CardProps{Title: "Roles", ID: "roles"}), "<p>Body</p>"),
		"card_plain":      with(Card(CardProps{}), "<p>Body</p>"),
		"empty":           with(EmptyState(EmptyProps{Icon: "account", Title: "No profiles yet", Text: "Create the first one."}), "<a>Create</a>"),
		"message":         with(MessageBar(MessageProps{Tone: Warn, Title: "Look", Text: "Three expire.", ID: "m"}), "<p>More</p>"),
		"verdict":         Verdict(sampleVerdict),
		"verdict_good":    Verdict(VerdictProps{Tone: OK, Title: "The account is valid", Proofs: []Proof{{OK, "User exists"}, {OK, "Password right"}}, Details: []Detail{{"Correlation ID", "5a0c7a6e", ""}}, Copy: "5a0c7a6e"}),
		"field":           Field(FieldProps{Label: "Username", Name: "username", Value: "svc@contoso.com", Required: true, Help: "An account.", Error: "Enter one.", Mono: true, MaxLength: 113, AutoComplete: "off"}),
		"field_beside":    Field(FieldProps{Label: "Group Name", Name: "group", Beside: Button(ButtonProps{Label: "Validate"})}),
		"text_area":       TextArea(TextAreaProps{Label: "Description", Name: "description", Value: "<b>", Help: "Optional."}),
		"select":          Select(SelectProps{Label: "Select tenant", Name: "tenant", Required: true, Empty: "Select a tenant", Options: []Option{{"1", "Contoso", true}, {"2", "Fabrikam", false}}}),
		"search":          Search(SearchProps{Name: "q", Value: "svc", Placeholder: "Search name, username"}),
		"checkbox":        Checkbox(CheckboxProps{Label: "Enable MFA", Name: "mfa", Checked: true, Help: "Then enter the app password."}),
		"checkbox_hidden": Checkbox(CheckboxProps{Label: "Select Backup – Europe", Name: "id", Value: "7", HideLabel: true}),
		"checkbox_list":   CheckboxList(sampleServices),
		"radio_list":      with(RadioList(RadioListProps{Legend: "Credential", Name: "credential", Required: true, Choices: []Choice{{Value: "secret", Label: "A client secret", Note: "Made there.", Checked: true}, {Value: "none", Label: "None"}}, Help: "One.", Error: "Choose one."}), "<p>Its fields</p>"),
		"facts":           with(FactGroup("app", "App"), render(t, with(Fact("Cloud"), "Worldwide"))),
		"code":            Code(CodeProps{Label: "Lines", ID: "lines", Text: "Connect-MgGraph <x>\nDisconnect-MgGraph"}),
		"mistakes":        Mistakes([]Mistake{{"Name", "name", "Enter a name."}, {"Username", "username", "Enter one."}}, "Save"),
		"hidden_fields":   HiddenFields([]Hidden{{"q", "svc"}}),
		"table":           with(Table(TableProps{Label: "Profiles", Selects: true, Columns: []Column{{Label: "Profile name", Width: Named, Href: "?sort=name"}, {Label: "Services", From: FromWide}}}), "<tr></tr>"),
		"line":            with(Line(), "<span>Valid</span>"),
		"sort_head":       Head(Column{Label: "Profile name", Href: "?sort=-name", Order: Ascending}),
		"pager":           Pager(PagerProps{Summary: "1–50 of 128", NextHref: "?after=x"}),
		"progress":        ProgressBar(ProgressProps{Label: "Validating 40 profiles", Value: 12, Max: 40, Text: "12 of 40"}),
		"progress_open":   ProgressBar(ProgressProps{Label: "Reading the group", ID: "group"}),
		"dialog":          with(Dialog(DialogProps{ID: "delete", Title: "Delete 2 profiles?", Open: true, Cancel: "/service-accounts", Footer: Button(ButtonProps{Label: "Confirm"})}), "<p>Gone for good.</p>"),
		"pane":            with(Pane(PaneProps{ID: "create", Title: "Create service account profile", Close: "/service-accounts", Head: Badge(OK, "Valid"), Footer: Button(ButtonProps{Label: "Save"})}), "<form></form>"),
		"unsaved":         Unsaved(),
		"info":            with(About(AboutProps{ID: "about", Label: "About this account"}), "<p>Notes.</p>"),
		"address":         Address("svc-gov@contoso.onmicrosoft.com"),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, lines(render(t, component))) })
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and review.\n%s", file, got)
	}
}

var sampleVerdict = VerdictProps{
	Tone: Bad, Title: "Your organization has set access policies that block the validation", Cause: "A policy refused this sign-in.",
	Proofs: []Proof{{OK, "Password right"}, {Mute, "Roles not read"}}, Steps: []Step{{Text: "Exclude the account.", Link: "How", Href: "/help/validation-notes"}, {Text: "Run this.", Command: "Get-MgUser"}, {Text: "Select Save again."}},
	Details: []Detail{{"Code", "AADSTS53003", "/help/validation-codes#AADSTS53003"}, {"Correlation ID", "5a0c7a6e", ""}}, Copy: "AADSTS53003 5a0c7a6e", Failed: true,
}

var sampleServices = CheckboxListProps{
	Legend: "Select service", Name: "services", Required: true, Error: "Select at least one service.",
	Choices: []Choice{{"fly", "Fly", "Exchange: a mailbox and Full Access", true}, {Value: "opus", Label: "Opus"}},
}
