package scans

import (
	"cmp"
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	forms "purser.example/web/form"
)

// form is what somebody typed, as they typed it.
type form struct {
	name, description string
	tenant            tenant.ID
	types             []scan.Type
	method            scan.Method
	account           profile.ID
	daily             bool
	clock, zone       string
	version           int64 // that the editor saw
}

func readForm(c echo.Context) (form, error) {
	values, err := forms.Values(c)
	if err != nil {
		return form{}, err
	}
	f := form{
		name: values.Get(scan.FieldName), description: values.Get(scan.FieldDescription), tenant: tenant.ParseID(values.Get(scan.FieldTenant)),
		method: scan.Method(values.Get(scan.FieldMethod)), account: profile.ID(values.Get(scan.FieldAccount)),
		daily: values.Get(scan.FieldSchedule) == daily, clock: shown.Trim(values.Get(scan.FieldTime)), zone: shown.Trim(values.Get(scan.FieldZone)),
	}
	for _, t := range scan.Types {
		if slices.Contains(values[scan.FieldTypes], string(t)) {
			f.types = append(f.types, t)
		}
	}
	if version := cmp.Or(values.Get(fieldOverwrite), values.Get(fieldVersion)); version != "" {
		if f.version, err = strconv.ParseInt(version, 10, 64); err != nil {
			return form{}, forms.ErrDamaged
		}
	}
	return f, nil
}

// formOf is a form that shows a scan profile as it is stored.
func formOf(p scan.Profile) form {
	f := form{
		name: p.Name, description: p.Description, tenant: p.Tenant, types: p.Types, method: p.Method, account: p.Account,
		daily: p.Schedule.Daily, zone: p.Schedule.Zone, version: p.Version,
	}
	if f.daily {
		f.clock = p.Schedule.Clock()
	}
	return f
}

// noMinute stands for what is no time of day.
const noMinute = -1

// profile is the form as the service takes it. What belongs to a choice that was not made is left out.
func (f form) profile() scan.Profile {
	p := scan.Profile{Name: f.name, Description: f.description, Tenant: f.tenant, Types: f.types, Method: f.method, Version: f.version}
	if f.method == scan.ByAccount {
		p.Account = f.account
	}
	if f.daily {
		p.Schedule = scan.Schedule{Daily: true, Minute: noMinute, Zone: strings.ReplaceAll(f.zone, " ", "_")}
		if at, err := time.Parse("15:04", f.clock); err == nil {
			p.Schedule.Minute = at.Hour()*60 + at.Minute()
		}
	}
	return p
}

// zoneNames are the time zones that the form suggests, of the IANA database: one for each place whose clocks have gone their own way since
// 1970.
//
//go:embed zones.txt
var zoneNames string

func zones() []string { return strings.Fields(zoneNames) }
