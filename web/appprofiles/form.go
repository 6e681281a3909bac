package appprofiles

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/secret"
	forms "purser.example/web/form"
)

// form is what somebody typed, as they typed it.
type form struct {
	draft   appprofile.Draft
	version int64 // that the editor saw
}

// clear overwrites what is secret of it.
func (f form) clear() {
	f.draft.Credential.Secret.Clear()
	f.draft.Credential.File.Clear()
	f.draft.Credential.Password.Clear()
}

func readForm(c echo.Context) (form, error) {
	values, file, err := forms.WithFile(c, appprofile.FieldFile, appprofile.MaxFile)
	if err != nil {
		return form{}, err
	}
	defer clear(file)
	f := form{draft: appprofile.Draft{
		Name: values.Get(appprofile.FieldName), Tenant: values.Get(appprofile.FieldTenant), ApplicationID: values.Get(appprofile.FieldApplication),
		Credential: appprofile.NewCredential{
			Choice: appprofile.Choice(values.Get(appprofile.FieldCredential)), Secret: secret.FromString(values.Get(appprofile.FieldSecret)),
			File: secret.NewValue(file), Password: secret.FromString(values.Get(appprofile.FieldPassword)),
		},
	}}
	if f.draft.Credential.Choice == keepChoice {
		f.draft.Credential.Choice = ""
	}
	if version := values.Get(fieldVersion); version != "" {
		if f.version, err = strconv.ParseInt(version, 10, 64); err != nil {
			f.clear()
			return form{}, forms.ErrDamaged
		}
	}
	return f, nil
}

// formOf is a form that shows an app profile as it is stored.
func formOf(p appprofile.Profile) form {
	return form{draft: appprofile.Draft{Name: p.Called(), ApplicationID: p.ApplicationID}, version: p.Version}
}
