package profiles

import (
	"cmp"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
)

// form is what somebody typed, as they typed it.
type form struct {
	draft   profile.Draft
	version int64 // that the editor saw, which may be somebody else's that is to be saved over
}

func readForm(c echo.Context) (form, error) {
	values, err := forms.Values(c)
	if err != nil {
		return form{}, err
	}
	version := cmp.Or(values.Get(fieldOverwrite), values.Get(fieldVersion))
	seen := int64(0)
	if version != "" {
		if seen, err = strconv.ParseInt(version, 10, 64); err != nil {
			return form{}, forms.ErrDamaged
		}
	}
	return form{
		draft: profile.Draft{
			Name: values.Get(fieldName), Description: values.Get(fieldDescription), Tenant: tenant.ParseID(values.Get(fieldTenant)),
			Services: values[fieldServices], Username: values.Get(fieldUsername), Password: secret.FromString(values.Get(fieldPassword)),
			Elsewhere: account.Chosen(values[fieldNamed], values[fieldAlso]), AdminCenterURL: values.Get(fieldAdminCenter),
		},
		version: seen,
	}, nil
}

// formOf is a form that shows a profile as it is stored.
func formOf(p profile.Profile) form {
	return form{
		draft:   profile.Draft{Name: p.Name, Description: p.Description, Tenant: p.Tenant, Services: p.Services, Username: p.Username, AdminCenterURL: p.AdminCenterURL},
		version: p.Version,
	}
}
