// Package sample is what `purser demo` shows without a fixture file: the organization Contoso with its sister Fabrikam, an
// account to try by hand for nearly every status of the catalogue, and about forty profiles with a past.
//
// The profiles are made the way people make them: through profile.Service, validated against the simulator. Then some of
// their accounts are broken there and validated again, so that every verdict, time and correlation id is real. Starting the
// simulator and joining the parts is left to internal/demo.
package sample

import (
	"purser.example/internal/access"
)

// Password opens every account of the sample that can be opened at all. It keeps all rules of the guide's table, so that it
// works with strict password rules too, and guards nothing but invented data.
const Password = "Purser-demo-1"

// The ids of the sample's tenants.
const (
	ContosoID        = "6f1c0000-0000-4000-8000-000000000001"
	FabrikamID       = "6f1c0000-0000-4000-8000-000000000002"
	contosoFederalID = "6f1c0000-0000-4000-8000-000000000003"
)

// Caller is who connects the tenants and makes the profiles, as the activity log will have it.
func Caller() access.Caller {
	return access.Caller{
		Issuer: "purser demo", Subject: "sample", Name: "Demo setup", Roles: []access.Role{access.ServiceAdministrator},
	}
}
