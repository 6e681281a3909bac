package profiles

import (
	"cmp"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	forms "purser.example/web/form"
)

// What only the classic form has, beside the fields of the pane.
const (
	fieldMFA     = "mfa"
	fieldCenter  = "center" // which admin center: centerDefault or centerCustom
	fieldCommand = "do"     // the button that was pressed; none: Save

	centerDefault = "default"
	centerCustom  = "custom"

	commandTest    = "test"
	commandSave    = "save"
	commandConvert = "convert"

	// paramConvert opens the form with Enable MFA cleared.
	paramConvert = "convert"
)

// classicForm is what somebody typed into the classic form.
type classicForm struct {
	draft   profile.ClassicDraft
	version int64 // that the editor saw, which may be somebody else's that is to be saved over
	command string
}

func readClassicForm(c echo.Context) (classicForm, error) {
	values, err := forms.Values(c)
	if err != nil {
		return classicForm{}, err
	}
	version, err := strconv.ParseInt(cmp.Or(values.Get(fieldOverwrite), values.Get(fieldVersion)), 10, 64)
	if err != nil {
		return classicForm{}, forms.ErrDamaged
	}
	return classicForm{
		draft: profile.ClassicDraft{
			Name: values.Get(fieldName), Description: values.Get(fieldDescription), MFA: values.Get(fieldMFA) != "",
			Username: values.Get(fieldUsername), Password: secret.FromString(values.Get(fieldPassword)),
			Custom: values.Get(fieldCenter) == centerCustom, AdminCenterURL: values.Get(fieldAdminCenter),
			Elsewhere: account.Chosen(values[fieldNamed], values[fieldAlso]), Confirmed: values.Get(fieldCommand) == commandConvert,
		},
		version: version, command: values.Get(fieldCommand),
	}, nil
}

// classicFormOf is a form that shows a profile as it is stored.
func classicFormOf(p profile.Profile) classicForm {
	return classicForm{
		draft:   profile.ClassicDraft{Name: p.Name, Description: p.Description, MFA: true, Username: p.Username, Custom: true, AdminCenterURL: p.AdminCenterURL},
		version: p.Version,
	}
}
