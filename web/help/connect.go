package help

import "purser.example/internal/appprofile"

// appsPath is App management, where a tenant is connected.
const appsPath = "/app-profiles"

// permission is one permission, as the table of package appprofile has it.
type permission struct{ Name, API, Type, Need, Enables string }

func appPermissions() []permission {
	var list []permission
	for _, p := range appprofile.Permissions() {
		need := "Optional"
		if p.Needed {
			need = "Needed"
		}
		list = append(list, permission{p.Name, p.API.Title(), p.Type.Title(), need, p.Enables})
	}
	return list
}
